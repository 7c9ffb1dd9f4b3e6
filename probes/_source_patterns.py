"""What source is searched for: the catalogue `source_patterns`, made ready for each language."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.source_text import without_strings

_AROUND = 1600  # bytes before and behind a literal that are searched; the catalogue's expressions match fewer than half

View = Literal["anywhere", "code", "text"]
Finding = tuple[str, int] | tuple[str, int, str]
"""The pattern, the line, and the name that the text gives (of a signal, of a variable) where it gives one."""


class Pattern(NamedTuple):
    """One entry of the catalogue.

    `text` sees code and strings and must begin in code, `code` sees no text of strings, `anywhere` may be in a string.
    """

    id: str
    topic: str
    literals: tuple[bytes, ...]
    beside: tuple[bytes, ...]
    view: View
    find: re.Pattern[bytes]


class Patterns(NamedTuple):
    """The patterns of one language.  A text without any of `literals`, the shortest of theirs, has nothing of them."""

    literals: tuple[bytes, ...]
    patterns: tuple[Pattern, ...]

    def findings(self, code: bytes, family: str, *, in_strings: bool = False) -> list[Finding]:
        """What is found in code, already without comments, by line; where `in_strings`, strings are code as well."""
        present = tuple(filter(code.__contains__, self.literals))
        if not present:
            return []
        bare = code if in_strings else None
        found = set()
        for pattern in self.patterns:
            literals = [literal for literal in pattern.literals if _any(present, literal)]
            if not (windows := _windows(literals, code)) or (pattern.beside and not _any(pattern.beside, code)):
                continue
            if bare is None and pattern.view == "code":
                bare = without_strings(code, family)
            line, counted = 1, 0
            for start, end in windows:
                for match in pattern.find.finditer(bare if bare and pattern.view == "code" else code, start, end):
                    at = match.start()
                    line, counted = line + code.count(b"\n", counted, at), at
                    if pattern.view == "text":
                        bare = without_strings(code, family) if bare is None else bare
                        if bare[at] != code[at]:
                            continue  # begins in a string
                    name = match.groupdict().get("name")
                    found.add((pattern.id, line, name.decode("ascii", "replace")) if name else (pattern.id, line))
        return sorted(found, key=lambda one: (one[1], one))


def _windows(literals: Iterable[bytes], code: bytes) -> list[tuple[int, int]]:
    """Where a pattern can match: around its literals, without overlap."""
    places = []
    for literal in literals:
        at = code.find(literal)
        while at >= 0:
            places.append((max(0, at - _AROUND), at + _AROUND))
            at = code.find(literal, at + _AROUND // 2)
    windows: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        else:
            windows.append((start, end))
    return windows


def by_dialect(catalogue: Mapping[str, Any]) -> dict[str, Patterns]:
    """The patterns of each language that any of them speaks of."""
    sorted_out: dict[str, list[Pattern]] = {}
    for entry in catalogue["patterns"]:
        pattern = Pattern(
            entry["id"],
            entry["topic"],
            _bytes(entry["literals"]),
            _bytes(entry.get("beside", ())),
            entry["view"],
            lazily(entry["pattern"].encode()),
        )
        for dialect in entry["languages"]:
            sorted_out.setdefault(dialect, []).append(pattern)
    return {dialect: _together(patterns) for dialect, patterns in sorted_out.items()}


def of_topics(patterns: Iterable[Patterns], topics: Iterable[str]) -> Patterns:
    """The patterns of several languages that bear on the topics, each once."""
    wanted = frozenset(topics)
    return _together({one.id: one for each in patterns for one in each.patterns if one.topic in wanted}.values())


def _together(patterns: Collection[Pattern]) -> Patterns:
    literals = {literal for pattern in patterns for literal in pattern.literals}
    shortest = {one for one in literals if not any(other != one and other in one for other in literals)}
    return Patterns(tuple(sorted(shortest)), tuple(patterns))


def _bytes(texts: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _any(wanted: tuple[bytes, ...], text: bytes) -> bool:
    return any(one in text for one in wanted)
