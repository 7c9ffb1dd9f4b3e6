"""Gradle's lockfiles: what they pin by configuration, with the digests that verification asks for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats import gradle_lockfile, gradle_verification
from codegenie.formats.gradle_lockfile import Module
from codegenie.formats.gradle_verification import Verification
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._gradle_manifests import scope_of
from ._lock import Disagreement, Lock, Manifests, Resolved, lockfiles
from ._paths import parent
from ._reader_files import LOCKFILES

_VERIFICATION = "gradle/verification-metadata.xml"

_RUNS = ("runtimeClasspath", "default", "runtime", "productionRuntimeClasspath", "runtimeElements")
# Configurations of tools, by how their names begin: those of Gradle's own plugins, of Kotlin's and of Android's.
_TOOLS = (
    *("annotationProcessor", "checkstyle", "classpath", "codenarc", "detekt", "errorprone", "jacoco", "kapt", "ksp"),
    *("kotlinBuildTools", "kotlinCompiler", "kotlinKlib", "kotlinNative", "kotlinScripting", "ktlint", "lint"),
    *("pmd", "protobuf", "spotbugs", "spotless", "swagger", "zinc", "_internal", "androidApis", "androidJdkImage"),
)
_PLATFORMS = frozenset({"platform", "enforcedPlatform"})

Manifest = Mapping[str, Any]


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles of the builds that `manifests` knows."""
    builds: dict[str, list[Manifest]] = {}
    for each in manifests["manifests"]:
        if each["ecosystem"] == "gradle":
            builds.setdefault("" if each["project"] == "." else each["project"], []).append(each)
    owners = {parent(each["path"]): project for project, found in builds.items() for each in found}
    verified: dict[str, Verification | None] = {}
    found = []
    for path in lockfiles(inputs, manifests, *LOCKFILES["gradle"]):
        project = owners.get(_home(path), _home(path))
        read = inputs.parse(path, gradle_lockfile.parse, MANIFEST_CAP)
        if read is None:
            continue
        if project not in verified:
            verified[project] = _verification(inputs, project)
        modules = _with_configuration(path, read.modules)
        found.append(_Reading(path, modules, project, builds.get(project, ()), verified[project]).lock())
    return found


def _home(path: str) -> str:
    """The project that a lockfile lies in."""
    directory = parent(path)
    return parent(parent(directory)) if directory.endswith("gradle/dependency-locks") else directory


def _with_configuration(path: str, modules: Sequence[Module]) -> Sequence[Module]:
    """Of the old files, the name is the configuration."""
    if not parent(path).endswith("gradle/dependency-locks"):
        return modules
    name = path.rpartition("/")[2].removesuffix(".lockfile").removeprefix("buildscript-")
    return [Module(each.group, each.name, each.version, (name,), each.line) for each in modules]


def _verification(inputs: ProbeInputs, project: str) -> Verification | None:
    path = f"{project}/{_VERIFICATION}" if project else _VERIFICATION
    return inputs.parse(path, gradle_verification.parse, MANIFEST_CAP) if path in inputs else None


