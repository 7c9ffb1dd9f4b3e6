"""The words of a shell script: quotes, escapes and expansions, told apart and never carried out.

The rules are those of POSIX (Shell Command Language, 2.2 to 2.6 and 2.14) with what bash, ksh and busybox add.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

DEEPEST = 50  # levels of substitutions and compound commands; scripts of people have fewer than 15
LONGEST = 400  # characters of an expansion that are kept
MOST_WORDS = 200_000  # of a script, and expansions; a `configure` of 500 KB has 70,000
MOST_PROBLEMS = 1000

Substitution = Literal["command_substitution", "process_substitution", "function_substitution"]
Kind = Literal["parameter", "command", "arithmetic", "process", "glob", "brace", "tilde"]

_PLAIN = lazily(r"[^\s;&|<>()'\"\\$`*?\[{~]+|[\v\f]+|[^\S \t\r\n]+")
_BLANKS = lazily(r"(?:[ \t\r]|\\\n)++")
_NAME = lazily(r"[A-Za-z_][A-Za-z0-9_]*+|[0-9@*#?$!-]")
_PARAMETER = lazily(r"([#!](?=[A-Za-z0-9_@*#?$-]))?([A-Za-z_][A-Za-z0-9_]*+|[0-9]++|[@*#?$!-])?")
_OPERATOR = lazily(r":[-=?+]|[-=?+]|##?|%%?|//?|\^\^?|,,?|:|@(?=[A-Za-z]\})")
_SINGLE = lazily(r"'([^']*+)('?)")
_ANSI = lazily(r"\$'((?:[^'\\]++|\\.)*+)('?)", re.DOTALL)
_BACKQUOTE = lazily(r"`((?:[^`\\]++|\\.)*+)(`?)", re.DOTALL)
_DOUBLE_PLAIN = lazily(r'[^"\\$`]+')
_TEXT_PLAIN = lazily(r"[^\\$`]+")
_REGION_PLAIN = lazily(r"[^'\"\\$`(){}\[\]]+")
_BRACKET = lazily(r"\[[!^]?\]?[^\s\]\[/'\"$;&|<>()]*+\]")
_BRACES = lazily(r"\{(?:[^\s{};&|<>()$]|\$\{[^\s{}]*\}|\$(?!\{))*+\}")
_ASSIGNED = lazily(r"[A-Za-z_][A-Za-z0-9_]*+=")
_BALANCE = lazily(r"""[^'"\\()]++|'[^']*+'?|"(?:[^"\\]++|\\.)*+"?|\\.|[()\\]""", re.DOTALL)
_ANSI_ESCAPE = lazily(r"\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|c.|.)", re.DOTALL)
_ANSI_ESCAPES = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip

_OPERATOR_FEATURES = {
    ":": "substring", "/": "replacement", "//": "replacement", "^": "case_modification", "^^": "case_modification",
    ",": "case_modification", ",,": "case_modification", "@": "transformation",
}  # fmt: skip


class Expansion(NamedTuple):
    """What the shell puts in: `name` and `operator` (`:-`, `#`) are those of a parameter; `text` is as written."""

    kind: Kind
    text: str
    name: str | None = None
    operator: str | None = None
    is_quoted: bool = False


class Word(NamedTuple):
    """A word as written, and what it means; `value` is None where something is expanded in it."""

    text: str
    value: str | None
    line: int
    expansions: tuple[Expansion, ...] = ()
    is_quoted: bool = False
    """Whether any of it is quoted or escaped: a keyword or a here-document's name counts as such only bare."""


class Problem(NamedTuple):
    """What a shell would refuse."""

    line: int
    text: str


class Tally:
    """What is told of a whole script: problems, features with their first lines, and how many words there are."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.features: dict[str, int] = {}
        self.words = 0

    def count(self) -> None:
        """Count a word.  Raises Unparsable for one too many."""
        self.words += 1
        if self.words > MOST_WORDS:
            raise Unparsable(f"more than {MOST_WORDS} words")


class Pieces:
    """What is collected of a word."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.expansions: list[Expansion] = []
        self.is_quoted = False


