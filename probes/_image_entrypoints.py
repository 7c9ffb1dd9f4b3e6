"""What well-known images are started by, as a catalogue says, where the repository leaves it to them."""

from collections.abc import Mapping
from typing import Any, Literal

from codegenie.formats.patterns import lazily

from ._arguments import known
from ._entries import Entry, Words

Effect = Literal["none", "runs_arguments", "takes_arguments"] | None


class KnownImages:
    """The rows of the catalogue."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self._rows = [
            (lazily(row["repository"]), lazily(row["tag"]) if row["tag"] else None, row) for row in catalogue["images"]
        ]

    def filled(self, entry: Entry) -> tuple[Entry, Effect]:
        """The entry with its image's ENTRYPOINT, and what that does with the CMD; as it is where that is not known."""
        if entry.entrypoint is not None or entry.base is None:
            return entry, None
        repository, tag = entry.base
        for pattern, tags, row in self._rows:
            if pattern.fullmatch(repository) and (tags is None or tags.fullmatch(tag)):
                words = Words("image", None, None, known(row["entrypoint"]))
                return entry._replace(entrypoint=words), row["effect"]
        return entry, None
