"""Constraints of Python: as `packaging` understands PEP 440, and as poetry adds to it."""

import itertools
import random

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from probes._python_versions import parsed, satisfies

VERSIONS = (
    *("0", "0.9", "1", "1.0.0", "1.0.1", "1.1", "1.10", "1.0.dev0", "1.0a0", "1.0.post0", "1!1.0", "1.0+local.1"),
    *("1.2.3c4", "v1.2", "2.0.dev1", "2.0a1", "2.0a1.dev2", "2.0b2", "2.0rc1", "2.0", "2.0-1", "2.0.post1.dev3"),
    "2024.1.1",
)
OPERATORS = ("==", "!=", ">=", "<=", "<", ">", "~=")


def test_versions_and_specifiers_mean_what_they_mean_to_packaging() -> None:
    chance = random.Random(440)
    made = (".".join(str(chance.randint(0, 3)) for _ in range(chance.randint(1, 4))) for _ in range(25))
    versions = [*VERSIONS, *(each + chance.choice(("", "a1", "rc2", ".post1", ".dev1")) for each in made)]
    for one, other in itertools.product(versions, versions):
        left, right = parsed(one), parsed(other)
        assert left is not None and right is not None
        assert (left.key < right.key) is (Version(Version(one).public) < Version(Version(other).public)), (one, other)
        for operator in OPERATORS:
            check(one, operator + other)
        if not any(letter.isalpha() or letter in "-+!" for letter in other):
            check(one, f"=={other}.*")
            check(one, f"!={other}.*")


def check(version: str, specifier: str) -> None:
    try:
        expected = SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return
    assert satisfies(version, specifier) is expected, (version, specifier)


@pytest.mark.parametrize(
    ("version", "constraint", "answer"),
    [
        ("1.2.3", "^1.2", True),
        ("2.0", "^1.2", False),
        ("0.2.5", "^0.2.3", True),
        ("0.3", "^0.2.3", False),
        ("0.0.4", "^0.0.3", False),
        ("1.2.9", "~1.2.3", True),
        ("1.3", "~1.2.3", False),
        ("1.9", "~1", True),
        ("5.1", ">=3.8,<4.0 || ^5", True),
        ("1.0", "*", True),
        ("1.5", "1.*", True),
        ("1.5", "1.5", True),
        ("1.5", ">=1 <2", True),
        ("x", ">=1", None),
        ("1", ">=x", None),
        ("1", "", True),
    ],
)
def test_what_poetry_adds(version: str, constraint: str, answer: bool | None) -> None:
    assert satisfies(version, constraint) is answer
