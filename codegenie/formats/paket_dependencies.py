"""paket.dependencies and paket.references: what Paket is asked for, by group."""

from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.hosts import host_of
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 10_000
_KINDS = ("nuget", "git", "github", "gist", "http", "clitool")
_OPTION = lazily(r"\s([a-z_]+):\s")
_FLAGS = frozenset({"prerelease", "beta", "alpha", "rc"})


class Asked(NamedTuple):
    """One dependency; `kind` is nuget, git, github, gist, http or clitool, `options` follow the version."""

    group: str
    kind: str
    name: str
    constraint: str
    options: str
    line: int


class Source(NamedTuple):
    """A source of packages, by its host; None for a directory."""

    group: str
    host: str | None
    line: int


class PaketDependencies(NamedTuple):
    """The dependencies and sources; `paket` is the version of Paket that the file asks for."""

    asked: tuple[Asked, ...]
    sources: tuple[Source, ...]
    paket: str | None
    paket_line: int | None
    frameworks: tuple[tuple[str, str, int], ...]
    """Per group its `framework:` restriction."""


def parse(content: bytes) -> PaketDependencies:
    """Read a paket.dependencies.  Raises Unparsable."""
    asked, sources, frameworks = [], [], []
    group, paket, paket_line = "Main", None, None
    for number, words in _lines(content):
        head, _, rest = words.partition(" ")
        rest = rest.strip()
        if head == "group":
            group = rest or group
        elif head == "source":
            sources.append(Source(group, host_of(rest.split(" ")[0].strip('"')), number))
        elif head == "version" and paket is None:
            paket, paket_line = rest.split(" ")[0], number
        elif head in ("framework:", "framework"):
            frameworks.append((group, rest.removeprefix(":").strip(), number))
        elif head in _KINDS and rest:
            asked.append(_asked(group, head, rest, number))
        if len(asked) + len(sources) > MOST_ENTRIES:
            raise Unparsable(f"more than {MOST_ENTRIES} entries")
    return PaketDependencies(tuple(asked), tuple(sources), paket, paket_line, tuple(frameworks))


def references(content: bytes) -> tuple[Asked, ...]:
    """Read a paket.references: the names that a project uses, each of a group.  Raises Unparsable."""
    group, found = "Main", []
    for number, words in _lines(content):
        head, _, rest = words.partition(" ")
        if head == "group" and rest.strip():
            group = rest.strip()
        elif not words.startswith("File:"):
            found.append(Asked(group, "nuget", head, "", rest.strip(), number))
        if len(found) > MOST_ENTRIES:
            raise Unparsable(f"more than {MOST_ENTRIES} entries")
    return tuple(found)


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text_of(content).split("\n"), 1):
        words = line.strip()
        if words and not words.startswith(("//", "#")):
            yield number, words[:2_000]


def _asked(group: str, kind: str, rest: str, line: int) -> Asked:
    """`Name >= 1.0 < 2.0 framework: net6.0`; the words before the first option are the constraint."""
    option = _OPTION.search(rest)
    head, options = (rest[: option.start()], rest[option.start() :].strip()) if option else (rest, "")
    name, _, constraint = head.strip().partition(" ")
    kept = [word for word in constraint.split() if word not in _FLAGS]
    flags = [word for word in constraint.split() if word in _FLAGS]
    return Asked(group, kind, name, " ".join(kept), " ".join([*flags, options]).strip(), line)
