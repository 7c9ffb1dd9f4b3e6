"""Regular expressions that are compiled when first used.

A module holds all the patterns that it may need, and most repositories need half of them; to compile those of all
modules would take a worker longer than to import them.
"""

import re
from typing import Any, AnyStr, Generic, cast

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split")


def lazily(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, as far as its methods go and its `pattern`; `re` itself does not take it for one.

    An error in the pattern is raised when it is first used; a test uses each of them.
    """
    return cast("re.Pattern[AnyStr]", Lazy(pattern, flags))


class Lazy(Generic[AnyStr]):
    """A pattern that is compiled when a method of it is asked for."""

    def __init__(self, pattern: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = pattern
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        """A method, the first time: Python asks only for what is not there, and then all of them are."""
        compiled = re.compile(self.pattern, self.flags)
        self.__dict__.update((each, getattr(compiled, each)) for each in _METHODS)
        return getattr(compiled, name)
