"""What of a command, and of what it stands in, only a shell does."""

from collections.abc import Collection, Iterable, Iterator

from codegenie.formats.shell_parts import Command, Redirection, Script
from codegenie.formats.shell_words import Expansion

LOOPS = frozenset({"for", "select", "until", "while"})
_HERE = ("<<", "<<-", "<<<")
_EXPANSIONS = {
    "arithmetic": "arithmetic", "tilde": "expansion", "command": "substitution", "process": "substitution",
    "glob": "glob", "brace": "glob",
}  # fmt: skip
_DEFAULTS = frozenset({":-", "-", ":=", "=", ":?", "?", ":+", "+"})
_CHECKS = frozenset({
    ":", "[", "awk", "break", "cat", "continue", "curl", "cut", "date", "echo", "exit", "expr", "false", "getent",
    "grep", "head", "let", "local", "mongosh", "mysqladmin", "nc", "ncat", "nslookup", "pg_isready", "ping", "printf",
    "psql", "redis-cli", "return", "sed", "seq", "sleep", "tail", "test", "true", "wget",
})  # fmt: skip
"""What stands in the bodies of loops that only wait: questions, messages and counting."""

_DECLARES = frozenset({"declare", "local", "readonly", "typeset"})
_OF_SHELL = frozenset({"?", "!", "$", "-"})


def reasons_of(command: Command, waits: Collection[tuple[str, int]], variables: Collection[str]) -> Iterator[str]:
    """What of the command, and of what it stands in, only a shell does.

    `waits` are the loops that only wait, and `variables` those that the script sets itself.
    """
    if command.is_piped:
        yield "pipe"
    if command.in_background:
        yield "background"
    if command.before in ("&&", "||", ";", "\n", "&"):
        yield "chaining"
    if command.assignments:
        yield "assignment" if command.words and command.name not in _DECLARES else "variable"
    if command.kind != "simple":
        yield "conditional"
    redirections = redirections_of(command)
    for redirection in redirections:
        yield kind_of(redirection)
    for expansion in _expansions(command, redirections):
        yield _reason_of(expansion, variables)
    for place in command.places:
        if place.kind in ("if", "case"):
            yield "conditional"
        elif place.kind in LOOPS:
            yield "waiting_loop" if (place.kind, place.line) in waits else "loop"
        if place.is_piped:
            yield "pipe"
        if place.in_background:
            yield "background"


def kind_of(redirection: Redirection) -> str:
    if redirection.operator in _HERE:
        return "here_document"
    target = redirection.target.text if redirection.target else ""
    is_dropped = target == "/dev/null" or (redirection.operator == ">&" and target in ("1", "2"))
    return "output_dropped" if is_dropped else "redirection"


def _reason_of(expansion: Expansion, variables: Collection[str]) -> str:
    if expansion.kind != "parameter":
        return _EXPANSIONS[expansion.kind]
    if expansion.operator is not None and expansion.operator not in _DEFAULTS:
        return "string_operation"
    name = expansion.name or ""
    if name in _OF_SHELL:
        return "process_state"
    name = name.lstrip("!#")
    if name in ("", "@", "*") or name.isdigit():
        return "arguments"
    return "variable" if name in variables else "expansion"


def redirections_of(command: Command) -> list[Redirection]:
    return [*command.redirections, *(each for place in command.places for each in place.redirections)]


def _expansions(command: Command, redirections: Iterable[Redirection]) -> Iterator[Expansion]:
    for assignment in command.assignments:
        for word in (assignment.value, *(assignment.items or ())):
            yield from word.expansions if word else ()
    for word in command.words:
        yield from word.expansions
    for redirection in redirections:
        yield from redirection.target.expansions if redirection.target else ()
        yield from redirection.document.expansions if redirection.document else ()
    for place in command.places:
        for word in place.words if place.kind in ("for", "select", "case") else ():
            yield from (one for one in word.expansions if place.part != "branch" or one.kind not in ("glob", "brace"))


def variables_of(script: Script) -> set[str]:
    """The variables that a script sets: not those that it only gives a default, as `PORT=${PORT:-80}` does."""
    found = {place.name or "" for command in script.commands for place in command.places if place.kind in LOOPS}
    for command in script.commands:
        if command.name == "read":
            found |= {word.text for word in command.words[1:]}
        if command.name in _DECLARES:
            found |= {word.text for word in command.words[1:]}
        for assignment in command.assignments if not command.words or command.name in _DECLARES else ():
            used = {one.name for one in assignment.value.expansions} if assignment.value else set()
            found |= {assignment.name} - used
    return found


def waits_of(script: Script) -> set[tuple[str, int]]:
    """The loops that only sleep until something is so: not those that go on for ever, or do something else."""
    inside: dict[tuple[str, int], set[str]] = {}
    others: set[tuple[str, int]] = set()
    for command in script.commands:
        for place in command.places:
            if place.kind in LOOPS:
                loop = (place.kind, place.line)
                told = {command.name or ""} | ({"a condition"} if _asks_something(command, place.part) else set())
                inside.setdefault(loop, set()).update(told)
                if place.part == "body" and command.words and (command.name or "").rpartition("/")[2] not in _CHECKS:
                    others.add(loop)
    ends = {"a condition", "break", "exit", "return"}
    return {loop for loop, names in inside.items() if "sleep" in names and names & ends} - others


def _asks_something(command: Command, part: str) -> bool:
    return part == "condition" and command.name not in ("true", ":", "sleep", "read") and command.text != "[ 1 ]"
