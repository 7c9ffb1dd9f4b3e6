"""What is known of an image by its name: its operating system, and whether it is distroless."""

import re
from collections.abc import Mapping
from typing import Any

from codegenie.formats.patterns import lazily

Facts = dict[str, Any]


class Families:
    """The rows of the catalogue; the first that fits an image says what is known of it."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self._rows = [
            (lazily(row["repository"]), lazily(row["tag"]) if row["tag"] else None, row)
            for row in catalogue["families"]
        ]

    def of(self, base: Mapping[str, Any]) -> Facts | None:
        """What the name of a base image tells; an image that has no tag is `latest`, unless its digest says which."""
        if not base["repository"]:
            return None
        name = f"{base['registry']}/{base['repository']}"
        tag = base["tag"] or ("" if base["digest"] else "latest")
        return next(
            (self._fact(row) for repository, tags, row in self._rows if _fits(repository, tags, name, tag)), None
        )

    @staticmethod
    def _fact(row: Mapping[str, Any]) -> Facts:
        return {"os": row["os"], "distroless": row["distroless"], "source": row["source"]}


def _fits(repository: re.Pattern[str], tags: re.Pattern[str] | None, name: str, tag: str) -> bool:
    return repository.fullmatch(name) is not None and (tags is None or tags.fullmatch(tag) is not None)
