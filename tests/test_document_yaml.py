"""The document as YAML: what is short stands on one line."""

from typing import Any

import yaml

from codegenie.document_yaml import written

PLACE = {"path": "package.json", "line": 7}


def test_short_collections_stand_on_one_line_and_long_ones_one_item_a_line() -> None:
    document = {
        "empty": [],
        "none": {},
        "names": ["b", "a"],
        "place": PLACE,
        "one": [PLACE],
        "two": [PLACE, PLACE],
        "nested": {"command": "npm test", "evidence": [PLACE]},
        "long": ["x" * 60, "y" * 60],
    }

    assert written(document, "id").decode().splitlines() == [
        "# yaml-language-server: $schema=id",
        "empty: []",
        "none: {}",
        "names: [b, a]",
        "place: {path: package.json, line: 7}",
        "one: [{path: package.json, line: 7}]",
        "two:",
        "- {path: package.json, line: 7}",
        "- {path: package.json, line: 7}",
        "nested: {command: npm test, evidence: [{path: package.json, line: 7}]}",
        "long:",
        f"- {'x' * 60}",
        f"- {'y' * 60}",
    ]


def test_every_value_reads_back_as_it_was() -> None:
    texts = ["", " ", "#", "a: b", "[x]", "{x}", "- a", "no", "1e3", "~", "'", "é\u202e\x1b\n\t", "x, y", "a" * 300]
    document: dict[str, Any] = {"texts": texts, **{text: [{text: text}] for text in texts}}
    assert yaml.safe_load(written(document, "id")) == document


def test_what_a_terminal_would_obey_is_escaped() -> None:
    assert written({"a": ["\x1b[31m\u202e"]}, "id").isascii()
    assert b"\x1b" not in written({"a": ["\x1b[31m\u202e"]}, "id")
