"""Pipfile.lock: the packages of each category of a Pipfile, without what needs what."""

from collections.abc import Mapping
from typing import Any

from codegenie.formats.json_lines import lines_of
from codegenie.formats.json_text import load_object
from codegenie.formats.plain import text_of
from codegenie.formats.python_lock import Locked, PythonLock, text_in, texts_in
from codegenie.formats.requirement import Source, normal, shown_address, source_of


def parse(content: bytes) -> PythonLock:
    """Read the lockfile.  Raises Unparsable."""
    value = load_object(content)
    lines = lines_of(text_of(content), depth=2)
    meta = value.get("_meta")
    spec = meta.get("pipfile-spec") if isinstance(meta, dict) else None
    requires = meta.get("requires") if isinstance(meta, dict) else None
    merged: dict[tuple[str, str | None], Locked] = {}
    for category, packages in value.items():
        if category == "_meta" or not isinstance(packages, dict):
            continue
        for name, item in packages.items():
            if isinstance(item, dict):
                locked = _locked(category, name, item, lines.get((category, name)))
                before = merged.get((locked.name, locked.version))
                groups = (*before.groups, category) if before else (category,)
                merged[locked.name, locked.version] = _with_groups(before or locked, groups)
    return PythonLock(
        version=str(spec) if isinstance(spec, int | str) else None,
        requires_python=text_in(requires, "python_full_version") or text_in(requires, "python_version"),
        packages=tuple(merged.values()),
        groups_known=True,
        needs_known=False,
    )


def _locked(category: str, name: str, item: Mapping[str, Any], line: int | None) -> Locked:
    version = text_in(item, "version")
    source: Source = "registry"
    address = commit = None
    if git := text_in(item, "git"):
        source, address, commit = "git", shown_address(git), text_in(item, "ref")
    elif path := text_in(item, "path"):
        source, address = "path", path
    elif file := text_in(item, "file"):
        source, address = source_of(file), shown_address(file)
    markers = text_in(item, "markers")
    return Locked(
        name=normal(name),
        version=version.removeprefix("==") if version and version.startswith("==") else None,
        line=line,
        source=source,
        address=address,
        commit=commit,
        integrity=next(iter(texts_in(item, "hashes")), None),
        extras=(),
        groups=(category,),
        markers=(markers,) if markers else (),
    )


def _with_groups(locked: Locked, groups: tuple[str, ...]) -> Locked:
    return locked._replace(groups=groups)
