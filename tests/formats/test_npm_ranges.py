"""Tests of npm's ranges, with what node-semver 7 answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegenie.formats.npm_ranges import satisfies


@pytest.mark.parametrize(
    ("version", "written", "expected"),
    [
        ("1.2.3", "^1.2.0", True),
        ("2.0.0", "^1.2.0", False),
        ("0.2.9", "^0.2.3", True),
        ("0.3.0", "^0.2.3", False),
        ("0.0.4", "^0.0.3", False),
        ("0.9.0", "^0", True),
        ("1.2.9", "~1.2.3", True),
        ("1.3.0", "~1.2.3", False),
        ("1.9.0", "~1", True),
        ("1.9.0", "1", True),
        ("1.9.0", "1.x", True),
        ("1.9.0", "1.8.*", False),
        ("9.9.9", "", True),
        ("9.9.9", "*", True),
        ("1.5.0", ">=1.2.7 <1.3.0 || >=1.4", True),
        ("1.3.5", ">=1.2.7 <1.3.0 || >=1.4", False),
        ("2.3.9", "1.2.3 - 2.3", True),
        ("2.4.0", "1.2.3 - 2.3", False),
        ("1.2.3-beta.2", "^1.2.3-beta.1", True),
        ("1.2.4-beta.2", "^1.2.3-beta.1", False),
        ("1.2.3-beta", ">1.0.0", False),
        ("2.0.0-rc.1", "<2.0.0", False),
        ("1.2.3+build", "= 1.2.3", True),
        ("1.2.3", "> 1.2", False),
        ("1.3.0", "> 1.2", True),
        ("1.2.3", "<*", False),
        ("1.2.3", "latest", None),
        ("1.2.3", "github:a/b", None),
        ("git+ssh://x", "^1", None),
    ],
)
def test_a_range_takes_what_npm_takes(version: str, written: str, expected: bool | None) -> None:
    assert satisfies(version, written) is expected


@given(st.text(max_size=40), st.text(alphabet="0123.-xX*^~<>=| av+", max_size=60))
def test_any_text_has_an_answer(version: str, written: str) -> None:
    assert satisfies(version, written) in {True, False, None}
    assert satisfies("1.2.3", written) in {True, False, None}
