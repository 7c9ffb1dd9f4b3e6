"""Taskfiles: the tasks that one calls by name, those of included files under their namespaces."""

from collections.abc import Iterator

from codegenie.formats import taskfile
from codegenie.formats.taskfile import Include, Taskfile
from codegenie.probe import ProbeInputs

from ._builds import Builds
from ._paths import parent, under
from ._runners import Script, kind_of_apart, nearest, runner_project, text_of, too_many

# In the order that task looks for them: https://taskfile.dev/docs/guide#supported-file-names
_NAMES = (
    *("Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml"),
    *("Taskfile.dist.yml", "taskfile.dist.yml", "Taskfile.dist.yaml", "taskfile.dist.yaml"),
)

MOST_FILES = 100  # that one Taskfile takes in, directly or not


def builds(inputs: ProbeInputs) -> Builds:
    """The directories with a Taskfile that no other includes."""
    found = Builds()
    places: dict[str, str] = {}
    for path in (path for name in _NAMES for path in inputs.matching(f"**/{name}")):
        if kind := kind_of_apart(parent(path)):
            found.apart.setdefault(kind, []).append(path)
        else:
            places.setdefault(parent(path), path)
    included: set[str] = set()
    for directory in nearest(places):
        if places[directory] in included:
            continue
        tree = _Tree(inputs)
        tree.read(places[directory], "", internal=False)
        included |= tree.included
        if tree.scripts:
            found.projects.append(
                runner_project(
                    "task", directory, places[directory], tree.scripts, default="default", constraints=tree.versions,
                    version_constraint=tree.versions[0]["constraint"] if tree.versions else None,
                )
            )  # fmt: skip
        found.confidence = "medium" if tree.unread or found.confidence == "medium" else "high"
    found.warnings = too_many("task", places)
    return found


class _Tree:
    """A Taskfile and those that it includes."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._known = frozenset(inputs.files)
        self._seen: set[tuple[str, str]] = set()
        self.scripts: list[Script] = []
        self.included: set[str] = set()
        self.versions: list[dict[str, str | int | None]] = []
        self.unread = False

    def read(self, path: str, prefix: str, *, internal: bool) -> None:
        """Read a Taskfile; `prefix` is its namespace, and what is `internal` is not called by name."""
        if (path, prefix) in self._seen or len(self._seen) >= MOST_FILES:
            return
        self._seen.add((path, prefix))
        read = self._inputs.parse(path, taskfile.parse)
        if read is None:
            self.unread = True
            return
        if not prefix and not self.versions and read.version:
            version = {"constraint": read.version, "how": "version field", "path": path, "line": read.version_line}
            self.versions.append(version)
        for each in () if internal else read.tasks:
            if not each.internal:
                text = text_of(each.first, each.needs)
                self.scripts += [
                    Script(f"{prefix}{name}", text, path, each.line) for name in (each.name, *each.aliases)
                ]  # fmt: skip
        for place, include in self._others(path, read):
            self.included.add(place)
            inner = prefix if include.flat else f"{prefix}{include.namespace}:"
            self.read(place, inner, internal=internal or include.internal)

    def _others(self, path: str, read: Taskfile) -> Iterator[tuple[str, Include]]:
        for each in read.includes:
            names = [each.path, *(f"{each.path.rstrip('/')}/{name}" for name in _NAMES)]
            places = (under(parent(path), name) for name in names if "{{" not in name and "://" not in name)
            place = next((place for place in places if place in self._known), None)
            if place is not None:
                yield place, each
            else:
                self.unread = self.unread or not each.optional
