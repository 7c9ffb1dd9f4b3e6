"""yarn.lock, of yarn 1 in a format of its own (classic) and of yarn 2 and later in YAML (berry)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from codegenie.formats import yaml_lines
from codegenie.formats.conflicts import check_conflict
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

_BERRY = lazily(r"^__metadata:", re.MULTILINE)
_VERSION = lazily(r"^# yarn lockfile v(\d{1,9})", re.MULTILINE)
_WORD = r'"((?:[^"\\]|\\.)*+)"|([^\s"]++)'
_HEAD = lazily(r'(?:"(?:[^"\\]|\\.)*+"|[^\s",]++)(?:, (?:"(?:[^"\\]|\\.)*+"|[^\s",]++))*+')
_DESCRIPTOR = lazily(_WORD.replace('"]', '",]'))
_FIELD = lazily(f"( {{2}}| {{4}})(?:{_WORD}) (?:{_WORD})")
_GROUP = lazily(r"( +)([A-Za-z]+):")
_ESCAPE = lazily(r'\\(["\\/])')


class Entry(NamedTuple):
    """One resolved package and the descriptors (`name@range`) that lead to it.

    Classic entries have `resolved`, berry entries `resolution`; `link` is True for berry's workspaces and links.
    """

    descriptors: tuple[str, ...]
    version: str | None
    resolved: str | None
    resolution: str | None
    integrity: str | None
    dependencies: Mapping[str, str]
    optional: Mapping[str, str]
    peers: Mapping[str, str]
    conditions: str | None
    link: bool
    line: int | None


class YarnLock(NamedTuple):
    """A lockfile; `version` is that of the format, `cache_key` is what berry's checksums depend on."""

    berry: bool
    version: str | None
    cache_key: str | None
    entries: tuple[Entry, ...]


def parse(content: bytes) -> YarnLock:
    """Read a lockfile of either kind.  Raises Unparsable."""
    text = text_of(content)
    return _berry(content) if _BERRY.search(text) else _classic(text.replace("\r\n", "\n"))


def _berry(content: bytes) -> YarnLock:
    found = yaml_lines.last_document(content, 1)
    if not isinstance(found.value, dict):
        raise Unparsable("not a YAML mapping")
    metadata = found.value.get("__metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    entries = [
        _berry_entry(key, entry, found.lines.get((key,)))
        for key, entry in found.value.items()
        if key != "__metadata" and isinstance(entry, dict)
    ]
    return YarnLock(
        berry=True,
        version=_scalar(metadata.get("version")),
        cache_key=_scalar(metadata.get("cacheKey")),
        entries=tuple(entries),
    )


def _berry_entry(key: str, entry: Mapping[str, Any], line: int | None) -> Entry:
    dependencies = _texts(entry.get("dependencies"))
    meta = entry.get("dependenciesMeta")
    may_fail = {
        name
        for name, item in (meta.items() if isinstance(meta, dict) else ())
        if isinstance(item, dict) and item.get("optional") is True
    }
    return Entry(
        descriptors=tuple(each.strip() for each in key.split(",")),
        version=_scalar(entry.get("version")),
        resolved=None,
        resolution=_scalar(entry.get("resolution")),
        integrity=_scalar(entry.get("checksum")),
        dependencies={name: item for name, item in dependencies.items() if name not in may_fail},
        optional={name: item for name, item in dependencies.items() if name in may_fail},
        peers=_texts(entry.get("peerDependencies")),
        conditions=_scalar(entry.get("conditions")),
        link=entry.get("linkType") == "soft",
        line=line,
    )


def _classic(text: str) -> YarnLock:
    check_conflict(text)
    version = _VERSION.search(text)
    entries: list[Entry] = []
    head: tuple[str, ...] = ()
    at, fields, groups = 0, dict[str, str](), dict[str, dict[str, str]]()
    group: dict[str, str] | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line[0] == "#" or line.isspace():
            continue
        if line[0] != " ":
            if head:
                entries.append(_classic_entry(head, at, fields, groups))
            head, at, fields, groups, group = _descriptors(line, number), number, {}, {}, None
        elif head and (found := _FIELD.fullmatch(line)):
            name, value = _word(found[2], found[3]), _word(found[4], found[5])
            if len(found[1]) == 2:
                fields[name] = value
                group = None
            elif group is not None:
                group[name] = value
        elif head and (found := _GROUP.fullmatch(line)):
            group = groups.setdefault(found[2], {}) if len(found[1]) == 2 else {}
        elif not (head and line.startswith("      ")):  # what stands deeper is about variants that nobody writes
            raise Unparsable(f"not a yarn lockfile, line {number}")
    if head:
        entries.append(_classic_entry(head, at, fields, groups))
    return YarnLock(berry=False, version=version[1] if version else None, cache_key=None, entries=tuple(entries))


def _descriptors(line: str, number: int) -> tuple[str, ...]:
    if line[-1] != ":" or not _HEAD.fullmatch(line, 0, len(line) - 1):
        raise Unparsable(f"not a yarn lockfile, line {number}")
    return tuple(_word(found[1], found[2]) for found in _DESCRIPTOR.finditer(line, 0, len(line) - 1))


def _word(quoted: str | None, bare: str | None) -> str:
    if quoted is None:
        return bare or ""
    return _ESCAPE.sub(r"\1", quoted) if "\\" in quoted else quoted


def _classic_entry(
    head: tuple[str, ...], line: int, fields: Mapping[str, str], groups: Mapping[str, Mapping[str, str]]
) -> Entry:
    resolved, _, digest = fields.get("resolved", "").partition("#")
    is_digest = bool(re.fullmatch("[0-9a-f]{40}", digest)) and resolved.startswith(("https://", "http://"))
    git = resolved.startswith("git") or resolved.endswith(".git")
    return Entry(
        descriptors=head,
        version=fields.get("version"),
        resolved=(fields["resolved"] if git else resolved) if resolved else None,
        resolution=None,
        integrity=fields.get("integrity") or (f"sha1:{digest}" if is_digest and not git else None),
        dependencies=groups.get("dependencies", {}),
        optional=groups.get("optionalDependencies", {}),
        peers={},
        conditions=None,
        link=False,
        line=line,
    )


def _texts(value: Any) -> dict[str, str]:
    pairs: Iterable[tuple[str, Any]] = value.items() if isinstance(value, dict) else ()
    return {name: text for name, item in pairs if (text := _scalar(item)) is not None}


def _scalar(value: Any) -> str | None:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return None
    return str(value)
