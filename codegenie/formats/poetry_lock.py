"""poetry.lock, of poetry 1.0 and later."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import toml_lock
from codegenie.formats.python_lock import (
    Locked,
    Need,
    PythonLock,
    files_of,
    name_of,
    need_of,
    table_in,
    tables_in,
    text_in,
    texts_in,
)
from codegenie.formats.requirement import Source, normal, shown_address

_SOURCES: dict[str, Source] = {"git": "git", "directory": "path", "file": "path", "url": "url"}


def parse(content: bytes) -> PythonLock:
    """Read the lockfile.  Raises Unparsable."""
    found = toml_lock.parse(content)
    metadata = table_in(found.value, "metadata")
    of_old = table_in(metadata, "files")  # before poetry 1.3 the files of all packages stood together
    listed = found.packages()
    return PythonLock(
        version=text_in(metadata, "lock-version"),
        requires_python=text_in(metadata, "python-versions"),
        packages=tuple(_locked(name, line, each, of_old) for line, each in listed if (name := name_of(each))),
        groups_known=bool(listed) and all("groups" in each or "category" in each for _, each in listed),
    )


def _locked(name: str, line: int | None, value: dict[str, Any], of_old: dict[str, Any]) -> Locked:
    origin = table_in(value, "source")
    kind = text_in(origin, "type")
    address = text_in(origin, "url")
    written = text_in(value, "name") or name
    files, integrity = files_of(tables_in(value, "files") or tables_in(of_old, written) or tables_in(of_old, name))
    groups = texts_in(value, "groups") or tuple(filter(None, [text_in(value, "category")]))
    markers = value.get("markers")
    return Locked(
        name=name,
        version=text_in(value, "version"),
        line=line,
        source=_SOURCES.get(kind or "", "registry"),
        address=shown_address(address) if address else None,
        commit=text_in(origin, "resolved_reference") if kind == "git" else None,
        files=files,
        integrity=integrity,
        needs=tuple(_needs(value)),
        groups=groups,
        optional=value.get("optional") is True,
        markers=(markers,)
        if isinstance(markers, str)
        else tuple(f"{group}: {text}" for group, text in sorted(markers.items()) if isinstance(text, str))
        if isinstance(markers, dict)
        else (),
    )


def _needs(value: dict[str, Any]) -> Iterator[Need]:
    """An optional dependency is needed with the extras that name it, and only with those."""
    with_extras: dict[str, list[str]] = {}
    for extra, items in table_in(value, "extras").items():
        for item in items if isinstance(items, list) else ():
            if isinstance(item, str) and (found := need_of(item)):
                with_extras.setdefault(found.name, []).append(extra)
    for name, item in table_in(value, "dependencies").items():
        for each in item if isinstance(item, list) else [item]:
            constraint = each if isinstance(each, str) else text_in(each, "version")
            groups = with_extras.get(normal(name), [""]) if isinstance(each, dict) and each.get("optional") else [""]
            for group in groups:
                yield Need(normal(name), group, texts_in(each, "extras"), None, constraint, text_in(each, "markers"))
