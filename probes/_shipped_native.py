"""Native code that an image ships: packages whose lockfile a build stage copies, and the libraries that they load."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ._beside import Beside
from ._final_images import FinalImage
from ._kept_packages import kept
from ._reached import Reached

Facts = dict[str, Any]

_MOST = 100
_SYSTEM = frozenset({"apk", "apt", "dnf", "microdnf", "tdnf", "yum", "zypper", "pacman"})
_SUITES = frozenset({"debian", "ubuntu"})  # whose names of packages the catalogue has


def shipped_native(image: FinalImage, native: Mapping[str, Any], beside: Beside, reached: Reached) -> Facts:
    """The native packages whose lockfile reaches a stage that the image is made of, or takes files from.

    That they are installed there, and that what is copied holds them, is likely and not known.
    """
    found = [
        {**_package(each), "reaches": by}
        for each in native["packages"]["listed"]
        if each["development"] is not True and (by := reached.by(each["lockfiles"]))
    ]
    own = [
        {key: row[key] for key in ("kind", "detail", "path", "line", "library")} | {"reaches": by}
        for row in native["own"]["listed"]
        if (by := reached.by([row["path"]]))
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
    return (each for each in kept(layers) if each["manager"] in _SYSTEM and each["name"])


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
