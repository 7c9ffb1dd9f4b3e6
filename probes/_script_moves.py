"""What a shell script comes to: what it becomes by exec, ends with, leaves running, and runs on the way, in order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from codegenie.formats.shell_parts import Command, Script

from ._arguments import Arguments, arguments
from ._run_files import in_directory
from ._script_conditions import ALWAYS, Alternatives, Condition, Conditions, is_same
from ._shell_commands import BUILTINS

Verb = Literal["arguments", "exec", "last", "background", "source", "before", "trap"]

_LONGEST = 300  # characters of a condition
_DEEPEST = 6  # functions that call functions
_MOST_VISITED = 5000  # commands, each as often as its function is called
_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution", "function_substitution"})
_SILENT = BUILTINS - {"exec", ".", "source", "set", "shift", "cd", "trap", "eval"} | {
    "[", "echo", "false", "kill", "printf", "pwd", "test", "true",
}  # fmt: skip


class Move(NamedTuple):
    """One thing that a script does: `args` are what it runs, or what the arguments are from there on.

    `condition` is what it depends on, as written; None where nothing in the script does.
    """

    verb: Verb
    args: Arguments
    text: str
    line: int
    condition: str | None
    directory: str
    holds: bool | None = None
    """Whether the condition holds for the arguments that are known; None where that is not plain."""
    is_last: bool = False


def moves(script: Script, given: Arguments, zero: str, values: Mapping[str, str], directory: str) -> Iterator[Move]:
    """What the script does, called `zero` with what is given to it, where variables have values and in a directory."""
    yield from _Walk(script, zero, values, directory).scope(None, given, ALWAYS, is_main=True, depth=0)


class _Walk:
    """Goes through a script once, into the functions that it calls."""

    def __init__(self, script: Script, zero: str, values: Mapping[str, str], directory: str) -> None:
        self._zero = zero
        self._values = dict(values)
        self._directory = directory
        self._functions = {function.name for function in script.functions}
        self._scopes: dict[str | None, list[Command]] = {}
        self._is_over = False
        self._left = _MOST_VISITED
        for command in script.commands:
            if not any(place.kind in _SUBSTITUTIONS for place in command.places):
                self._scopes.setdefault(_function_of(command), []).append(command)

    def scope(
        self, name: str | None, given: Arguments, outer: Condition, *, is_main: bool, depth: int
    ) -> Iterator[Move]:
        """The commands of a function, or those outside of all functions."""
        commands = self._scopes.get(name, [])
        level = _level(name, commands)
        conditions = Conditions(commands, level)
        lasts = {command.at for command in _lasts(commands, level)} if is_main else set()
        alternatives = Alternatives(given)
        becomes = name is None or any(command.name == "exec" for command in commands)
        for at, command in enumerate(commands):
            self._left -= 1
            if self._is_over or self._left < 0:
                return
            self._assign(command, is_sure=conditions.is_free(at))
            if command.kind != "simple" or not command.words:
                continue
            if command.name in ("set", "shift"):
                if becomes:
                    yield from self._new_arguments(command, outer, conditions, at, alternatives)
                continue
            called = command.name if command.name in self._functions and command.name != name else None
            sure = False
            for way in alternatives.at(conditions.branch(at)):
                condition = outer.and_then(way.choice).and_then(conditions.of(at, way))
                words = arguments(command.words, way.args, self._zero, self._values)
                if called and depth < _DEEPEST:
                    is_last = command.at in lasts
                    yield from self.scope(called, words[1:], condition, is_main=is_last, depth=depth + 1)
                elif move := self._move(command, words, condition, is_last=command.at in lasts):
                    yield move
                    sure = sure or (move.verb == "exec" and condition.holds is True)
                if not any("$" in each.text for each in command.words):
                    break
            self._is_over = self._is_over or sure

    def _move(self, command: Command, words: Arguments, condition: Condition, *, is_last: bool) -> Move | None:
        verb: Verb
        match words[0].text if words else "":
            case "exec":
                verb, words = "exec", _behind_exec(words)
            case "." | "source":
                verb, words = "source", words[1:]
            case "trap":
                verb, words = "trap", words[1:]
            case "cd":
                if condition.holds and len(words) > 1 and words[1].is_known:
                    self._directory = in_directory(self._directory, words[1].text)
                return None
            case name if name in _SILENT:
                return None
            case _ if _is_background(command):
                verb = "background"
            case _:
                verb = "last" if is_last else "before"
        if not words:
            return None
        text = command.text[:_LONGEST]
        return Move(verb, words, text, command.line, condition.text, self._directory, condition.shown, is_last)

    def _assign(self, command: Command, *, is_sure: bool) -> None:
        """A variable that is set to plain text at the top has that value; one that is set otherwise is not known."""
        for one in command.assignments:
            value = one.value.value if one.value else None
            if command.words and command.name not in ("export", "readonly", "declare", "local", "typeset"):
                continue
            if value is not None and is_sure and not one.subscript and not one.appends:
                self._values[one.name] = value
            elif one.value and any(each.name == one.name and each.operator for each in one.value.expansions):
                continue  # NAME="${NAME:-default}"
            else:
                self._values.pop(one.name, None)

    def _new_arguments(
        self, command: Command, outer: Condition, conditions: Conditions, at: int, alternatives: Alternatives
    ) -> Iterator[Move]:
        """`set --` and `shift`: where they may be skipped, there are two ways from there on."""
        texts = [word.text for word in command.words]
        start = next((each for each, text in enumerate(texts) if text in ("--", "-") and each > 0), None)
        if command.name == "set" and start is None:
            return
        branch = conditions.branch(at)
        for way in alternatives.at(branch):
            condition = conditions.of(at, way)
            if command.name == "shift":
                words = way.args[
                    int(texts[1]) if len(texts) > 1 and texts[1].isdecimal() and len(texts[1]) < 4 else 1 :
                ]
            else:
                words = arguments(command.words[(start or 0) + 1 :], way.args, self._zero, self._values)
            if words and command.name == "set":
                joined, text = outer.and_then(way.choice).and_then(condition), command.text[:_LONGEST]
                yield Move("arguments", words, text, command.line, joined.text, self._directory, joined.shown)
            alternatives.change(way, words, condition, branch)


def _function_of(command: Command) -> str | None:
    return next((place.name for place in reversed(command.places) if place.kind == "function"), None)


def _level(name: str | None, commands: Sequence[Command]) -> int:
    """How many places outside and including the function itself the commands stand in."""
    if name is None or not commands:
        return 0
    places = commands[0].places
    return next(at + 1 for at in range(len(places) - 1, -1, -1) if places[at].kind == "function")


def _lasts(commands: Sequence[Command], level: int) -> list[Command]:
    """What may be the last command that runs: of a condition, the last of each branch."""
    if not commands:
        return []
    last = commands[-1]
    if len(last.places) <= level:
        pipeline = [last]
        for command in reversed(commands[:-1]):
            if pipeline[-1].before != "|" or len(command.places) != level:
                break
            pipeline.append(command)
        return pipeline
    outer = last.places[level]
    group = [each for each in commands if len(each.places) > level and is_same(each.places[level], outer)]
    branches: dict[tuple[str, ...], list[Command]] = {}
    for command in group:
        place = command.places[level]
        if place.part not in ("condition", "word"):
            branches.setdefault((place.part, *(word.text for word in place.words)), []).append(command)
    return [one for branch in branches.values() for one in _lasts(branch, level + 1)]


def _is_background(command: Command) -> bool:
    return command.in_background or any(place.in_background for place in command.places)


def _behind_exec(words: Arguments) -> Arguments:
    """What stands behind `exec` and its options."""
    at = 1
    while at < len(words) and words[at].text.startswith("-") and words[at].text != "-":
        at += 2 if words[at].text == "-a" else 1
    return words[at:]
