"""The order of keys for readers: as a schema lists them."""

import json
from typing import Any

import pytest

from codegenie import schema
from codegenie.order import ordered

SCHEMA: dict[str, Any] = {
    "properties": {
        "zulu": {"type": "string"},
        "place": {"$ref": "#/definitions/place"},
        "maybe": {"anyOf": [{"type": "null"}, {"$ref": "#/definitions/place"}]},
        "places": {"type": "array", "items": {"$ref": "#/definitions/place"}},
        "by_name": {"type": "object", "additionalProperties": {"$ref": "#/definitions/place"}},
        "open": True,
    },
    "definitions": {"place": {"properties": {"path": {}, "line": {}}}},
}


@pytest.fixture(autouse=True)
def slice_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "text", lambda _name: json.dumps(SCHEMA).encode())


def test_keys_stand_as_the_schema_lists_them_and_others_by_name() -> None:
    place = {"line": 1, "path": "a"}
    value = {"open": {"b": 1, "a": 1}, "other": 1, "another": 1, "maybe": place, "place": place, "zulu": ""}

    found = ordered("any", value)

    assert found == value
    assert json.dumps(found) == (
        '{"zulu": "", "place": {"path": "a", "line": 1}, "maybe": {"path": "a", "line": 1},'
        ' "open": {"a": 1, "b": 1}, "another": 1, "other": 1}'
    )


def test_lists_keep_their_order_and_maps_are_sorted() -> None:
    places = [{"line": 2, "path": "b"}, {"line": 1, "path": "a"}]
    value = {"by_name": {"z": places[0], "a": places[1]}, "places": places, "maybe": None}

    assert json.dumps(ordered("any", value)) == (
        '{"maybe": null, "places": [{"path": "b", "line": 2}, {"path": "a", "line": 1}],'
        ' "by_name": {"a": {"path": "a", "line": 1}, "z": {"path": "b", "line": 2}}}'
    )


def test_no_slice_stays_none() -> None:
    assert ordered("any", None) is None
