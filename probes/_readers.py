"""What the readers of all ecosystems have in common: the files that they read, and what they did not take or know."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol

from codegenie.probe import PATHS, ProbeInputs

from ._apart import apart_facts
from ._reader_files import Files
from ._unread_builds import unread_builds


class Found(Protocol):
    """What a reader gives: beside its own the paths set apart, by kind."""

    @property
    def apart(self) -> Mapping[str, Sequence[str]]: ...


def declared(files: Files) -> tuple[str, ...]:
    """The inputs of a probe that asks the readers of these files."""
    return (PATHS, *(glob for globs in files.values() for glob in globs), "!**/node_modules/**")


def needed(what: str, files: Files, inputs: ProbeInputs) -> Iterator[Any]:
    """The modules `_<ecosystem>_<what>` of which a file is there; the others are not imported."""
    for ecosystem, globs in files.items():
        if inputs.matching(*globs):
            yield import_module(f"{__package__}._{ecosystem}_{what}")


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
