""".mvn/maven.config and .mvn/jvm.config: arguments that every call of Maven is given."""

from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_ARGUMENTS = 1_000
_WORD = lazily(r'(?:[^\s"]|"[^"\n]*+")++')


class Argument(NamedTuple):
    """One argument: `-Drevision=1.0` is named -Drevision and has the value 1.0; others have no value."""

    name: str
    value: str
    line: int


def parse(content: bytes) -> tuple[Argument, ...]:
    """The arguments in order, comments left out.  Raises Unparsable."""
    found = []
    for number, line in enumerate(text_of(content).split("\n"), 1):
        if line.lstrip().startswith("#"):
            continue
        for word in _WORD.findall(line):
            name, _, value = word.replace('"', "").partition("=")
            found.append(Argument(name, value, number))
        if len(found) > MOST_ARGUMENTS:
            raise Unparsable(f"more than {MOST_ARGUMENTS} arguments")
    return tuple(found)
