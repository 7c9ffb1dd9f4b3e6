"""The distroless images beside a base image, and which of them have a thing."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Facts = dict[str, Any]

SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})
_MANAGERS = frozenset({"apk", "apt", "apt-get", "dnf", "dpkg", "microdnf", "rpm", "tdnf", "yum"})


class Beside:
    """What base_images lists beside a base, with the rows of the catalogue."""

    def __init__(self, listed: Iterable[Mapping[str, Any]], rows: Mapping[tuple[str, str | None], Facts]) -> None:
        self.rows = [rows[each["image"], each["tag"]] for each in listed if (each["image"], each["tag"]) in rows]

    def split(self, has: Callable[[Facts], bool | None]) -> Facts:
        """The names of those that have it, that have it not, and of which it is not known."""
        found: Facts = {"had_by": [], "not_had_by": [], "not_known_of": []}
        for row in self.rows:
            known = has(row)
            key = "not_known_of" if known is None else "had_by" if known else "not_had_by"
            found[key].append(name_of(row))
        return found


def name_of(row: Mapping[str, Any]) -> str:
    """An image with its tag where that is part of its name."""
    return f"{row['image']}:{row['tag']}" if row["tag"] else str(row["image"])


def has_program(program: str, row: Mapping[str, Any]) -> bool | None:
    """Whether an image has a program, by its name or its whole path, without what a debug tag adds.

    What a path from the working directory names is not known: most often the build puts it there.
    """
    directory, _, name = program.rpartition("/")
    if directory and not program.startswith("/"):
        return None
    for each in row["programs"]:
        if each["name"] == name and (name == program or each["path"] in (None, program)):
            return True
    if name in SHELLS and row["shell"] is not None:
        return None if row["shell"] else False
    if name in _MANAGERS and row["package_manager"] is False:
        return False
    return False if row["programs_known"] == "all" else None
