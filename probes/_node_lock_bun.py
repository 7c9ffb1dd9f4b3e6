"""bun.lock as a list of resolved packages."""

from collections.abc import Iterable, Iterator, Sequence

from codegenie.formats.bun_lock import BunLock, Entry
from codegenie.formats.patterns import lazily

from ._lock import Disagreement, Resolved
from ._lock_graph import Edges, Root, edges_by, merged, with_purposes
from ._node_origins import Origin, origin, registry
from ._node_wanted import Importer, disagreements
from ._paths import under

_SEGMENT = lazily(r"(?:@[^/]+/)?[^/]+")
_VERSION = lazily(r"\d[^\s/:]*")
_OPTIONAL = "optionalDependencies"


class BunTree:
    """The places of a lockfile; a dependency is looked up from its own place outwards."""

    def __init__(self, lock: BunLock, project: str, manifests: Sequence[Importer]) -> None:
        self.lock = lock
        self.project = project
        self.manifests = manifests
        self._named = {each.directory: each for each in manifests}
        self._places = [place for place, entry in lock.entries.items() if not entry.reference.startswith("root:")]
        self._at = {place: at for at, place in enumerate(self._places)}

    def packages(self) -> tuple[Resolved, ...]:
        """All packages, members of the workspace included, each once."""
        nodes = [self._package(self.lock.entries[place]) for place in self._places]
        edges = [self._edges(self.lock.entries[place]) for place in self._places]
        roots = [
            Root(at, scope == "devDependencies", scope == _OPTIONAL)
            for workspace in self.lock.workspaces.values()
            for scope, wants in workspace.wants.items()
            for _, at in self._found(workspace.name or "" if workspace.directory else "", wants)
        ]
        return merged(with_purposes(nodes, edges, roots))

    def _edges(self, entry: Entry) -> Edges:
        wants = entry.wants
        if entry.reference.startswith("workspace:"):
            workspace = self.lock.workspaces.get(entry.reference.removeprefix("workspace:"))
            wants = workspace.wants if workspace else wants
        return edges_by(
            (at, scope == "devDependencies", scope == _OPTIONAL or name in entry.optional_peers)
            for scope, wanted in wants.items()
            for name, at in self._found(entry.place, wanted)
        )

    def _found(self, place: str, wants: Iterable[str]) -> Iterator[tuple[str, int]]:
        path = _SEGMENT.findall(place)
        for name in wants:
            for depth in range(len(path), -1, -1):
                inner = "/".join([*path[:depth], name])
                if inner in self._at:
                    yield name, self._at[inner]
                    break

    def _package(self, entry: Entry) -> Resolved:
        found = self._origin(entry)
        version = entry.reference if _VERSION.fullmatch(entry.reference) else None
        if found.source == "workspace":
            member = self._named.get(found.address or "")
            locked = self.lock.workspaces.get(entry.reference.removeprefix("workspace:"))
            version = (member.version if member else None) or (locked.version if locked else None)
        return Resolved(
            name=entry.name,
            version=version,
            line=entry.line,
            integrity=entry.integrity,
            source=found.source,
            address=found.address,
            qualifiers=found.qualifiers,
            markers=entry.platforms,
            patched=any(each.startswith(f"{entry.name}@") for each in self.lock.patched),
        )

    def _origin(self, entry: Entry) -> Origin:
        if entry.reference.startswith("workspace:"):
            return Origin("workspace", under(self.project, entry.reference.removeprefix("workspace:")))
        if _VERSION.fullmatch(entry.reference):
            return registry(entry.registry) if entry.registry else Origin("registry")
        return origin(entry.reference, from_registry=False)

    def disagreements(self) -> Iterator[Disagreement]:
        """What the manifests ask for against what the lockfile says that they ask for."""
        workspaces = {under(self.project, at): each for at, each in self.lock.workspaces.items()}
        for importer in self.manifests:
            workspace = workspaces.get(importer.directory)
            if workspace is None:
                name = importer.name or importer.directory
                yield Disagreement("missing in lockfile", name, importer.path, None, None, None)
                continue
            locked: dict[str, str | None] = {
                name: spec for wants in workspace.wants.values() for name, spec in wants.items()
            }
            yield from disagreements(importer, iter(importer.wanted), locked, may_lack=frozenset())
