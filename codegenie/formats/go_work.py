"""go.work: the modules that are built together."""

from typing import NamedTuple

from codegenie.formats.go_lines import directives
from codegenie.formats.go_mod import Named, Replaced, replacement
from codegenie.formats.unparsable import Unparsable


class GoWork(NamedTuple):
    """The file; `used` are directories as written."""

    go: Named | None
    toolchain: Named | None
    used: tuple[Named, ...]
    replaced: tuple[Replaced, ...]


def parse(content: bytes) -> GoWork:
    """Read the file.  Raises Unparsable."""
    single: dict[str, Named] = {}
    used, replaced = [], []
    for line in directives(content):
        if line.verb in ("go", "toolchain", "use"):
            if len(line.words) != 1:
                raise Unparsable(f"a {line.verb} of an unknown form, line {line.number}")
            named = Named(line.words[0], line.number)
            if line.verb == "use":
                used.append(named)
            else:
                single.setdefault(line.verb, named)
        elif line.verb == "replace":
            replaced.append(replacement(line))
    return GoWork(single.get("go"), single.get("toolchain"), tuple(used), tuple(replaced))
