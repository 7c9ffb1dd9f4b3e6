"""What a shell is asked to do by a script: the programs that it calls, and what only a shell can do for it."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.shell import parse_text
from codegenie.formats.shell_parts import Command, Script
from codegenie.formats.shell_words import Word
from codegenie.formats.unparsable import Unparsable

from ._shell_packages import runs_script
from ._shell_reasons import LOOPS, kind_of, reasons_of, redirections_of, variables_of, waits_of
from ._shell_wrappers import inner_script, name_of, script_file, unwrapped_words

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

_OWN = BUILTINS | _BOTH

_VARIABLES = lazily(r"(?:^|/)(?:activate|[^/]*\.?env(?:rc|vars|ironment)?(?:\.\w+)?)$")
_ESCAPED = lazily(r"\\([\\\"$`])")  # within double quotes
_QUOTES = lazily(r"[\"']")
_SYSTEM = lazily(r"(?:/(?:usr/)?(?:local/)?s?bin/)?[^/]+")
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
    feeds: bool
    """Whether its output goes to another command or into a file."""
    is_redirected: bool
    """Whether it reads from a file, or writes to one, by itself."""
    in_loop: bool
    """Whether it stands in a loop that does not only wait for something."""
    in_wait: bool
    """Whether it stands in a loop that only waits for something."""
    script: str | None
    """The file of a script that it runs or reads in, as its name or a shell before it tells."""
    package_words: tuple[str, ...]
    """The words by which a package manager is told to run a script; none where that is not what it does."""


class Asked(NamedTuple):
    """What a script asks of a shell: `reasons` with the first line of each, and the steps in order."""

    reasons: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    problems: int

    @property
    def programs(self) -> list[str]:
        """The programs that are called, sorted, each once."""
        return sorted({program for step in self.steps for program in step.programs})


def asked(script: Script, functions: Collection[str] = ()) -> Asked:
    """What the script asks of a shell, with the scripts in it that it hands to another one.

    `functions` are those of the scripts that it reads in.
    """
    reasons: dict[str, int] = {}
    steps: list[Step] = []
    _take(script, reasons, steps, 0, is_end=True)
    own = [
        step._replace(names=_without(step.names, functions), programs=_without(step.programs, functions))
        for step in steps
    ]
    return Asked(tuple(sorted(reasons.items(), key=lambda one: (one[1], one[0]))), tuple(own), len(script.problems))


def _without(names: tuple[str, ...], functions: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in functions)


def asked_by(text: str, line: int) -> Asked | None:
    """What a command line asks of a shell; None where it cannot be read."""
    try:
        return asked(parse_text(text, line))
    except Unparsable:
        return None


def _take(script: Script, reasons: dict[str, int], steps: list[Step], depth: int, *, is_end: bool) -> None:
    functions = {function.name for function in script.functions}
    for function in script.functions:
        _note(reasons, "function", function.line)
    waits, variables = waits_of(script), variables_of(script)
    outer = [command for command in script.commands if not command.places]
    if len(outer) > 1 and outer[-1].before == "||" and outer[-1].name in ("exit", "false", "true"):
        outer = outer[:-1]  # it only changes the status
    last = outer[-1] if outer else None
    for command in script.commands:
        for reason in reasons_of(command, waits, variables):
            _note(reasons, reason, command.line)
        if command.kind == "simple" and command.words:
            is_last = command is last and is_end and not command.is_piped
            step = _step(command, functions, waits, is_last=is_last)
            if command.words[0].text in BUILTINS:
                _note(reasons, "builtin", command.line)
            steps.append(step)
            text = _handed_on(unwrapped_words(command.words)[-1])
            if text and depth < _DEEPEST:
                _take_inner(text, command.line, reasons, steps, depth + 1, is_end=step.is_start)


def _handed_on(words: Sequence[Word]) -> str | None:
    """The script that the words hand to a shell: as written where something is put in before."""
    texts = [_unquoted(word) for word in words]
    if texts[0] == "eval":
        return _evaluated(words[1:])
    if texts[0].rpartition("/")[2] == "su":
        return next((text for before, text in pairwise(texts) if before in ("-c", "--command")), None)
    return inner_script(texts)


def _evaluated(words: Sequence[Word]) -> str | None:
    """What `eval` is given, without quotes where not all of it is known; None where that begins with a variable."""
    is_known = all(word.value is not None for word in words)
    text = " ".join((word.value or "") if is_known else _QUOTES.sub("", word.text) for word in words)
    return None if text.startswith(("$", "`")) else text


def _unquoted(word: Word) -> str:
    if word.value is not None:
        return word.value
    is_quoted = len(word.text) > 1 and word.text[0] == word.text[-1] == '"'
    return _ESCAPED.sub(r"\1", word.text[1:-1]) if is_quoted else word.text


def _take_inner(text: str, line: int, reasons: dict[str, int], steps: list[Step], depth: int, *, is_end: bool) -> None:
    try:
        _take(parse_text(text, line), reasons, steps, depth, is_end=is_end)
    except Unparsable:
        return


def _note(reasons: dict[str, int], reason: str, line: int) -> None:
    reasons[reason] = min(line, reasons.get(reason, line))


def _step(command: Command, functions: set[str], waits: Collection[tuple[str, int]], *, is_last: bool) -> Step:
    all_words = unwrapped_words(command.words)
    first = [words[0] for words in all_words]
    first[1:1] = _run_by_find(command.words) if name_of(first[0]) == "find" else ()
    names = [name_of(word) for word in first]
    texts = [word.value or word.text for word in all_words[-1]]
    programs = [
        _program(word, name)
        for word, name in zip(first, names, strict=True)
        if name and word.text not in _OWN and word.text not in functions
    ]
    return Step(
        names=tuple(name for name in names if name and name not in functions),
        programs=tuple(dict.fromkeys(programs)),
        is_computed=names[-1] is None or (names[-1] == "eval" and not _evaluated(all_words[-1][1:])),
        text=command.text,
        line=command.line,
        is_start=is_last or names[0] == "exec",
        feeds=command.after in ("|", "|&") or any(kind_of(each) == "redirection" for each in redirections_of(command)),
        is_redirected=any(kind_of(each) == "redirection" for each in command.redirections),
        in_loop=any(place.kind in LOOPS and (place.kind, place.line) not in waits for place in command.places),
        in_wait=any((place.kind, place.line) in waits for place in command.places),
        script=file if (file := _script_of(texts)) and not any(sign in file for sign in "$`*?[") else None,
        package_words=tuple(texts) if runs_script(texts) else (),
    )


def _script_of(words: Sequence[str]) -> str | None:
    """The file of a script that is run, or read in, but for what only sets variables."""
    if words[0] in (".", "source"):
        return words[1] if len(words) > 1 and not _VARIABLES.search(words[1]) else None
    return script_file(words)


def _run_by_find(words: Sequence[Word]) -> list[Word]:
    return [word for before, word in pairwise(words) if before.text in ("-exec", "-execdir", "-ok")]


def _program(word: Word, name: str) -> str:
    """As one looks for it: by its name where it lies where programs lie, or the directory is not known."""
    return name if word.value is None or _SYSTEM.fullmatch(word.value) else word.value[:100]
