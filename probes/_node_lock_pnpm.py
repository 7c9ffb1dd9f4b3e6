"""pnpm-lock.yaml as a list of resolved packages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.pnpm_lock import Entry, PnpmLock, Want

from ._lock import Disagreement, Resolved
from ._lock_graph import Edges, Root, edges_by, merged, with_purposes
from ._node_origins import Origin, bare, origin, registry
from ._node_wanted import Importer, disagreements
from ._paths import under

_SELECTED = lazily(r"(?:^|>)((?:@[^/@>]+/)?[^@>]+)(?:@[^>]*)?$")


class PnpmTree(NamedTuple):
    """A lockfile whose importers lie below `base`, and the manifests of its project."""

    lock: PnpmLock
    base: str
    manifests: Sequence[Importer]

    def packages(self) -> tuple[Resolved, ...]:
        """All packages, members of the workspace included, each once whatever its peers."""
        return merged(_Graph(self).packages())

    def disagreements(self) -> Iterator[Disagreement]:
        """What the manifests ask for against what the lockfile says that they ask for."""
        importers = {under(self.base, at): wants for at, wants in self.lock.importers.items()}
        # An override changes a manifest before pnpm reads it, so the lockfile has the range that it puts there.
        overridden = {found[1] for rule in self.lock.overrides if (found := _SELECTED.search(rule))}
        for manifest in self.manifests:
            if manifest.directory not in importers:
                if any(manifest.installs()):
                    name = manifest.name or manifest.directory
                    yield Disagreement("missing in lockfile", name, manifest.path, None, None, None)
                continue
            locked = {
                each.name: each.specifier
                for each in importers[manifest.directory]
                if not (each.specifier or "").startswith("runtime:")  # what devEngines.runtime asks for
            }
            peers = {each.name for each in manifest.wanted} - {each.name for each in manifest.installs()}
            may_lack = frozenset({*overridden, *self._left_out(manifest), *peers})
            yield from disagreements(manifest, manifest.installs(), locked, may_lack=may_lack)

    def _left_out(self, manifest: Importer) -> Iterator[str]:
        links = self.lock.settings.get("excludeLinksFromLockfile") is True
        for each in manifest.installs():
            if each.name in self.lock.ignored_optional or (links and each.spec.startswith(("link:", "file:"))):
                yield each.name


class _Graph:
    """Members first, then what is linked from outside the workspace, then the packages."""

    def __init__(self, tree: PnpmTree) -> None:
        self._lock = tree.lock
        self._base = tree.base
        self._nodes: list[Resolved] = []
        self._at: dict[str, int] = {}
        self._links: dict[str, int] = {}
        named = {each.directory: each for each in tree.manifests}
        for path in tree.lock.importers:
            directory = under(tree.base, path)
            if directory is not None and path != "." and (member := named.get(directory)) and member.name:
                self._links[directory] = len(self._nodes)
                self._nodes.append(
                    Resolved(member.name, member.version, source="workspace", address=directory, direct=False)
                )

    def packages(self) -> list[Resolved]:
        for entry in self._lock.entries.values():
            self._at[entry.key] = len(self._nodes)
            self._nodes.append(_package(entry))
        wants = {under(self._base, at): list(self._resolved(at, each)) for at, each in self._lock.importers.items()}
        roots = [
            Root(place, want.scope == "devDependencies", want.scope == "optionalDependencies")
            for found in wants.values()
            for want, place in found
        ]
        edges = [Edges()] * len(self._nodes)
        for directory, at in self._links.items():
            edges[at] = edges_by(
                (place, want.scope == "devDependencies", want.scope == "optionalDependencies")
                for want, place in wants.get(directory, ())
            )
        for entry in self._lock.entries.values():
            edges[self._at[entry.key]] = Edges(
                tuple(self._places(entry.dependencies)), tuple(self._places(entry.optional))
            )
        return with_purposes(self._nodes, edges, roots)

    def _resolved(self, importer: str, wants: Sequence[Want]) -> Iterator[tuple[Want, int]]:
        for want in wants:
            place = self._place(want.name, want.reference, importer)
            if place is not None:
                yield want, place

    def _places(self, wants: Mapping[str, str]) -> Iterator[int]:
        for name, reference in wants.items():
            if (place := self._place(name, reference, ".")) is not None:
                yield place

    def _place(self, name: str, reference: str, importer: str) -> int | None:
        if reference.startswith("link:"):
            directory = under(self._base, f"{importer}/{reference.removeprefix('link:')}")
            return self._link(name, directory) if directory else None
        entry = self._lock.resolve(name, reference)
        return self._at[entry.key] if entry else None

    def _link(self, name: str, directory: str) -> int:
        """What is linked is a member, or else a directory that pnpm does not look into."""
        if directory not in self._links:
            self._links[directory] = len(self._nodes)
            self._nodes.append(Resolved(name, None, source="path", address=directory))
        return self._links[directory]


def _package(entry: Entry) -> Resolved:
    found = _origin(entry)
    integrity = entry.resolution.get("integrity")
    return Resolved(
        name=entry.name,
        version=entry.version,
        line=entry.line,
        integrity=integrity if isinstance(integrity, str) else None,
        source=found.source,
        address=found.address,
        qualifiers=found.qualifiers,
        markers=entry.platforms,
        patched=entry.patched,
    )


def _origin(entry: Entry) -> Origin:
    match entry.resolution:
        case {"type": "git", "repo": str(repo), **rest}:
            return origin(f"{_git(repo)}#{rest.get('commit', '')}", from_registry=False)
        case {"directory": str(directory)}:
            return Origin("path", bare(directory) or directory)
        case {"tarball": str(tarball)}:
            if tarball.startswith("file:"):
                return origin(tarball, from_registry=False)
            return _tarball(entry, tarball)
        case _:
            return _registry(entry.key, entry.resolution)


def _tarball(entry: Entry, tarball: str) -> Origin:
    """An address of its own may be a package that was asked for by it, or a registry that has its own addresses."""
    by_address = "://" in entry.key or not entry.key.lstrip("/").startswith(entry.name)
    return registry(tarball) if not by_address else origin(tarball, from_registry=False)


def _registry(key: str, resolution: Mapping[str, Any]) -> Origin:
    """Up to version 5 the key of a package from another registry begins with its host."""
    host = key.partition("/")[0]
    return registry(f"https://{host}/") if "." in host and "@" not in host and resolution else Origin("registry")


def _git(repo: str) -> str:
    return repo if repo.startswith(("git", "ssh:")) else f"git+{repo}"
