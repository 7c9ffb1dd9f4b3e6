"""Cargo.lock, in all its versions: what is resolved, from where, and what depends on what."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.toml_text import load
from codegenie.formats.unparsable import Unparsable

MOST_PACKAGES = 200_000
MOST_EDGES = 2_000_000

_PAIR = lazily(r'([A-Za-z]\w*) = "([^"\\]*+)"')
_ITEM = lazily(r' "([^"\\]*+)",?')
_CHECKSUM = lazily(r'"checksum ([^" ]*+) ([^" ]*+) \(([^")]*+)\)" = "([^"]*+)"')
_VERSION = lazily(r"version = ([0-9]{1,4})")


class Locked(NamedTuple):
    """One package; without a source it lies in the repository, or beside it.  `requires` are as written."""

    name: str
    version: str
    source: str | None
    checksum: str | None
    requires: tuple[str, ...]
    line: int | None


class CargoLock(NamedTuple):
    """The file; `version` is 1 where the file does not say."""

    version: int
    packages: tuple[Locked, ...]
    unused_patches: tuple[str, ...]


class _UnlikeCargo(Exception):
    """A line that Cargo would not have written so."""


def parse(content: bytes) -> CargoLock:
    """Read the file: line by line as Cargo writes it, and where somebody else wrote, as TOML.  Raises Unparsable."""
    try:
        return scanned(text_of(content))
    except _UnlikeCargo:
        return parse_toml(content)


def parse_toml(content: bytes) -> CargoLock:
    """Read the file as TOML, which tells no lines.  Raises Unparsable."""
    value = load(content)
    tables = value.get("package", [])
    tables = [*tables, value["root"]] if "root" in value and isinstance(tables, list) else tables
    if not isinstance(tables, list) or not all(_is_package(table) for table in tables):
        raise Unparsable("packages of an unknown form")
    written = value.get("version")
    checksums = _checksums(value.get("metadata"))
    packages = [_locked(table, checksums) for table in tables]
    patches = value.get("patch", {})
    unused = patches.get("unused", []) if isinstance(patches, dict) else []
    return CargoLock(
        version=written if isinstance(written, int) else _oldest(checksums),
        packages=tuple(packages),
        unused_patches=tuple(
            each["name"] for each in (unused if isinstance(unused, list) else []) if _is_package(each)
        ),
    )


def scanned(text: str) -> CargoLock:
    """Read what Cargo writes.  Raises _UnlikeCargo."""
    reader = _Scan()
    for number, line in enumerate(text.split("\n"), start=1):
        reader.take(line.removesuffix("\r"), number)
    return reader.result()


class _Scan:
    """Takes one line after the other."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._tables: list[dict[str, Any]] = []
        self._unused: list[dict[str, Any]] = []
        self._checksums: dict[tuple[str, str, str], str] = {}
        self._section = ""
        self._edges = 0
        self._list: list[str] | None = None

    def take(self, line: str, number: int) -> None:
        if self._list is not None:
            self._take_item(line)
        elif not line or line.startswith("#"):
            return
        elif line.startswith("["):
            self._enter(line, number)
        elif self._section == "[metadata]":
            found = _CHECKSUM.fullmatch(line)
            if not found:
                raise _UnlikeCargo
            self._checksums[found[1], found[2], found[3]] = found[4]
        elif not self._section:
            found = _VERSION.fullmatch(line)
            if not found:
                raise _UnlikeCargo
            self._version = int(found[1])
        else:
            self._take_pair(line)

    def _enter(self, line: str, number: int) -> None:
        self._section = line
        if line in ("[[package]]", "[root]"):
            self._tables.append({"line": number, "dependencies": []})
        elif line == "[[patch.unused]]":
            self._unused.append({"dependencies": []})
        elif line != "[metadata]":
            raise _UnlikeCargo
        if len(self._tables) > MOST_PACKAGES:
            raise Unparsable(f"more than {MOST_PACKAGES} packages")

    def _take_pair(self, line: str) -> None:
        table = (self._unused if self._section == "[[patch.unused]]" else self._tables)[-1]
        if line == "dependencies = [":
            self._list = table["dependencies"]
        elif (found := _PAIR.fullmatch(line)) and found[1] not in table:
            table[found[1]] = found[2]
        else:
            raise _UnlikeCargo

    def _take_item(self, line: str) -> None:
        if line == "]":
            self._list = None
        elif (found := _ITEM.fullmatch(line)) and self._list is not None:
            self._list.append(found[1])
            self._edges += 1
            if self._edges > MOST_EDGES:
                raise Unparsable(f"more than {MOST_EDGES} dependencies")
        else:
            raise _UnlikeCargo

    def result(self) -> CargoLock:
        if self._list is not None or not all(_is_package(table) for table in (*self._tables, *self._unused)):
            raise _UnlikeCargo
        version = self._version if self._version is not None else _oldest(self._checksums)
        packages = tuple(_locked(table, self._checksums) for table in self._tables)
        return CargoLock(version, packages, tuple(table["name"] for table in self._unused))


def _oldest(checksums: Mapping[Any, Any]) -> int:
    """Versions 1 and 2 are both unwritten; the first has its checksums in a table of their own."""
    return 1 if checksums else 2


def _is_package(table: Any) -> bool:
    return isinstance(table, dict) and isinstance(table.get("name"), str) and isinstance(table.get("version"), str)


def _locked(table: Mapping[str, Any], checksums: Mapping[tuple[str, str, str], str]) -> Locked:
    source = _text(table.get("source"))
    name, version = table["name"], table["version"]
    old = checksums.get((name, version, source or ""))
    requires = table.get("dependencies", [])
    return Locked(
        name=name,
        version=version,
        source=source,
        checksum=_text(table.get("checksum")) or (None if old == "<none>" else old),
        requires=tuple(each for each in requires if isinstance(each, str)) if isinstance(requires, list) else (),
        line=table.get("line") if isinstance(table.get("line"), int) else None,
    )


def _checksums(value: Any) -> dict[tuple[str, str, str], str]:
    return dict(_checksum_rows(value)) if isinstance(value, dict) else {}


def _checksum_rows(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], str]]:
    for key, digest in value.items():
        words = key.split(" ")
        if len(words) == 4 and words[0] == "checksum" and isinstance(digest, str):
            yield (words[1], words[2], words[3].strip("()")), digest


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
