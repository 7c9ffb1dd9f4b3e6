"""Where nobody has configured a test runner: each path that is a test holds one of a few words."""

from itertools import islice

import pytest

from probes._test_defaults import _BY_DEFAULT, IN_A_TEST
from probes._test_globs import glob
from tests.reachable.examples import examples

OF_PYTHON = ("**/test_*.py", "**/*_test.py", "**/tests.py")
PATTERNS = [*OF_PYTHON, *(pattern for patterns, _ in _BY_DEFAULT.values() for pattern in patterns)]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_one_of_the_words_is_in_all_that_a_default_takes(pattern: str) -> None:
    found = glob(pattern)
    assert found is not None
    taken = [*islice(examples(found.pattern), 2000)]
    assert taken
    assert [path for path in taken if not any(word in path for word in IN_A_TEST)] == []
