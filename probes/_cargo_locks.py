"""Cargo.lock files: what they pin, which of it is for tests and builds alone, and whether the manifests agree."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats import cargo_lock
from codegenie.formats.cargo_lock import CargoLock, Locked
from codegenie.formats.hosts import host_of
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._cargo_versions import satisfies
from ._git_sources import git_source
from ._lock import Disagreement, Lock, Manifests, Resolved
from ._paths import parent
from ._reach import reached
from ._reader_files import LOCKFILES

_CRATES_IO = frozenset(
    {"registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"}
)  # the same registry by its two protocols
_GROUPS = frozenset({"dependencies", "dev-dependencies", "build-dependencies"})

Crate = Mapping[str, Any]
"""A manifest as the slice has it."""


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles of the projects that `manifests` knows."""
    projects: dict[str, list[Crate]] = {}
    for each in manifests["manifests"]:
        if each["ecosystem"] == "cargo":
            projects.setdefault("" if each["project"] == "." else each["project"], []).append(each)
    read = {
        path: inputs.parse(path, cargo_lock.parse, MANIFEST_CAP)
        for path in inputs.matching(*LOCKFILES["cargo"])
        if parent(path) in projects
    }
    return [_lock(path, lock, projects[parent(path)]) for path, lock in read.items() if lock is not None]


def _lock(path: str, read: CargoLock, manifests: Sequence[Crate]) -> Lock:
    graph = _Graph(read.packages, manifests)
    return Lock(
        path=path,
        ecosystem="cargo",
        purl_type="cargo",
        format=f"Cargo.lock {read.version}",
        project=parent(path),
        packages=tuple(graph.resolved()),
        compared=True,
        disagreements=tuple(graph.disagreements()),
        notes=(f"unused patches: {', '.join(sorted(set(read.unused_patches)))}",) if read.unused_patches else (),
    )


class _Graph:
    """The packages of a lockfile, and the manifests of those that are the project's own."""

    def __init__(self, packages: Sequence[Locked], manifests: Sequence[Crate]) -> None:
        self._packages = packages
        self._manifests = {each["name"]: each for each in manifests if each["name"] is not None}
        self._places: dict[str, list[int]] = {}
        for at, each in enumerate(packages):
            self._places.setdefault(each.name, []).append(at)
        self._edges = [[to for word in each.requires if (to := self._place(word)) is not None] for each in packages]
        self._own = {
            at: self._manifests[each.name]
            for at, each in enumerate(packages)
            if each.source is None and each.name in self._manifests
        }

    def _place(self, written: str) -> int | None:
        """Of `name`, `name version` or `name version (source)`, as much as it takes to be clear."""
        name, _, rest = written.partition(" ")
        version, _, source = rest.partition(" ")
        found = [
            at
            for at in self._places.get(name, ())
            if (not version or self._packages[at].version == version)
            and (not source or self._packages[at].source == source.strip("()"))
        ]
        return found[0] if found else None

    def resolved(self) -> Iterator[Resolved]:
        """All packages, members of the workspace included, in the order of the file."""
        asked = {at for member in self._own for at in self._edges[member]}
        running = [
            edges if at not in self._own else [to for to in edges if self._runs(at, to)]
            for at, edges in enumerate(self._edges)
        ]
        needed = reached(self._own, running)
        known = reached(self._own, self._edges)
        for at, each in enumerate(self._packages):
            yield self._resolved(at, each, direct=at in asked, development=at not in needed if at in known else None)

    def _runs(self, member: int, to: int) -> bool:
        """Whether a member needs it to run, and not only for its tests or its build."""
        groups = {
            group
            for group, row in _rows(self._own[member])
            if row["name"] == self._packages[to].name and self._may_be(row, to)
        }
        return not groups or "dependencies" in groups

    def _may_be(self, row: Mapping[str, Any], at: int) -> bool:
        if len(self._places[row["name"]]) == 1 or row["constraint"] is None or row.get("source") == "git":
            return True
        return satisfies(self._packages[at].version, row["constraint"]) is not False

    def _resolved(self, at: int, each: Locked, *, direct: bool, development: bool | None) -> Resolved:
        own = self._own.get(at)
        resolved = Resolved(
            each.name,
            each.version,
            each.line,
            direct=direct,
            development=development,
            integrity=f"sha256:{each.checksum}" if each.checksum else None,
            source="workspace" if own else "path" if each.source is None else "registry",
            address=parent(own["path"]) or "." if own else None,
            requires=tuple(sorted(set(self._edges[at]))),
        )
        return resolved if each.source is None or each.source in _CRATES_IO else _from_elsewhere(resolved, each.source)

    def disagreements(self) -> Iterator[Disagreement]:
        """What keeps `cargo build --locked` from taking the file as it is."""
        locked = {self._packages[at].name: at for at in self._own}
        for name, manifest in sorted(self._manifests.items()):
            path, version = manifest["path"], manifest["version"]
            if name not in locked:
                yield Disagreement("missing in lockfile", name, path, None, version, None)
                continue
            held = self._packages[locked[name]].version
            if version is not None and version != held:
                yield Disagreement("constraint differs", name, path, None, version, held)
            edges = [self._packages[to] for to in self._edges[locked[name]]]
            for _, row in _rows(manifest):
                yield from _unmet(path, row, [each.version for each in edges if each.name == row["name"]])


def _rows(manifest: Crate) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for group in manifest["dependencies"]:
        if group["group"] in _GROUPS:
            for row in group["packages"]:
                yield group["group"], row


def _unmet(path: str, row: Mapping[str, Any], held: Sequence[str]) -> Iterator[Disagreement]:
    """A dependency that the lockfile does not have for this crate, or at no version that is asked for."""
    wanted = row["constraint"]
    if not held:
        yield Disagreement("missing in lockfile", row["name"], path, row["line"], wanted, None)
    elif wanted and row.get("source") != "git" and all(satisfies(version, wanted) is False for version in held):
        yield Disagreement("not satisfied", row["name"], path, row["line"], wanted, ", ".join(held))


def _from_elsewhere(resolved: Resolved, source: str) -> Resolved:
    """With where it comes from: a git repository at a commit, or another registry, of which the host is shown."""
    kind, _, url = source.partition("+")
    if kind == "git":
        found = git_source(url.partition("?")[0].partition("#")[0], url.partition("#")[2] or None)
        return resolved._replace(source="git", address=found.address, qualifiers=found.qualifiers)
    return resolved._replace(address=host_of(url))
