"""Build files of ecosystems that the probe does not read yet: named, so that nobody takes silence for absence."""

from collections.abc import Iterable
from typing import Any

from codegenie.formats.patterns import lazily

from ._apart import kind_apart, kind_apart_unlocked
from ._paths import parent

_LISTED = 10  # paths of each ecosystem; the count says how many there are

_FILES = {
    "ant": r"build\.xml",
    "autotools": r"configure\.(?:ac|in)",
    "clojure": r"project\.clj|deps\.edn",
    "crystal": r"shard\.yml",
    "elm": r"elm\.json",
    "erlang": r"rebar\.config",
    "haskell": r"stack\.yaml|cabal\.project|[\w.-]+\.cabal",
    "julia": r"JuliaProject\.toml",
    "ocaml": r"dune-project",
    "perl": r"cpanfile|Makefile\.PL|Build\.PL",
    "sbt": r"build\.sbt",
    "scons": r"SConstruct",
    "zig": r"build\.zig",
}
_ANY = lazily("|".join(f"(?P<{name}>{files})" for name, files in _FILES.items()))


def unread_builds(paths: Iterable[str]) -> list[dict[str, Any]]:
    """The build files among the paths by ecosystem, without fixtures, templates and vendored code."""
    found: dict[str, list[str]] = {}
    for path in paths:
        if (known := _ANY.fullmatch(path.rpartition("/")[2])) and known.lastgroup and not _is_apart(path):
            found.setdefault(known.lastgroup, []).append(path)
    return [
        {"ecosystem": name, "count": len(files), "paths": sorted(files, key=_nearest_first)[:_LISTED]}
        for name, files in sorted(found.items())
    ]


def _nearest_first(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _is_apart(path: str) -> bool:
    directory = parent(path)
    return bool(kind_apart(directory) or kind_apart_unlocked(directory)) or "node_modules" in directory.split("/")
