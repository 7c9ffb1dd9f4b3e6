"""Values in pieces are the JSON that they are as a whole."""

import json
from typing import Any

import pytest

from codegenie.formats.json_pieces import pieces

ROW = {"name": "é", "requires": [1, 2], "of": {"b": None, "a": 1.5}}
LONG = [ROW | {"number": number} for number in range(10_000)]


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize(
    "value",
    [{}, [], None, "text", ROW, [ROW], {"": []}, {"z": LONG, "a": "text", "e": [], "m": {"inner": LONG[:2]}}],
)
def test_the_pieces_are_the_whole(value: Any, separators: tuple[str, str]) -> None:
    encoder = json.JSONEncoder(sort_keys=True, separators=separators)

    assert b"".join(pieces(value, encoder)) == json.dumps(value, sort_keys=True, separators=separators).encode()


def test_no_piece_is_large() -> None:
    encoder = json.JSONEncoder(sort_keys=True)

    assert max(map(len, pieces({"rows": LONG, "others": LONG}, encoder))) < len(json.dumps(LONG)) / 2
