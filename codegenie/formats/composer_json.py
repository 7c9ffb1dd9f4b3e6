"""composer.json: what Composer reads in it, with the line of every key, and the hash that its lockfile keeps of it."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from codegenie.formats.hosts import host_of
from codegenie.formats.json_lines import lines_of
from codegenie.formats.json_text import load_object
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import Key, text_of
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 10_000

LINKS = ("require", "require-dev", "conflict", "replace", "provide")

# https://getcomposer.org/doc/01-basic-usage.md#platform-packages
_PLATFORM = lazily(
    r"php(?:-64bit|-ipv6|-zts|-debug)?|hhvm|(?:ext|lib)-[^/]+|composer(?:-(?:plugin|runtime)-api)?", re.IGNORECASE
)

_DELETE = lazily(r"((?<!\\)(?:\\\\)*+)\\u007f")  # the one letter of ASCII that Python escapes and PHP does not

# The fields that a change of makes Composer resolve again; Composer\Package\Locker::getContentHash.
_RELEVANT = (
    "name", "version", "require", "require-dev", "conflict", "replace", "provide", "minimum-stability",
    "prefer-stable", "repositories", "extra",
)  # fmt: skip


class Repository(NamedTuple):
    """Where packages come from: its type, and of a path the directory, of anything else the host."""

    type: str
    path: str | None
    host: str | None
    line: int | None


class ComposerJson(NamedTuple):
    """The file.  `scripts` are the commands of each, in order."""

    name: str | None
    version: str | None
    type: str | None
    links: Mapping[str, Mapping[str, str]]
    scripts: Mapping[str, tuple[str, ...]]
    repositories: tuple[Repository, ...]
    bin: tuple[str, ...]
    platform: Mapping[str, str]
    """The versions of platform packages that are pretended when resolving."""
    vendor_dir: str | None
    bin_dir: str | None
    minimum_stability: str | None
    plugins: Mapping[str, bool]
    """Whether each plugin may run code when installing."""
    content_hash: str
    ill_typed: tuple[str, ...]
    lines: Mapping[Key, int]


def is_platform(package: str) -> bool:
    """Whether a name is that of PHP, of an extension or of a library of the system, and of no package."""
    return bool(_PLATFORM.fullmatch(package))


def parse(content: bytes) -> ComposerJson:
    """Read the file.  Raises Unparsable."""
    value = load_object(content)
    text = text_of(content)
    read = _Fields(value)
    config = read.table("config")
    lines = lines_of(text, depth=4)
    found = ComposerJson(
        name=read.text("name"),
        version=read.text("version"),
        type=read.text("type"),
        links={link: read.texts(link) for link in LINKS},
        scripts={name: _commands(item) for name, item in read.table("scripts").items()},
        repositories=tuple(_repositories(value.get("repositories"), lines)),
        bin=_listed(value.get("bin")),
        platform={name: item for name, item in _table(config.get("platform")).items() if isinstance(item, str)},
        vendor_dir=_text(config.get("vendor-dir")),
        bin_dir=_text(config.get("bin-dir")),
        minimum_stability=read.text("minimum-stability"),
        plugins={name: item for name, item in _table(config.get("allow-plugins")).items() if isinstance(item, bool)},
        content_hash=content_hash(value),
        ill_typed=tuple(sorted(set(read.ill_typed))),
        lines=lines,
    )
    if sum(map(len, found.links.values())) + len(found.scripts) + len(found.repositories) > MOST_ENTRIES:
        raise Unparsable(f"more than {MOST_ENTRIES} entries")
    return found


def content_hash(value: Mapping[str, Any]) -> str:
    """The digest of the fields that matter, as Composer 1.3 and later computes it: of PHP's own JSON for them."""
    relevant = {name: value[name] for name in _RELEVANT if name in value}
    platform = _table(value.get("config")).get("platform")
    if platform is not None:
        relevant["config"] = {"platform": platform}
    written = json.dumps(_as_php(dict(sorted(relevant.items()))), separators=(",", ":"), allow_nan=False)
    written = _DELETE.sub(lambda found: f"{found[1]}\x7f", written).replace("/", "\\/")
    return hashlib.md5(written.encode(), usedforsecurity=False).hexdigest()


def _as_php(value: Any) -> Any:
    """PHP has one kind of array: an empty object is written as a list, and one with the keys 0, 1, 2 ... as well."""
    match value:
        case dict():
            items = [_as_php(item) for item in value.values()]
            return (
                items if list(value) == [str(at) for at in range(len(value))] else dict(zip(value, items, strict=True))
            )
        case list():
            return [_as_php(item) for item in value]
        case float() if value.is_integer() and abs(value) < 1e15:
            return int(value)
        case int() if not isinstance(value, bool) and not -(2**63) <= value < 2**63:
            return float(value) if abs(value) < 10**300 else 0
        case _:
            return value


class _Fields:
    """Reads typed fields of an object, noting those that have another type; an empty list is an empty object to PHP."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self._value = value
        self.ill_typed: list[str] = []

    def text(self, name: str) -> str | None:
        found = self._value.get(name)
        if found is not None and not isinstance(found, str):
            self.ill_typed.append(name)
        return _text(found)

    def table(self, name: str) -> Mapping[str, Any]:
        found = self._value.get(name)
        if found not in (None, []) and not isinstance(found, dict):
            self.ill_typed.append(name)
        return _table(found)

    def texts(self, name: str) -> dict[str, str]:
        found = self.table(name)
        self.ill_typed += [f"{name}.{key}" for key, item in found.items() if not isinstance(item, str)]
        return {key: item for key, item in found.items() if isinstance(item, str)}


def _commands(item: Any) -> tuple[str, ...]:
    if isinstance(item, dict):  # the commands of an event by name, as Symfony's auto-scripts
        return tuple(str(key) for key in item)
    return _listed(item)


def _listed(item: Any) -> tuple[str, ...]:
    items = item if isinstance(item, list) else [item]
    return tuple(each for each in items if isinstance(each, str))


def _repositories(value: Any, lines: Mapping[Key, int]) -> list[Repository]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for key, item in entries:
        if isinstance(item, dict) and isinstance(kind := item.get("type"), str):
            url = _text(item.get("url")) or ""
            line = lines.get(("repositories", key))
            found.append(Repository(kind, url if kind == "path" else None, host_of(url), line))
        elif (key in ("packagist.org", "packagist") or (isinstance(item, dict) and "packagist.org" in item)) and (
            item is False or (isinstance(item, dict) and item.get("packagist.org") is False)
        ):
            found.append(Repository("without packagist.org", None, None, lines.get(("repositories", key))))
    return found


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
