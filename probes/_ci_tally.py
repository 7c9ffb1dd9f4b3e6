"""Facts that many jobs share, each once with how often and where."""

from collections.abc import Hashable, Iterator
from typing import Any

PLACES = 5
"""Places that are listed of a fact; `count` says how many there are."""


class Tally:
    """Counts places by key; what two pipelines take from the same place is one."""

    def __init__(self) -> None:
        self._places: dict[Hashable, set[tuple[str, int]]] = {}
        self._facts: dict[Hashable, dict[str, Any]] = {}

    def add(self, key: Hashable, path: str, line: int, **facts: Any) -> None:
        """One more of these, with what is to be said of it."""
        self._facts.setdefault(key, facts)
        self._places.setdefault(key, set()).add((path, line))

    def __len__(self) -> int:
        return len(self._facts)

    @property
    def total(self) -> int:
        """How many were added."""
        return sum(len(places) for places in self._places.values())

    def listed(self, most: int | None = None) -> list[dict[str, Any]]:
        """Sorted by key; where there are more than `most`, those that occur most often."""
        return list(self._listed(most))

    def _listed(self, most: int | None) -> Iterator[dict[str, Any]]:
        keys = sorted(self._facts, key=repr)
        if most is not None and len(keys) > most:
            keys = sorted(sorted(keys, key=lambda key: -len(self._places[key]))[:most], key=repr)
        for key in keys:
            places = self._places[key]
            first = sorted(places)[:PLACES]
            yield self._facts[key] | {
                "count": len(places),
                "places": [{"path": path, "line": line or None} for path, line in first],
            }
