"""The lines of go.mod and go.work: a verb and its words, in blocks or alone, with what a comment says."""

from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_LINES = 100_000  # Kubernetes has 500

_WORD = lazily(r'"((?:[^"\\]|\\.)*+)"|`([^`]*+)`|(=>|[()\[\],]|[^\s"`()\[\],]++)|(\S)')


class Line(NamedTuple):
    """One directive: `require`, its words, the comment after it, and the number of the line from 1."""

    verb: str
    words: tuple[str, ...]
    comment: str
    number: int


def directives(content: bytes) -> tuple[Line, ...]:
    """Every directive, those of a block each with the block's verb.  Raises Unparsable.

    https://go.dev/ref/mod#go-mod-file-lexical
    """
    return tuple(_directives(text_of(content)))


def _directives(text: str) -> Iterator[Line]:
    if text.count("\n") > MOST_LINES:
        raise Unparsable(f"more than {MOST_LINES} lines")
    if "\0" in text:
        raise Unparsable("not text")
    block: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        code, comment = _apart(line)
        words = tuple(_words(code, number))
        if not words:
            continue
        if words == (")",):
            if block is None:
                raise Unparsable(f"a block closed but not opened, line {number}")
            block = None
        elif block is not None:
            yield Line(block, words, comment, number)
        elif words[1:] == ("(",):
            block = words[0]
        elif words[1:] != ("(", ")"):
            yield Line(words[0], words[1:], comment, number)
    if block is not None:
        raise Unparsable("a block that is not closed")


def _apart(line: str) -> tuple[str, str]:
    """The code and the comment; what is quoted cannot hold `//` in a file that Go writes."""
    at = line.find("//")
    while at > 0 and not line[at - 1].isspace():  # an address in the middle of a word
        at = line.find("//", at + 2)
    return (line, "") if at < 0 else (line[:at], line[at + 2 :].strip())


def _words(code: str, number: int) -> Iterator[str]:
    for found in _WORD.finditer(code):
        if found[4]:
            raise Unparsable(f"a string that is not closed, line {number}")
        yield found[found.lastindex or 0]
