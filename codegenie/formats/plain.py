"""Plain values, which any JSON writer and any recursive reader can take: no lone surrogates, no great depth."""

from typing import Any

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

Key = tuple[str | int, ...]
"""The way to a value: the keys and list indexes from the top."""

DEEPEST = 200
"""Levels of nesting; nested v1 npm lockfiles reach 60, and Python recurses safely to several hundred."""

MOST_LINES = 2_000_000
"""As many as a MiB can hold, twice; lockfiles of 32 MiB have 860,000.  Each line costs 57 bytes once it is apart."""

_SURROGATE = lazily("[\ud800-\udfff]")


def text_of(content: bytes) -> str:
    """The text as Node.js reads it: UTF-8, a byte order mark dropped, each invalid byte as U+FFFD.

    Raises Unparsable for one of more than MOST_LINES lines.
    """
    if len(content) > MOST_LINES and content.count(b"\n") + content.count(b"\r") > MOST_LINES:
        raise Unparsable(f"more than {MOST_LINES} lines")
    return content.decode("utf-8", "replace").removeprefix("\ufeff")


def writable(value: Any) -> Any:
    """The value with U+FFFD for every lone surrogate, in keys too; it must have passed `check_depth`."""
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case dict():
            return {writable(key): writable(item) for key, item in value.items()}
        case list():
            return [writable(item) for item in value]
        case _:
            return value


def check_depth(value: Any) -> None:
    """Raise Unparsable for lists and dictionaries nested deeper than DEEPEST, without recursion."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [item for holder in level for item in _items(holder) if isinstance(item, dict | list)]
        if not level:
            return
    raise Unparsable(f"nested deeper than {DEEPEST} levels")


def _items(holder: Any) -> Any:
    match holder:
        case dict():
            return holder.values()
        case list():
            return holder
        case _:
            return ()
