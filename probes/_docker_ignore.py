"""The patterns of Docker: which files of a build context .dockerignore leaves out, which ones a COPY means."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from . import _segments
from ._paths import ancestors

_LONGEST = 1000  # characters of a pattern with wildcards


class Ignored:
    """The patterns of an ignore file, or of `COPY --exclude`: the last that fits decides, and `!` takes back in.

    The rules are those of moby/patternmatcher (Apache-2.0): a pattern fits a path, and all that lies below it.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [(_plain(pattern.lstrip("!")), pattern.startswith("!")) for pattern in patterns]

    def leaves_out(self, path: str) -> bool:
        """Whether a path, from the context, is left out."""
        names = [path, *(each for each in ancestors(path) if each)]
        for pattern, takes_back in reversed(self._patterns):
            if pattern and _fits(pattern, names):
                return not takes_back
        return False


def fits(pattern: str, path: str) -> bool:
    """Whether the pattern means the path."""
    return _segments.fits(pattern, path, _is_meant, hidden=True)


def is_glob(text: str) -> bool:
    """Whether it has wildcards."""
    return any(sign in text for sign in "*?[")


def _is_meant(sign: str, name: str) -> bool:
    return sign == name or fnmatchcase(name, sign.replace("[^", "[!"))


def _plain(pattern: str) -> str:
    return "/".join(part for part in pattern.strip().split("/") if part not in ("", "."))


def _fits(pattern: str, names: Iterable[str]) -> bool:
    if not is_glob(pattern):
        return pattern in names
    return len(pattern) <= _LONGEST and any(fits(pattern, name) for name in names)
