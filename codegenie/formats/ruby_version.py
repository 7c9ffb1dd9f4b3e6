"""A file that holds a gem's version: `VERSION = "1.2.3"` in Ruby, or nothing but the version itself."""

import re
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of

_ALONE = lazily(r"\s*([0-9]{1,9}(?:\.[0-9A-Za-z]{1,30}){1,9})\s*")
_CONSTANT = lazily(r"""^[ \t]*VERSION[ \t]*=[ \t]*(?:"([^"#\n]{1,100})"|'([^'\n]{1,100})')""", re.MULTILINE)


class RubyVersion(NamedTuple):
    """The version, None where there is none or there are several."""

    version: str | None


def parse(content: bytes) -> RubyVersion:
    """Read the file; any text is one."""
    text = text_of(content[:100_000])
    if alone := _ALONE.fullmatch(text):
        return RubyVersion(alone[1])
    found = _CONSTANT.findall(text)
    return RubyVersion("".join(found[0]) if len(found) == 1 else None)
