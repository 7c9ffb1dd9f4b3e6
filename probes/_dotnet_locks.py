"""Lockfiles of .NET: packages.lock.json of NuGet, and paket.lock."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats import nuget_lock, paket_lock
from codegenie.formats.nuget_lock import NuGetLock
from codegenie.formats.paket_lock import PaketLock
from codegenie.formats.patterns import lazily
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._lock import Disagreement, Lock, Manifests, Resolved, lockfiles
from ._manifest import Source
from ._paths import ancestors, parent
from ._reach import reached

_NUGET = ("**/packages.lock.json", "**/packages.*.lock.json")
_PAKET = ("**/paket.lock",)

# What the SDK itself asks for, without a line in any file of the repository.
# https://learn.microsoft.com/dotnet/core/project-sdk/msbuild-props
_IMPLICIT = frozenset({
    "fsharp.core", "microsoft.aspnetcore.app.internal.assets", "microsoft.dotnet.ilcompiler", "microsoft.netcore.app",
    "microsoft.net.illink.tasks", "microsoft.net.sdk.webassembly.pack", "microsoft.netframework.referenceassemblies",
    "netstandard.library",
})  # fmt: skip
_SOURCES: dict[str, Source] = {"NUGET": "registry", "GITHUB": "git", "GIT": "git", "GIST": "git", "HTTP": "url"}

Manifest = Mapping[str, Any]


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles of the projects that `manifests` knows."""
    projects = [each for each in manifests["manifests"] if each["ecosystem"] == "dotnet"]
    return [*_nuget_locks(inputs, manifests, projects), *_paket_locks(inputs, manifests, projects)]


def _nuget_locks(inputs: ProbeInputs, manifests: Manifests, projects: Sequence[Manifest]) -> Iterator[Lock]:
    beside: dict[str, list[Manifest]] = {}
    for each in projects:
        if each["format"] in ("csproj", "fsproj", "vbproj"):
            beside.setdefault(parent(each["path"]), []).append(each)
    for path in lockfiles(inputs, manifests, *_NUGET):
        if read := inputs.parse(path, nuget_lock.parse, MANIFEST_CAP):
            own = beside.get(parent(path), [])
            named = [
                each for each in own if f"packages.{_stem(each)}.lock.json".lower() == path.rpartition("/")[2].lower()
            ]
            own = named or own
            yield _NuGet(path, read, own[0] if len(own) == 1 else None).lock()


def _stem(manifest: Manifest) -> str:
    stem: str = manifest["path"].rpartition("/")[2].rpartition(".")[0]
    return stem


