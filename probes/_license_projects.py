"""What each project declares, against the texts of licences that are nearest to it."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from ._license_declared import Declared
from ._license_files import File
from ._paths import ancestors, parent, shown

_EXAMPLES = 5


def projects(every: Sequence[File], declared: Iterable[Declared]) -> list[dict[str, Any]]:
    """Each directory that declares something, with the texts nearest to it."""
    beside: dict[str, list[File]] = {}
    for file in every:
        if file.apart is None and not file.is_others:
            beside.setdefault(home(file.path), []).append(file)
    declaring: dict[str, list[Declared]] = {}
    for one in declared:
        declaring.setdefault(parent(one.path), []).append(one)
    rows = []
    for directory in sorted(declaring.keys() | ({""} & beside.keys())):
        nearest = next((there for there in (directory, *ancestors(directory)) if there in beside), None)
        files = beside.get(nearest, []) if nearest is not None else []
        said = declaring.get(directory, [])
        named = [pattern for one in said if (pattern := one.file)]
        files = [*files, *(file for file in every if file not in files and _is_named(file.path, named))]
        rows.append(_project(directory, said, files))
    return rows


def _project(directory: str, declared: Sequence[Declared], files: Sequence[File]) -> dict[str, Any]:
    said = sorted({name for one in declared for name in one.meaning.ids})
    there = [ids for file in files for ids in file.own_ids]
    unclear = [one for one in declared if one.meaning.how == "unknown" and one.declaration.kind != "inherited"]
    only_declared = [name for name in said if not any(name in ids for ids in there)]
    only_found = sorted({ids[0] for ids in there if not set(ids) & set(said)})
    manifests: dict[str, set[str]] = {}
    for one in declared:
        if one.meaning.ids:
            manifests.setdefault(one.path, set()).update(one.meaning.ids)
    comparable = said and there
    agreement = "unknown" if not comparable else "differ" if only_declared or only_found else "agree"
    return {
        "path": shown(directory),
        "declared": said,
        "manifests_differ": len({frozenset(ids) for ids in manifests.values()}) > 1,
        "undetermined": len(unclear),
        "files": [file.path for file in files[:_EXAMPLES]],
        "found": sorted({name for ids in there for name in ids}),
        "agreement": agreement,
        "only_declared": only_declared if agreement == "differ" else [],
        "only_found": only_found if agreement == "differ" else [],
    }


def _is_named(path: str, patterns: Iterable[str]) -> bool:
    return any(path == pattern or fnmatchcase(path, pattern) for pattern in patterns)


def home(path: str) -> str:
    """The directory whose licence a file gives: that above a `LICENSES` directory."""
    directory = parent(path)
    return parent(directory) if directory.rpartition("/")[2].lower() in ("licenses", "licences") else directory
