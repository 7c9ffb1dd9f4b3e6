"""What a shell is asked to do by a script: the programs that it calls, and what only a shell can do for it."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from codegenie.formats.shell import SHELLS, parse_text
from codegenie.formats.shell_parts import Command, Redirection, Script
from codegenie.formats.shell_words import Expansion, Word
from codegenie.formats.unparsable import Unparsable

BUILTINS = frozenset(
    {
        # POSIX, 2.14 and 1.7; bash, ksh and busybox have the others.
        ".", ":", "alias", "bg", "break", "builtin", "caller", "cd", "compgen", "complete", "continue", "declare",
        "dirs", "disown", "enable", "eval", "exec", "exit", "export", "fc", "fg", "getopts", "hash", "help", "history",
        "jobs", "let", "local", "logout", "mapfile", "popd", "pushd", "read", "readarray", "readonly", "return", "set",
        "shift", "shopt", "source", "suspend", "times", "trap", "type", "typeset", "ulimit", "umask", "unalias",
        "unset", "wait",
    }
)  # fmt: skip
"""Commands that only a shell has: no program of the name could do what they do."""

_BOTH = frozenset({"[", "command", "echo", "false", "kill", "printf", "pwd", "test", "true"})
# A shell has these too, and runs its own; `command x` runs the program x.

WRAPPERS: dict[str, frozenset[str]] = {
    "chpst": frozenset({"-u", "-U", "-e"}),
    "chronic": frozenset(),
    "command": frozenset(),
    "dumb-init": frozenset({"-r", "--rewrite"}),
    "env": frozenset({"-u", "-C", "--unset", "--chdir"}),
    "exec": frozenset({"-a"}),
    "gosu": frozenset(),
    "nice": frozenset({"-n"}),
    "nohup": frozenset(),
    "runuser": frozenset({"-u", "-g", "-G"}),
    "s6-setuidgid": frozenset(),
    "setpriv": frozenset({"--bounding-set", "--inh-caps", "--ambient-caps"}),
    "setsid": frozenset(),
    "stdbuf": frozenset({"-i", "-o", "-e"}),
    "su-exec": frozenset(),
    "sudo": frozenset({"-u", "-g", "-U", "-h", "-p", "-C"}),
    "time": frozenset({"-f", "-o"}),
    "timeout": frozenset({"-k", "-s"}),
    "tini": frozenset({"-p", "-e"}),
    "xargs": frozenset({"-I", "-n", "-P", "-L", "-d", "-a", "-E", "-s"}),
}
"""Programs that run the program behind their options, with those options that take the next word as a value."""

_ONE_MORE = frozenset({"chpst", "gosu", "s6-setuidgid", "su-exec", "timeout"})
# Behind their options comes a user or a time; of chpst only where -u is not given, which is not told apart.

_ASSIGNED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_SYSTEM = re.compile(r"(?:/(?:usr/)?(?:local/)?s?bin/)?[^/]+")
_LAST_PART = re.compile(r"[\w.+@:-]+")
_LOOPS = frozenset({"for", "select", "until", "while"})
_HERE = ("<<", "<<-", "<<<")
_EXPANSIONS = {
    "arithmetic": "arithmetic", "tilde": "expansion", "command": "substitution", "process": "substitution",
    "glob": "glob", "brace": "glob",
}  # fmt: skip
_DEFAULTS = frozenset({":-", "-", ":=", "=", ":?", "?", ":+", "+"})
_OF_SHELL = frozenset({"?", "!", "$", "-"})
_DEEPEST = 3  # shells in shells


class Step(NamedTuple):
    """One command of a script: the names that it runs, wrappers first, and those of them that are programs."""

    names: tuple[str, ...]
    programs: tuple[str, ...]
    is_computed: bool
    """Whether what it calls in the end is only known when it runs: `"$@"`, `$JAVA -jar`."""
    text: str
    line: int
    is_start: bool
    """Whether the script ends with it, at the top, or becomes it by `exec`: what it runs is what the script is for."""


class Asked(NamedTuple):
    """What a script asks of a shell: `reasons` with the first line of each, and the steps in order."""

    reasons: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    problems: int

    @property
    def programs(self) -> list[str]:
        """The programs that are called, sorted, each once."""
        return sorted({program for step in self.steps for program in step.programs})


def asked(script: Script) -> Asked:
    """What the script asks of a shell, with the scripts in it that it hands to another one."""
    reasons: dict[str, int] = {}
    steps: list[Step] = []
    _take(script, reasons, steps, 0)
    return Asked(tuple(sorted(reasons.items(), key=lambda one: (one[1], one[0]))), tuple(steps), len(script.problems))


def asked_by(text: str, line: int) -> Asked | None:
    """What a command line asks of a shell; None where it cannot be read."""
    try:
        return asked(parse_text(text, line))
    except Unparsable:
        return None


def inner_script(words: Sequence[str]) -> str | None:
    """The script that a shell named in these words is given by `-c`; None where it is no shell or has no script."""
    if not words or words[0].rpartition("/")[2] not in SHELLS:
        return None
    at = 2 if words[0].rpartition("/")[2] == "busybox" else 1
    is_command = False
    while at < len(words) and len(words[at]) > 1 and words[at][0] in "-+":
        option = words[at]
        is_long = option.startswith("--")
        is_command = is_command or (not is_long and "c" in option)
        at += 2 if not is_long and option.endswith(("o", "O")) else 1  # -o pipefail, -euo pipefail
    return words[at] if is_command and at < len(words) else None


def unwrapped(words: Sequence[str]) -> list[list[str]]:
    """The words of a command, and of each command that it is told to run: of `tini -- node x` also `node x`."""
    if not words:
        return [[]]
    return [[word.text for word in each] for each in _unwrapped([Word(word, word, 0) for word in words])]


def _take(script: Script, reasons: dict[str, int], steps: list[Step], depth: int) -> None:
    functions = {function.name for function in script.functions}
    for function in script.functions:
        _note(reasons, "function", function.line)
    waits = {
        (place.kind, place.line)
        for command in script.commands
        if command.name == "sleep"
        for place in command.places
        if place.kind in ("until", "while")
    }
    outer = [command for command in script.commands if not command.places]
    last = outer[-1] if outer else None
    for command in script.commands:
        for reason in _reasons(command, waits):
            _note(reasons, reason, command.line)
        if command.kind == "simple" and command.words:
            step = _step(command, functions, is_last=command is last and depth == 0 and not command.is_piped)
            if command.words[0].text in BUILTINS:
                _note(reasons, "builtin", command.line)
            steps.append(step)
            text = inner_script([word.value or "" for word in _unwrapped(command.words)[-1]])
            if text and depth < _DEEPEST:
                _take_inner(text, command.line, reasons, steps, depth + 1)


def _take_inner(text: str, line: int, reasons: dict[str, int], steps: list[Step], depth: int) -> None:
    try:
        _take(parse_text(text, line), reasons, steps, depth)
    except Unparsable:
        return


def _note(reasons: dict[str, int], reason: str, line: int) -> None:
    reasons[reason] = min(line, reasons.get(reason, line))


def _reasons(command: Command, waits: Collection[tuple[str, int]]) -> Iterator[str]:
    """What of the command, and of what it stands in, only a shell does; `waits` are the loops that sleep."""
    if command.is_piped:
        yield "pipe"
    if command.in_background:
        yield "background"
    if command.before in ("&&", "||", ";", "\n", "|", "&") and command.before != "|":
        yield "chaining"
    if command.assignments:
        yield "assignment"
    if command.kind != "simple":
        yield "conditional"
    redirections = [*command.redirections, *(each for place in command.places for each in place.redirections)]
    for redirection in redirections:
        yield "here_document" if redirection.operator in _HERE else "redirection"
    for expansion in _expansions(command, redirections):
        yield _reason_of(expansion)
    for place in command.places:
        if place.kind in ("if", "case"):
            yield "conditional"
        elif place.kind in _LOOPS:
            yield "waiting_loop" if (place.kind, place.line) in waits else "loop"
        if place.is_piped:
            yield "pipe"
        if place.in_background:
            yield "background"


def _reason_of(expansion: Expansion) -> str:
    if expansion.kind != "parameter":
        return _EXPANSIONS[expansion.kind]
    if expansion.operator is not None and expansion.operator not in _DEFAULTS:
        return "string_operation"
    name = expansion.name or ""
    if name in _OF_SHELL:
        return "process_state"
    return "arguments" if not name or name[-1] in "@*#" or name.isdigit() else "expansion"


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


def _step(command: Command, functions: set[str], *, is_last: bool) -> Step:
    first = [words[0] for words in _unwrapped(command.words)]
    first[1:1] = _run_by_find(command.words) if _name(first[0]) == "find" else ()
    names = [_name(word) for word in first]
    own = BUILTINS | _BOTH | functions
    programs = [_program(word, name) for word, name in zip(first, names, strict=True) if name and word.text not in own]
    return Step(
        names=tuple(name for name in names if name and name not in functions),
        programs=tuple(dict.fromkeys(programs)),
        is_computed=names[-1] is None,
        text=command.text,
        line=command.line,
        is_start=is_last or names[0] == "exec",
    )


def _run_by_find(words: Sequence[Word]) -> list[Word]:
    return [word for before, word in pairwise(words) if before.text in ("-exec", "-execdir", "-ok")]


def _name(word: Word) -> str | None:
    """The program's name without its directory; None where it is only known when it runs."""
    text = word.value if word.value is not None else word.text.strip("\"'")
    name = text.rpartition("/")[2]
    return name[:100] if name and (word.value is not None or _LAST_PART.fullmatch(name)) else None


def _program(word: Word, name: str) -> str:
    """As one looks for it: by its name where it lies where programs lie, or the directory is not known."""
    return name if word.value is None or _SYSTEM.fullmatch(word.value) else word.value[:100]


def _unwrapped(words: Sequence[Word]) -> list[Sequence[Word]]:
    """The words of a command, and of each command that it is told to run: `exec gosu app node x`, then `gosu app …`."""
    found = [words]
    while (name := _name(words[0])) in WRAPPERS and len(found) < 8:
        assert name is not None
        if name == "command" and len(words) > 1 and words[1].text in ("-v", "-V"):
            break  # asks where it is
        words = _behind(name, words)
        if not words:
            break
        found.append(words)
    return found


def _behind(name: str, words: Sequence[Word]) -> Sequence[Word]:
    valued, at = WRAPPERS[name], 1
    while at < len(words):
        text = words[at].value or words[at].text
        if text == "--":
            at += 1
            break
        if text.startswith("-") and len(text) > 1:
            at += 2 if text in valued else 1
        elif name == "env" and _ASSIGNED.match(text):
            at += 1
        else:
            break
    return words[at + 1 :] if name in _ONE_MORE else words[at:]
