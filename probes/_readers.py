"""What the readers of all ecosystems have in common: the files that they read, and what they did not take or know."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from codegenie.probe import PATHS, ProbeInputs

from ._apart import apart_facts
from ._unread_builds import unread_builds


class Reader(Protocol):
    """A module that reads the manifests or the builds of one ecosystem, or of several."""

    @property
    def ECOSYSTEMS(self) -> tuple[str, ...]: ...  # noqa: N802

    @property
    def FILES(self) -> tuple[str, ...]: ...  # noqa: N802


class Found(Protocol):
    """What a reader gives: beside its own the paths set apart, by kind."""

    @property
    def apart(self) -> Mapping[str, Sequence[str]]: ...


def declared(readers: Iterable[Reader]) -> tuple[str, ...]:
    """The inputs of a probe that asks all of them."""
    return (PATHS, *(glob for reader in readers for glob in reader.FILES), "!**/node_modules/**")


def looked_for(readers: Iterable[Reader]) -> list[str]:
    """The ecosystems that they read, sorted."""
    return sorted(name for reader in readers for name in reader.ECOSYSTEMS)


def not_taken(inputs: ProbeInputs, found: Iterable[Found]) -> dict[str, Any]:
    """The part of a slice that says what is not read, set apart and not understood."""
    apart: dict[str, list[str]] = {}
    for each in found:
        for kind, paths in each.apart.items():
            apart.setdefault(kind, []).extend(paths)
    return {
        "not_read": unread_builds(inputs.paths),
        "set_apart": apart_facts({kind: sorted(set(paths)) for kind, paths in apart.items()}),
        "unparsed": inputs.unparsed,
    }