class _NuGet:
    """One packages.lock.json with its project; a package that several frameworks resolve to is listed once."""

    def __init__(self, path: str, read: NuGetLock, manifest: Manifest | None) -> None:
        self._path = path
        self._read = read
        self._manifest = manifest
        self._rows = list(_package_rows(manifest)) if manifest else []
        self._places: dict[tuple[str, str | None], int] = {}
        for each in read.packages:
            self._places.setdefault(_key(each), len(self._places))
        self._edges = self._graph()

    def _graph(self) -> list[set[int]]:
        """What requires what, each framework by itself; those with a runtime after a slash add to those without."""
        by_name: dict[tuple[str, str], int] = {}
        for each in self._read.packages:
            by_name[each.framework, each.name.lower()] = self._places[_key(each)]
        edges: list[set[int]] = [set() for _ in self._places]
        for each in self._read.packages:
            bare = each.framework.partition("/")[0]
            for name in each.requires:
                to = by_name.get((each.framework, name.lower()), by_name.get((bare, name.lower())))
                if to is not None:
                    edges[self._places[_key(each)]].add(to)
        return edges

    def lock(self) -> Lock:
        """The lockfile as `dependencies` takes it."""
        disagreements = tuple(self._disagreements())
        project = self._manifest["project"] if self._manifest else parent(self._path)
        return Lock(
            path=self._path,
            ecosystem="dotnet",
            purl_type="nuget",
            format=f"packages.lock.json {self._read.version}",
            project="" if project == "." else project,
            packages=tuple(self._resolved()),
            compared=self._manifest is not None and (bool(disagreements) or not self._is_partly_read()),
            disagreements=disagreements,
        )

    def _is_partly_read(self) -> bool:
        """Whether the project asks for more than is known: by a program, or by an SDK that is a package."""
        if self._manifest is None or "dependencies" in self._manifest["dynamic"]:
            return True
        return any(group["group"] == "Sdk" for group in self._manifest["dependencies"])

    def _resolved(self) -> Iterator[Resolved]:
        needed = self._needed()
        frameworks: dict[int, list[str]] = {}
        for each in self._read.packages:
            frameworks.setdefault(self._places[_key(each)], []).append(each.framework)
        direct = {self._places[_key(each)] for each in self._read.packages if each.type == "Direct"}
        first = {self._places[_key(each)]: each for each in reversed(self._read.packages)}
        for at in range(len(self._places)):
            each = first[at]
            yield Resolved(
                name=each.name,
                version=each.resolved,
                line=each.line,
                direct=at in direct,
                development=None if needed is None else at not in needed,
                integrity=each.hash,
                source="workspace" if each.type == "Project" else "registry",
                requires=tuple(sorted(self._edges[at])),
                markers=tuple(dict.fromkeys(frameworks[at])),
            )

    def _needed(self) -> set[int] | None:
        """The places of what the project needs to run; None where the project is not known."""
        if self._manifest is None:
            return None
        scopes: dict[str, set[str]] = {}
        for group, row in self._rows:
            scopes.setdefault(row["name"].lower(), set()).add(group["scope"])
        tests = any(group["scope"] == "test" for group in self._manifest["dependencies"])
        if tests:
            return set()
        starts = {
            self._places[_key(each)]
            for each in self._read.packages
            if each.type == "Project" or (each.type == "Direct" and _runs(scopes.get(each.name.lower())))
        }
        return reached(starts, self._edges)

    def _disagreements(self) -> Iterator[Disagreement]:
        manifest = self._manifest
        if manifest is None or not self._read.packages:
            return
        locked = {each.name.lower(): each for each in self._read.packages if each.type == "Direct"}
        every = {each.name.lower() for each in self._read.packages}
        asked = set()
        for group, row in self._rows:
            name = row["name"].lower()
            asked.add(name)
            place = group.get("path", manifest["path"]), row["line"]
            found = locked.get(name)
            if row.get("marker"):
                continue
            if found is None:
                if name not in every:
                    yield Disagreement("missing in lockfile", row["name"], *place, row["constraint"], None)
            elif row["constraint"] and found.requested and "$(" not in row["constraint"]:
                wanted, have = _range(row["constraint"]), _range(found.requested)
                if wanted is not None and have is not None and wanted != have:
                    yield Disagreement("constraint differs", row["name"], *place, row["constraint"], found.requested)
        for name, found in locked.items():
            if name not in asked and name not in _IMPLICIT and not self._is_partly_read():
                yield Disagreement("not in manifest", found.name, manifest["path"], None, None, found.resolved)


def _key(each: nuget_lock.Locked) -> tuple[str, str | None]:
    return each.name.lower(), each.resolved


def _package_rows(manifest: Manifest) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for group in manifest["dependencies"]:
        if group["group"] in ("PackageReference", "GlobalPackageReference"):
            for row in group["packages"]:
                yield group, row


def _runs(scopes: set[str] | None) -> bool:
    """Whether what is asked for so is needed to run; what no line asks for is the SDK's, and is."""
    return scopes is None or "runtime" in scopes


_PLAIN = lazily(r"v?(\d+(?:\.\d+){0,3})((?:-[0-9A-Za-z.-]+)?)(?:\+.*)?")


def _range(written: str) -> tuple[str, ...] | None:
    """A version or range in one form, 1.0 as [1.0.0, ); None for one that floats, which the lockfile resolves."""
    text = written.strip()
    if "*" in text:
        return None
    if text[:1] not in "[(":
        return "[", _version(text), "", ")"
    inner = text[1:-1].split(",")
    low = _version(inner[0].strip())
    high = _version(inner[-1].strip())
    return text[0], low, high, text[-1]


def _version(text: str) -> str:
    found = _PLAIN.fullmatch(text)
    if not found:
        return text.lower()
    parts = [str(int(part)) if len(part) < 20 else part for part in found[1].split(".")]
    parts += ["0"] * (3 - len(parts))
    return ".".join(parts[:3] if len(parts) == 4 and parts[3] == "0" else parts) + found[2].lower()


