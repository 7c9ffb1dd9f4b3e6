"""Lines of TOML keys: of every way to write a key, and of every key that the parser knows."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import toml_text
from codegenie.formats.toml_lines import lines_of

TEXT = '''\
# c
name = "x"
[package]
"quoted.key" = 1
a.b = 2
list = [
  "one", # ]
  { x = 1, y = [1, 2] },
]
[dependencies]
serde = { version = "1", features = ["derive",
  "rc"] }
[target.'cfg(unix)'.dependencies]
libc = "0.2"
[[bin]]
name = "b1"
[[bin]]
name = "b2"
[bin.deep]
text = """
[no]
k = 1
"""
last = 3
'''


def test_every_way_to_write_a_key_has_its_line() -> None:
    lines = lines_of(TEXT)
    assert {key: lines[key] for key in lines if key[-1] in ("a", "b", "quoted.key", "features", "last", "libc", 1)} == {
        ("package", "quoted.key"): 4,
        ("package", "a"): 5,
        ("package", "a", "b"): 5,
        ("package", "list", 1): 8,
        ("package", "list", 1, "y", 1): 8,
        ("dependencies", "serde", "features"): 11,
        ("dependencies", "serde", "features", 1): 12,
        ("target", "cfg(unix)", "dependencies", "libc"): 14,
        ("bin", 1): 17,
        ("bin", 1, "deep", "last"): 24,
    }


def test_what_the_parser_finds_has_a_line() -> None:
    leaves = set(_leaves(toml_text.load(TEXT.encode()), ()))
    assert leaves - lines_of(TEXT).keys() == set()


def test_what_lies_deeper_is_not_noted() -> None:
    assert lines_of("a.b.c.d = [1]\n[e.f.g]\nh = 1\n", depth=2) == {("a",): 1, ("a", "b"): 1}


def _leaves(value: Any, way: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _leaves(item, (*way, key))
        case list():
            for at, item in enumerate(value):
                yield from _leaves(item, (*way, at))
        case _:
            yield way
