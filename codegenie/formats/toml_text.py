"""TOML as plain values; dates and times, inf and nan are text."""

import math
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import check_depth, text_of
from codegenie.formats.unparsable import Unparsable

LONGEST_KEY = 32
"""Parts of a dotted key: `tomllib` needs time in proportion to their square, 60 s for 100,000."""

FREE_VALUES = 100_000
BYTES_PER_VALUE = 8
"""A short file may have so many values, a long one a value for so many bytes; lockfiles have one for 40."""

MOST_BYTES = 10 << 20  # lockfiles of large workspaces reach 3 MiB

_PART = r"""(?:[\w-]++|'[^'\n]{0,80}+'|"(?:[^"\\\n]|\\.){0,80}+")"""
_LONG_KEY = lazily(rf"(?<![\w-])(?:{_PART}[ \t]*+\.[ \t]*+){{{LONGEST_KEY}}}", re.ASCII)


@parsed_once(64)
def load(content: bytes) -> Mapping[str, Any]:
    """The value of a TOML file.  Raises Unparsable."""
    import tomllib  # late: 10 ms that a run without TOML files need not pay

    if len(content) > MOST_BYTES:
        raise Unparsable(f"over {MOST_BYTES} bytes")
    most = max(FREE_VALUES, len(content) // BYTES_PER_VALUE)
    if content.count(b",") + content.count(b"=") > most:
        raise Unparsable(f"more than {most} values")
    text = text_of(content)
    if _LONG_KEY.search(text):
        raise Unparsable(f"a key of more than {LONGEST_KEY} parts")
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unparsable(f"not TOML{_where(str(error))}") from None
    except RecursionError:
        raise Unparsable("nested too deep") from None
    except ValueError:
        raise Unparsable("a number or a date out of range") from None
    check_depth(value)
    return {key: _plain(item) for key, item in value.items()}


def _where(message: str) -> str:
    found = re.search(r"\(at line (\d+)", message)
    return f": line {found[1]}" if found else ""


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case date() | time():
            return value.isoformat()
        case float() if not math.isfinite(value):
            return str(value)
        case _:
            return value
