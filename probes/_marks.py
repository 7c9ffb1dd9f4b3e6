"""A quick look at what texts say of themselves, by which most are done with: they say nothing."""

from . import _modelines
from ._generated import NO_TESTS, TESTS, Rule, Tests
from ._paths import extension_of

_LAST = 6  # lines: no mark stands farther from the end


def says_nothing(path: str, head: bytes) -> bool:
    """Whether a text certainly has no modeline, and no sign that a program wrote it."""
    lines, marks, rules = _BY_EXTENSION.get(extension_of(path), _OTHERWISE)
    if any(map(_ends(head, lines).__contains__, marks)):
        return False
    return not (rules and any(rule(head) for rule in rules))


def _ends(text: bytes, lines: int) -> bytes:
    """The first lines of a text, and the last; all of one that has no more."""
    beginning = text.split(b"\n", lines)
    if len(beginning) <= lines:
        return text
    end = text.rsplit(b"\n", _LAST)
    return text[: len(text) - len(beginning[-1])] + text[len(end[0]) :]


def _looked_for(tests: Tests) -> tuple[int, tuple[bytes, ...], tuple[Rule, ...]]:
    """How many of the first lines are looked at, texts of which one is in each mark, and what else is asked."""
    first, last, rules = tests
    marks = (*first.telling, *last.telling, *_modelines.MARKS)
    return max(first.most, _modelines.LINES), marks, tuple(rules)


_OTHERWISE = _looked_for(NO_TESTS)
_BY_EXTENSION = {extension: _looked_for(tests) for extension, tests in TESTS.items()}
