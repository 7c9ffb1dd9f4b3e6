""".bazelrc: the names of its configurations, and the commands that it has options for."""

from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_CONFIGS = 1000

_LINE = lazily(r"([a-z][a-z-]{0,30})(?::([\w.+-]{1,100}))?(?=\s|$)")


class Config(NamedTuple):
    """A configuration: `bazel build --config=name`; of several lines the first."""

    command: str
    name: str
    line: int


class Bazelrc(NamedTuple):
    """The file; of the options nothing is kept, since they may hold credentials."""

    configs: tuple[Config, ...]
    commands: tuple[tuple[str, int], ...]


def parse(content: bytes) -> Bazelrc:
    """Read the file.  Raises Unparsable."""
    configs: dict[str, Config] = {}
    commands: dict[str, int] = {}
    for number, line in enumerate(text_of(content).split("\n"), start=1):
        if found := _LINE.match(line.strip()):
            if found[2]:
                configs.setdefault(found[2], Config(found[1], found[2], number))
            elif found[1] not in ("import", "try-import"):
                commands.setdefault(found[1], number)
        if len(configs) > MOST_CONFIGS:
            raise Unparsable(f"more than {MOST_CONFIGS} configurations")
    return Bazelrc(tuple(configs.values()), tuple(sorted(commands.items())))
