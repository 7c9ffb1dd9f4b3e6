"""Where a licence file says that what follows is of others, and the licences that a short text only names."""

import re
from collections.abc import Callable, Iterator

MOST_PLACES = 5  # that are looked at: each costs a comparison with all licences
_NEAR = 200  # characters behind `under`

_OTHERS = re.compile(
    r"""(?imx)^[^\w\n]{0,20}(?:
      (?:[\w'-]++[ \t]++){0,6}(?:bundled|third[- ]?party|3rd[- ]?party|vendored|incorporated)[ \t]++
        (?:and[ \t]++\w++[ \t]++)?(?:dependenc\w*|licen[cs]es?|notices?|software|code|components?
          |librar\w*|packages?|materials?|works?|modules?)\b
    | (?:[\w'-]++[ \t]++){0,4}subcomponents?[ \t]*:
    | [^\n]{0,120}\b(?:is|are|was|were|been)[ \t]++(?:\w++[ \t]++){0,3}
        (?:taken|copied|derived|adapted|borrowed|ported|imported)[ \t]++from\b
    | [^\n]{0,80}\b(?:bundles?|incorporates?|includes?|contains?|redistributes?)[ \t]++(?:[\w'-]++[ \t]++){0,4}
        (?:code|software|sources?|libraries|files|parts|portions|materials?)\b
    )"""
)
_UNDER = re.compile(r"(?i)\bunder\b")
_LEADING = re.compile(r"(?i)(?:(?:either|both|one|any|the|of|following|terms|conditions)[ \t\n]+)+")
_ENDS = re.compile(r"\.(?:\s|\Z)|\n\s*\n|[;:]")
_JOINS = re.compile(r"(?i)[ \t\n]+(?:and/or|and|or)[ \t\n]+(?:the[ \t\n]+)?")
_TRAILING = re.compile(r"(?i)(?:[ \t\n,]+(?:at your option|as you wish|by choice|respectively))+\Z")


def places_of_others(text: str) -> Iterator[tuple[int, int]]:
    """Where lines begin that say that what follows is of others: the place in the text, and the line, from 1."""
    for number, found in enumerate(_OTHERS.finditer(text)):
        if number == MOST_PLACES:
            return
        yield found.start(), 1 + text.count("\n", 0, found.start())


def named_together(text: str, named: Callable[[str], str | None]) -> set[str]:
    """The ids of a choice that a sentence gives: `dual-licensed under the Unlicense and MIT licenses`.

    Every part must be the name of a licence: of `under the terms of Foo and the MIT license` nothing is taken.
    """
    found: set[str] = set()
    for under in _UNDER.finditer(text):
        said = text[under.end() : under.end() + _NEAR].strip()
        said = said[: end.start()] if (end := _ENDS.search(said)) else said
        said = _TRAILING.sub("", _LEADING.sub("", said, count=1) if _LEADING.match(said) else said)
        ids = [named(part.strip(" \t\n,()[]`*_")) for part in _JOINS.split(said)]
        if len(ids) > 1 and all(ids):
            found.update(filter(None, ids))
    return found
