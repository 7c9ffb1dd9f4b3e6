"""How many test cases there are in a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cases:
    """How many there are; how many of them take parameters, how many are skipped; the framework that is imported."""

    count: int
    parameterised: int = 0
    skipped: int = 0
    framework: str | None = None
