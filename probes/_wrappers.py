"""The wrappers of Maven and Gradle: which version they download, and whether their script is there to call."""

from typing import NamedTuple

from codegenie.formats import java_properties
from codegenie.formats.patterns import lazily
from codegenie.probe import ProbeInputs

_DISTRIBUTION = lazily(r"/(apache-maven|maven-mvnd|gradle)-([0-9][\w.+-]*?)(?:-(?:bin|all|src|linux|windows|darwin))")


class Wrapper(NamedTuple):
    """A wrapper's settings; `version` and `line` are None where the address of its distribution does not say."""

    path: str
    program: str | None
    """The program it downloads where that is not the usual one: mvnd."""
    version: str | None
    line: int | None
    checked: bool
    """Whether the settings hold the digest that the distribution must have."""


def wrapper(inputs: ProbeInputs, path: str) -> Wrapper | None:
    """What the properties file at the path says; None where there is none, or it cannot be read."""
    if path not in inputs:
        return None
    found = inputs.parse(path, java_properties.parse)
    if found is None:
        return None
    address = found.entries.get("distributionUrl")
    named = _DISTRIBUTION.search(address.value) if address else None
    return Wrapper(
        path,
        "mvnd" if named and named[1] == "maven-mvnd" else None,
        named[2] if named else None,
        address.line if address and named else None,
        found.value("distributionSha256Sum") is not None,
    )
