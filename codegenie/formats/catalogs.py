"""Catalogues of a workspace: the ranges of packages by name, in pnpm-workspace.yaml and .yarnrc.yml alike."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.plain import Key


class Bound(NamedTuple):
    """The range of a package in a catalogue (`field` is "catalog" or "catalog:name"), or in another field."""

    name: str
    constraint: str
    field: str
    line: int | None


def bound(value: Mapping[str, Any], lines: Mapping[Key, int], *others: str) -> Iterator[Bound]:
    """What the catalogues and the `others`, which are fields of the same form, say."""
    fields: list[tuple[str, Key, Any]] = [(field, (field,), value.get(field)) for field in ("catalog", *others)]
    fields += [(f"catalog:{name}", ("catalogs", name), each) for name, each in _items(value.get("catalogs"))]
    for field, path, packages in fields:
        for name, constraint in _items(packages):
            if isinstance(constraint, str | int | float) and not isinstance(constraint, bool):
                yield Bound(name, str(constraint), field, lines.get((*path, name)))


def _items(value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, dict) else ()
