"""Cargo.lock read line by line, and the same read as TOML."""

from pathlib import Path

import pytest

from codegenie.formats import cargo_lock
from codegenie.formats.cargo_lock import CargoLock, Locked

CARGO_LOCK = (Path(__file__).parent / "samples" / "cargo_lock" / "a.lock").read_bytes()

V1 = b"""\
[root]
name = "app"
version = "0.1.0"
dependencies = [
 "log 0.4.1 (registry+https://github.com/rust-lang/crates.io-index)",
]

[[package]]
name = "log"
version = "0.4.1"
source = "registry+https://github.com/rust-lang/crates.io-index"

[metadata]
"checksum log 0.4.1 (registry+https://github.com/rust-lang/crates.io-index)" = "89f0"
"""


@pytest.mark.parametrize("content", [CARGO_LOCK, V1, b"", b"version = 4\n", CARGO_LOCK.replace(b"\n", b"\r\n")])
def test_both_readers_find_the_same(content: bytes) -> None:
    found = cargo_lock.scanned(content.decode())
    without_lines = sorted((each._replace(line=None) for each in found.packages), key=lambda each: each.name)
    as_toml = cargo_lock.parse_toml(content)
    assert (found.version, without_lines) == (as_toml.version, sorted(as_toml.packages, key=lambda each: each.name))


def test_the_oldest_form_has_its_checksums_in_a_table() -> None:
    index = "registry+https://github.com/rust-lang/crates.io-index"
    assert cargo_lock.parse(V1) == CargoLock(
        1,
        (
            Locked("app", "0.1.0", None, None, (f"log 0.4.1 ({index})",), 1),
            Locked("log", "0.4.1", index, "89f0", (), 8),
        ),
        (),
    )


def test_what_somebody_else_wrote_is_read_as_toml() -> None:
    assert cargo_lock.parse(b"[[package]]\nversion='1'\nname='a'\n").packages == (
        Locked("a", "1", None, None, (), None),
    )
