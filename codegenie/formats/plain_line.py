"""A file of one line that counts, like .bazelversion; blank lines and comments around it do not."""

from typing import NamedTuple

from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

LONGEST = 200  # characters


class PlainLine(NamedTuple):
    """The first line that says something."""

    text: str
    line: int


def parse(content: bytes) -> PlainLine:
    """Read the file.  Raises Unparsable."""
    for number, line in enumerate(text_of(content[:100_000]).split("\n"), start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            if len(text) > LONGEST or not text.isprintable():
                raise Unparsable("no short line of text")
            return PlainLine(text, number)
    raise Unparsable("nothing but blanks and comments")
