"""Justfiles: the recipes that one calls by name."""

from collections.abc import Iterator

from codegenie.formats import justfile
from codegenie.formats.justfile import Justfile
from codegenie.probe import ProbeInputs

from ._builds import Builds
from ._paths import parent, under
from ._runners import Script, kind_of_apart, nearest, runner_project, text_of, too_many

_NAMES = ("justfile", "Justfile", "JUSTFILE", ".justfile", ".Justfile")

MOST_FILES = 100  # that one justfile takes in, directly or not


def builds(inputs: ProbeInputs) -> Builds:
    """The directories with a justfile."""
    found = Builds()
    places: dict[str, str] = {}
    for path in (path for name in _NAMES for path in inputs.matching(f"**/{name}")):
        if kind := kind_of_apart(parent(path)):
            found.apart.setdefault(kind, []).append(path)
        else:
            places.setdefault(parent(path), path)
    modules = set()
    for directory in nearest(places):
        if places[directory] in modules:
            continue
        tree = _Tree(inputs)
        tree.read(places[directory], "")
        modules |= tree.modules
        if tree.scripts:
            found.projects.append(
                runner_project("just", directory, places[directory], tree.scripts, default=tree.default)
            )  # fmt: skip
        found.confidence = "medium" if tree.unread or found.confidence == "medium" else "high"
    found.warnings = too_many("just", places)
    return found


class _Tree:
    """A justfile with what it imports, and its modules, whose recipes have their names before theirs."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._known = frozenset(inputs.files)
        self._seen: set[tuple[str, str]] = set()
        self.scripts: list[Script] = []
        self.modules: set[str] = set()
        self.default: str | None = None
        self.unread = False

    def read(self, path: str, prefix: str) -> None:
        """Read a justfile; `prefix` is that of the module that it is."""
        if (path, prefix) in self._seen or len(self._seen) >= MOST_FILES:
            return
        self._seen.add((path, prefix))
        read = self._inputs.parse(path, justfile.parse)
        if read is None:
            self.unread = True
            return
        public = [recipe for recipe in read.recipes if not recipe.private]
        if not prefix and self.default is None and read.recipes:
            names = [recipe.name for recipe in read.recipes]
            self.default = "default" if "default" in names and names[0] == "default" else names[0]
        self.scripts += [
            Script(f"{prefix}{each.name}", text_of(each.first, each.needs), path, each.line) for each in public
        ]
        self.scripts += [Script(f"{prefix}{each.name}", each.target, path, each.line) for each in read.aliases]
        for place, inner in self._others(path, prefix, read):
            self.read(place, inner)

    def _others(self, path: str, prefix: str, read: Justfile) -> Iterator[tuple[str, str]]:
        """What is imported, and the modules: `mod a` is a.just, a/mod.just or a/justfile beside this file."""
        directory = parent(path)
        for each in read.imports:
            names = [each.path] if each.path else [
                f"{each.name}.just", f"{each.name}/mod.just", *(f"{each.name}/{name}" for name in _NAMES)
            ]  # fmt: skip
            if each.name and each.path:
                names += [f"{each.path}/{name}" for name in ("mod.just", *_NAMES)]
            places = (under(directory, name) for name in names)
            place = next((place for place in places if place in self._known), None)
            if place is None:
                self.unread = self.unread or not each.optional
                continue
            if each.name:
                self.modules.add(place)
            yield place, f"{prefix}{each.name}::" if each.name else prefix
