"""Dockerfiles: parser directives, instructions with their lines, flags, words, JSON forms and heredocs.

The rules are those of BuildKit's parser (moby/buildkit, frontend/dockerfile/parser, Apache-2.0), but that no file is
refused: what BuildKit would refuse is told as a problem, and everything else in the file is read.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.dockerfile_words import Inexpansible, unquoted, words_of
from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of, writable
from codegenie.formats.unparsable import Unparsable

MOST_INSTRUCTIONS = 10_000
_LONGEST_LINE = 65_535  # bytes; BuildKit refuses a longer one
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_DIRECTIVE = lazily(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*\Z")
_FIRST_BLANKS = lazily(r"[\t\v\f\r ]+")
_HEREDOC = lazily(r"""([0-9]*)<<(-?)[ \t]*((?:'[^']*'|"[^"]*"|\\.|[^\s<'"\\])+)""")
_ESCAPED = lazily(r"\\.")
_NOT_A_HEREDOC = lazily(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\<]+|<""", re.DOTALL)

EXEC_OR_SHELL = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL"})
"""The instructions whose words are one command: a JSON array is the exec form, anything else a line for a shell."""

_LISTS = frozenset({"ADD", "COPY", "EXPOSE", "FROM", "VOLUME"})
_JSON_LISTS = frozenset({"ADD", "COPY", "VOLUME"})
_PAIRS = frozenset({"ARG", "ENV", "LABEL"})
_TEXTS = frozenset({"MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})
_KNOWN = EXEC_OR_SHELL | _LISTS | _PAIRS | _TEXTS | {"HEALTHCHECK", "ONBUILD"}
_WITH_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})


class Heredoc(NamedTuple):
    """A document behind an instruction.  `line` is its first; `expands` unless its name was quoted."""

    name: str
    content: str
    line: int
    expands: bool
    strips_tabs: bool
    descriptor: int


class Instruction(NamedTuple):
    """One instruction.  `keyword` is in upper case, `text` is all behind keyword and flags with continuations joined.

    `words` are the items of a JSON array where `is_json`, the words of a list, the parts of ARG, ENV and LABEL as
    `name` or `name=value` with their quotes, or one text.
    """

    keyword: str
    line: int
    end_line: int
    text: str
    words: tuple[str, ...]
    is_json: bool
    flags: tuple[tuple[str, str | None], ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    trigger: "Instruction | None" = None
    """Of ONBUILD, what is run in a build upon this image."""
    breaks: tuple[tuple[int, int], ...] = ()
    """Where in `text` lines of the file begin: the offset and the line of each, in order."""

    @property
    def pairs(self) -> tuple[tuple[str, str | None], ...]:
        """Names and values, both as written, of ARG, ENV and LABEL; None where an ARG has no default."""
        split = (word.partition("=") for word in self.words)
        return tuple((name, value if equals else None) for name, equals, value in split)

    def line_at(self, offset: int) -> int:
        """The line of the file that an offset in `text` is on."""
        return next((line for start, line in reversed(self.breaks) if start <= offset), self.line)

    def flag(self, name: str) -> str | None:
        """The value of the last flag of a name; None where there is none."""
        return next((value for flag, value in reversed(self.flags) if flag == name), None)


class Problem(NamedTuple):
    """What BuildKit would refuse, or warn of."""

    line: int
    text: str


class Dockerfile(NamedTuple):
    """A file in the order of its lines; `escape` is the escape character in force."""

    instructions: tuple[Instruction, ...]
    escape: str
    syntax: str | None
    check: str | None
    problems: tuple[Problem, ...]


@parsed_once(128)
def parse(content: bytes) -> Dockerfile:
    """Read a Dockerfile.  Raises Unparsable for one that holds NULs or too many instructions."""
    if b"\0" in content:
        raise Unparsable("not text")
    return _Parser(writable(text_of(content))).file()


class _Parser:
    """Goes through the lines once."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        if self._lines[-1] == "":
            self._lines.pop()
        self._at = 0
        self._problems: list[Problem] = []
        self._directives: dict[str, str] = {}
        self._starts: list[tuple[int, int]] = []  # of the logical line at hand: where its lines begin, from its end

    def file(self) -> Dockerfile:
        self._read_directives()
        escape = self._directives.get("escape", "\\")
        if escape not in ("\\", "`"):
            self._problem(1, "an escape directive that is neither a backslash nor a backtick")
            escape = "\\"
        instructions = tuple(self._instructions(escape))
        if not instructions:
            self._problem(1, "no instructions")
        return Dockerfile(
            instructions=instructions,
            escape=escape,
            syntax=self._directives.get("syntax"),
            check=self._directives.get("check"),
            problems=tuple(self._problems),
        )

    def _read_directives(self) -> None:
        """They stand at the very top, before any other comment, each once."""
        for number, line in enumerate(self._lines, 1):
            found = _DIRECTIVE.match(line.strip())
            if not found or found[1].lower() not in _DIRECTIVES:
                return
            if found[1].lower() in self._directives:
                self._problem(number, f"the directive {found[1].lower()} a second time")
            self._directives.setdefault(found[1].lower(), found[2])

    def _instructions(self, escape: str) -> Iterator[Instruction]:
        found = 0
        while self._at < len(self._lines):
            start = self._at + 1
            line = self._logical_line(escape)
            if not line.strip():
                continue
            instruction = self._instruction(line, start, escape)
            found += 1
            if found > MOST_INSTRUCTIONS:
                raise Unparsable(f"more than {MOST_INSTRUCTIONS} instructions")
            yield instruction

    def _logical_line(self, escape: str) -> str:
        """The next line with those that continue it; comments and empty lines within are no part of it."""
        line = self._next().lstrip()
        if line.startswith("#"):
            return ""
        line, goes_on = _continued(line, escape)
        parts, starts = [line], [(0, self._at)]
        length = len(line)
        while goes_on and self._at < len(self._lines):
            line = self._next()
            bare = line.lstrip()
            if bare.startswith("#"):
                continue
            if not bare:
                self._problem(self._at, "an empty line within an instruction")
                continue
            line, goes_on = _continued(line, escape)
            parts.append(line)
            starts.append((length, self._at))
            length += len(line)
        joined = "".join(parts)
        end = len(joined.rstrip())
        self._starts = [(end - start, number) for start, number in starts]
        return joined

    def _next(self) -> str:
        line = self._lines[self._at]
        self._at += 1
        if len(line) > _LONGEST_LINE:
            self._problem(self._at, f"a line of more than {_LONGEST_LINE} bytes")
        return line.rstrip("\r")

    def _instruction(self, line: str, start: int, escape: str) -> Instruction:
        head, flags, text = _split(line, escape)
        keyword = head.upper()
        if keyword not in _KNOWN:
            self._problem(start, f"an unknown instruction {head[:40]}")
        trigger = None
        if keyword == "ONBUILD" and text:
            trigger = self._instruction(text, start, escape)
            if trigger.keyword in ("ONBUILD", "FROM", "MAINTAINER"):
                self._problem(start, f"ONBUILD {trigger.keyword}")
            breaks = self._breaks(text)
            return Instruction(
                keyword, start, self._at, text, (text,), is_json=False, flags=flags, trigger=trigger, breaks=breaks
            )
        words, is_json = self._words(keyword, text, start, escape)
        may_hold = keyword in _WITH_HEREDOCS and not is_json and "<<" in text
        heredocs = tuple(self._heredocs(text, start)) if may_hold else ()
        breaks = self._breaks(text)
        return Instruction(keyword, start, self._at, text, words, is_json, flags, heredocs, breaks=breaks)

    def _breaks(self, text: str) -> tuple[tuple[int, int], ...]:
        """The text is the end of the logical line."""
        found = [(len(text) - start, line) for start, line in self._starts]
        before = [line for at, line in found if at <= 0]
        return ((0, before[-1] if before else self._at), *((at, line) for at, line in found if at > 0))

    def _words(self, keyword: str, text: str, line: int, escape: str) -> tuple[tuple[str, ...], bool]:
        if not text:
            self._problem(line, f"{keyword} without arguments")
            return (), False
        if keyword in EXEC_OR_SHELL | _JSON_LISTS and (items := self._json(text, line)) is not None:
            return items, True
        if keyword in _LISTS:
            return tuple(_FIRST_BLANKS.split(text)), False
        if keyword == "HEALTHCHECK":
            kind, _, command = text.partition(" ") if " " in text else text.partition("\t")
            items = self._json(command, line)
            plain = (command.strip(),) if command.strip() else ()
            return (kind.upper(), *(plain if items is None else items)), items is not None
        if keyword in _PAIRS:
            return self._pairs(keyword, text, line, escape), False
        return (text,), False

    def _json(self, text: str, line: int) -> tuple[str, ...] | None:
        """The texts of a JSON array; None for anything else, which is then a line for a shell or words."""
        if not text.lstrip().startswith("["):
            return None
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(items, list):
            return None
        if not all(isinstance(item, str) for item in items):
            self._problem(line, "a JSON array that holds more than texts")
        return tuple(writable(item) for item in items if isinstance(item, str))

    def _pairs(self, keyword: str, text: str, line: int, escape: str) -> tuple[str, ...]:
        words = words_of(text, escape)
        if keyword == "ARG":
            return tuple(words)
        if words and "=" not in words[0]:  # ENV name value with blanks
            name, *rest = _FIRST_BLANKS.split(text, maxsplit=1)
            if not rest:
                self._problem(line, f"{keyword} {name[:40]} without a value")
            return (f"{name}={''.join(rest)}",) if rest else ()
        if any("=" not in word for word in words):
            self._problem(line, f"{keyword} with a word that is not name=value")
        return tuple(word for word in words if "=" in word)

    def _heredocs(self, text: str, line: int) -> Iterator[Heredoc]:
        for descriptor, dash, written in _heredoc_words(text):
            name = unquoted(written)
            first = self._at + 1
            content: list[str] = []
            ended = False
            while self._at < len(self._lines) and not ended:
                ours = self._lines[self._at]
                self._at += 1
                ended = (ours.rstrip("\r").lstrip("\t") if dash else ours.rstrip("\r")) == name
                if not ended:
                    content.append(f"{ours}\n")
            if not ended:
                self._problem(line, f"a heredoc without its end {name[:40]}")
            expands = not set(_ESCAPED.sub("", written)) & set("'\"")
            yield Heredoc(name, "".join(content), first, expands, bool(dash), int(descriptor or 0))

    def _problem(self, line: int, text: str) -> None:
        self._problems.append(Problem(line, text))


