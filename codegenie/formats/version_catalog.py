"""Version catalogues of Gradle, gradle/libs.versions.toml: libraries, plugins and bundles by alias."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from codegenie.formats.plain import text_of
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.toml_text import load

MOST_TEXT = 300  # characters of a version


class Entry(NamedTuple):
    """A library (`name` is group:artifact) or a plugin (`name` is its id); `version` is None where none is given.

    `kind` is strictly, require, prefer or reject for a rich version, and empty for a plain one; `reference` is the name
    that it has under [versions].
    """

    name: str
    version: str | None
    kind: str
    reference: str | None
    line: int | None


class Catalog(NamedTuple):
    """A catalogue; aliases are as the accessors spell them, with dots."""

    versions: Mapping[str, str]
    libraries: Mapping[str, Entry]
    plugins: Mapping[str, Entry]
    bundles: Mapping[str, tuple[str, ...]]


def parse(content: bytes) -> Catalog:
    """Read a catalogue.  Raises Unparsable."""
    value = load(content)
    lines = lines_of(text_of(content), 2)
    versions = {name: _rich(written) for name, written in _table(value, "versions").items()}
    return Catalog(
        versions={accessor(name): version for name, (version, _) in versions.items() if version is not None},
        libraries={
            accessor(alias): entry
            for alias, written in _table(value, "libraries").items()
            if (entry := _entry(written, "module", versions, lines.get(("libraries", alias))))
        },
        plugins={
            accessor(alias): entry
            for alias, written in _table(value, "plugins").items()
            if (entry := _entry(written, "id", versions, lines.get(("plugins", alias))))
        },
        bundles={
            accessor(alias): tuple(accessor(each) for each in written if isinstance(each, str))
            for alias, written in _table(value, "bundles").items()
            if isinstance(written, list)
        },
    )


def accessor(alias: str) -> str:
    """The alias as a script writes it: dashes and underscores are dots."""
    return alias.replace("-", ".").replace("_", ".")


def _table(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


_Version = tuple[str | None, str]


def _entry(written: Any, key: str, versions: Mapping[str, _Version], line: int | None) -> Entry | None:
    if isinstance(written, str):
        parts = written.split(":")
        at = 2 if key == "module" else 1
        short = ":".join(parts[:at])
        return Entry(short, ":".join(parts[at:]) or None, "", None, line) if len(parts) >= at and short else None
    if not isinstance(written, dict):
        return None
    name = written.get(key)
    if key == "module" and isinstance(written.get("group"), str) and isinstance(written.get("name"), str):
        name = f"{written['group']}:{written['name']}"
    if not isinstance(name, str) or not name:
        return None
    asked = written.get("version")
    reference = asked.get("ref") if isinstance(asked, dict) else None
    if isinstance(reference, str):
        version, kind = versions.get(reference, (None, ""))
        return Entry(name, version, kind, reference, line)
    version, kind = _rich(asked)
    return Entry(name, version, kind, None, line)


def _rich(written: Any) -> _Version:
    if isinstance(written, str):
        return written[:MOST_TEXT], ""
    for kind in ("strictly", "require", "prefer"):
        if isinstance(written, dict) and isinstance(version := written.get(kind), str):
            return version[:MOST_TEXT], kind
    return None, ""
