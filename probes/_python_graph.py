"""The packages of a lockfile of Python: who needs whom, from which group, and what the manifests ask of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from codegenie.formats.hosts import host_of
from codegenie.formats.python_lock import Locked, Need, PythonLock
from codegenie.formats.requirement import normal

from ._git_sources import git_source
from ._lock import Disagreement, Resolved
from ._manifest import Scope
from ._python_purposes import AGGREGATES, ALWAYS, NEEDED, Purpose, Purposes, scope_of_extra, scope_of_group
from ._python_versions import satisfies
from ._reach import reached

_PYPI = frozenset({"pypi.org", "pypi.python.org", "files.pythonhosted.org"})
_NOT_LOCKED = frozenset({"build", "constraint"})  # scopes that no lockfile of these tools holds


class Row(NamedTuple):
    """One dependency of a manifest, and where it stands."""

    manifest: str
    package: str | None
    """The name of the package that the manifest describes, normalised."""
    group: str
    scope: Scope
    name: str
    constraint: str | None
    line: int | None
    extras: tuple[str, ...]
    marker: str | None
    source: str
    optional: bool


def rows_of(manifests: Iterable[Mapping[str, Any]]) -> list[Row]:
    """All dependencies of the manifests."""
    return [
        Row(
            manifest=manifest["path"],
            package=normal(manifest["name"]) if manifest["name"] else None,
            group=group["group"],
            scope=group["scope"],
            name=row["name"],
            constraint=row["constraint"],
            line=row["line"],
            extras=tuple(row.get("extras", ())),
            marker=row.get("marker"),
            source=row.get("source", "registry"),
            optional=row.get("optional", False),
        )
        for manifest in manifests
        for group in manifest["dependencies"]
        for row in group["packages"]
    ]


class Graph:
    """A node is a package, or a package with one of its extras or groups: `(place, group)`."""

    def __init__(self, read: PythonLock, packages: Sequence[Locked], manifests: Sequence[Mapping[str, Any]]) -> None:
        self._read = read
        self._packages = packages
        self._manifests = manifests
        self._rows = [row for row in rows_of(manifests) if row.scope not in _NOT_LOCKED]
        self._places: dict[str, list[int]] = {}
        for at, each in enumerate(packages):
            self._places.setdefault(each.name, []).append(at)
        self._names = {normal(each["name"]) for each in manifests if each["name"]}
        self._own = [at for at, each in enumerate(packages) if each.own]
        self._nodes: dict[tuple[int, str], int] = {}
        self._edges: list[list[int]] = []
        for at, each in enumerate(packages):
            for group in ("", *(need.group for need in each.needs)):
                self._node(at, group)
        for at, each in enumerate(packages):
            for need in each.needs:
                self._edges[self._node(at, need.group)] += self._targets(need)
        self._owners = [at for at, _ in self._nodes]  # in the order of the nodes

    def resolved(self) -> Iterator[Resolved]:
        """All packages, members of the workspace included, in the order of the file."""
        direct = self._direct()
        purposes = self._purposes()
        for at, each in enumerate(self._packages):
            yield self._resolved(at, each, direct, purposes)

    def disagreements(self) -> Iterator[Disagreement]:
        """What the manifests ask for that is not there, or not at a version that they mean; and what they do not."""
        for row in self._rows:
            if row.name in self._names or row.source == "workspace":
                continue
            if self._read.groups is not None and _group_of(row) not in self._read.groups:
                continue
            held = [self._packages[at] for at in self._places.get(row.name, ())]
            if not held:
                yield Disagreement("missing in lockfile", row.name, row.manifest, row.line, row.constraint, None)
                continue
            wanted = row.constraint if row.source == "registry" else None
            versions = [each.version for each in held if each.version and each.source == "registry"]
            if wanted and versions and all(satisfies(version, wanted) is False for version in versions):
                locked = ", ".join(sorted(versions))
                yield Disagreement("not satisfied", row.name, row.manifest, row.line, wanted, locked)
        yield from self._differences()

    def _differences(self) -> Iterator[Disagreement]:
        """Uv keeps what the manifests said: where one says less now, or another range, the lockfile is old."""
        for at in self._own:
            member = self._packages[at]
            rows = [row for row in self._rows if row.package == member.name]
            manifest = next((each for each in self._manifests if normal(each["name"] or "") == member.name), None)
            if manifest is None or manifest["dynamic"] or not member.asked:
                continue
            now: dict[str, set[str]] = {}
            for row in rows:
                now.setdefault(row.name, set()).add(_clauses(row.constraint))
            then: dict[str, set[str]] = {}
            for need in member.asked:
                then.setdefault(need.name, set()).add(_clauses(need.constraint))
            for name in sorted(then.keys() - now.keys() - {member.name}):
                locked = ", ".join(sorted(filter(None, then[name]))) or None
                yield Disagreement("not in manifest", name, manifest["path"], None, None, locked)
            for row in rows:
                same = row.name in then and (_clauses(row.constraint) in then[row.name] or row.source != "registry")
                if row.name in then and not same:
                    locked = ", ".join(sorted(filter(None, then[row.name]))) or None
                    yield Disagreement("constraint differs", row.name, row.manifest, row.line, row.constraint, locked)

    def _node(self, at: int, group: str) -> int:
        node = self._nodes.get((at, group))
        if node is None:
            node = self._nodes[at, group] = len(self._edges)
            self._edges.append([])
            if group and not group.startswith("dev:"):
                self._edges[node].append(self._node(at, ""))
        return node

    def _targets(self, need: Need) -> list[int]:
        """The nodes that a need means: of several versions the one it names, and the extras it asks for."""
        places = self._places.get(need.name, ())
        if need.version is not None and len(places) > 1:
            places = [at for at in places if self._packages[at].version == need.version] or places
        return [self._nodes[at, group] for at in places for group in ("", *need.extras) if (at, group) in self._nodes]

    def _direct(self) -> set[int] | None:
        """What the project's own packages or its manifests ask for."""
        if self._own:
            asked = {need for at in self._own for need in self._packages[at].needs}
            return {self._place_of(node) for need in asked for node in self._targets(need)}
        if not self._manifests:
            return None
        return {at for row in self._rows for at in self._places.get(row.name, ())}

    def _purposes(self) -> Purposes | None:
        """What each package is for; None where it cannot be told."""
        if self._own:
            own = [
                item
                for item in self._nodes.items()
                if self._packages[item[0][0]].own and item[0][1].removeprefix("dev:") not in AGGREGATES
            ]
            return self._by_starts((_purpose_of_node(group), node) for (_, group), node in own)
        if self._manifests and self._read.needs_known:
            asked = self._by_starts(
                (_purpose_of_row(row), to) for row in self._rows for to in self._targets(_need(row))
            )
        else:
            asked = None
        return self._in_groups(asked) if self._read.groups_known else asked

    def _by_starts(self, starts: Iterable[tuple[Purpose, int]]) -> Purposes:
        nodes: dict[Purpose, list[int]] = {}
        for purpose, node in starts:
            nodes.setdefault(purpose, []).append(node)
        reach = {
            purpose: {self._place_of(node) for node in reached(found, self._edges)} for purpose, found in nodes.items()
        }
        return Purposes(reach)

    def _in_groups(self, asked: Purposes | None) -> Purposes:
        """The group of what is always installed has each tool's own name; an optional package in it is of an extra."""
        extras = {_group_of(row) for row in self._rows if row.optional} if self._read.extras_are_groups else set()
        reach: dict[Purpose, set[int]] = {}
        for at, each in enumerate(self._packages):
            for group in each.groups:
                if group in AGGREGATES:
                    continue
                if group not in ALWAYS:
                    scope = scope_of_extra(group) if group in extras else scope_of_group(group)
                    reach.setdefault((scope, group in extras), set()).add(at)
                elif not each.optional:
                    reach.setdefault(NEEDED, set()).add(at)
                else:
                    for purpose in (asked.of(at) if asked else ()) or [("unknown", True)]:
                        reach.setdefault(purpose, set()).add(at)
        return Purposes(reach)

    def _place_of(self, node: int) -> int:
        return self._owners[node]

    def _resolved(self, at: int, each: Locked, direct: set[int] | None, purposes: Purposes | None) -> Resolved:
        requires = {
            self._place_of(node)
            for (place, _), start in self._group_nodes(at)
            for node in self._edges[start]
            if self._place_of(node) != place
        }
        source, address, qualifiers = place_of(each)
        return Resolved(
            name=each.name,
            version=each.version,
            line=each.line,
            direct=None if direct is None else at in direct,
            development=purposes.development(at) if purposes else None,
            optional=each.optional or bool(purposes and purposes.is_optional(at)),
            integrity=each.integrity,
            source="workspace" if each.own else source,  # type: ignore[arg-type]
            address=(each.address or ".") if each.own else address,
            qualifiers=qualifiers,
            requires=tuple(sorted(requires)),
            markers=each.markers,
            files=each.files,
        )

    def _group_nodes(self, at: int) -> Iterator[tuple[tuple[int, str], int]]:
        groups = dict.fromkeys(("", *(need.group for need in self._packages[at].needs)))
        return (((at, group), self._nodes[at, group]) for group in groups)


