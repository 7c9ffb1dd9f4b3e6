"""The document as YAML: what is short stands on one line."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from codegenie.document_yaml import written

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
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

    assert written(document).decode().splitlines() == [
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
    assert yaml.safe_load(written(document)) == document


@given(st.dictionaries(st.text(), JSON))
def test_parts_after_one_another_are_the_document(document: dict[str, Any]) -> None:
    whole = written(document)
    assert yaml.safe_load(whole) == document
    if document:
        assert b"".join(written({name: value}) for name, value in document.items()) == whole


def test_what_a_terminal_would_obey_is_escaped() -> None:
    assert written({"a": ["\x1b[31m\u202e"]}).isascii()
    assert b"\x1b" not in written({"a": ["\x1b[31m\u202e"]})
