"""What source is searched for: the catalogue `source_patterns`, made ready for each language."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from codegenie.formats.source_text import without_strings

View = Literal["anywhere", "code", "text"]
Finding = tuple[str, int] | tuple[str, int, str]
"""The pattern, the line, and the name that the text gives (of a signal, of a variable) where it gives one."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One entry of the catalogue.

    `text` sees code and strings and must begin in code, `code` sees no text of strings, `anywhere` may be in a string.
    """

    id: str
    topic: str
    literals: tuple[bytes, ...]
    beside: tuple[bytes, ...]
    view: View
    find: re.Pattern[bytes]


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of one language; `literals` are all of theirs, one of which is in a text where any of them holds."""

    literals: tuple[bytes, ...]
    patterns: tuple[Pattern, ...]

    def findings(self, code: bytes, family: str, *, in_strings: bool = False) -> list[Finding]:
        """What is found in code, already without comments, by line; where `in_strings`, strings are code as well."""
        present = {literal for literal in self.literals if literal in code}
        if not present:
            return []
        bare = code if in_strings else without_strings(code, family)
        found = set()
        for pattern in self.patterns:
            if present.isdisjoint(pattern.literals) or not _any(pattern.beside, code):
                continue
            line, counted = 1, 0
            for match in pattern.find.finditer(bare if pattern.view == "code" else code):
                at = match.start()
                line, counted = line + code.count(b"\n", counted, at), at
                if pattern.view == "text" and bare[at] != code[at]:
                    continue  # begins in a string
                name = match.groupdict().get("name")
                found.add((pattern.id, line, name.decode("ascii", "replace")) if name else (pattern.id, line))
        return sorted(found, key=lambda one: (one[1], one))


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
            re.compile(entry["pattern"].encode()),
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
    return Patterns(tuple(sorted(literals)), tuple(patterns))


def _bytes(texts: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _any(wanted: tuple[bytes, ...], code: bytes) -> bool:
    return not wanted or any(one in code for one in wanted)
