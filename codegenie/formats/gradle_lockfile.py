"""gradle.lockfile: the modules that Gradle pins, each with the configurations that resolve to it."""

from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_MODULES = 200_000
_LINE = lazily(r"([^:=#\s][^:=\s]*):([^:=\s]+):([^:=\s]+)(?:=([^\s]*))?")


class Module(NamedTuple):
    """One module; `configurations` is empty in files of Gradle 4 to 6, which have one file a configuration."""

    group: str
    name: str
    version: str
    configurations: tuple[str, ...]
    line: int


class GradleLockfile(NamedTuple):
    """The modules in the order of the file, and the configurations that are locked and empty."""

    modules: tuple[Module, ...]
    empty: tuple[str, ...]


def parse(content: bytes) -> GradleLockfile:
    """Read a lockfile.  Raises Unparsable."""
    modules: list[Module] = []
    empty: tuple[str, ...] = ()
    known: dict[str, tuple[str, ...]] = {}  # most lines have one of a few lists
    for number, written in enumerate(text_of(content).split("\n"), 1):
        line = written.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("empty="):
            empty = tuple(each for each in line[6:].split(",") if each)
            continue
        found = _LINE.fullmatch(line)
        if not found:
            raise Unparsable(f"not a lockfile of Gradle: line {number}")
        group, name, version, listed = found.groups()
        listed = listed or ""
        if listed not in known:
            known[listed] = tuple(each for each in listed.split(",") if each)
        modules.append(Module(group, name, version, known[listed], number))
        if len(modules) > MOST_MODULES:
            raise Unparsable(f"more than {MOST_MODULES} modules")
    return GradleLockfile(tuple(modules), empty)
