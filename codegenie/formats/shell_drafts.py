"""A shell script's commands while they are read: what is known of them only behind their ends is filled in then."""

from typing import NamedTuple

from codegenie.formats.shell_parts import Assignment, Command, CommandKind, Function, Place, PlaceKind, Redirection
from codegenie.formats.shell_words import Tally, Word


class Compound:
    """A compound command while it is read: what is known of it only behind its end is filled in then."""

    def __init__(self, kind: PlaceKind, line: int, name: str | None = None, words: tuple[Word, ...] = ()) -> None:
        self.kind = kind
        self.line = line
        self.name = name
        self.words = words
        self.joins = Joins()
        self.redirections: list[Redirection] = []


class Joins:
    """How a command is joined to others."""

    __slots__ = ("after", "before", "in_background", "is_negated", "is_piped")

    def __init__(self) -> None:
        self.before: str | None = None
        self.after: str | None = None
        self.is_piped = self.in_background = self.is_negated = False


class Level:
    """A part of a compound command, within those around it."""

    def __init__(
        self, outer: "Level | None", compound: Compound, part: str, words: tuple[Word, ...] | None = None
    ) -> None:
        self._outer = outer
        self._compound = compound
        self._part = part
        self._words = compound.words if words is None else words
        self._places: tuple[Place, ...] | None = None

    def places(self) -> tuple[Place, ...]:
        """The places, outermost first, when all is read."""
        if self._places is None:
            one, joins = self._compound, self._compound.joins
            own = Place(
                one.kind, self._part, one.line, one.name, self._words,
                joins.is_piped, joins.in_background, joins.is_negated, tuple(one.redirections),
            )  # fmt: skip
            self._places = (*(self._outer.places() if self._outer else ()), own)
        return self._places


class Draft:
    """A command while it is read."""

    __slots__ = ("assignments", "end_line", "joins", "key", "kind", "level", "line", "redirections", "text", "words")

    def __init__(self, kind: CommandKind, key: tuple[int, ...], line: int, level: Level | None) -> None:
        self.kind = kind
        self.key = key
        self.line = self.end_line = line
        self.level = level
        self.joins = Joins()
        self.text = ""
        self.words: list[Word] = []
        self.assignments: list[Assignment] = []
        self.redirections: list[Redirection] = []

    def command(self) -> Command:
        """What it comes to."""
        joins = self.joins
        return Command(
            self.kind, tuple(self.words), tuple(self.assignments), tuple(self.redirections), self.text, self.key[0],
            self.line, self.end_line, joins.before, joins.after, joins.is_piped, joins.in_background, joins.is_negated,
            self.level.places() if self.level else (),
        )  # fmt: skip


class Found:
    """What is found in the whole script."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.functions: list[Function] = []
        self.tally = Tally()


class Waiting(NamedTuple):
    """A here-document whose lines are yet to come, and where it is to be put."""

    name: str
    strips_tabs: bool
    expands: bool
    at: int
    into: list[Redirection]
    place: int
    level: Level | None
