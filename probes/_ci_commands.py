"""What a command of a CI script does, by the program that it runs and that program's subcommand.

The table is `catalogues/ci_commands.json`.  Of an entry, `does` is what the program does whatever it is told, `words`
by its first arguments, `flags` by an option, `files` by a file that it runs; `scripts` are the subcommands that run a
script of package.json or composer.json, `tasks` those that run a task of that name.  A command that no entry knows is
`other`; a word such as "test" in it means nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from codegenie.formats.patterns import lazily

KINDS = ("install", "build", "test", "lint", "typecheck", "scan", "image", "publish", "deploy")

How = Literal["program", "script", "task name", "action"]

_PIPE = lazily(r"(?<!\|)\|(?!\|)&?")
_SPLIT = lazily(
    r"""\s*+((?:"(?:[^"\\]++|\\.)*+"?|'[^']*+'?|\$\{\{(?:[^}]++|\}(?!\}))*+(?:\}\})?|\$\((?:[^()]++|\([^()]*+\))*+\)?|[^\s"'])++)"""
)
_ASSIGNMENT = lazily(r"(?:\$env:)?[A-Za-z_]\w*\+?=", re.ASCII)
# Of PowerShell an assignment or a comparison, of others a redirection alone.
_NOTHING_RUN = lazily(r"\"?\$[\w:.{}]+\"?\s*(?:[+-]?=|-\w+\s|[!=]=)|[<>]|\"")
_REDIRECTION = lazily(r"\d*[<>&]")
_VARIABLE = lazily(r"\$\{\{\s*env\.(\w+)\s*\}\}|\$\{?(\w+)\}?", re.ASCII)
_SUFFIX = lazily(r"@[\w.^~-]+\Z|\.(?:exe|cmd|bat|phar)\Z")
_NUMBERED = lazily(
    r"((?:python|pip|pypy|clang|clang-format|clang-tidy|gcc|g\+\+|php|ruby|lua|llvm-lit)(?:-\w+)?)-?[\d.]+"
)
_SCOPE = frozenset(
    ("-w", "--workspace", "--workspaces", "-ws", "--prefix", "-C", "--dir", "--cwd", "--filter", "-F", "-r",
     "--recursive", "--scope", "workspace", "workspaces")
)  # fmt: skip
_SHELLS = frozenset(("bash", "dash", "ksh", "sh", "zsh"))
_SHELL_SCRIPT = lazily(r"[\w@+./-]+\.(?:sh|bash)", re.ASCII)
_PYTHON = lazily(r"py(?:py)?3?[\d.]*(?:-|\Z)|python\d", re.ASCII)
_MOST_WORDS = 60
_DEEPEST = 4


class Does(NamedTuple):
    """What a command does, and how that is known; `named` is the script or task that it names."""

    kinds: tuple[str, ...]
    how: How
    program: str
    named: tuple[str, ...] = ()
    scoped: bool = False
    """Whether an option says that what is named is that of other packages than the one at hand."""


