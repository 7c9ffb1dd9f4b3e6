"""composer.lock: what Composer resolved, for running and for development, and the hash of what it resolved for."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.json_lines import lines_of
from codegenie.formats.json_text import load_object
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_PACKAGES = 50_000


class Package(NamedTuple):
    """One package.  `reference` is the commit, `dist_type` that of the archive, "path" for a directory."""

    name: str
    version: str | None
    type: str | None
    development: bool
    dist_type: str | None
    dist_url: str | None
    shasum: str | None
    source_type: str | None
    source_url: str | None
    reference: str | None
    requires: tuple[str, ...]
    replaces: tuple[str, ...]
    """The packages that it stands for, those that it provides included."""
    line: int | None


class ComposerLock(NamedTuple):
    """The file.  `content_hash` is None where an old Composer wrote a hash of the whole file."""

    packages: tuple[Package, ...]
    content_hash: str | None
    plugin_api: str | None
    platform: Mapping[str, str]


def parse(content: bytes) -> ComposerLock:
    """Read the file.  Raises Unparsable."""
    value = load_object(content)
    lists = {name: value.get(name) for name in ("packages", "packages-dev")}
    if not isinstance(lists["packages"], list) or not isinstance(lists["packages-dev"], list | None):
        raise Unparsable("no list of packages")
    if sum(len(each or ()) for each in lists.values()) > MOST_PACKAGES:
        raise Unparsable(f"more than {MOST_PACKAGES} packages")
    lines = lines_of(text_of(content), depth=3)
    packages = tuple(
        package
        for name, entries in lists.items()
        for at, entry in enumerate(entries or ())
        if (package := _package(entry, name == "packages-dev", lines.get((name, at, "name"), lines.get((name, at)))))
    )
    platform = value.get("platform")
    return ComposerLock(
        packages=packages,
        content_hash=_text(value.get("content-hash")),
        plugin_api=_text(value.get("plugin-api-version")),
        platform={k: v for k, v in platform.items() if isinstance(v, str)} if isinstance(platform, dict) else {},
    )


def _package(entry: Any, development: bool, line: int | None) -> Package | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        return None
    dist, source = _table(entry.get("dist")), _table(entry.get("source"))
    return Package(
        name=entry["name"],
        version=_text(entry.get("version")),
        type=_text(entry.get("type")),
        development=development,
        dist_type=_text(dist.get("type")),
        dist_url=_text(dist.get("url")),
        shasum=_text(dist.get("shasum")) or None,
        source_type=_text(source.get("type")),
        source_url=_text(source.get("url")),
        reference=_text(source.get("reference")) or _text(dist.get("reference")),
        requires=tuple(_table(entry.get("require"))),
        replaces=tuple(_names(entry)),
        line=line,
    )


def _names(entry: Mapping[str, Any]) -> Iterator[str]:
    for link in ("replace", "provide"):
        yield from _table(entry.get(link))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
