"""Native code that an image ships: packages whose lockfile a build stage copies, and the libraries that they load."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from ._beside import Beside
from ._context_files import contexts_of
from ._final_images import FinalImage
from ._paths import holds_files, under

Facts = dict[str, Any]

_MOST = 100
_SYSTEM = frozenset({"apk", "apt", "dnf", "microdnf", "tdnf", "yum", "zypper", "pacman"})
_SUITES = frozenset({"debian", "ubuntu"})  # whose names of packages the catalogue has


def shipped_native(image: FinalImage, native: Mapping[str, Any], beside: Beside, paths: Sequence[str]) -> Facts:
    """The native packages whose lockfile reaches a stage that the image is made of, or takes files from.

    That they are installed there, and that what is copied holds them, is likely and not known.
    """
    context = _context(image, paths)
    found = [
        {**_package(each), "reaches": reached}
        for each in native["packages"]["listed"]
        if each["development"] is not True and (reached := _reached(image, context, each["lockfiles"]))
    ]
    own = [
        {key: row[key] for key in ("kind", "detail", "path", "line", "library")} | {"reaches": reached}
        for row in native["own"]["listed"]
        if (reached := _reached(image, context, [row["path"]]))
    ]
    return {
        "count": len(found),
        "packages": found[:_MOST],
        "own": own[:_MOST],
        "libraries": list(_libraries(image, found, own, native["libraries"], beside)),
    }


def _package(each: Mapping[str, Any]) -> Facts:
    """A package; where it was read from is the first place that says so."""
    known = next((one for one in each["known_by"] if one["path"]), None)
    return {
        "name": each["name"],
        "version": each["version"],
        "ecosystem": each["ecosystem"],
        "mechanisms": each["mechanisms"],
        "prebuilt": each["prebuilt"],
        "glibc_at_least": each["glibc_at_least"],
        "libraries": sorted({need["library"] for need in each["libraries"] if need["when"] == "run"}),
        "path": known["path"] if known else None,
        "line": known["line"] if known else None,
    }


def _context(image: FinalImage, paths: Sequence[str]) -> str:
    """The directory that it is built with; where none is described, the one that has most of what is copied."""
    copied = [
        source["written"].lstrip("/") or "."
        for stage in (*image.layers, *image.sources)
        for copy in stage["copies"]
        for source in copy["sources"]
        if source["kind"] == "context"
    ]

    def has(context: str) -> int:
        places = [under(context, source) for source in copied]
        return sum(place is not None and _is_there(place, paths) for place in places)

    return max(contexts_of(image.file), key=has)


def _is_there(place: str, paths: Sequence[str]) -> bool:
    at = bisect_left(paths, place)
    return (at < len(paths) and paths[at] == place) or holds_files(place, paths)


def _reached(image: FinalImage, context: str, files: Iterable[str]) -> list[Facts]:
    """The COPYs that take one of the files into a stage of the image, or into one that it takes files from."""
    found: list[Facts] = []
    for stage in (*image.layers, *image.sources):
        found += [
            {"stage": stage["index"], "stage_name": stage["name"], "line": copy["line"]}
            for copy in stage["copies"]
            if copy["from"] is None and any(_takes(copy, context, path) for path in files)
        ]
    return found


def _takes(copy: Mapping[str, Any], context: str, path: str) -> bool:
    for source in copy["sources"]:
        if source["kind"] != "context" or "$" in source["written"]:
            continue
        place = under(context, source["written"].lstrip("/") or ".")
        if place is None:
            continue
        if place in ("", path) or path.startswith(f"{place}/"):
            return place != "" or not context or path.startswith(f"{context}/")
        if "*" in place and place.count("/") == path.count("/") and fnmatchcase(path, place):
            return True
    return False


def _libraries(
    image: FinalImage,
    packages: Iterable[Facts],
    own: Iterable[Facts],
    table: Iterable[Mapping[str, Any]],
    beside: Beside,
) -> Iterator[Facts]:
    """The libraries that these load when they run, and what of the image's packages brings them."""
    users: dict[str, set[str]] = {}
    for package in packages:
        for library in package["libraries"]:
            users.setdefault(library, set()).add(package["name"])
    for sign in own:
        if sign["library"]:
            users.setdefault(sign["library"], set()).add(sign["path"])
    known = {row["library"]: row for row in table}
    installed = list(_installed(image.layers))
    for name, by in sorted(users.items()):
        row = known.get(name)
        names = {plain(each) for each in (name, *row["run_packages"], *row["build_packages"])} if row else {name}
        brought = next((each for each in installed if plain(each["name"]) in names), None)
        yield {
            "library": name,
            "needed_by": sorted(by)[:_MOST],
            "sonames": row["sonames"] if row else [],
            "debian_packages": row["run_packages"] if row else [],
            "installed": {key: brought[key] for key in ("manager", "name", "line")} if brought else None,
            **beside.split(partial(_holds, row)),
        }


def _installed(layers: Sequence[Facts]) -> Iterator[Facts]:
    for stage in layers:
        for each in stage["packages"]:
            if each["action"] == "install" and each["manager"] in _SYSTEM and each["name"]:
                yield each


def _holds(row: Mapping[str, Any] | None, counterpart: Mapping[str, Any]) -> bool | None:
    """Whether a counterpart has a library: by the names of Debian's packages, where all of its are known."""
    if row is None or counterpart["system"] not in _SUITES or not row["run_packages"]:
        return None
    names = {plain(name) for name in counterpart["packages"]}
    if all(plain(name) in names for name in row["run_packages"]):
        return True
    return False if counterpart["packages_known"] == "all" else None


def plain(name: str) -> str:
    """The name of a package without the mark of Debian's move to 64-bit times."""
    return name.removesuffix("t64")
