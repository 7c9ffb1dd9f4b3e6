"""What `apt-mark auto` leaves to be removed as needed by nothing, as the Dockerfiles of official images use it."""

from collections.abc import Iterator, Sequence
from typing import Any

from codegenie.formats.shell_words import Word

Facts = dict[str, Any]

_ALL = frozenset({".*", "*", "^.*", "^.*$"})


class AptMarks:
    """The packages that one script installed, and those of them that count as automatic at each moment.

    `apt-mark auto '.*'` marks all; what `apt-mark manual` names by a variable is what was there before, as
    `apt-mark showmanual` said, or what libraries are looked up to be in, and none that the script installed.
    """

    def __init__(self) -> None:
        self._installed: dict[str, None] = {}
        self._automatic: dict[str, None] = {}

    def mark(self, words: Sequence[Word]) -> None:
        """Take the words of a command, if it is `apt-mark auto` or `apt-mark manual`."""
        texts = [word.value for word in words]
        if texts[:1] != ["apt-mark"] or len(texts) < 2:
            return
        named = self._installed if _ALL & set(texts[2:]) else dict.fromkeys(text for text in texts[2:] if text)
        if texts[1] == "auto":
            self._automatic |= named
        elif texts[1] == "manual":
            self._automatic = {name: None for name in self._automatic if name not in named}

    def removed(self, fact: Facts) -> Iterator[Facts]:
        """What goes besides, where the fact is that apt removes what nothing needs: each by its name."""
        if fact["manager"] != "apt":
            return
        if fact["action"] == "install" and fact["name"]:
            self._installed[fact["name"]] = None
            self._automatic.pop(fact["name"], None)
        elif fact["kind"] == "unneeded":
            for name in self._automatic:
                yield fact | {"kind": "package", "name": name}
            self._automatic = {}
