"""A content is parsed once, as long as it is small and was met lately."""

import gc
import sys
from functools import lru_cache

import pytest

from codegenie.formats import parsed_once as parsed_once_
from codegenie.formats import shell
from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.unparsable import Unparsable
from tests.watched import check_all


def test_equal_contents_are_parsed_once() -> None:
    parsed = []

    @parsed_once(2)
    def parse(content: bytes, line: int = 1) -> list[int]:
        parsed.append(content)
        return [line, len(content)]

    assert parse(b"one") is parse(b"one")
    assert parse(b"one", line=7) == [7, 3]
    assert parsed == [b"one", b"one"]


def test_of_the_contents_the_last_are_kept_and_large_ones_not_at_all() -> None:
    parsed = []

    @parsed_once(2)
    def parse(content: bytes) -> None:
        parsed.append(len(content))

    for size in (1, 2, 3, 3, 2, 1, 2 << 20, 2 << 20):
        parse(b"x" * size)
    assert parsed == [1, 2, 3, 1, 2 << 20, 2 << 20]


def test_little_memory_is_kept_of_contents_that_become_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed_once_, "_FORGET", [])
    monkeypatch.setattr(parsed_once_, "lru_cache", lru_cache)
    parse = parsed_once(64)(shell.parse.__wrapped__)  # type: ignore[attr-defined]
    gc.collect()
    before, most = sys.getallocatedblocks(), 0
    for number in range(8):
        parse(b"#%d\n%b" % (number, b"`a`;" * 8000))
        most = max(most, sys.getallocatedblocks() - before)
    assert 100_000 < most < 900_000


def test_what_cannot_be_parsed_is_said_each_time() -> None:
    @parsed_once(2)
    def parse(_content: bytes) -> None:
        raise Unparsable("never")

    for _ in range(2):
        with pytest.raises(Unparsable, match="never"):
            parse(b"")


def test_a_value_that_is_changed_is_noticed_by_the_tests() -> None:
    @parsed_once(2)
    def parse(content: bytes) -> list[int]:
        return [*content]

    parse(b"a").append(1)
    with pytest.raises(AssertionError, match="parse gave was changed"):
        check_all()
    with pytest.raises(AssertionError, match="parse gave was changed"):
        parse(b"a")
