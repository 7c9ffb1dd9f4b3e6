"""pubspec.lock: what pub resolved, and from where."""

from typing import Any, NamedTuple

from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import documents


class PubPackage(NamedTuple):
    """One package; `kind` is "direct main", "direct dev", "direct overridden" or "transitive"."""

    name: str
    version: str | None
    kind: str | None
    source: str | None
    """hosted, git, path or sdk."""
    address: str | None
    commit: str | None
    sha256: str | None
    line: int | None


class PubspecLock(NamedTuple):
    """The file."""

    packages: tuple[PubPackage, ...]


def parse(content: bytes) -> PubspecLock:
    """Read the file.  Raises Unparsable."""
    found = documents(content, depth=2)
    value, lines = (found[0].value, found[0].lines) if found else (None, {})
    packages = value.get("packages") if isinstance(value, dict) else None
    if not isinstance(packages, dict):
        raise Unparsable("no mapping of packages")
    return PubspecLock(
        tuple(
            _package(name, item, lines.get(("packages", name)))
            for name, item in packages.items()
            if isinstance(item, dict)
        )
    )


def _package(name: str, item: dict[str, Any], line: int | None) -> PubPackage:
    described = item.get("description")
    description = described if isinstance(described, dict) else {}
    return PubPackage(
        name=name,
        version=_text(item.get("version")),
        kind=_text(item.get("dependency")),
        source=_text(item.get("source")),
        address=_text(description.get("url")) or _text(description.get("path")) or _text(described),
        commit=_text(description.get("resolved-ref")),
        sha256=_text(description.get("sha256")),
        line=line,
    )


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
