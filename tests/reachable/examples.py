"""Texts that a regular expression is meant for: what its alternatives spell, the shortest repetitions first.

What it asks of its surroundings (`\\b`, what must not follow) is not looked at: whoever takes an example asks it.
"""

import importlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

_parser: Any = importlib.import_module("re._parser")
Part = tuple[Any, Any]

_SOME = "aZ1 \t_-.,:;=+*/\\|&!?#@$%^~'\"`()[]{}<>\n"
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def examples(pattern: str) -> Iterator[str]:
    """Texts for an expression, of which there may be very many."""
    return _texts(_parser.parse(pattern), {})


def _texts(parts: Sequence[Part], groups: dict[int, str]) -> Iterator[str]:
    if not len(parts):
        yield ""
        return
    for first in _of_part(parts[0], groups):
        for rest in _texts(parts[1:], groups):
            yield first + rest


def _of_part(part: Part, groups: dict[int, str]) -> Iterator[str]:
    kind, value = str(part[0]), part[1]
    match kind:
        case "LITERAL":
            yield chr(value)
        case "NOT_LITERAL":
            yield from (character for character in _SOME if character != chr(value))
        case "ANY":
            yield from _SOME
        case "IN":
            yield from _members(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            for times in range(least, min(most, least + 1) + 1):
                yield from (text * times for text in (_texts(inner, groups) if times else ("",)))
        case "SUBPATTERN":
            for text in _texts(value[3], groups):
                groups[value[0]] = text
                yield text
        case "ATOMIC_GROUP":
            yield from _texts(value, groups)
        case "BRANCH":
            for branch in value[1]:
                yield from _texts(branch, groups)
        case "GROUPREF":
            yield groups[value]
        case "ASSERT":  # what is looked back at is there already
            yield from _texts(value[1], groups) if value[0] > 0 else ("",)
        case "AT" | "ASSERT_NOT":
            yield ""
        case _:
            raise NotImplementedError(kind)


def _members(members: Sequence[Part]) -> Iterator[str]:
    if str(members[0][0]) == "NEGATE":
        yield from (one for one in _SOME if not any(_is_in(one, member) for member in members[1:]))
        return
    for member in members:
        kind, value = str(member[0]), member[1]
        if kind == "CATEGORY":
            yield from (one for one in _SOME if _is_in(one, member))
        else:
            yield chr(value[0] if kind == "RANGE" else value)


def _is_in(character: str, member: Part) -> bool:
    kind, value = str(member[0]), member[1]
    if kind == "CATEGORY":
        return re.match(_CATEGORIES[str(value)], character) is not None
    first, last = value if kind == "RANGE" else (value, value)
    return bool(first <= ord(character) <= last)
