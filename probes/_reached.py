"""Which files of the repository the COPYs of an image take in, into its own stages or those that it takes from."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from codegenie.formats.patterns import lazily

from ._context_files import contexts_of
from ._final_images import FinalImage
from ._paths import holds_files, under

Facts = dict[str, Any]

_MOST = 100
_MOST_SOURCES = 2000  # of COPYs
_MOST_BESIDE = 20  # files that are looked at beside a Dockerfile
_OF_DOCKER = lazily(r"\.?(?:docker|container)(?:file|ignore)|.*\.(?:docker|container)(?:file|ignore)", re.IGNORECASE)


class Reached:
    """The COPYs that take files of the repository into stages of an image, or into those that it takes files from."""

    def __init__(self, image: FinalImage, paths: Sequence[str]) -> None:
        copies = [
            (stage, copy["line"], source["written"].lstrip("/") or ".")
            for stage in (*image.layers, *image.sources)
            for copy in stage["copies"]
            for source in copy["sources"]
            if source["kind"] == "context" and "$" not in source["written"]
        ][:_MOST_SOURCES]
        self._context = max(contexts_of(image.file), key=lambda context: _there(context, copies, paths))
        self._copies = [(stage, line, under(self._context, source)) for stage, line, source in copies]
        self._known: dict[str, list[Facts]] = {}

    def by(self, files: Iterable[str]) -> list[Facts]:
        """Those that take one of the files, by stage and line, each once."""
        found = {(each["stage"], each["line"]): each for path in files for each in self._of(path)}
        return [found[place] for place in sorted(found)][:_MOST]

    def _of(self, path: str) -> list[Facts]:
        if path not in self._known:
            self._known[path] = [
                {"stage": stage["index"], "stage_name": stage["name"], "line": line}
                for stage, line, place in self._copies
                if place is not None and _takes(place, path)
            ]
        return self._known[path]


def _there(context: str, copies: Iterable[tuple[Facts, int, str]], paths: Sequence[str]) -> int:
    """How much of what is copied is in a directory; where no build names it, the one that has most of it is likely."""
    places = [under(context, source) for _, _, source in copies]
    return sum(
        _has_more(context, paths) if place == context else place is not None and _is_there(place, paths)
        for place in places
    )


def _is_there(place: str, paths: Sequence[str]) -> bool:
    at = bisect_left(paths, place)
    return (at < len(paths) and paths[at] == place) or holds_files(place, paths)


def _has_more(context: str, paths: Sequence[str]) -> bool:
    """Whether there is more to copy in a directory than Dockerfiles: else it is not what is built with."""
    start = bisect_left(paths, f"{context}/") if context else 0
    own = [path for path in paths[start : start + _MOST_BESIDE] if not context or path.startswith(f"{context}/")]
    return any(not _OF_DOCKER.match(path.rpartition("/")[2]) for path in own)


def _takes(place: str, path: str) -> bool:
    if place in ("", path) or path.startswith(f"{place}/"):
        return True
    return "*" in place and place.count("/") == path.count("/") and fnmatchcase(path, place)
