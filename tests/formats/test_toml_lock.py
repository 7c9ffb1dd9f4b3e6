"""Lockfiles in TOML, scanned line by line: never another value than that of the full parser."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from codegenie.formats import toml_lock, toml_text
from codegenie.formats.toml_lines import lines_of
from tests.formats.parsers import PDM_LOCK, POETRY_LOCK, PYLOCK, UV_LOCK

SAMPLES = (UV_LOCK, POETRY_LOCK, PDM_LOCK, PYLOCK)
PARTS = st.sampled_from((
    "\n", "[[package]]\n", "[package.x]\n", "[[package.x]]\n", "[metadata]\n", "a = 1\n", 'b = "c"\n', "d = [\n", "]\n",
    '    { e = "f", size = 1 },\n', "{ }",
    "= ", '"', "'", ",", "\\", "#", "a.b = 1\n", '"q" = true\n', "x = 01\n", "\t",
))  # fmt: skip


def test_files_that_programs_wrote_are_scanned() -> None:
    for sample in SAMPLES:
        agree(sample)
        toml_lock._Scan().read(sample.decode())


def test_what_is_odd_is_left_to_the_full_parser() -> None:
    odd = UV_LOCK.replace(b'\nname = "b"', b"\nname   = 'b' # c").replace(b"[[package]]", b"[[ package ]]")
    assert [line for line, _ in toml_lock.parse(odd).packages()] == [7, 21]
    assert toml_lock.parse(odd).value == toml_lock.parse(UV_LOCK).value


@given(data=st.data())
@settings(deadline=None, max_examples=300)
def test_a_damaged_file_never_gives_another_value(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SAMPLES)).decode()
    for _ in range(data.draw(st.integers(1, 3))):
        cuts = [found.start() for found in re.finditer(r"\b|\n|(?=[\[\]{},=])", text)]
        start = data.draw(st.sampled_from(cuts))
        text = text[:start] + data.draw(PARTS) + text[start + data.draw(st.integers(0, 3)) :]
    agree(text.encode())


def agree(content: bytes) -> None:
    """Fails where the scan takes a file that the full parser does not, or takes it for something else."""
    try:
        scanned = toml_lock._Scan().read(content.decode())
    except toml_lock._Odd:
        return
    full = toml_lock._pruned(toml_text.load(content))
    assert scanned.value == full
    lines = lines_of(content.decode(), depth=2)
    listed = full.get("packages" if "packages" in full else "package")
    key = "packages" if "packages" in full else "package"
    assert scanned.lines == tuple(lines.get((key, at)) for at in range(len(listed) if isinstance(listed, list) else 0))