def _paket_locks(inputs: ProbeInputs, manifests: Manifests, projects: Sequence[Manifest]) -> Iterator[Lock]:
    asked = {parent(each["path"]): each for each in projects if each["format"] == "paket.dependencies"}
    for path in lockfiles(inputs, manifests, *_PAKET):
        if read := inputs.parse(path, paket_lock.parse, MANIFEST_CAP):
            own = [each for each in projects if _first_above(each["path"], asked) == parent(path)]
            yield _Paket(path, read, asked.get(parent(path)), own).lock()


def _first_above(path: str, directories: Mapping[str, Any]) -> str | None:
    return next((each for each in ancestors(path) if each in directories), None)


class _Paket:
    """One paket.lock with the paket.dependencies beside it, and the projects that reference its packages."""

    def __init__(self, path: str, read: PaketLock, manifest: Manifest | None, projects: Sequence[Manifest]) -> None:
        self._path = path
        self._packages = read.packages
        self._manifest = manifest
        self._places: dict[tuple[str, str], list[int]] = {}
        for at, each in enumerate(read.packages):
            self._places.setdefault((each.group.lower(), each.name.lower()), []).append(at)
        self._edges = [
            {to for name in each.requires for to in self._places.get((each.group.lower(), name.lower()), ())}
            for each in read.packages
        ]
        self._uses = {
            (group["group"].removeprefix("paket.references ").lower(), row["name"].lower()): group["scope"]
            for project in sorted(projects, key=_scope_order)
            for group in project["dependencies"]
            if group["group"].startswith("paket.references ")
            for row in group["packages"]
        }

    def lock(self) -> Lock:
        """The lockfile as `dependencies` takes it."""
        project = self._manifest["project"] if self._manifest else parent(self._path)
        return Lock(
            path=self._path,
            ecosystem="dotnet",
            purl_type="nuget",
            format="paket.lock",
            project="" if project == "." else project,
            packages=tuple(self._resolved()),
            compared=self._manifest is not None,
            disagreements=tuple(self._disagreements()),
        )

    def _resolved(self) -> Iterator[Resolved]:
        asked = {(group, row["name"].lower()) for group, row in self._asked()}
        needed = reached(
            (at for key, scope in self._uses.items() if scope == "runtime" for at in self._places.get(key, ())),
            self._edges,
        )
        for at, each in enumerate(self._packages):
            source = _SOURCES.get(each.kind, "registry")
            repository = each.remote if source != "registry" else None
            kind, name = _purl_parts(each.kind, each.name, repository)
            yield Resolved(
                name=name,
                purl_type=kind,
                version=each.version,
                line=each.line,
                direct=(each.group.lower(), each.name.lower()) in asked if source == "registry" else True,
                development=at not in needed if self._uses and source == "registry" else None,
                source=source,
                address=repository,
                requires=tuple(sorted(self._edges[at])),
                markers=(f"group {each.group}",),
            )

    def _asked(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for group in self._manifest["dependencies"] if self._manifest else ():
            if group["scope"] == "constraint":
                for row in group["packages"]:
                    yield group["group"].removeprefix("group ").lower(), row

    def _disagreements(self) -> Iterator[Disagreement]:
        for group, row in self._asked():
            if self._manifest and (group, row["name"].lower()) not in self._places:
                place = self._manifest["path"], row["line"]
                yield Disagreement("missing in lockfile", row["name"], *place, row["constraint"], None)


def _purl_parts(kind: str, name: str, repository: str | None) -> tuple[str | None, str]:
    """The type and the name of a package URL: files and repositories of GitHub are its, others of no registry."""
    if kind == "NUGET":
        return None, name
    on_github = repository if kind == "GITHUB" else (repository or "").removeprefix("github.com/")
    if (on_github and on_github != repository) or (kind == "GITHUB" and repository):
        return "github", (on_github or "").removesuffix(".git")
    return "generic", (repository or name).rpartition("/")[2].removesuffix(".git") or name


def _scope_order(project: Manifest) -> bool:
    """Projects of tests first, so that what runs is said last, and counts."""
    return not any(group["scope"] == "test" for group in project["dependencies"])
