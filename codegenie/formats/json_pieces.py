"""Large values as JSON in pieces: in one, the text of the whole would stand beside its bytes."""

from collections.abc import Iterator
from json import JSONEncoder
from typing import Any

_AT_A_TIME = 4096


def pieces(value: Any, encoder: JSONEncoder) -> Iterator[bytes]:
    """What `encoder` makes of a value, the lists in an object some thousand items at a time; it sorts keys."""
    if not isinstance(value, dict) or not value:
        yield encoder.encode(value).encode()
        return
    before = "{"
    for name, item in sorted(value.items()):
        yield f"{before}{encoder.encode(name)}{encoder.key_separator}".encode()
        yield from _items(item, encoder) if isinstance(item, list) else [encoder.encode(item).encode()]
        before = encoder.item_separator
    yield b"}"


def _items(items: list[Any], encoder: JSONEncoder) -> Iterator[bytes]:
    before = "["
    for start in range(0, len(items), _AT_A_TIME):
        yield f"{before}{encoder.encode(items[start : start + _AT_A_TIME])[1:-1]}".encode()
        before = encoder.item_separator
    yield b"]" if items else b"[]"
