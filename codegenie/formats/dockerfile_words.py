"""The words of a Dockerfile's lines: split as BuildKit splits them, with quotes taken off and variables put in.

The rules are those of BuildKit's own lexer (moby/buildkit, frontend/dockerfile/shell, Apache-2.0), which are a part of
a shell's: there is no command substitution, no arithmetic, and `${x/a/b}` replaces by a glob.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from codegenie.formats.patterns import lazily

MOST_NESTED = 20  # ${a:-${b:-...}}
LONGEST = 1 << 16  # characters of a value, put in or built; BuildKit takes no longer line
_MOST_WILDCARDS = 8
_SPECIAL = "@*#?-$!0"

_NAME = lazily(rf"[0-9]++|[{re.escape(_SPECIAL)}]|[^\W\d]\w*+")


class Expansion(NamedTuple):
    """A text with its variables put in.  `unset` names those that have no value, each of which gave nothing."""

    text: str
    unset: tuple[str, ...] = ()


class Inexpansible(ValueError):
    """A substitution that BuildKit refuses, or that would take too long."""


def words_of(text: str, escape: str = "\\") -> list[str]:
    """The words between blanks, each as written: quotes and escapes stay, and hold blanks together."""
    return [word for found in _word(escape).finditer(text) if (word := _without_last_escape(found[0], escape))]


def unquoted(word: str, escape: str = "\\") -> str:
    """A word without its quotes and escapes, and with variables left as written."""
    return _Reader(word, escape, None).all().text


def expanded(text: str, values: Mapping[str, str], escape: str = "\\") -> Expansion:
    """The text without quotes and escapes, and with the values of variables.  Raises Inexpansible."""
    return _Reader(text, escape, values).all()


@cache
def _word(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    single, double = r"'[^']*+(?:'|\Z)", rf'"(?:[^"{e}]|{e}.)*+{e}?(?:"|\Z)'
    return re.compile(rf"(?:{single}|{double}|{e}.|{e}\Z|[^\s'\"{e}])++", re.DOTALL)


def _without_last_escape(word: str, escape: str) -> str:
    """BuildKit skips an escape with nothing behind it."""
    trailing = len(word) - len(word.rstrip(escape))
    return word[:-1] if trailing % 2 else word


class _Reader:
    """One pass over a text.  Without `values` variables stay as they are."""

    def __init__(self, text: str, escape: str, values: Mapping[str, str] | None) -> None:
        self._text = text
        self._escape = escape
        self._values = values
        self._at = 0
        self._depth = 0
        self._unset: dict[str, None] = {}

    def all(self) -> Expansion:
        text = self._until(None)
        return Expansion(text, tuple(self._unset))

    def _until(self, stop: str | None, *, raw_escapes: bool = False) -> str:
        """What comes before `stop`, which is passed over.  Raises Inexpansible where it does not come."""
        parts: list[str] = []
        while self._at < len(self._text):
            letter = self._next()
            if letter == stop:
                return self._joined(parts)
            if letter == "'":
                parts.append(self._single())
            elif letter == '"':
                parts += self._double()
            elif letter == "$":
                parts.append(self._dollar())
            elif letter == self._escape:
                parts.append(letter if raw_escapes else "")
                parts.append(self._next())
            else:
                parts.append(letter)
        if stop is not None:
            raise Inexpansible(f"no {stop} behind a substitution")
        return self._joined(parts)

    def _single(self) -> str:
        end = self._text.find("'", self._at)
        if end < 0:
            raise Inexpansible("an open single quote")
        found, self._at = self._text[self._at : end], end + 1
        return found

    def _double(self) -> Iterator[str]:
        while self._at < len(self._text):
            letter = self._next()
            if letter == '"':
                return
            if letter == "$":
                yield self._dollar()
            elif letter == self._escape:
                if self._peek() in ('"', "$", self._escape):
                    yield self._next()
                elif self._peek():
                    yield letter
            else:
                yield letter
        raise Inexpansible("an open double quote")

    def _dollar(self) -> str:
        start = self._at - 1
        if self._peek() != "{":
            name = self._name()
            return self._value(name, start) if name else "$"
        self._at += 1
        if self._peek() in ("", "{", "}", ":"):
            raise Inexpansible("a bad substitution")
        name = self._name()
        sign = self._next()
        if sign == "}":
            return self._value(name, start)
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise Inexpansible("substitutions nested too deep")
        found = self._modified(name, sign, start)
        self._depth -= 1
        return found

    def _modified(self, name: str, sign: str, start: int) -> str:
        """`${name<sign>...}` from behind the sign."""
        empty_counts = sign == ":"
        if empty_counts:
            sign = self._next()
        if sign == "/":
            return self._replaced(name, start)
        if sign not in tuple("-+?#%") or (empty_counts and sign in "#%"):
            raise Inexpansible(f"an unknown substitution ${{...{':' * empty_counts}{sign}...}}")
        before = dict(self._unset)
        word = self._until("}", raw_escapes=sign in "#%")
        if self._values is None:
            return self._text[start : self._at]
        value = self._values.get(name)
        missing = value is None or (empty_counts and not value)
        if sign == "-":
            self._unset = self._unset if missing else before
            return word if missing else str(value)
        if sign == "+":
            self._unset = before if missing else self._unset
            return "" if missing else word
        if sign == "?":
            if missing:
                raise Inexpansible(f"{name} must be given: {word or 'it has no value'}")
            return str(value)
        if value is None:
            self._unset.setdefault(name)
            return ""
        greedy = word.startswith(sign)
        return _trimmed(value, word.removeprefix(sign), at_end=sign == "%", greedy=greedy)

    def _replaced(self, name: str, start: int) -> str:
        every = self._peek() == "/"
        self._at += every
        pattern, replacement = self._until("/", raw_escapes=True), self._until("}", raw_escapes=True)
        if self._values is None:
            return self._text[start : self._at]
        return _glob(pattern, greedy=True).sub(lambda _: replacement, self._value(name, start), count=0 if every else 1)

    def _value(self, name: str, start: int) -> str:
        if self._values is None:
            return self._text[start : self._at]
        value = self._values.get(name)
        if value is None:
            self._unset.setdefault(name)
        return value or ""

    def _name(self) -> str:
        found = _NAME.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found[0] if found else ""

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        letter = self._peek()
        self._at += 1
        return letter

    def _joined(self, parts: list[str]) -> str:
        text = "".join(parts)
        if len(text) > LONGEST:
            raise Inexpansible(f"a text of more than {LONGEST} characters")
        return text


def _trimmed(value: str, pattern: str, *, at_end: bool, greedy: bool) -> str:
    """The value without its shortest, or longest, beginning or end that the glob matches."""
    glob = _glob(pattern, greedy=greedy)
    if not at_end:
        found = glob.match(value)
        return value[found.end() :] if found else value
    starts = range(len(value) + 1) if greedy else range(len(value), -1, -1)
    return next((value[:start] for start in starts if glob.fullmatch(value, start)), value)


def _glob(pattern: str, *, greedy: bool) -> re.Pattern[str]:
    """`*`, `?` and escapes, as an expression.  Raises Inexpansible for one that could take long."""
    if pattern.count("*") > _MOST_WILDCARDS:
        raise Inexpansible(f"more than {_MOST_WILDCARDS} wildcards in a substitution")
    many = ".*" if greedy else ".*?"
    signs = {"*": many, "?": "."}
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    return re.compile("".join(signs.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)
