"""Merge conflicts that were committed: worth a word of their own, since no parser would say so."""

import re

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

_MARK = lazily(r"^(?:<{7}|>{7}) ", re.MULTILINE)


def check_conflict(text: str) -> None:
    """Raise Unparsable where git has left the marks of a merge conflict."""
    if found := _MARK.search(text):
        raise Unparsable(f"a merge conflict, line {1 + text.count(chr(10), 0, found.start())}")
