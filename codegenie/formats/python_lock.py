"""What lockfiles of Python say of a package, whichever tool wrote them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from codegenie.formats.requirement import Source, normal, read

_STRONG_FIRST = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")


class Need(NamedTuple):
    """One package that another needs: always (group ""), with one of its extras, or to develop it (`dev:name`)."""

    name: str
    group: str = ""
    extras: tuple[str, ...] = ()
    version: str | None = None
    """The version that is meant, where several are locked."""
    constraint: str | None = None
    marker: str | None = None


class Locked(NamedTuple):
    """One package; `name` is normalised, `extras` are those that the entry is for, `asked` what its manifest said."""

    name: str
    version: str | None
    line: int | None
    source: Source = "registry"
    address: str | None = None
    """The directory, archive, repository, or index as written."""
    commit: str | None = None
    own: bool = False
    """Whether it is one of the project's own packages, as uv's lockfile lists them."""
    files: tuple[str, ...] = ()
    integrity: str | None = None
    needs: tuple[Need, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """The groups of the project that need it, where the lockfile says so."""
    optional: bool = False
    markers: tuple[str, ...] = ()
    asked: tuple[Need, ...] = ()


class PythonLock(NamedTuple):
    """A lockfile; `groups_known` where its packages say which groups need them.

    `groups` are those that it was made for, None for all; extras of the package are among them where
    `extras_are_groups`.
    """

    version: str | None
    requires_python: str | None
    packages: tuple[Locked, ...]
    groups_known: bool = False
    needs_known: bool = True
    groups: tuple[str, ...] | None = None
    extras_are_groups: bool = False
    notes: tuple[str, ...] = ()


def name_of(value: Mapping[str, Any]) -> str | None:
    """The normalised name of an entry."""
    name = value.get("name")
    return normal(name) if isinstance(name, str) and name else None


def text_in(value: Any, key: str) -> str | None:
    """A text of a table."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) and found else None


def texts_in(value: Any, key: str) -> tuple[str, ...]:
    """The texts of a list of a table."""
    found = value.get(key) if isinstance(value, dict) else None
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def tables_in(value: Any, key: str) -> list[dict[str, Any]]:
    """The tables of a list of a table."""
    found = value.get(key) if isinstance(value, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def table_in(value: Any, key: str) -> dict[str, Any]:
    """A table of a table, or an empty one."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def file_name(address: str) -> str:
    """The name of the file that an address or a path names."""
    return address.partition("#")[0].partition("?")[0].rpartition("/")[2]


def files_of(listed: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], str | None]:
    """The names of files, sorted, and the digest of one: of the source archive, if there is one, else of the first."""
    found: list[tuple[bool, str, str | None]] = []
    for item in listed:
        place = text_in(item, "file") or text_in(item, "name") or text_in(item, "url") or text_in(item, "path")
        name = file_name(place or "")
        digest = text_in(item, "hash") or _strongest(table_in(item, "hashes"))
        found.append((name.endswith(".whl"), name, digest))
    found.sort()
    return tuple(name for _, name, _ in found if name), next((digest for _, _, digest in found if digest), None)


def _strongest(hashes: Mapping[str, Any]) -> str | None:
    names = sorted(hashes, key=lambda name: (_STRONG_FIRST.index(name) if name in _STRONG_FIRST else 99, name))
    return next((f"{name}:{hashes[name]}" for name in names if isinstance(hashes[name], str)), None)


def need_of(text: str, group: str = "") -> Need | None:
    """What a requirement by PEP 508 needs."""
    found = read(text)
    if found is None or found.name is None:
        return None
    return Need(normal(found.name), group, found.extras, None, found.constraint, found.marker)
