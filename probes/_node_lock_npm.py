"""package-lock.json and npm-shrinkwrap.json as lists of resolved packages."""

import re
from collections.abc import Iterator, Sequence

from codegenie.formats.npm_ranges import satisfies
from codegenie.formats.package_lock import Entry, PackageLock

from ._lock import Disagreement, Resolved
from ._lock_graph import merged
from ._manifest import Source
from ._node_origins import Origin, origin
from ._node_wanted import Importer, disagreements

_VERSION = re.compile(r"\d[^\s/:]*")
_LONGEST = 4096  # characters of a location: no system opens a path that is longer
_IN_MODULES = re.compile(r"(?:^|/)node_modules/((?:@[^/]+/)?[^/]+)$")


def _gone(entry: Entry) -> bool:
    """Whether it is a directory of the repository that npm keeps in the file though it is no member any more."""
    return entry.extraneous and not _IN_MODULES.search(entry.location)


class NpmTree:
    """The locations of a lockfile; a dependency is looked up in them as Node.js looks it up in directories."""

    def __init__(self, lock: PackageLock, project: str, manifests: Sequence[Importer]) -> None:
        self.lock = lock
        self.importers = {_relative(each.directory, project): each for each in manifests}
        self._targets = {
            entry.resolved: found[1]
            for entry in lock.entries.values()
            if entry.link and entry.resolved is not None and (found := _IN_MODULES.search(entry.location))
        }
        self.locations = [each for each, entry in lock.entries.items() if each and not entry.link and not _gone(entry)]
        self._at = {location: at for at, location in enumerate(self.locations)}
        # Those with node_modules; in others nothing is found, and a location may lie in thousands of them.
        self._directories = {each.rpartition("node_modules/")[0] for each in lock.entries}
        self._edges: dict[str, tuple[int, ...]] = {}
        self._urls: set[int] = set()
        for location in ("", *self.locations):
            wanted = list(self._resolve_all(location))
            self._edges[location] = tuple(sorted({at for _, at in wanted}))
            self._urls.update(at for spec, at in wanted if spec.startswith(("http:", "https:")))

    def packages(self) -> tuple[Resolved, ...]:
        """All packages, members of the workspace included, each once."""
        direct = self._direct()
        return merged(
            [
                self._package(self.lock.entries[location], at, None if direct is None else at in direct)
                for at, location in enumerate(self.locations)
            ]
        )

    def _package(self, entry: Entry, at: int, direct: bool | None) -> Resolved:
        found = self._origin(entry, at)
        version = entry.version
        if version and version.startswith("npm:"):
            version = version.rpartition("@")[2]
        return Resolved(
            name=self._name(entry),
            version=version if version and _VERSION.fullmatch(version) else None,
            line=entry.line,
            direct=direct,
            development=entry.development,
            optional=entry.optional,
            integrity=entry.integrity,
            source=found.source,
            address=found.address,
            qualifiers=found.qualifiers,
            requires=self._edges[entry.location],
            markers=entry.platforms,
            install_script=entry.install_script if self.lock.version > 1 else None,
        )

    def _name(self, entry: Entry) -> str:
        if entry.version and entry.version.startswith("npm:"):
            return entry.version.removeprefix("npm:").rpartition("@")[0]
        if entry.name:
            return entry.name
        if found := _IN_MODULES.search(entry.location):
            return found[1]
        importer = self.importers.get(entry.location)
        return (importer.name if importer else None) or self._targets.get(entry.location) or entry.location

    def _origin(self, entry: Entry, at: int) -> Origin:
        if not _IN_MODULES.search(entry.location):
            source: Source = "workspace" if entry.location in self.importers else "path"
            return Origin(source, entry.location)
        reference = entry.resolved
        if entry.version and not entry.version.startswith("npm:") and not _VERSION.fullmatch(entry.version):
            return origin(entry.version, from_registry=False)  # version 1 gives an address for the version
        return origin(reference, from_registry=at not in self._urls)

    def _direct(self) -> set[int] | None:
        """The packages that the root and the members ask for; version 1 leaves that to the manifests."""
        if "" in self.lock.entries:
            places = {"", *self.importers, *self._targets} & self._edges.keys()
            return {at for place in places for at in self._edges[place]}
        if not self.importers:
            return None
        names = {each.name for importer in self.importers.values() for each in importer.installs()}
        return {self._at[place] for name in names if (place := f"node_modules/{name}") in self._at}

    def _resolve_all(self, location: str) -> Iterator[tuple[str, int]]:
        entry = self.lock.entries.get(location)
        if entry is None or not entry.wants:
            return
        directories = [each for each in _looked_in(location) if each in self._directories]
        for scope, wants in entry.wants.items():
            if scope == "devDependencies" and _IN_MODULES.search(location):
                continue  # those of a dependency are not installed
            for name, spec in wants.items():
                if (found := self._resolve(directories, name)) is not None:
                    yield spec, found

    def _resolve(self, directories: list[str], name: str) -> int | None:
        for directory in directories:
            place = f"{directory}node_modules/{name}"
            if found := self.lock.entries.get(place):
                return self._at.get(found.resolved or "" if found.link else place)
        return None

    def disagreements(self) -> Iterator[Disagreement]:
        """What the manifests ask for against what the lockfile says that they ask for."""
        if "" not in self.lock.entries:
            yield from self._unsatisfied()
            return
        for directory, importer in self.importers.items():
            entry = self.lock.entries.get(directory)
            if entry is None:
                yield Disagreement("missing in lockfile", importer.name or directory, importer.path, None, None, None)
                continue
            locked: dict[str, str | None] = {
                name: spec for wants in reversed(list(entry.wants.values())) for name, spec in wants.items()
            }
            yield from disagreements(importer, iter(importer.wanted), locked, may_lack=frozenset())

    def _unsatisfied(self) -> Iterator[Disagreement]:
        """Version 1 says nothing of the manifest, so its versions are held against what the manifest asks for."""
        for importer in self.importers.values():
            for each in importer.installs():
                entry = self.lock.entries.get(f"node_modules/{each.name}")
                locked = entry.version.removeprefix("npm:").rpartition("@")[2] if entry and entry.version else None
                spec = each.spec.rpartition("@")[2] if each.spec.startswith("npm:") else each.spec
                if entry is None:
                    yield Disagreement(
                        "missing in lockfile", each.name, importer.path, each.line, each.spec or None, None
                    )
                elif locked and satisfies(locked, spec) is False:
                    yield Disagreement("not satisfied", each.name, importer.path, each.line, each.spec, locked)


def _looked_in(location: str) -> list[str]:
    """The directories in which Node.js looks for node_modules, each with its slash: from the location upwards."""
    if len(location) > _LONGEST:
        return []  # together they take the square of its length
    found = []
    while location:
        found.append(f"{location}/")
        before, within, _ = location.rpartition("/node_modules/")
        if not within and not location.startswith("node_modules/"):
            before = location.rpartition("/")[0]
        location = before
    return [*found, ""]


def _relative(directory: str, project: str) -> str:
    return "" if directory == project else directory.removeprefix(f"{project}/") if project else directory