class Commands:
    """The table, asked for one command after another."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._programs: dict[str, dict[str, Any]] = table["programs"]
        self._tasks: dict[str, list[str]] = table["tasks"]
        self._plumbing = frozenset(table["plumbing"])
        self._launchers: dict[str, list[str]] = {name: each["values"] for name, each in table["launchers"].items()}
        self._known: dict[tuple[str, tuple[tuple[str, str], ...]], Does | None] = {}

    def does(self, command: str, variables: tuple[tuple[str, str], ...] = ()) -> Does | None:
        """What the command does, None where the table does not say; `variables` have the values given."""
        key = command, variables if "$" in command else ()
        if key not in self._known:
            self._known[key] = self._first(command, dict(variables))
        return self._known[key]

    def is_plumbing(self, command: str) -> bool:
        """Whether it only moves things about: echo, cd, mkdir, git, curl, or an assignment."""
        words = _words(command)
        if not words or _NOTHING_RUN.match(command) or all(_ASSIGNMENT.match(word) for word in words):
            return True
        program = self._program(words, {})
        return not program or _plain(program[0]).lower() in self._plumbing

    def of_task(self, name: str) -> tuple[str, ...]:
        """What a task so named is for, by the name's first part: `test`, `test:unit`."""
        first = re.split("[:/]", name, maxsplit=1)[0]
        return tuple(self._tasks.get(name, ()) or self._tasks.get(first, ()))

    def is_for(self, kind: str, names: Sequence[str]) -> bool:
        """Whether all names of tasks say that kind in any of their parts: `test:typecheck`."""
        parts = [re.split("[:/]", name) for name in names]
        return bool(parts) and all(any(kind in self._tasks.get(part, ()) for part in each) for each in parts)

    def _first(self, command: str, variables: dict[str, str]) -> Does | None:
        found = [does for part in _PIPE.split(command) if (does := self._of(_words(part), variables, 0))]
        return next((does for does in found if does.kinds), found[0] if found else None)

    def _of(self, words: list[str], variables: dict[str, str], depth: int) -> Does | None:
        words = self._program(words, variables)
        if not words or depth > _DEEPEST:
            return None
        name = _plain(words[0])
        entry = self._programs.get(name)
        if entry is None and (script := _shell_script(words)):
            return Does((), "script", "sh", (script,))
        if entry is None or entry.get("module_only"):
            return None
        return self._call(_Call(name, entry, tuple(map(_unquoted, words[1:])), variables, depth))

    def _program(self, words: list[str], variables: dict[str, str]) -> list[str]:
        """The words from the program on: what starts it, and assignments before it, left out."""
        at = 0
        while at < len(words):
            word = _unquoted(words[at])
            valued = self._launchers.get(_plain(word))
            if valued is not None:
                at = _past_options(words, at + 1, valued)
            elif _ASSIGNMENT.match(word) or (word == "--" and at):
                at += 1
            else:
                break
        rest = words[at:]
        if rest and (variable := _VARIABLE.fullmatch(_unquoted(rest[0]))):
            value = variables.get(variable[1] or variable[2])
            return self._program(_words(value), {}) + rest[1:] if value else rest
        return rest

    def _call(self, call: "_Call") -> Does | None:
        entry, words = call.entry, call.words
        if (module := entry.get("module_flag")) and module in call.arguments[:6]:
            return self._module(call, call.arguments.index(module) + 1)
        for flag, kinds in entry.get("flags", {}).items():
            if flag in call.arguments:
                return Does(tuple(kinds), "program", call.name)
        if names := tuple(_after(call.arguments, entry.get("task_options", ()))):
            return self._named_environments(call, names)
        if self._is_runner(entry, words):
            return self._run_by(call)
        if "default_file" in entry and not words:
            return Does((), "script", call.name)
        kinds = _by_words(call)
        if kinds is None and not (entry.get("bare_only") and words):
            kinds = tuple(entry.get("does", ()))
        unnamed = "tasks_bare" in entry and not words  # `make` alone: the first target; `mvn`: the default goal
        return Does(kinds, "task name" if unnamed else "program", call.name) if kinds else None

    def _module(self, call: "_Call", at: int) -> Does | None:
        """`python -m pytest`: a module goes by the name of the program that it is."""
        name = call.arguments[at] if at < len(call.arguments) else ""
        entry = self._programs.get(name)
        if entry is None or call.depth > _DEEPEST:
            return None
        return self._call(_Call(name, entry, call.arguments[at + 1 :], call.variables, call.depth + 1))

    def _is_runner(self, entry: dict[str, Any], words: tuple[str, ...]) -> bool:
        """Whether what it is told is to run something else: a script, a task, or a program."""
        if entry.get("wraps"):
            return not words or words[0] not in entry.get("words", ())
        if not words:
            return False
        if any(words[0] in entry.get(key, ()) for key in ("exec", "scripts", "tasks", "task_of_project")):
            return True
        table = entry.get("words", ())
        known = any(" ".join(words[:length]) in table for length in (1, 2, 3))
        known = known or (bool(entry.get("every_word")) and any(word in table for word in words))
        return not known and any(key in entry for key in ("scripts_bare", "tasks_bare"))

    def _run_by(self, call: "_Call") -> Does | None:
        entry, words = call.entry, call.words
        if entry.get("wraps"):
            return self._inner(call, 0)
        first = words[0]
        if first in entry.get("exec", ()):
            return self._inner(call, call.arguments.index(first) + 1)
        if first in entry.get("scripts", ()):
            return self._named(call, words[1:2])
        if first in entry.get("tasks", ()):
            return self._named(
                call, tuple(dict.fromkeys((*_after(call.arguments, entry.get("tasks_option", ())), *words[1:])))
            )
        if first in entry.get("task_of_project", ()):
            return self._named(call, tuple(part for word in words[1:2] for part in word.split(":")[1:2]))
        if entry.get("scripts_bare"):
            inner = self._of(list(call.arguments[call.arguments.index(first) :]), call.variables, call.depth + 1)
            return inner or self._named(call, words[:1])
        return self._named(call, words)

    def _inner(self, call: "_Call", at: int) -> Does | None:
        at = _past_options(call.arguments, at, call.entry.get("values", ()))
        at += at < len(call.arguments) and call.arguments[at] == "--"
        return self._of(list(call.arguments[at:]), call.variables, call.depth + 1)

    def _named_environments(self, call: "_Call", names: tuple[str, ...]) -> Does:
        """`tox -e py312` tests, as the version of Python says; any other environment goes by its name."""
        known = [self.of_task(name) for name in names]
        tests = any(_PYTHON.match(name) for name in names)
        kinds = {kind for each in known for kind in each} | ({"test"} if tests else set())
        return Does(_ordered(kinds), "task name" if any(known) else "program", call.name, names)

    def _named(self, call: "_Call", names: tuple[str, ...]) -> Does | None:
        """By the names of tasks, unless they are those that the runner's own manual gives a meaning."""
        if not names:
            return None
        standard = call.entry.get("standard", {})
        kinds = {kind for name in names for kind in standard.get(name) or self.of_task(name)}
        own = all(name in standard for name in names)
        return Does(
            _ordered(kinds), "program" if own else "task name", call.name, names, not _SCOPE.isdisjoint(call.options)
        )


