"""uv.lock: the packages of a workspace of uv, its own members among them."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import toml_lock
from codegenie.formats.python_lock import (
    Locked,
    Need,
    PythonLock,
    files_of,
    name_of,
    table_in,
    tables_in,
    text_in,
    texts_in,
)
from codegenie.formats.requirement import Source, normal, shown_address

_OWN = ("editable", "virtual")


def parse(content: bytes) -> PythonLock:
    """Read the lockfile.  Raises Unparsable."""
    found = toml_lock.parse(content)
    version = found.value.get("version")
    members = frozenset(map(normal, texts_in(table_in(found.value, "manifest"), "members")))
    return PythonLock(
        version=str(version) if isinstance(version, int | str) else None,
        requires_python=text_in(found.value, "requires-python"),
        packages=tuple(
            _locked(name, line, each, members) for line, each in found.packages() if (name := name_of(each))
        ),
    )


def _locked(name: str, line: int | None, value: dict[str, Any], members: frozenset[str]) -> Locked:
    source, address, commit = _source(table_in(value, "source"))
    listed = tables_in(value, "wheels")
    sdist = value.get("sdist")
    files, integrity = files_of([*listed, sdist] if isinstance(sdist, dict) else listed)
    own = any(key in table_in(value, "source") for key in _OWN) and (not members or name in members)
    metadata = table_in(value, "metadata")
    asked = [*_needs(tables_in(metadata, "requires-dist"), "")]
    of_groups = table_in(metadata, "requires-dev")
    for group in of_groups:
        asked += _needs(tables_in(of_groups, group), f"dev:{group}")
    return Locked(
        name=name,
        version=text_in(value, "version"),
        line=line,
        source=source,
        address=address,
        commit=commit,
        own=own,
        files=files,
        integrity=integrity,
        needs=tuple(_all_needs(value)),
        markers=texts_in(value, "resolution-markers"),
        asked=tuple(asked),
    )


def _source(value: dict[str, Any]) -> tuple[Source, str | None, str | None]:
    if registry := text_in(value, "registry"):
        return "registry", shown_address(registry), None
    if git := text_in(value, "git"):
        return "git", shown_address(git), git.partition("#")[2] or None
    if url := text_in(value, "url"):
        return "url", shown_address(url), None
    for key in ("path", "directory", *_OWN):
        if path := text_in(value, key):
            return "path", path, None
    return "registry", None, None


def _all_needs(value: dict[str, Any]) -> Iterator[Need]:
    yield from _needs(tables_in(value, "dependencies"), "")
    for table, prefix in (("optional-dependencies", ""), ("dev-dependencies", "dev:")):
        for group in table_in(value, table):
            yield from _needs(tables_in(table_in(value, table), group), prefix + group)


def _needs(items: list[dict[str, Any]], group: str) -> Iterator[Need]:
    for item in items:
        if name := name_of(item):
            extras = texts_in(item, "extra") or texts_in(item, "extras")
            yield Need(
                name, group, extras, text_in(item, "version"), text_in(item, "specifier"), text_in(item, "marker")
            )
