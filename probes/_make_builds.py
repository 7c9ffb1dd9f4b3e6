"""Makefiles: the targets that one calls by name."""

import sys
from collections.abc import Iterator

from codegenie.formats import makefile
from codegenie.formats.makefile import Include, Makefile, Rule
from codegenie.probe import ProbeInputs

from ._builds import Builds
from ._paths import parent, under
from ._runners import Script, kind_of_apart, nearest, runner_project, text_of, too_many

_NAMES = ("GNUmakefile", "makefile", "Makefile")  # in the order that GNU make looks for them

MOST_INCLUDES = 100  # that one makefile takes in, directly or not


def builds(inputs: ProbeInputs) -> Builds:
    """The directories with a makefile."""
    found = Builds()
    places: dict[str, str] = {}
    for path in (path for name in _NAMES for path in inputs.matching(f"**/{name}")):
        if kind := kind_of_apart(parent(path)):
            found.apart.setdefault(kind, []).append(path)
        else:
            places.setdefault(parent(path), path)
    for directory in nearest(places):
        tree = _Tree(inputs, directory)
        tree.read(places[directory])
        if tree.files:
            scripts = tuple(tree.scripts())
            found.projects.append(
                runner_project("make", directory, places[directory], scripts, default=tree.default())
            )  # fmt: skip
        doubtful = tree.unread or not tree.files
        found.confidence = "medium" if doubtful or found.confidence == "medium" else "high"
    found.warnings = too_many("make", places)
    return found


class _Tree:
    """A makefile and what it includes; paths in all of them are from the directory that make is called in."""

    def __init__(self, inputs: ProbeInputs, directory: str) -> None:
        self._inputs = inputs
        self._directory = directory
        self.files: dict[str, Makefile] = {}
        self.unread = False

    def read(self, path: str) -> None:
        """Read a makefile and those that it includes."""
        waiting = [path]
        while waiting:
            path = waiting.pop(0)
            if path in self.files or len(self.files) > MOST_INCLUDES:
                continue
            read = self._inputs.parse(path, makefile.parse)
            if read is None:
                self.unread = True
                continue
            self.files[path] = read
            waiting += self._included(read)

    def _included(self, read: Makefile) -> Iterator[str]:
        known = frozenset(self._inputs.files)
        for each in read.includes:
            place = self._place(each)
            if place in known and place is not None:
                yield place
            elif not each.optional:
                self.unread = True

    def _place(self, include: Include) -> str | None:
        computed = "$" in include.path or "*" in include.path
        return None if computed else under(self._directory, include.path)

    def scripts(self) -> Iterator[Script]:
        """The targets that are no files: those that are phony, and those whose names have neither dot nor slash."""
        phony = {name for read in self.files.values() for name in read.phony}
        known: dict[str, tuple[str, Rule]] = {}
        for path, read in self.files.items():
            for rule in read.rules:
                named = rule.target in phony or not set("./") & set(rule.target)
                if named and (rule.target not in known or (rule.recipe and not known[rule.target][1].recipe)):
                    known[rule.target] = path, rule
        for name, (path, rule) in known.items():
            yield Script(name, text_of(rule.recipe, rule.needs), path, rule.line)

    def default(self) -> str | None:
        """The goal of a call without any: the one that is set, else the first target that begins with no dot.

        None where a computed name or a file that is not here may come before it.
        """
        for read in self.files.values():
            if read.default_goal:
                return read.default_goal
        first = next(iter(self.files), None)
        return self._first_of(first, set())[1] if first else None

    def _first_of(self, path: str, seen: set[str]) -> tuple[bool, str | None]:
        """Whether the file settles it, files that it includes before its first target counted, and the goal."""
        seen.add(path)
        read = self.files[path]
        goals = (rule for rule in read.rules if not rule.target.startswith(".") or "/" in rule.target)
        rule = next(goals, None)
        before = min(at for at in (rule and rule.line, read.first_computed, sys.maxsize) if at)
        for include in read.includes:
            place = self._place(include)
            if include.line >= before:
                break
            if place in self.files and place is not None and place not in seen:
                settled, goal = self._first_of(place, seen)
                if settled:
                    return True, goal
            elif place not in seen and (not include.optional or place is None):
                return True, None
        if rule and rule.line == before:
            return True, rule.target
        return before != sys.maxsize, None
