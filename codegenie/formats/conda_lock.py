"""pixi.lock and conda-lock.yml: packages of conda and of PyPI, scanned line by line as programs write them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of, writable
from codegenie.formats.requirement import normal, shown_address
from codegenie.formats.unparsable import Unparsable

MOST_BYTES = 32 << 20

_VERSION = lazily(r"^version: ([0-9]{1,9})\r?$", re.MULTILINE)
_ITEM = lazily(r"- ([\w-]++): (.*+)")
_FIELD = lazily(r"( {2,4})([\w-]++): ?(.*+)")
_ARCHIVE = lazily(r"([A-Za-z0-9_][\w.-]*)-([^-/]+)-([^-/]+?)(?:\.conda|\.tar\.bz2)")


class Entry(NamedTuple):
    """One package: of conda (with its build, channel and subdirectory) or of PyPI."""

    kind: str
    name: str | None
    version: str | None
    line: int
    address: str | None
    digest: str | None
    build: str | None = None
    channel: str | None = None
    subdir: str | None = None
    depends: tuple[str, ...] = ()
    development: bool | None = None


class CondaLock(NamedTuple):
    """A lockfile; one package for each platform that it is for."""

    version: str | None
    entries: tuple[Entry, ...]


class _Open:
    """An entry whose end has not come."""

    def __init__(self, line: int, fields: dict[str, str]) -> None:
        self.line = line
        self.fields = fields
        self.lists: dict[str, list[str]] = {}


def parse(content: bytes) -> CondaLock:
    """Read the lockfile.  Raises Unparsable."""
    if len(content) > MOST_BYTES:
        raise Unparsable(f"over {MOST_BYTES} bytes")
    text = str(writable(text_of(content)))
    version = _VERSION.search(text)
    found = [entry for each in _items(text) if (entry := _entry(each))]
    if version is None and not found:
        raise Unparsable("neither a version nor packages")
    return CondaLock(version[1] if version else None, tuple(found))


def _items(text: str) -> Iterator[_Open]:
    """The items of the list `packages` (or `package`, of conda-lock) at the top."""
    inside = False
    item: _Open | None = None
    key = ""
    for number, line in enumerate(re.finditer(r"[^\n]*+\n?", text), 1):  # a list of all would take as much again
        bare = line[0].rstrip("\r\n")
        if bare and bare[0] not in " -#":
            inside = bare in ("packages:", "package:")
            if item:
                yield item
            item = None
            continue
        if not inside or not bare.strip():
            continue
        if opened := _ITEM.fullmatch(bare):
            if item:
                yield item
            item, key = _Open(number, {opened[1]: _scalar(opened[2])}), ""
        elif item is None:
            continue
        elif named := _FIELD.fullmatch(bare):
            if len(named[1]) == 2:
                key = named[2]
                item.fields[key] = _scalar(named[3])
            elif key:
                item.lists.setdefault(key, []).append(f"{named[2]} {_scalar(named[3])}".strip())
                item.fields[f"{key}.{named[2]}"] = _scalar(named[3])
        elif key and bare.lstrip().startswith("- "):
            item.lists.setdefault(key, []).append(_scalar(bare.lstrip()[2:]))
    if item:
        yield item


def _scalar(text: str) -> str:
    bare = text.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] in "'\"" and bare[-1] == bare[0] else bare


def _entry(item: _Open) -> Entry | None:
    fields = item.fields
    kind = "pypi" if "pypi" in fields or fields.get("kind") == "pypi" or fields.get("manager") == "pip" else "conda"
    address = fields.get(kind) or fields.get("url") or fields.get("path")
    if not address and "name" not in fields:
        return None
    archive = _ARCHIVE.fullmatch((address or "").rpartition("/")[2]) if kind == "conda" else None
    directories = (address or "").split("/")[:-1]
    name = fields.get("name") or (archive[1] if archive else None)
    digest = fields.get("sha256") or fields.get("hash.sha256")
    category = fields.get("category")
    depends = next((item.lists[key] for key in ("depends", "dependencies", "requires_dist") if key in item.lists), [])
    return Entry(
        kind=kind,
        name=normal(name) if name and kind == "pypi" else name.lower() if name else None,
        version=fields.get("version") or (archive[2] if archive else None),
        line=item.line,
        address=shown_address(address) if address else None,
        digest=f"sha256:{digest}" if digest else None,
        build=fields.get("build") or (archive[3] if archive else None),
        channel="/".join(directories[2:-1]) if archive and len(directories) > 3 else None,
        subdir=directories[-1] if archive and len(directories) > 1 else fields.get("platform"),
        depends=tuple(depends),
        development=None if category is None else category != "main",
    )
