"""Tests of YAML read line by line: whatever the full parser understands, it gives the same for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegenie.formats import yaml_lines, yaml_text
from codegenie.formats.unparsable import Unparsable
from tests.formats.parsers import PNPM_LOCK, PNPM_LOCK_5, YARN_BERRY

SAMPLES = (PNPM_LOCK, PNPM_LOCK_5, YARN_BERRY)
WORDS = st.sampled_from((
    "a", "'b'", '"c"', "@d/e", "'@f/g@1'", "h@i:j", "k l", "1.10", "0x1f", "true", "~", "null", "- ", "? ", ": ", ":",
    "{a: b}", "{a: 'b', 'c': d}", "{a: b,}", "[a, 'b']", "[]", "{}", "|-", ">", "#", " #", "&x", "*x", "!t", "<<",
    "---", "\n", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", ": ", ": ", " ", "''", '"\\n"', "%", "\t", "\r\n", "x: y",
))  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_the_tools_write_needs_no_other_parser(sample: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = yaml_text.documents(sample, 3)[-1]
    monkeypatch.setattr(yaml_text, "documents", None)
    assert yaml_lines.last_document(sample, 3) == expected


@given(st.lists(WORDS, max_size=25).map("".join))
@settings(max_examples=600, deadline=None)
def test_any_text_means_what_it_means_to_the_full_parser(text: str) -> None:
    same(text.encode())


@given(st.data())
@settings(max_examples=600, deadline=None)
def test_a_damaged_lockfile_means_what_it_means_to_the_full_parser(data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(SAMPLES))
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, min(start + 30, len(sample))))
    same(sample[:start] + data.draw(WORDS).encode() + sample[end:])


def same(content: bytes) -> None:
    try:
        found = yaml_text.documents(content, 3)
    except Unparsable:
        return
    expected = found[-1].value if found else None
    assert yaml_lines.last_document(content, 3).value == expected


def test_of_several_documents_the_last_counts_with_its_own_lines() -> None:
    found = yaml_lines.last_document(b"---\na: 1\n---\nb: c\nd:\n  e: f\n", 2)
    assert found == yaml_text.Document({"b": "c", "d": {"e": "f"}}, {("b",): 4, ("d",): 5, ("d", "e"): 6})


def test_the_marks_of_a_merge_conflict_are_named() -> None:
    with pytest.raises(Unparsable, match="a merge conflict, line 2"):
        yaml_lines.last_document(b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", 1)