def place_of(each: Locked) -> tuple[str, str | None, tuple[tuple[str, str], ...]]:
    """Where the package comes from: the host of an index that is not PyPI, or the place itself."""
    if each.source == "git" and each.address:
        found = git_source(each.address, each.commit)
        return "git", found.address, found.qualifiers
    if each.source == "url" and each.address:
        return "url", each.address, (("download_url", each.address),)
    if each.source == "registry":
        host = host_of(each.address) if each.address else None
        return "registry", None if host in _PYPI else host, ()
    return each.source, each.address, ()


def _group_of(row: Row) -> str:
    """The group as pdm calls it."""
    return "default" if row.group == "project.dependencies" else row.group.rpartition(".")[2]


def _purpose_of_node(group: str) -> Purpose:
    """Of one of the project's own packages: itself (""), one of its groups (`dev:name`), or one of its extras."""
    if not group:
        return NEEDED
    is_group = group.startswith("dev:")
    return (scope_of_group(group.removeprefix("dev:")) if is_group else scope_of_extra(group)), not is_group


def _purpose_of_row(row: Row) -> Purpose:
    return row.scope, row.optional


def _need(row: Row) -> Need:
    return Need(row.name, extras=row.extras)


def _clauses(constraint: str | None) -> str:
    """The clauses without blanks and in one order, so that only another meaning makes another text."""
    return ",".join(sorted("".join(part.split()) for part in (constraint or "").split(",") if part.strip()))
