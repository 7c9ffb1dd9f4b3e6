"""What a project of .NET is: its name, version and frameworks, whether it tests, what it depends on."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from codegenie.formats.msbuild import Import, Item

from ._dotnet_model import Conditional, Known, Model, Placed, spec_of
from ._manifest import Dependency, Requirement, Scope

# Packages that make a project one of tests: the first sets IsTestProject, the others bring a runner of their own.
# https://learn.microsoft.com/dotnet/core/testing/
TEST_PACKAGES = frozenset(
    {"microsoft.net.test.sdk", "xunit.v3", "xunit.v3.mtp-v1", "xunit.v3.mtp-v2", "tunit", "mstest"}
)
_TEST_GUID = "3ac096d0-a1c2-e12c-1390-a8335801fdab"  # of old-style projects
_WEB_SDKS = ("Microsoft.NET.Sdk.Web", "Microsoft.NET.Sdk.BlazorWebAssembly")
_FRAMEWORKS = ("TargetFramework", "TargetFrameworks", "TargetFrameworkVersion")
_MOST_CONDITIONS = 20  # of one property


class Place(NamedTuple):
    """Where something stands."""

    path: str
    line: int | None


def name_of(model: Model) -> str:
    """The name of its package, of its assembly, or of its file."""
    stem = model.path.rpartition("/")[2].rpartition(".")[0]
    return model.text("PackageId") or model.text("AssemblyName") or stem


def version_of(model: Model) -> str | None:
    """The version as far as it is literal."""
    if version := model.text("Version") or model.text("PackageVersion"):
        return version
    prefix = model.text("VersionPrefix")
    if prefix is None:
        return None
    if not model.known("VersionSuffix"):
        return prefix
    suffix = model.text("VersionSuffix")
    return None if suffix is None else f"{prefix}-{suffix}" if suffix else prefix


def computes_version(model: Model) -> bool:
    """Whether a version is given that is not literal."""
    return version_of(model) is None and any(
        model.known(each) for each in ("Version", "PackageVersion", "VersionPrefix")
    )


def publishable(model: Model) -> tuple[bool | None, int | None]:
    """Whether `dotnet pack` makes a package of it, and the line that says so."""
    switch = model.known("IsPackable")
    if switch is not None:
        line = switch.line if switch.path == model.path else None
        return model.is_true("IsPackable"), line
    if not model.is_sdk:
        return None, None
    if test_place(model) or any(sdk.name in _WEB_SDKS for sdk in model.project.sdks):
        return False, None
    return True, None


def test_place(model: Model) -> Place | None:
    """What makes it a project of tests; None for any other."""
    switch = model.known("IsTestProject")
    if switch is not None and model.is_true("IsTestProject") is not None:
        return Place(switch.path, switch.line) if model.is_true("IsTestProject") else None
    for sdk in model.project.sdks:
        if sdk.name == "MSTest.Sdk":
            return Place(model.path, sdk.line)
    for placed in model.items:
        item = placed.item
        asked = item.kind == "PackageReference" and item.action == "Include" and item.spec.lower() in TEST_PACKAGES
        if asked and (not item.condition or placed.path == model.path):
            return Place(placed.path, item.line)
    guids = model.known("ProjectTypeGuids")
    return Place(guids.path, guids.line) if guids and _TEST_GUID in guids.value.lower() else None


def requirements(model: Model) -> Iterator[Requirement]:
    """The frameworks that it is built for, one by one; those that only a condition adds with the condition."""
    for name in _FRAMEWORKS:
        under_conditions = model.conditional.get(name.lower(), [])
        known = model.known(name)
        if known and (known.path, known.line) not in {(each.path, each.line) for each in under_conditions}:
            yield from _frameworks(model, name, known.value, known)
        for each in under_conditions[:_MOST_CONDITIONS]:
            for found in _frameworks(model, name, each.value, each):
                yield found._replace(marker=each.condition)


def _frameworks(model: Model, name: str, value: str, place: Known | Conditional) -> Iterator[Requirement]:
    field = name if place.path == model.path else f"{name} of {place.path}"
    line = place.line if place.path == model.path else None
    itself = f"$({name})".lower()
    for each in dict.fromkeys(part.strip() for part in value.split(";")):
        if each and each.lower() != itself:
            for written in model.resolved(each).split(";"):
                yield Requirement("dotnet", written.strip(), field, line)


def is_executable(model: Model) -> bool:
    """Whether `dotnet run` starts it."""
    if test_place(model) or not model.is_sdk:
        return False
    kind = (model.text("OutputType") or "").lower()
    sdks = {sdk.name for sdk in model.project.sdks}
    return kind in ("exe", "winexe") or bool(sdks & {*_WEB_SDKS, "Microsoft.NET.Sdk.Worker", "Aspire.AppHost.Sdk"})


def aspire_host(model: Model) -> Place | None:
    """What makes it the host of an Aspire application."""
    for sdk in model.project.sdks:
        if sdk.name == "Aspire.AppHost.Sdk":
            return Place(model.path, sdk.line)
    switch = model.known("IsAspireHost")
    return Place(switch.path, switch.line) if switch and model.is_true("IsAspireHost") else None


def dependencies(
    model: Model, names: Mapping[str, str], pinned: Mapping[str, tuple[str, str]]
) -> Iterator[Dependency | None]:
    """What it asks for, that of imported files included; None for an item whose name is computed.

    `names` are those of projects by path, `pinned` the versions and places of SDKs that global.json gives.
    """
    for sdk in model.project.sdks:
        if not sdk.name.startswith("Microsoft.NET.Sdk") or sdk.version:
            yield _sdk(sdk.name, sdk.version, sdk.line, pinned)
    for step in model.project.steps:
        if isinstance(step, Import) and step.sdk and step.project == "Sdk.props" and "/" in step.sdk:
            yield _sdk(step.sdk.partition("/")[0], step.sdk.partition("/")[2], step.line, pinned)
    rows = _Rows(model, names)
    for placed in model.items:
        yield from rows.of(placed)


def _sdk(name: str, version: str, line: int, pinned: Mapping[str, tuple[str, str]]) -> Dependency:
    given, place = pinned.get(name, ("", ""))
    note = None if version else f"read at {place}" if given else "no version is given"
    return Dependency(name, version or given or None, "build", "Sdk", line, note=note)


_KINDS: dict[str, Scope] = {
    "PackageReference": "runtime",
    "GlobalPackageReference": "development",
    "PackageDownload": "build",
    "FrameworkReference": "provided",
    "ProjectReference": "runtime",
    "DotNetCliToolReference": "development",
    "Reference": "runtime",
}


class _Rows:
    """The dependencies of one project, with the versions that are managed centrally."""

    def __init__(self, model: Model, names: Mapping[str, str]) -> None:
        self._model = model
        self._names = names
        self._tests = test_place(model) is not None
        self._central = model.is_true("ManagePackageVersionsCentrally") is True
        self._versions: dict[str, list[Placed]] = {}
        self._updates: dict[str, list[Placed]] = {}
        self._removed: set[tuple[str, str]] = set()
        for placed in model.items:
            item = placed.item
            for name in _names_in(model.resolved(item.spec)):
                key = name.lower()
                if item.kind == "PackageVersion" and item.action in ("Include", "Update"):
                    known = self._versions.setdefault(key, [])
                    self._versions[key] = (
                        [placed] if item.action == "Update" and not item.condition else [*known, placed]
                    )
                elif item.action == "Update":
                    self._updates.setdefault(f"{item.kind}:{key}", []).append(placed)
                elif item.action == "Remove" and not item.condition:
                    self._removed.add((item.kind, key))

    def of(self, placed: Placed) -> Iterator[Dependency | None]:
        """The dependencies that an item names."""
        item = placed.item
        if item.kind not in _KINDS or item.action != "Include":
            return
        spec = spec_of(placed, self._model.path)[1] if item.kind == "ProjectReference" else item.spec
        for name in _names_in(self._model.resolved(spec)):
            if "$(" in name or "@(" in name or "%(" in name:
                yield None
            elif (item.kind, name.lower()) in self._removed:
                continue
            elif item.kind in ("ProjectReference", "Reference"):
                if row := self._of_path(placed, name):
                    yield row
            elif "*" not in name:
                yield self._of_package(placed, name)

    def _of_package(self, placed: Placed, name: str) -> Dependency:
        item = placed.item
        metadata = dict(item.metadata)
        for update in self._updates.get(f"{item.kind}:{name.lower()}", ()):
            metadata |= {} if update.item.condition else update.item.metadata
        version, note = self._version(metadata, name, item)
        scope = _KINDS[item.kind]
        if scope == "runtime" and metadata.get("PrivateAssets", "").lower() == "all":
            scope = "development"
        if scope == "runtime" and self._tests:
            scope = "test"
        return Dependency(
            name=name,
            constraint=version,
            scope=scope,
            group=item.kind,
            line=item.line,
            marker=item.condition or None,
            path=placed.path if placed.path != self._model.path else None,
            source="catalog" if note and note.startswith("managed at") else "registry",
            note=note,
        )

    def _version(self, metadata: Mapping[str, str], name: str, item: Item) -> tuple[str | None, str | None]:
        if item.kind == "FrameworkReference":
            return None, None
        written = metadata.get("VersionOverride") or metadata.get("Version")
        if written:
            version = self._model.resolved(written)
            return version, "holds a property that is not literal" if "$(" in version else None
        if not self._central:
            switch = self._model.known("ManagePackageVersionsCentrally")
            return None, f"managed by a condition at {switch.path}:{switch.line}" if switch else "no version is given"
        found = self._versions.get(name.lower(), [])
        versions = {self._model.resolved(each.item.metadata.get("Version", "")) for each in found}
        if not found:
            return None, "managed centrally, but not inside the repository"
        if len(versions) > 1:
            return None, f"managed by a condition at {found[-1].path}:{found[-1].item.line}"
        version = versions.pop()
        note = f"managed at {found[-1].path}:{found[-1].item.line}"
        return version or None, note + (", which holds a property that is not literal" if "$(" in version else "")

    def _of_path(self, placed: Placed, spec: str) -> Dependency | None:
        item, model = placed.item, self._model
        path = spec.replace("\\", "/")
        scope: Scope = "test" if self._tests else "runtime"
        if item.kind == "Reference":
            hint = item.metadata.get("HintPath", "").replace("\\", "/")
            if not hint or "packages/" in hint.lower() or "$(" in hint:
                return None  # an assembly of the framework, or one of packages.config
            name = spec.partition(",")[0].strip()
            return Dependency(name, hint, scope, "Reference", item.line, marker=item.condition or None, source="path")
        if item.metadata.get("OutputItemType", "").lower() == "analyzer":
            scope = "build"
        if item.metadata.get("ReferenceOutputAssembly", "").lower() == "false":
            scope = "build"
        return Dependency(
            name=self._names.get(f"{placed.path}:{item.spec}") or path.rpartition("/")[2].rpartition(".")[0],
            constraint=None,
            scope=scope,
            group="ProjectReference",
            line=item.line,
            marker=item.condition or None,
            source="workspace",
            alias=path,
            path=placed.path if placed.path != model.path else None,
        )


def _names_in(spec: str) -> Iterator[str]:
    return (part.strip() for part in spec.split(";") if part.strip())
