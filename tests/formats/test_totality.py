"""Any bytes give a value or Unparsable, in time proportional to their length, whatever the format.

The parsers are found by reflection: one that is new is held to this without a word here.
"""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegenie.formats import json_lines, jsonc_text, plain, toml_lines, yaml_scalars
from tests.formats.parsers import SAMPLES, Parser, check, parsers, samples_of, understood
from tests.torture.harness import rounds

MIB = 1 << 20
PATIENCE = 4  # seconds of CPU for a MiB; a quiet machine needs less than one, a quadratic parser minutes
LENGTH = rounds(MIB // 32, MIB)  # at 32 KiB a quadratic parser takes seconds as well
PARSERS: dict[str, Parser] = {
    **parsers(),
    # What takes text, fed with the text of the bytes.
    "json_lines.lines_of": lambda content: json_lines.lines_of(plain.text_of(content)),
    "toml_lines.lines_of": lambda content: toml_lines.lines_of(plain.text_of(content)),
    "jsonc_text.strict": lambda content: jsonc_text.strict(plain.text_of(content)),
    "yaml_scalars.meaning": lambda content: yaml_scalars.meaning(plain.text_of(content), plain=True, tag=None),
}
EVERY = pytest.mark.parametrize("name", sorted(PARSERS))
SOUP = st.sampled_from((
    *"{}[]\":,\\/*\n #-?&*!|>%@`'=.a1<;$", "\r\n", "\t", "null", "true", "1e5", "- ", ": ", "a: ", "<<: ", "&a ", "*a ",
    "---\n", "/*", "//", '"""', "\\u", "\\ud800", "[[", "]]", "</", "/>", "<!--", "<![CDATA[", "&#0;", "<?", "é",
    "\ufeff", "\0",
))  # fmt: skip


def test_every_format_has_a_parser_and_a_sample() -> None:
    """The modules that have no parser of bytes are named, so that a new one cannot be overlooked."""
    with_parser = {name.partition(".")[0] for name in parsers()}
    assert with_parser == set(SAMPLES)


@pytest.mark.parametrize("name", sorted(parsers()))
def test_a_sample_is_understood(name: str) -> None:
    assert any(understood(PARSERS[name], sample) for sample in samples_of(name))


@EVERY
@given(content=st.binary(max_size=300) | st.lists(SOUP, max_size=60).map(lambda parts: "".join(parts).encode()))
@settings(deadline=None, max_examples=rounds(40, 400))
def test_any_bytes_give_a_value_or_unparsable(name: str, content: bytes) -> None:
    check(PARSERS[name], content)


@EVERY
@given(data=st.data())
@settings(deadline=None, max_examples=rounds(40, 400))
def test_a_damaged_sample_gives_a_value_or_unparsable(name: str, data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(samples_of(name)))
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, len(sample)))
    put = data.draw(st.binary(max_size=4) | SOUP.map(str.encode))
    check(PARSERS[name], sample[:start] + put * data.draw(st.integers(1, 3)) + sample[end:])


REPEATED = (
    b"[", b"]", b"{", b"}", b'{"a":', b"- ", b"[],", b"a: [", b"? ", b'"', b"'", b'\\"', b"/*", b"//", b"/*/", b"*/",
    b",   ", b"a\n", b"#\n", b"\n", b" ", b"\t", b"a.", b'"a".', b"a=1\n", b"[a]\n", b"[[a]]\n", b"=", b"&a ", b"*a ",
    b"- &a x\n- *a\n", b"!a ", b"%TAG !a! b\n", b"---\n", b"|\n", b"<<: ", b"\\ud800", b"\xff", b"\x00", b"1", b"-",
    b"@a:registry=//a@", b"\xf0\x9f\x98\x80", b"a: b\n", b"a", b"{a = ", b"<a>", b"<a/>", b"<!--", b"&a;", b"<![CDATA[",
)  # fmt: skip
WRAPPED = (
    (b"[", b"a,", b"]"), (b"[", b"a: b,", b"]"), (b"[", b"{},", b"1]"), (b"[", b"1,", b"1]"),
    (b"{", b'"a":1,', b'"a":1}'), (b"[" * 60, b"a: b,", b"]" * 60),
    (b"a = [", b"1,", b"]"), (b"a = [", b"{a=1},", b"]"), (b"", b".".join([b"a"] * 30) + b"=1\n", b""),
    (b"<a>", b"x<!---->", b"</a>"), (b"<a>", b"&lt;", b"</a>"), (b'{"scripts": {', b'"a": "b",', b'"a": "b"}}'),
    (b"", b'a "" ', b""),
)  # fmt: skip


@EVERY
def test_anything_repeated_takes_linear_time(name: str) -> None:
    for unit in REPEATED:
        timely(PARSERS[name], unit * (LENGTH // len(unit)), PATIENCE * LENGTH / MIB + 0.5)
    for before, unit, after in WRAPPED:
        timely(PARSERS[name], before + unit * (LENGTH // len(unit)) + after, PATIENCE * LENGTH / MIB + 0.5)


def timely(parser: Parser, content: bytes, seconds: float) -> None:
    started = time.process_time()
    understood(parser, content)
    assert time.process_time() - started < seconds, content[:40]
