"""A makefile's rules and includes as they stand there; nothing is evaluated, and of conditions both sides are read.

https://www.gnu.org/software/make/manual/html_node/Makefiles.html
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_RULES = 20_000
MOST_WORDS = 200_000

_ASSIGNMENT = lazily(
    r"(?:(?:export|override|private)[ \t]++)*+([^\s:=#?+!]++)[ \t]*+(?:::?:?=|\?=|\+=|!=|=)[ \t]*+(.*+)", re.DOTALL
)
_INCLUDE = lazily(r"(-include|sinclude|include)[ \t]++(.*+)", re.DOTALL)
_CONDITION = lazily(r"(?:ifeq|ifneq|ifdef|ifndef|else|endif)\b")
_DIRECTIVE = lazily(r"(?:export|unexport|undefine|vpath|load|-load)\b")
_COLON = lazily(r"\$[({]|[)}]|&?::?")
_SPECIAL = lazily(r"\.[A-Z_]+")


class Rule(NamedTuple):
    """One target of a rule: what it needs, and the first line of its recipe without `@`, `-` and `+`."""

    target: str
    needs: tuple[str, ...]
    recipe: str | None
    line: int


class Include(NamedTuple):
    """A file that is read in, as written; `optional` where it may be missing."""

    path: str
    optional: bool
    line: int


class Makefile(NamedTuple):
    """The file.  Targets whose names are computed or are patterns are counted only."""

    rules: tuple[Rule, ...]
    phony: frozenset[str]
    default_goal: str | None
    """What .DEFAULT_GOAL is set to."""
    includes: tuple[Include, ...]
    computed: int
    """Targets with a variable in their names."""
    first_computed: int | None = None
    """The line of the first of them that is no pattern, and may be what make does when it is not told."""


def parse(content: bytes) -> Makefile:
    """Read the file.  Raises Unparsable."""
    text = text_of(content)
    if "\0" in text:
        raise Unparsable("not text")
    reader = _Reader()
    for number, line in _logical_lines(text):
        reader.take(line, number)
    return reader.result()


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with those that a backslash joins to it, and the number of its first."""
    parts: list[str] = []
    start = 1
    for number, written in enumerate(text.split("\n"), start=1):
        line = written.removesuffix("\r")
        if not parts:
            start = number
        if line.endswith("\\") and not line.endswith("\\\\"):
            parts.append(line[:-1])
            continue
        yield start, _joined([*parts, line])
        parts = []
    if parts:
        yield start, _joined(parts)


def _joined(parts: list[str]) -> str:
    """One line; of a recipe the first, since what follows only matters to the shell."""
    if len(parts) > 1 and parts[0].startswith("\t"):
        return parts[0].rstrip() + " \\"
    return " ".join([parts[0], *(part.lstrip() for part in parts[1:])])


class _Reader:
    """Takes one logical line after the other."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._open: list[int] = []  # the rules that the next recipe line belongs to
        self._in_rule = False
        self._phony: set[str] = set()
        self._default: str | None = None
        self._includes: list[Include] = []
        self._computed = 0
        self._first_computed: int | None = None
        self._words = 0
        self._prefix = "\t"
        self._defines = 0

    def take(self, line: str, number: int) -> None:
        stripped = line.strip()
        if self._defines:
            self._defines += stripped.startswith("define ") - (stripped.split("#")[0].strip() == "endef")
        elif line.startswith(self._prefix) and self._in_rule:
            self._take_recipe(stripped)
        elif not stripped or stripped.startswith("#"):
            return
        elif re.match(r"(?:override[ \t]+|export[ \t]+)?define\b", stripped):
            self._defines = 1
        elif not _CONDITION.match(stripped):
            self._take_statement(_without_comment(stripped), number)

    def _take_recipe(self, text: str) -> None:
        command = text.lstrip("@-+ \t")
        if not self._open or not command or command.startswith("#"):
            return
        for at in self._open:
            rule = self._rules[at]
            self._rules[at] = Rule(rule.target, rule.needs, command, rule.line)
        self._open = []

    def _take_statement(self, text: str, number: int) -> None:
        self._in_rule, self._open = False, []
        if found := _INCLUDE.fullmatch(text):
            self._includes += [Include(path, found[1] != "include", number) for path in _words(found[2])]
        elif found := _ASSIGNMENT.fullmatch(text):
            if found[1] == ".DEFAULT_GOAL":
                self._default = found[2].strip() or None
            elif found[1] == ".RECIPEPREFIX":
                self._prefix = found[2][:1] or "\t"
        elif not _DIRECTIVE.match(text):
            self._take_rule(text, number)

    def _take_rule(self, text: str, number: int) -> None:
        split = _at_colon(text)
        if split is None:
            return
        targets, rest = split
        self._in_rule = True
        if _ASSIGNMENT.fullmatch(rest.strip()) and "$(" not in rest.split("=")[0]:
            return  # a variable of these targets
        needed, semicolon, recipe = rest.partition(";")
        needed = (_at_colon(needed) or ("", needed))[1].replace("|", " ")
        names, needs = _words(targets), tuple(_words(needed))
        self._words += len(names) * (1 + len(needs)) if len(names) < 50 else len(names) + len(needs)
        if self._words > MOST_WORDS or len(self._rules) > MOST_RULES:
            raise Unparsable(f"more than {MOST_RULES} rules or {MOST_WORDS} words")
        for name in names:
            self._add(name, needs if len(names) < 50 else (), number)
        if semicolon and recipe.strip():
            self._take_recipe(recipe.strip())

    def _add(self, name: str, needs: tuple[str, ...], number: int) -> None:
        if name == ".PHONY":
            self._phony |= {each for each in needs if "$" not in each}
        elif "$" in name:
            self._computed += 1
            if self._first_computed is None and "%" not in name:
                self._first_computed = number
        elif "%" not in name and not _SPECIAL.fullmatch(name):
            self._open.append(len(self._rules))
            self._rules.append(Rule(name, needs, None, number))

    def result(self) -> Makefile:
        return Makefile(
            tuple(self._rules),
            frozenset(self._phony),
            self._default,
            tuple(self._includes),
            self._computed,
            self._first_computed,
        )


def _at_colon(text: str) -> tuple[str, str] | None:
    """What stands before and after the first colon that is in no variable's parentheses."""
    depth = 0
    for found in _COLON.finditer(text):
        if found[0] in ("$(", "${"):
            depth += 1
        elif found[0] in (")", "}"):
            depth = max(0, depth - 1)
        elif depth == 0:
            return text[: found.start()], text[found.end() :]
    return None


def _words(text: str) -> list[str]:
    """The words between blanks, where `$(call f, x)` is part of one."""
    words: list[str] = []
    depth, start = 0, None
    for found in re.finditer(r"\$[({]|[()}{]|\s+|[^\s$(){}]+|\$", text):
        piece = found[0]
        if piece.isspace() and depth == 0:
            if start is not None:
                words.append(text[start : found.start()])
            start = None
            continue
        start = found.start() if start is None else start
        depth += piece in ("$(", "${") or (piece in "({" and depth > 0)
        depth -= piece in ")}" and depth > 0
    return [*words, text[start:]] if start is not None else words


def _without_comment(text: str) -> str:
    found = re.search(r"(?<!\\)#", text)
    return text[: found.start()].rstrip() if found else text
