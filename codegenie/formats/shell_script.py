"""A shell script as the list of its commands, and whether it is one: what runs may also depend on its arguments."""

import re
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.shell_lines import Command, commands

# A function, a `case`, `getopts`, or a command that is an argument: `lint() {`, `case "$1" in`, `"$@"`.
_CHOOSES = lazily(
    r"""[ \t]*+(?: function[ \t] | [\w:.-]++[ \t]*+\([ \t]*+\) | case[ \t] | (?:while[ \t]++)?getopts[ \t]
        | (?:exec[ \t]++)?"?\$\{?[1@*]\}?(?:["\s]|\Z) )""",
    re.VERBOSE | re.ASCII,
)


class ShellScript(NamedTuple):
    """Its commands in order; `chooses` where which of them run is told by arguments, or is not to be seen in order."""

    commands: tuple[Command, ...]
    chooses: bool


def parse(content: bytes) -> ShellScript:
    """Read the file.  Raises Unparsable."""
    text = text_of(content)
    return ShellScript(commands(text), any(_CHOOSES.match(line) for line in text.split("\n")))
