"""yarn.lock of both kinds as a list of resolved packages."""

import re
from collections.abc import Iterator, Mapping, Sequence

from codegenie.formats.patterns import lazily
from codegenie.formats.yarn_lock import Entry, YarnLock

from ._lock import Disagreement, Resolved
from ._lock_graph import Edges, Root, edges_by, merged, with_purposes
from ._node_origins import Origin, origin
from ._node_wanted import Importer, Wanted, disagreements
from ._paths import under

_NAME = lazily(r"((?:@[^/@]+/)?[^@]+)@(.*)", re.DOTALL)
_BUILTIN_PATCH = "builtin<"
_SELECTED = lazily(r"(?:^|/)((?:@[^/@]+/)?[^@/]+)(?:@.*)?$")


class YarnTree:
    """A lockfile and the manifests of its project, which alone tell what is for development."""

    def __init__(self, lock: YarnLock, project: str, manifests: Sequence[Importer]) -> None:
        self.lock = lock
        self.project = project
        self.manifests = manifests
        self._by_descriptor: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = {}
        self._members: dict[str, int] = {}
        self._nodes: list[Resolved] = []
        self._rules = {
            found[1]: rule
            for each in manifests
            for name, rule in each.rules.items()
            if (found := _SELECTED.search(name))
        }
        self._catalogs = {place: spec for each in manifests for place, spec in each.catalogs.items()}
        for at, entry in enumerate(lock.entries):
            self._nodes.append(self._package(entry))
            for descriptor in entry.descriptors:
                name = _parts(descriptor)[0]
                self._by_descriptor.setdefault(descriptor, at)
                self._by_descriptor.setdefault(descriptor.partition("::")[0], at)
                self._by_name.setdefault(name, []).append(at)
            if self._nodes[at].source == "workspace" and (address := self._nodes[at].address) is not None:
                self._members[address] = at
        self._add_members()

    def packages(self) -> tuple[Resolved, ...]:
        """All packages, members of the workspace included, each once; not the root itself."""
        roots = [
            Root(place, each.group == "devDependencies", each.optional)
            for importer in self.manifests
            for each in importer.installs()
            if (place := self._place(each.name, each.spec)) is not None
        ]
        edges = [self._edges(entry) for entry in self.lock.entries]
        edges += [Edges()] * (len(self._nodes) - len(edges))
        for importer in self.manifests:
            if (at := self._members.get(importer.directory)) is not None:
                edges[at] = edges_by(
                    (place, each.group == "devDependencies", each.optional)
                    for each in importer.installs()
                    if (place := self._place(each.name, each.spec)) is not None
                )
        found = with_purposes(self._nodes, edges, roots if self.manifests else None)
        root = self._members.get(self.project)
        return merged(found, without=() if root is None else (root,))

    def _add_members(self) -> None:
        """Yarn 1 has no entries for members."""
        for importer in self.manifests:
            if importer.directory not in self._members and importer.directory != self.project and importer.name:
                self._members[importer.directory] = len(self._nodes)
                self._nodes.append(
                    Resolved(importer.name, importer.version, source="workspace", address=importer.directory)
                )
        self._member_names = {
            importer.name: at
            for importer in self.manifests
            if importer.name and (at := self._members.get(importer.directory)) is not None
        }

    def _edges(self, entry: Entry) -> Edges:
        return Edges(tuple(self._places(entry.dependencies)), tuple(self._places(entry.optional)))

    def _places(self, wants: Mapping[str, str]) -> Iterator[int]:
        for name, spec in wants.items():
            if (place := self._place(name, spec)) is not None:
                yield place

    def _place(self, name: str, spec: str) -> int | None:
        """By the descriptor; a resolution or a catalogue puts another range there, which only the name leads to."""
        for descriptor in (f"{name}@{spec}", f"{name}@npm:{spec}", f"{name}@"):
            if descriptor in self._by_descriptor:
                return self._by_descriptor[descriptor]
        if name in self._member_names and (not self.lock.berry or spec.startswith("workspace:")):
            return self._member_names[name]
        if name in self._rules or spec.startswith(("catalog:", "workspace:")):
            rule = self._rules.get(name) or self._catalogs.get((spec, name), "")
            for descriptor in (f"{name}@{rule}", f"{name}@npm:{rule}"):
                if descriptor in self._by_descriptor:
                    return self._by_descriptor[descriptor]
            places = set(self._by_name.get(name, ()))
            return places.pop() if len(places) == 1 else None
        return None

    def _package(self, entry: Entry) -> Resolved:
        return self._berry(entry) if self.lock.berry else self._classic(entry)

    def _classic(self, entry: Entry) -> Resolved:
        name, spec = _parts(entry.descriptors[0]) if entry.descriptors else ("", "")
        if spec.startswith("npm:"):
            name = _parts(spec.removeprefix("npm:"))[0]
        specs = [_parts(each)[1] for each in entry.descriptors]
        from_registry = not all(each.startswith(("http:", "https:", "file:")) for each in specs)
        found = origin(entry.resolved, from_registry=from_registry)
        if entry.resolved is None and spec.startswith(("file:", "link:")):
            found = origin(spec, from_registry=False)
        return _resolved(entry, name, found)

    def _berry(self, entry: Entry) -> Resolved:
        name, reference = _parts(entry.resolution or "")
        patched = False
        if reference.startswith("patch:"):
            patched = _BUILTIN_PATCH not in reference
            inner = reference.removeprefix("patch:").partition("#")[0].replace("%3A", ":").replace("%40", "@")
            reference = _parts(inner)[1]
        if reference.startswith("workspace:"):
            directory = under(self.project, reference.removeprefix("workspace:"))
            version = next((each.version for each in self.manifests if each.directory == directory), None)
            return Resolved(name, version, entry.line, source="workspace", address=directory)
        if reference.startswith("npm:") or re.match(r"\d", reference):
            _, _, archive = reference.partition("::__archiveUrl=")
            archive = archive.replace("%3A", ":").replace("%2F", "/")
            return _resolved(entry, name, origin(archive or None, from_registry=True), patched=patched)
        found = origin(reference, from_registry=False)
        if entry.link:
            return Resolved(name, None, entry.line, source=found.source, address=found.address)
        return _resolved(entry, name, found, patched=patched)

    def disagreements(self) -> Iterator[Disagreement]:
        """What the manifests ask for against what the lockfile has."""
        yield from self._berry_disagreements() if self.lock.berry else self._classic_disagreements()

    def _berry_disagreements(self) -> Iterator[Disagreement]:
        entries = {
            self._nodes[at].address: entry
            for at, entry in enumerate(self.lock.entries)
            if self._nodes[at].source == "workspace"
        }
        for importer in self.manifests:
            entry = entries.get(importer.directory)
            if entry is None:
                name = importer.name or importer.directory
                yield Disagreement("missing in lockfile", name, importer.path, None, None, None)
                continue
            locked: dict[str, str | None] = {**entry.peers, **entry.dependencies, **entry.optional}
            peers = frozenset(each.name for each in importer.wanted) - {each.name for each in importer.installs()}
            yield from disagreements(importer, importer.installs(), locked, may_lack=peers)

    def _classic_disagreements(self) -> Iterator[Disagreement]:
        for importer in self.manifests:
            for each in importer.installs():
                linked = each.spec.startswith(("link:", "portal:", "workspace:"))
                if not linked and self._place(each.name, each.spec) is None:
                    yield self._missing(importer, each)

    def _missing(self, importer: Importer, wanted: Wanted) -> Disagreement:
        others = self._by_name.get(wanted.name)
        if not others:
            return Disagreement(
                "missing in lockfile", wanted.name, importer.path, wanted.line, wanted.spec or None, None
            )
        named = (_parts(each) for at in others for each in self.lock.entries[at].descriptors)
        specs = sorted({spec for name, spec in named if name == wanted.name})
        return Disagreement(
            "constraint differs", wanted.name, importer.path, wanted.line, wanted.spec or None, ", ".join(specs)
        )


def _resolved(entry: Entry, name: str, found: Origin, *, patched: bool = False) -> Resolved:
    return Resolved(
        name=name,
        version=entry.version or None,
        line=entry.line,
        integrity=entry.integrity,
        source=found.source,
        address=found.address,
        qualifiers=found.qualifiers,
        markers=tuple(entry.conditions.split(" & ")) if entry.conditions else (),
        patched=patched,
    )


def _parts(descriptor: str) -> tuple[str, str]:
    """The name and what stands behind it: `@babel/core` and `npm:^7` of `@babel/core@npm:^7`."""
    found = _NAME.fullmatch(descriptor)
    return (found[1], found[2]) if found else (descriptor, "")