def _continued(line: str, escape: str) -> tuple[str, bool]:
    """The line without the escape at its end, and whether the next one continues it; two escapes are none."""
    bare = line.rstrip(" \t")
    goes_on = bare.endswith(escape) and not bare.endswith(escape * 2)
    return (bare[:-1], True) if goes_on else (line, False)


def _split(line: str, escape: str) -> tuple[str, tuple[tuple[str, str | None], ...], str]:
    """The keyword, the flags before the arguments, and the arguments."""
    keyword, *rest = _FIRST_BLANKS.split(line.strip(), maxsplit=1)
    text = rest[0] if rest else ""
    flags: list[tuple[str, str | None]] = []
    while text.startswith("--"):
        word, text = _first_word(text, escape)
        if word == "--":
            break
        name, equals, value = _plain(word, escape).removeprefix("--").partition("=")
        flags.append((name, value if equals else None))
    return keyword, tuple(flags), text.strip()


def _first_word(text: str, escape: str) -> tuple[str, str]:
    first = words_of(text, escape)[0]
    return first, text[text.find(first) + len(first) :].lstrip()


def _plain(word: str, escape: str) -> str:
    try:
        return unquoted(word, escape)
    except Inexpansible:  # an open quote
        return word


def _heredoc_words(text: str) -> Iterator[tuple[str, str, str]]:
    """The heredocs that a line opens: descriptor, dash, and the name as written; none within quotes or words."""
    at, starts_word = 0, True
    while at < len(text):
        found = _HEREDOC.match(text, at) if starts_word else None
        if found and text[found.end() : found.end() + 1] in ("", " ", "\t"):
            yield found[1], found[2], found[3]
            at = found.end()
            continue
        plain = _NOT_A_HEREDOC.match(text, at)
        starts_word = plain is None and text[at].isspace()
        at = plain.end() if plain else at + 1
