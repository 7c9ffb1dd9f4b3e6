"""What a terminal would obey becomes visible; what a person can read stays."""

import io
import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegenie.text import (
    escaped,
    holds_escapes,
    is_representable,
    lined,
    representable,
    restored,
    say,
    show_any_letter,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, with \\ and ~", "plain text, with \\ and ~"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("two\nlines\r\n", "two\\nlines\\r\\n"),
        ("\t\0\a\b", "\\t\\x00\\x07\\x08"),
        ("\x7f", "\\x7f"),
        ("\x9b31m", "\\x9b31m"),  # CSI in one character, which some terminals obey
        ("user\u202egnp.exe", "user\\u202egnp.exe"),
        ("\u2066\u2069\u200e\u200f", "\\u2066\\u2069\\u200e\\u200f"),
        ("\u2028\u2029\x85", "\\u2028\\u2029\\x85"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("soft\xadhyphen", "soft\\xadhyphen"),
        ("\udcff\udc80.txt", "\\xff\\x80.txt"),
        ("\ud800 \udfff", "\\ud800 \\udfff"),
        ("\U000e0041\U000e0001", "\\U000e0041\\U000e0001"),  # tags: text that nobody sees
        ("中文 русский עברית é", "中文 русский עברית é"),
        ("🎉 👍🏽 ✔️", "🎉 👍🏽 ✔️"),
        ("e\u0301", "e\u0301"),
        ("", ""),
    ],
)
def test_a_terminal_has_nothing_to_obey(text: str, shown: str) -> None:
    assert escaped(text) == shown


@given(st.text(st.characters(codec=None)))
def test_escaped_text_is_one_visible_encodable_line(text: str) -> None:
    shown = escaped(text)
    assert shown.encode("utf-8").decode("utf-8").splitlines() in ([shown], [])
    assert not [letter for letter in shown if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"))))
def test_what_can_be_read_stays(text: str) -> None:
    assert escaped(text) == text


def test_only_surrogates_are_replaced_in_a_document() -> None:
    value = {"a\udcff": ["\ud800x", "中文\x1b\n", 1, 1.5, True, None, {"b": {}}], "plain": "plain"}
    assert representable(value) == {
        "a\\xff": ["\\ud800x", "中文\x1b\n", 1, 1.5, True, None, {"b": {}}],
        "plain": "plain",
    }


@pytest.mark.parametrize(
    ("text", "placed"),
    [
        ("caf\udce9", r"caf\xe9"),
        (r"caf\xe9", r"caf\x5cxe9"),
        (r"caf\x5cxe9", r"caf\x5cx5cxe9"),
        ("\ud800", r"\ud800"),
        (r"\ud800", r"\x5cud800"),
        ("\\\udcff", r"\\xff"),
        (r"C:\new\x41 \d+ \u0041 \xFF \\", r"C:\new\x41 \d+ \u0041 \xFF \\"),
    ],
)
def test_what_looks_like_an_escape_is_told_from_one(text: str, placed: str) -> None:
    assert representable(text) == placed
    assert restored(placed) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None)), inner),
    max_leaves=8,
)


@given(JSON)
def test_what_is_representable_encodes(value: object) -> None:
    placed = representable(value)
    assert json.loads(json.dumps(placed, ensure_ascii=False).encode("utf-8")) == placed


ESCAPES = st.lists(st.sampled_from([*"\\x5cud8f9", "\udcff", "\udc80", "\ud800", "é"])).map("".join)


@given(st.recursive(ESCAPES, lambda inner: st.lists(inner) | st.dictionaries(ESCAPES, inner), max_leaves=5))
def test_what_was_made_representable_can_be_restored(value: object) -> None:
    placed = representable(value)
    assert restored(placed) == value
    for ascii_only in (True, False):
        assert placed == value or holds_escapes(json.dumps(placed, ensure_ascii=ascii_only).encode())


@given(st.lists(ESCAPES | st.text()))
def test_texts_in_lines_are_representable_if_each_of_them_is(texts: list[str]) -> None:
    assert is_representable("\n".join(texts)) == all(representable(text) == text for text in texts)


def test_letters_that_an_output_cannot_encode_are_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii", write_through=True))
    show_any_letter()
    print("中é")
    assert written.getvalue() == b"\\u4e2d\\xe9\n"


def test_a_line_on_standard_error_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    say("file \x1b]0;title\x07\nnext\udcff")
    assert capsys.readouterr().err == "file \\x1b]0;title\\x07\\nnext\\xff\n"


def test_the_fields_of_json_stand_on_lines_as_deep_as_is_asked() -> None:
    value = {"b": {"y": {"deep": [1]}, "x": []}, "a": "é\n", "c": {}}
    whole = """{
 "a": "\\u00e9\\n",
 "b": {
  "x": [],
  "y": {"deep": [1]}
 },
 "c": {}
}"""
    assert lined(value, 2) == whole
    assert [json.loads(lined(value, levels)) for levels in range(5)] == [value] * 5
