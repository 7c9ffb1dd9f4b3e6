"""The catalogues: tables that are laid out one way, hold to their schemas, and say where each entry comes from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from codegenie import registry, schema
from probes.catalogues._layout import LAID_OUT_BY_HAND, written

FILES = {path.stem: path for path in sorted((Path(registry.data_directory("probes")) / "catalogues").glob("*.json"))}
NAMES = tuple(FILES)

# Of these the order counts: the first row that fits holds, and counterparts are shown in theirs.
IN_THEIR_OWN_ORDER = {
    ("distroless_images", "images"),
    ("image_families", "families"),
    ("shell-replacements", "replacements"),
}

Catalogue = dict[str, Any]


def of(name: str) -> Catalogue:
    found: Catalogue = json.loads(FILES[name].read_text(encoding="utf-8"), object_pairs_hook=_once)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({key for key, _ in pairs}) == len(pairs), [key for key, _ in pairs]
    return dict(pairs)


def tables(name: str) -> Iterator[tuple[str, Any]]:
    yield from ((key, table) for key, table in of(name).items() if key != "origin")


def key(entry: Any) -> tuple[str, ...]:
    """What an entry of a list goes by."""
    if not isinstance(entry, dict) or "id" in entry:
        return (entry["id"],) if isinstance(entry, dict) else (entry,)
    return tuple(entry[field] for field in ("type", "name", "pattern", "repository") if entry.get(field))


@pytest.mark.parametrize("name", NAMES)
def test_a_catalogue_holds_to_its_schema(name: str) -> None:
    fastjsonschema.compile(json.loads(schema.text(f"catalogues/{name}")))(of(name))


@pytest.mark.parametrize("name", sorted({*NAMES} - LAID_OUT_BY_HAND))
def test_a_catalogue_is_laid_out_an_entry_a_line(name: str) -> None:
    assert written(of(name)) == FILES[name].read_text(encoding="utf-8"), "python -m probes.catalogues._layout"


@pytest.mark.parametrize("name", [name for name in NAMES if of(name)["origin"] is None])
def test_what_is_written_by_hand_is_sorted_and_has_nothing_twice(name: str) -> None:
    for title, table in tables(name):
        keys = list(table) if isinstance(table, dict) else [key(entry) for entry in table]
        if (name, title) not in IN_THEIR_OWN_ORDER:
            assert keys == sorted(keys), title
            assert len(set(keys)) == len(keys), title
        else:
            whole = [json.dumps(entry) for entry in table]
            assert len(set(whole)) == len(whole), title


def test_every_catalogue_has_a_schema_and_a_probe_that_declares_it() -> None:
    schemas = Path(registry.data_directory("schemas")) / "catalogues"
    declared = {name for probe in registry.all_probes() for name in probe.catalogues}
    assert {path.stem for path in schemas.glob("*.json")} == set(NAMES) == declared
