"""How many test cases there are in a file.

They are counted by lines, in a text that is given a line break before the first: `re` goes from one line break to the
next in one step, where it tries `^` at every character, which takes ten times as long.
"""

from typing import NamedTuple


class Cases(NamedTuple):
    """How many there are; how many of them take parameters, how many are skipped; the framework that is imported."""

    number: int
    parameterised: int = 0
    skipped: int = 0
    framework: str | None = None
