"""rust-toolchain.toml, or rust-toolchain with nothing but the channel: the toolchain that rustup takes."""

from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.toml_text import load
from codegenie.formats.unparsable import Unparsable

_CHANNEL = lazily(r"[\w.+-]{1,100}")


class RustToolchain(NamedTuple):
    """The channel as written, `1.80.1`, `stable` or `nightly-2025-01-01`, and its line; None where a path is named."""

    channel: str | None
    line: int | None
    components: tuple[str, ...]
    targets: tuple[str, ...]


def parse(content: bytes) -> RustToolchain:
    """Read the file.  Raises Unparsable."""
    text = text_of(content)
    words = text.split()
    if len(words) == 1 and _CHANNEL.fullmatch(words[0]):
        return RustToolchain(words[0], 1 + text[: text.index(words[0])].count("\n"), (), ())
    table = load(content).get("toolchain")
    if not isinstance(table, dict):
        raise Unparsable("no table of the name toolchain")
    channel = table.get("channel")
    return RustToolchain(
        channel=channel if isinstance(channel, str) else None,
        line=lines_of(text).get(("toolchain", "channel")),
        components=_texts(table.get("components")),
        targets=_texts(table.get("targets")),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
