"""The steps of a trail as the slice shows them, in the order in which they are found."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily

from ._arguments import Arguments
from ._dockerfile_facts import blanked, seems_secret
from ._image_files import Origin

Facts = dict[str, Any]

MOST_STEPS = 60
_MOST_WORDS = 40
_LONGEST = 200  # characters of a word
_SETS = lazily(r"(-{0,2})([A-Za-z_][\w.-]*)(?:=(\S+))?")


class Call(NamedTuple):
    """Words to be run, with the file and line where they stand, and how one came there."""

    args: Arguments
    path: str | None
    line: int | None
    directory: str
    after: int | None = None
    role: str = "main"
    condition: str | None = None
    holds: bool | None = None
    depth: int = 0
    within: tuple[str, ...] = ()
    by_package: bool = False
    """Whether a package manager looks for the program among what it has installed."""


class Steps:
    """What is found of one trail."""

    def __init__(self) -> None:
        self.all: list[Facts] = []
        self.traps: list[Facts] = []
        self.files: dict[tuple[str, int | None], None] = {}
        self.is_cut = False

    @property
    def is_full(self) -> bool:
        """Whether there is no room for more; then it is noted that there would be more."""
        full = max(len(self.all), len(self.traps)) >= MOST_STEPS
        self.is_cut = self.is_cut or full
        return full

    def end(self, call: Call, kind: str, reason: str, *, origin: Origin | None = None, file: str | None = None) -> None:
        """Add a step that the trail ends at."""
        self.add(call, kind, origin=origin, file=file, end=reason)

    def add(
        self,
        call: Call,
        kind: str,
        *,
        origin: Origin | None = None,
        file: str | None = None,
        end: str | None = None,
        words: Sequence[str] | None = None,
        at: int | None = None,
    ) -> int:
        """Add a step, and say which it is."""
        index = len(self.all)
        path = file or (origin.path if origin and origin.kind == "repository" else None)
        self.all.append(
            {
                "index": index,
                "after": call.after,
                "kind": kind,
                "role": call.role,
                "words": shown(words or [each.text for each in call.args]),
                "condition": call.condition,
                "holds": call.holds,
                "path": call.path,
                "line": call.line,
                "file": path,
                "file_line": at if file else None,
                "also": list(origin.others) if origin else [],
                "from": _origin_fact(origin) if origin else None,
                "end": end,
            }
        )
        if path:
            self.files[path, at] = None
        return index


def shown(words: Sequence[str]) -> list[str]:
    """Words without the values of secrets, the first of them and each as long as anybody reads."""
    found: list[str] = []
    is_secret = False
    for word in words[:_MOST_WORDS]:
        sets = _SETS.fullmatch(word)
        names_secret = sets is not None and seems_secret(sets[2].replace("-", "_"))
        if is_secret and not word.startswith(("-", "$", '"$')):
            found.append("…")
        elif sets and sets[3] and names_secret and not sets[3].startswith(("$", '"$')):
            found.append(f"{sets[1]}{sets[2]}=…")
        else:
            whole = blanked(word)
            found.append(whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + "…")
        is_secret = bool(sets and sets[1] and names_secret and sets[3] is None)
    return found


def _origin_fact(origin: Origin) -> Facts:
    return {
        "kind": origin.kind,
        "line": origin.line,
        "stage": origin.stage,
        "image": origin.image,
        "path": origin.path,
        "changed": [{"line": line, "command": command} for line, command in origin.changed],
        "runs": list(origin.runs),
    }
