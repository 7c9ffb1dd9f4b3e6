"""What Cargo's requirements mean, by the examples of its own documentation."""

import pytest

from probes._cargo_versions import satisfies

MEANS = [
    ("1.2.3", "1.2.3", True),
    ("1.9.0", "1.2.3", True),
    ("2.0.0", "1.2.3", False),
    ("0.2.9", "0.2.3", True),
    ("0.3.0", "0.2.3", False),
    ("0.0.4", "0.0.3", False),
    ("0.0.3", "0.0.3", True),
    ("0.0.9", "0.0", True),
    ("0.9.9", "0", True),
    ("1.0.0", "0", False),
    ("1.2.9", "~1.2.3", True),
    ("1.3.0", "~1.2.3", False),
    ("1.9.0", "~1", True),
    ("9.9.9", "*", True),
    ("1.9.9", "1.*", True),
    ("2.0.0", "1.*", False),
    ("1.2.9", "1.2.*", True),
    ("1.2.4", "=1.2.3", False),
    ("1.2.4", "=1.2", True),
    ("1.4.0", ">= 1.2, < 1.5", True),
    ("1.5.0", ">=1.2, <1.5", False),
    ("1.2.5", ">1.2", False),
    ("1.3.0", ">1.2", True),
    ("1.2.5", "<=1.2", True),
    ("1.0.0-rc.1", "1.0.0-beta", True),
    ("1.0.0-alpha", "1.0.0-beta", False),
    ("1.1.0-alpha", "1.0.0", False),
    ("1.0.0+build", "1.0.0", True),
    ("1.0.0", "one", None),
    ("one", "1", None),
]


@pytest.mark.parametrize(("version", "requirement", "expected"), MEANS)
def test_a_requirement_means(version: str, requirement: str, expected: bool | None) -> None:
    assert satisfies(version, requirement) is expected
