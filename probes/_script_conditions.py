"""What a command of a script depends on, as written, and whether that holds for the script's arguments."""

from collections.abc import Sequence
from typing import NamedTuple

from codegenie.formats.shell_parts import Command, Place

from ._argument_tests import case_holds, holds
from ._arguments import Arguments

_LONGEST = 300  # characters of a condition
_MOST_WAYS = 4  # of the arguments, one for each change that may be skipped


class Condition(NamedTuple):
    """A text, None where there is nothing that it depends on, and whether it holds; None where that is not plain."""

    text: str | None
    holds: bool | None

    def and_then(self, other: "Condition") -> "Condition":
        """Both."""
        text = " and ".join(part for part in (self.text, other.text) if part)[:_LONGEST] or None
        if self.holds is False or other.holds is False:
            return Condition(text, holds=False)
        return Condition(text, holds=True if self.holds and other.holds else None)

    @property
    def shown(self) -> bool | None:
        """Whether it holds, where there is something to hold."""
        return None if self.text is None else self.holds


ALWAYS = Condition(None, holds=True)

Branch = tuple[tuple[str, int, str, tuple[str, ...]], ...]


class Way(NamedTuple):
    """Arguments, what they depend on, and how many of the branches around a command that says already."""

    args: Arguments
    choice: Condition
    told: int = 0


class Alternatives:
    """What a script's arguments may be at a place: `set --` and `shift` change them in their branch, and behind it
    where that was taken.
    """

    def __init__(self, given: Arguments) -> None:
        self._ways = [Way(given, ALWAYS)]
        self._inner: dict[Branch, Way] = {}

    def at(self, branch: Branch) -> list[Way]:
        """The arguments in a branch, each with what they depend on besides the branch itself."""
        for end in range(len(branch), 0, -1):
            if branch[:end] in self._inner:
                return [self._inner[branch[:end]]]
        return list(self._ways)

    def change(self, way: Way, words: Arguments, condition: Condition, branch: Branch) -> None:
        """Take other words for one of the ways that are there."""
        taken = Way(words, way.choice.and_then(condition))
        if branch:
            self._inner[branch] = taken._replace(told=len(branch))
        if condition.holds is True:
            self._ways = [taken if each == way else each for each in self._ways]
        elif condition.holds is None and len(self._ways) < _MOST_WAYS:
            self._ways.append(taken)


class Conditions:
    """The conditions of the commands of a function, or of those outside of all, which stand at a level of places."""

    def __init__(self, commands: Sequence[Command], level: int) -> None:
        self._commands = commands
        self._level = level
        self._tests: dict[tuple[str, int], list[Command]] = {}
        for command in commands:
            for place in command.places[level:]:
                if place.part == "condition":
                    self._tests.setdefault((place.kind, place.line), []).append(command)

    def is_free(self, at: int) -> bool:
        """Whether a command always runs."""
        command = self._commands[at]
        is_joined = command.before in ("&&", "||")
        return not is_joined and all(place.kind == "group" for place in command.places[self._level :])

    def branch(self, at: int) -> Branch:
        """The branches of conditions that a command stands in, outermost first."""
        places = self._commands[at].places[self._level :]
        return tuple(
            (place.kind, place.line, place.part, tuple(word.text for word in place.words))
            for place in places
            if place.kind != "group"
        )

    def of(self, at: int, way: Way) -> Condition:
        """What a command depends on with these arguments, besides what is told of them."""
        command, given = self._commands[at], way.args
        found = ALWAYS
        for place in [each for each in command.places[self._level :] if each.kind != "group"][way.told :]:
            found = found.and_then(self._of_place(place, command, given))
        if command.before in ("&&", "||") and at:
            before = self._commands[at - 1]
            is_or = command.before == "||"
            text = f"not: {_shown(before)}" if is_or else _shown(before)
            is_alone = len(before.places) == len(command.places) and before.before not in ("&&", "||")
            result = holds(before, given) if is_alone else None
            found = found.and_then(Condition(text, None if result is None else result != is_or))
        return found

    def _of_place(self, place: Place, command: Command, given: Arguments) -> Condition:
        if place.kind == "if" and place.part != "condition":
            return self._of_if(place, command, given)
        if place.kind == "case" and place.part == "branch":
            text = f"case {'|'.join(word.text for word in place.words)})"
            return Condition(text, case_holds(place.name or "", place.words, given))
        if place.kind in ("for", "while", "until", "select") and place.part != "condition":
            return Condition(f"{place.kind} at line {place.line}", None)
        return ALWAYS

    def _of_if(self, place: Place, command: Command, given: Arguments) -> Condition:
        """Of `then` the tests before it, of `else` that none of them holds."""
        tests = [each for each in self._tests.get((place.kind, place.line), ()) if each.at < command.at]
        if place.part == "else":
            text = f"not: {' or '.join(_shown(each) for each in tests)}"
            is_plain = all(each.before not in ("&&", "||") for each in tests)
            return Condition(text, _none_holds([holds(each, given) for each in tests]) if is_plain else None)
        last = _last_list(tests)
        results = [holds(each, given) for each in last]
        text = " ".join(
            part for each in last for part in ((each.before or "") if each is not last[0] else "", _shown(each)) if part
        )
        text = f"({text})" if "||" in text.split() else text
        return Condition(text or None, _joined([each.before for each in last], results))


def is_same(one: Place, other: Place) -> bool:
    """Whether two places are the same compound command."""
    return one.kind == other.kind and one.line == other.line


def _last_list(tests: Sequence[Command]) -> list[Command]:
    """The test nearest before `then`: of several joined by && and ||, all of them."""
    found: list[Command] = []
    for each in reversed(tests):
        found.insert(0, each)
        if each.before not in ("&&", "||"):
            break
    return found


def _joined(signs: Sequence[str | None], results: Sequence[bool | None]) -> bool | None:
    """The result of tests joined by && or ||, one kind of them only."""
    if not results:
        return None
    kinds = set(signs[1:])
    if len(results) == 1:
        return results[0]
    if kinds == {"&&"}:
        return False if False in results else None if None in results else True
    if kinds == {"||"}:
        return True if True in results else None if None in results else False
    return None


def _none_holds(results: Sequence[bool | None]) -> bool | None:
    if True in results:
        return False
    return None if None in results or not results else True


def _shown(command: Command) -> str:
    return f"! {command.text}" if command.is_negated else command.text
