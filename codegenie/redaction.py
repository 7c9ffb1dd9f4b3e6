"""Secrets never leave: what has the shape of one becomes a typed marker, and nothing else is touched."""

import re
from functools import partial
from typing import Any, NamedTuple

from codegenie.shapes import SETTINGS, SHAPES, Shape, compiled, is_setting
from codegenie.text import is_representable, representable


def publishable(value: Any) -> Any:
    """JSON values as they leave the tool: without secrets, and in valid Unicode.  Applied once, where they leave."""
    texts = _texts(value)
    clean = _redacted(value, texts)
    return value if clean is value and is_representable(texts.whole) else representable(clean)


def redacted(value: Any) -> Any:
    """JSON values with each secret, in names as in texts, replaced by a marker like `<redacted:github-token>`.

    A value without secrets is given back itself.
    """
    return _redacted(value, _texts(value))


class _Texts(NamedTuple):
    """All texts of a value, a line each: a shape that does not occur here is not looked for in one after another."""

    whole: str
    lowered: str


def _redacted(value: Any, texts: _Texts) -> Any:
    shapes = [shape for shape in SHAPES if _occurs(shape, texts)]
    named = any(f"{word}\n" in texts.whole for word in SETTINGS)
    return _without(value, shapes, named=named) if shapes or named else value


def _texts(value: Any) -> _Texts:
    found: dict[str, Any] = {}  # each once: the rows of a list have the same names, and many of the same values
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found[one] = None
        elif isinstance(one, dict):
            found.update(one)
            waiting += one.values()
        elif isinstance(one, (list, tuple)):
            waiting += one
    whole = "\n".join([*found, ""])
    return _Texts(whole, whole.lower())


def _occurs(shape: Shape, texts: _Texts) -> bool:
    return any(hint in texts.lowered for hint in shape.hints) and compiled(shape).search(texts.whole) is not None


def _without(value: Any, shapes: list[Shape], *, named: bool) -> Any:
    match value:
        case str():
            return _cleaned(value, shapes)
        case list() | tuple():
            return [_without(item, shapes, named=named) for item in value]
        case dict():
            cleaned: dict[str, Any] = {}
            for name, item in value.items():
                secret = named and isinstance(item, str) and _is_secret(name, item, value)
                kept = "<redacted:secret>" if secret else _without(item, shapes, named=named)
                cleaned[_unused(_cleaned(name, shapes), cleaned)] = kept
            return cleaned
        case _:
            return value


def _cleaned(text: str, shapes: list[Shape]) -> str:
    for shape in shapes:
        text = compiled(shape).sub(partial(_marked, shape.kind), text)
    return text


def _marked(kind: str, found: re.Match[str]) -> str:
    start, end = found.span(found.lastindex or 0)
    before, after = found.string[found.start() : start], found.string[end : found.end()]
    return f"{before}<redacted:{kind}>{after}"


def _unused(name: str, taken: dict[str, Any]) -> str:
    """The name, numbered where another one became the same."""
    number, numbered = 2, name
    while numbered in taken:
        numbered, number = f"{name} ({number})", number + 1
    return numbered


def _is_secret(name: str, item: str, pairs: dict[str, Any]) -> bool:
    """True of `{"DB_PASSWORD": "s3cr3t..."}` and of `{"name": "DB_PASSWORD", "value": "s3cr3t..."}`."""
    setting = pairs.get("name") if name in ("value", "default") else name
    return isinstance(setting, str) and is_setting(setting, item)