class _Reading:
    """One lockfile with the scripts beside it, and those at the root of the build."""

    def __init__(
        self,
        path: str,
        modules: Sequence[Module],
        project: str,
        build: Sequence[Manifest],
        verified: Verification | None,
    ) -> None:
        self._path = path
        self._modules = modules
        self._project = project
        self._for_script = path.rpartition("/")[2].startswith(("buildscript-", "settings-"))
        of_build = [each for each in build if each["format"] == "build.gradle"]
        scripts = [each for each in of_build if parent(each["path"]) == _home(path)]
        self._script = scripts[0] if scripts else None
        wide = [each for each in of_build if parent(each["path"]) == project and each is not self._script]
        self._rows = list(_rows(scripts, wide=False)) + list(_rows(wide, wide=True))
        self._verification = verified
        self._partly = not scripts or any(_computes(each) for each in (*scripts, *wide))

    def lock(self) -> Lock:
        """The lockfile as `dependencies` takes it."""
        disagreements = tuple(self._disagreements())
        notes = ["a build script adds packages that are not known here"] if self._partly and self._modules else []
        if self._verification:
            notes.append("integrity is that of gradle/verification-metadata.xml")
        return Lock(
            path=self._path,
            ecosystem="gradle",
            purl_type="maven",
            format=self._path.rpartition("/")[2] if not self._is_old() else "dependency-locks",
            project=self._project,
            packages=tuple(self._resolved()),
            compared=self._script is not None and (bool(disagreements) or not self._partly),
            disagreements=disagreements,
            notes=tuple(notes),
        )

    def _is_old(self) -> bool:
        return parent(self._path).endswith("gradle/dependency-locks")

    def _resolved(self) -> Iterator[Resolved]:
        asked = {row["name"] for group, row in self._rows if self._is_asked_here(group)}
        digests = self._verification.digests if self._verification else {}
        for each in self._modules:
            name = f"{each.group}/{each.name}"
            direct = True if name in asked else None if self._partly else False
            yield Resolved(
                name=name,
                version=each.version,
                line=each.line,
                direct=direct,
                development=True if self._for_script else _development(each.configurations),
                integrity=digests.get(f"{each.group}:{each.name}:{each.version}"),
                markers=each.configurations,
            )

    def _is_asked_here(self, group: Mapping[str, Any]) -> bool:
        """Whether a group of dependencies is of the class path that this lockfile is for."""
        of_script = group["group"] in ("plugins", "buildscript.classpath")
        return of_script == self._for_script and group["scope"] != "constraint"

    def _disagreements(self) -> Iterator[Disagreement]:
        """What a script asks for that is not locked, though its configuration is, or locked below what it asks for."""
        locked = {f"{each.group}/{each.name}": each for each in self._modules}
        known = {name for each in self._modules for name in each.configurations}
        if self._script is None:
            return
        for group, row in self._rows:
            if not self._is_asked_here(group) or row.get("marker") or row.get("source") in ("workspace", "path"):
                continue
            place = self._script["path"], row["line"]
            found = locked.get(row["name"])
            if found is None:
                if known & _resolved_by(group["group"]) and not {"npm"} & set(row.get("extras", ())):
                    yield Disagreement("missing in lockfile", row["name"], *place, row["constraint"], None)
            elif row["constraint"] and _is_below(found.version, row["constraint"]):
                yield Disagreement("not satisfied", row["name"], *place, row["constraint"], found.version)


def _rows(scripts: Iterable[Manifest], *, wide: bool) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The dependencies of scripts with their groups; of the root's script those that it gives to all projects."""
    for script in scripts:
        for group in script["dependencies"]:
            for row in group["packages"]:
                if not wide:
                    yield group, row
                elif (row.get("marker") or "").strip() in ("allprojects", "subprojects"):
                    yield group, {**row, "marker": None}


def _computes(script: Manifest) -> bool:
    """Whether a script may ask for more than is known: by a program, or by a plugin of the build's own."""
    if any(each.startswith(("dependencies", "apply", "plugins")) for each in script["dynamic"]):
        return True
    return any(row.get("source") == "workspace" for group in script["dependencies"] if group["group"] == "plugins"
               for row in group["packages"])  # fmt: skip


def _resolved_by(configuration: str) -> set[str]:
    """The configurations that must hold what one asks for, for those of which that is sure."""
    return {
        "implementation": {"runtimeClasspath", "compileClasspath"},
        "api": {"runtimeClasspath", "compileClasspath"},
        "runtimeOnly": {"runtimeClasspath"},
        "compileOnly": {"compileClasspath"},
        "testImplementation": {"testRuntimeClasspath", "testCompileClasspath"},
        "testRuntimeOnly": {"testRuntimeClasspath"},
        "annotationProcessor": {"annotationProcessor"},
    }.get(configuration, set())


def _development(configurations: Sequence[str]) -> bool | None:
    """False where a class path that runs holds it, True where only those of tests and tools do."""
    kinds = {_kind(each) for each in configurations}
    if False in kinds:
        return False
    return True if kinds == {True} else None


def _kind(configuration: str) -> bool | None:
    if scope_of(configuration) == "test":
        return True
    if configuration in _RUNS or configuration.endswith("RuntimeClasspath"):
        return False
    if configuration.startswith(_TOOLS) or configuration.endswith(
        ("AnnotationProcessor", "AnnotationProcessorClasspath")
    ):
        return True
    if configuration == "compileClasspath" or configuration.endswith("CompileClasspath"):
        return True  # what runs is in the other class path as well
    return None


def _is_below(version: str, wanted: str) -> bool:
    """Whether a version of plain numbers is lower than another; False where either is anything else."""
    parts = [each.split(".") for each in (version, wanted)]
    if not all(part.isdigit() and len(part) < 10 for each in parts for part in each):
        return False
    width = max(map(len, parts))
    have, ask = ([int(part) for part in each] + [0] * (width - len(each)) for each in parts)
    return have < ask
