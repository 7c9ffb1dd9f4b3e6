""".cargo/config.toml: the aliases and the hosts of registries; no credential can come out of it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.hosts import Registry, host_of
from codegenie.formats.plain import text_of
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.toml_text import load
from codegenie.formats.unparsable import Unparsable

MOST_ENTRIES = 1000


class Alias(NamedTuple):
    """A command of one's own, and the words that it stands for."""

    name: str
    command: str
    line: int | None


class CargoConfig(NamedTuple):
    """`registries` have the registry's name as their scope, None for what stands in for crates.io."""

    aliases: tuple[Alias, ...]
    registries: tuple[Registry, ...]
    target: str | None
    """The platform that is built for, where it is not the one that builds."""


def parse(content: bytes) -> CargoConfig:
    """Read the file.  Raises Unparsable."""
    value = load(content)
    lines = lines_of(text_of(content))
    aliases = _table(value, "alias")
    sources = _table(value, "source")
    registries = _table(value, "registries")
    if len(aliases) + len(sources) + len(registries) > MOST_ENTRIES:
        raise Unparsable(f"more than {MOST_ENTRIES} entries")
    target = _table(value, "build").get("target")
    return CargoConfig(
        aliases=tuple(
            Alias(name, command, lines.get(("alias", name)))
            for name, item in sorted(aliases.items())
            if (command := _words(item)) is not None
        ),
        registries=tuple(
            [
                Registry(name, host_of(_address(index)), lines.get(("registries", name, "index")))
                for name, item in sorted(registries.items())
                if isinstance(item, dict) and isinstance(index := item.get("index"), str)
            ]
            + [
                Registry(None, host_of(_address(address)), lines.get(("source", name, "registry")))
                for name, address in _replacing(sources)
            ]
        ),
        target=target if isinstance(target, str) else None,
    )


def _replacing(sources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The source that stands in for crates.io, at the end of the chain of `replace-with`."""
    name, seen = "crates-io", set()
    while name not in seen and isinstance(source := sources.get(name), dict):
        seen.add(name)
        if not isinstance(source.get("replace-with"), str):
            address = source.get("registry")
            if name != "crates-io" and isinstance(address, str):
                yield name, address
            return
        name = source["replace-with"]


def _address(index: str) -> str:
    return index.removeprefix("sparse+").removeprefix("registry+")


def _table(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _words(item: Any) -> str | None:
    match item:
        case str():
            return item
        case list() if all(isinstance(word, str) for word in item):
            return " ".join(item)
        case _:
            return None