class _Call(NamedTuple):
    """A program of the table, and what it is told."""

    name: str
    entry: dict[str, Any]
    arguments: tuple[str, ...]
    variables: dict[str, str]
    depth: int

    @property
    def options(self) -> frozenset[str]:
        """The names of the options."""
        return frozenset(argument.partition("=")[0] for argument in self.arguments)

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments that are no options, no values of options, and no redirections, up to a `--`."""
        valued, found, skip = self.entry.get("values", ()), [], False
        for argument in self.arguments:
            if skip:
                skip = False
            elif argument == "--":
                break
            elif argument.startswith("-") or _REDIRECTION.match(argument):
                skip = argument in valued or argument in (">", ">>", "2>", "<")
            elif not _ASSIGNMENT.match(argument):
                found.append(argument)
        if found and (left_out := self.entry.get("scopes", {}).get(found[0])):
            found = found[left_out:]  # `yarn workspace web build` is `yarn build` there
        return tuple(found)


def _by_words(call: _Call) -> tuple[str, ...] | None:
    """By the subcommand; an empty answer where the subcommand is known to do none of these."""
    entry, words = call.entry, call.words
    table, files = entry.get("words", {}), entry.get("files", {})
    for length in (2, 1):
        if (start := " ".join(words[:length])) in files and len(words) >= length:
            return tuple(files[start])
    if entry.get("every_word"):
        return _by_every_word(call)
    if entry.get("toolchain") and words and words[0].startswith("+"):
        words = words[1:]
    starts = (" ".join(words[:length]) for length in (3, 2, 1) if len(words) >= length)
    return next((tuple(table[start]) for start in starts if start in table), None)


def _by_every_word(call: _Call) -> tuple[str, ...] | None:
    """Of the goals or tasks of a build tool, all that are named."""
    table, path = call.entry.get("words", {}), call.entry.get("task_path")
    names = [word.rpartition(path)[2] if path else word for word in call.words]
    kinds = {kind for name in names for kind in table.get(name, ())}
    told = f" {' '.join(call.arguments)} "
    dropped = {
        kind for phrase, taken in call.entry.get("without", {}).items() if f" {phrase} " in told for kind in taken
    }
    return _ordered(kinds - dropped) if kinds else None


def ordered(kinds: Iterable[str]) -> list[str]:
    """The kinds in their own order."""
    return list(_ordered(set(kinds)))


def _ordered(kinds: set[str]) -> tuple[str, ...]:
    return tuple(kind for kind in KINDS if kind in kinds)


def _words(command: str) -> list[str]:
    return [found[1] for found, _ in zip(_SPLIT.finditer(command), range(_MOST_WORDS), strict=False)]


def _shell_script(words: Sequence[str]) -> str | None:
    """The file that a shell is told to run, or that runs by its own name: `bash -e ci/test.sh`, `./test.sh`."""
    at = 0
    if _plain(words[0]) in _SHELLS:
        at = 1
        while at < len(words) and words[at].startswith(("-", "+")):
            short = words[at][1:] if words[at][1:2] != "-" else ""
            if "c" in short:
                return None  # what follows is the script itself
            at += 2 if short.endswith("o") else 1
    named = _unquoted(words[at]) if at < len(words) else ""
    return named if _SHELL_SCRIPT.fullmatch(named) and (at or "/" in named) else None


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word


def _plain(word: str) -> str:
    """The name of a program: without its directory, its suffix, and the version that npx or Debian put behind it."""
    name = _unquoted(word).replace("\\", "/").rpartition("/")[2]
    name = _SUFFIX.sub("", name) or name
    numbered = _NUMBERED.fullmatch(name)
    return numbered[1] if numbered else name


def _past_options(words: Sequence[str], at: int, valued: Sequence[str]) -> int:
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in valued else 1
    return at


def _after(arguments: Sequence[str], options: Iterable[str]) -> Iterator[str]:
    """The values of an option that takes several: `-t lint test`, `--targets=lint,test`."""
    taking = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if name in options:
            taking = not equals
            yield from (part for part in value.split(",") if part)
        elif argument.startswith("-"):
            taking = False
        elif taking:
            yield from (part for part in argument.split(",") if part)