class WordReader:
    """A place in a text, from which words are read.

    `commands` reads the commands of a substitution at the reader's place, up to its closing parenthesis or brace, and
    `apart` those of a text that had to be unescaped first, which begins at a line.
    """

    def __init__(
        self,
        text: str,
        line: int,
        tally: Tally,
        commands: Callable[[Substitution, int], None],
        apart: Callable[[str, int, int], None],
        *,
        depth: int = 0,
    ) -> None:
        self.text = text
        self.at = 0
        self.depth = depth
        self.tally = tally
        self._first_line = line
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._commands = commands
        self._apart = apart
        self._ahead = len(text) + 10_000  # characters that may be read twice to tell `$((` from `$( (`

    def line(self, at: int) -> int:
        """The line of a place."""
        return self._first_line + bisect_left(self._breaks, at)

    def peek(self) -> str:
        """The character at hand; nothing at the end."""
        return self.text[self.at : self.at + 1]

    def starts(self, text: str) -> bool:
        """Whether the text at hand begins so."""
        return self.text.startswith(text, self.at)

    def blanks(self) -> None:
        """Go past blanks and continued lines."""
        if found := _BLANKS.match(self.text, self.at):
            self.at = found.end()

    def problem(self, at: int, text: str) -> None:
        """Tell what a shell would refuse."""
        if len(self.tally.problems) < MOST_PROBLEMS:
            self.tally.problems.append(Problem(self.line(at), text))

    def feature(self, name: str, at: int) -> None:
        """Note the use of a feature, with the first line that has it."""
        if name not in self.tally.features:
            self.tally.features[name] = self.line(at)

    def down(self) -> None:
        """Go a level deeper.  Raises Unparsable."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unparsable(f"commands nested deeper than {DEEPEST} levels")

    def word(self) -> Word | None:
        """The word at hand; None where there is none."""
        return self._read(self._piece, _ENDS)

    def regex(self) -> Word | None:
        """The expression behind `=~`: parentheses and bars are a part of it."""
        self.feature("regex_match", self.at)
        level = 0

        def piece(into: Pieces, start: int) -> bool:
            nonlocal level
            sign = self.peek()
            if sign and sign in "()|<>;&":
                level += (sign == "(") - (sign == ")")
                if level < 0 or (sign in ";&" and not level):
                    return False
                into.parts.append(sign)
                self.at += 1
                return True
            if sign in (" ", "\t") and level:
                into.parts.append(sign)
                self.at += 1
                return True
            return self._piece(into, start)

        return self._read(piece, ends=())

    def quoted_text(self) -> tuple[Expansion, ...]:
        """The expansions of a here-document, which is all that is left of the text."""
        into = Pieces()
        while self.at < len(self.text):
            if plain := _TEXT_PLAIN.match(self.text, self.at):
                self.at = plain.end()
            elif self.peek() == "\\":
                self.at += 2
            else:
                self._in_double(into)
        return tuple(into.expansions)

    def arithmetic(self, into: Pieces, closing: str = ")") -> None:
        """What is within `((` or `$[`, up to what closes it."""
        self._until(closing, into, nests="(" if closing == ")" else "[")

    def is_arithmetic(self, at: int) -> bool:
        """Whether the parentheses before the place are closed by two at once, as those of arithmetic are."""
        level = 0
        start = at
        while at < len(self.text) and self._ahead > 0:
            token = _BALANCE.match(self.text, at)
            assert token is not None, "the last alternatives take any character"
            at = token.end()
            if token[0] == "(":
                level += 1
            elif token[0] == ")" and level:
                level -= 1
            elif token[0] == ")":
                self._ahead -= at - start
                return self.text[at : at + 1] == ")"
        self._ahead -= at - start
        return self._ahead <= 0

    def _read(self, piece: Callable[[Pieces, int], bool], ends: tuple[str, ...]) -> Word | None:
        start = self.at
        text = self.text
        plain = _PLAIN.match(text, start)
        if plain:
            self.at = plain.end()
            if text[self.at : self.at + 1] in ends:
                self.tally.count()
                return Word(plain[0], plain[0], self.line(start))
        into = Pieces()
        into.parts += [plain[0]] if plain else []
        while piece(into, start):
            if plain := _PLAIN.match(text, self.at):
                into.parts.append(plain[0])
                self.at = plain.end()
        if self.at == start:
            return None
        self.tally.count()
        value = None if into.expansions else "".join(into.parts)
        return Word(text[start : self.at], value, self.line(start), tuple(into.expansions), into.is_quoted)

    def _expands(self, into: Pieces, expansion: Expansion) -> None:
        self.tally.count()
        into.expansions.append(expansion)

    def _piece(self, into: Pieces, start: int) -> bool:
        """One quoted part, expansion or sign; False where the word ends."""
        at, sign = self.at, self.peek()
        match sign:
            case "'" | '"' | "\\":
                self._quote(sign, into)
            case "$":
                self._dollar(into, quoted=False)
            case "`":
                self._backquote(into, quoted=False)
            case "<" | ">" if self.text.startswith("(", at + 1):
                self.feature("process_substitution", at)
                self._substitution("process", "process_substitution", at, 2, into, quoted=False)
            case "(" if at > start and self.text[at - 1] in "?*+@!":
                self.feature("extended_glob", at)
                self.at += 1
                self._until(")", into, nests="(")
                self._expands(into, Expansion("glob", self.text[at - 1 : self.at][:LONGEST]))
            case "*" | "?":
                self._sign(into)
                self._expands(into, Expansion("glob", sign))
            case "[" | "{":
                self._bracket(sign, into)
            case "~":
                self._sign(into)
                if at == start or _ASSIGNED.fullmatch(self.text, start, at):
                    self._expands(into, Expansion("tilde", "~"))
            case _:
                return False
        return True

    def _sign(self, into: Pieces) -> None:
        into.parts.append(self.peek())
        self.at += 1

    def _quote(self, sign: str, into: Pieces) -> None:
        into.is_quoted = True
        if sign == "'":
            found = _SINGLE.match(self.text, self.at)
            assert found is not None, "there is a quote at hand"
            if not found[2]:
                self.problem(self.at, "an open single quote")
            into.parts.append(found[1])
            self.at = found.end()
        elif sign == '"':
            self._double(into)
        else:
            escaped = self.text[self.at + 1 : self.at + 2]
            into.parts.append("" if escaped == "\n" else escaped)
            self.at += 2 if escaped else 1

    def _double(self, into: Pieces) -> None:
        start = self.at
        self.at += 1
        while self.at < len(self.text):
            if plain := _DOUBLE_PLAIN.match(self.text, self.at):
                into.parts.append(plain[0])
                self.at = plain.end()
                continue
            if self.peek() == '"':
                self.at += 1
                return
            self._in_double(into)
        self.problem(start, "an open double quote")

    def _in_double(self, into: Pieces) -> None:
        """An escape or an expansion within double quotes."""
        match self.peek():
            case "\\":
                escaped = self.text[self.at + 1 : self.at + 2]
                into.parts.append("" if escaped == "\n" else escaped if escaped in '$`"\\' else f"\\{escaped}")
                self.at += 2 if escaped else 1
            case "`":
                self._backquote(into, quoted=True)
            case _:
                self._dollar(into, quoted=True)

    def _dollar(self, into: Pieces, *, quoted: bool) -> None:
        at, text = self.at, self.text
        following = text[at + 1 : at + 2]
        if following == "(":
            if text.startswith("((", at + 1) and self.is_arithmetic(at + 3):
                self._arithmetic(into, quoted=quoted)
            else:
                self._substitution("command", "command_substitution", at, 2, into, quoted=quoted)
        elif following == "{":
            self._parameter(into, quoted=quoted)
        elif following == "'" and not quoted:
            self._ansi(into)
        elif following == '"' and not quoted:
            self.feature("locale_quotes", at)
            self.at += 1
        elif following == "[":
            self.feature("old_arithmetic", at)
            self.at += 2
            self.arithmetic(into, "]")
            self._expands(into, Expansion("arithmetic", text[at : self.at][:LONGEST], is_quoted=quoted))
        elif found := _NAME.match(text, at + 1):
            self.at = found.end()
            self._expands(into, Expansion("parameter", text[at : self.at], found[0], None, quoted))
        else:
            self._sign(into)

    def _arithmetic(self, into: Pieces, *, quoted: bool) -> None:
        at = self.at
        self.feature("arithmetic_expansion", at)
        self.at += 3
        within = Pieces()
        self.arithmetic(within)
        if self.peek() == ")":
            self.at += 1
        self._expands(into, Expansion("arithmetic", self.text[at : self.at][:LONGEST], is_quoted=quoted))
        into.expansions += within.expansions

    def _substitution(self, kind: Kind, place: Substitution, at: int, past: int, into: Pieces, *, quoted: bool) -> None:
        self.at = at + past
        self._commands(place, at)
        self._expands(into, Expansion(kind, self.text[at : min(self.at, at + LONGEST)], is_quoted=quoted))

    def _backquote(self, into: Pieces, *, quoted: bool) -> None:
        at = self.at
        found = _BACKQUOTE.match(self.text, at)
        assert found is not None, "there is a backquote at hand"
        if not found[2]:
            self.problem(at, "an open backquote")
        self.feature("backquotes", at)
        self.at = found.end()
        unescaped = re.sub(r'\\([$`\\"])' if quoted else r"\\([$`\\])", r"\1", found[1])
        self._apart(unescaped, at, self.line(at))
        self._expands(into, Expansion("command", found[0][:LONGEST], is_quoted=quoted))

    def _parameter(self, into: Pieces, *, quoted: bool) -> None:
        at = self.at
        if self.text[at + 2 : at + 3] in (" ", "\t", "\n", "|"):
            self.feature("function_substitution", at)
            past = 3 if self.text[at + 2] == "|" else 2
            self._substitution("command", "function_substitution", at, past, into, quoted=quoted)
            return
        found = _PARAMETER.match(self.text, at + 2)
        assert found is not None, "every part of it is optional"
        self.at = found.end()
        name = found[2] or ""
        within = Pieces()
        if found[1] == "!":
            self.feature("indirect_expansion", at)
            if name and self.text[self.at : self.at + 2] in ("@}", "*}"):  # the names that begin so
                self.at += 1
        if self.peek() == "[":
            self.feature("array", at)
            self.at += 1
            self._until("]", within, nests="[")
        sign = _OPERATOR.match(self.text, self.at)
        operator = sign[0] if sign else None
        if sign:
            self.at = sign.end()
            if sign[0] in _OPERATOR_FEATURES:
                self.feature(_OPERATOR_FEATURES[sign[0]], at)
        elif self.peek() != "}":
            self.problem(at, "a bad substitution")
        takes_text = operator is not None and operator[-1] in "-=?+"
        self._until("}", within, quoted=quoted and takes_text)
        self._expands(
            into,
            Expansion("parameter", self.text[at : self.at][:LONGEST], f"{found[1] or ''}{name}", operator, quoted),
        )
        into.expansions += within.expansions

    def _ansi(self, into: Pieces) -> None:
        found = _ANSI.match(self.text, self.at)
        assert found is not None, "there is a dollar and a quote at hand"
        if not found[2]:
            self.problem(self.at, "an open single quote")
        self.feature("ansi_c_quotes", self.at)
        into.is_quoted = True
        into.parts.append(_ANSI_ESCAPE.sub(_ansi_escape, found[1]))
        self.at = found.end()

    def _bracket(self, sign: str, into: Pieces) -> None:
        """A class of a glob, or braces that stand for several words; the sign alone means itself."""
        found = (_BRACKET if sign == "[" else _BRACES).match(self.text, self.at)
        if sign == "[" and found:
            self._expands(into, Expansion("glob", found[0][:LONGEST]))
        elif found and ("," in found[0] or ".." in found[0]):
            self.feature("brace_expansion", self.at)
            self._expands(into, Expansion("brace", found[0][:LONGEST]))
        self._sign(into)

    def _until(self, closing: str, into: Pieces, *, nests: str = "", quoted: bool = False) -> None:
        """All up to a closing sign, which is passed; `nests` opens a pair of its own."""
        start, level = self.at, 0
        self.down()
        while self.at < len(self.text):
            if plain := _REGION_PLAIN.match(self.text, self.at):
                into.parts.append(plain[0])
                self.at = plain.end()
                continue
            sign = self.peek()
            if sign == closing and not level:
                self.at += 1
                self.depth -= 1
                return
            if sign == "'" and quoted:
                self._sign(into)
            elif sign in "'\"\\":
                self._quote(sign, into)
            elif sign == "$":
                self._dollar(into, quoted=quoted)
            elif sign == "`":
                self._backquote(into, quoted=quoted)
            else:
                level += (sign == nests) - (sign == closing)
                self._sign(into)
        self.depth -= 1
        self.problem(start, f"no {closing} that closes an expansion")


_ENDS = ("", " ", "\t", "\n", "\r", ";", "&", "|", ")")


def _ansi_escape(found: re.Match[str]) -> str:
    text = found[0][1:]
    if text in _ANSI_ESCAPES:
        return _ANSI_ESCAPES[text]
    if text[0] in "xuU" and len(text) > 1:
        number = int(text[1:], 16)
    elif text[0] in "01234567":
        number = int(text, 8) & 0xFF
    elif text[0] == "c" and len(text) > 1:
        number = ord(text[1]) & 0x1F
    else:
        return text
    return "\ufffd" if 0xD800 <= number < 0xE000 or number > 0x10FFFF else chr(number)
