import pytest

from codegenie.formats import json_text, jsonc_text, plain
from codegenie.formats.json_lines import lines_of
from codegenie.formats.unparsable import Unparsable


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        (b"\xef\xbb\xbf{}", {}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"J\xfcrgen"', "J\ufffdrgen"),
        (b'{"\\uDC00a": ["\\ud83d\\ude00\\ud800"]}', {"\ufffda": ["\U0001f600\ufffd"]}),
        (b"[" * 200 + b"]" * 200, None),
    ],
)
def test_json_is_read_as_node_reads_it(content: bytes, value: object) -> None:
    found = json_text.load(content)
    assert value is None or found == value


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON: line 1"),
        (b'{\n"a": 1,}', "not JSON: line 2"),
        (b"[NaN]", "NaN or Infinity, which JSON does not have"),
        (b"-Infinity", "NaN or Infinity, which JSON does not have"),
        (b"1e999", "a number too large for a double"),
        (b"1" * 5000, "an integer of thousands of digits"),
        (b"[" * 400_000, "nested too deep"),
        (b"[" * 250 + b"]" * 250, "nested deeper than 200 levels"),
        ("{}".encode("utf-16"), "not JSON: line 1"),
    ],
)
def test_what_json_does_not_have_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Unparsable) as caught:
        json_text.load(content)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{\n// c\n"a": "//x", /* , } */ "b": [1, // c\n ], }', {"a": "//x", "b": [1]}),
        (b'{"a": "/*", "b": "*/,}",}', {"a": "/*", "b": "*/,}"}),
        (b'["\\",]", 1 , /***/ ]', ['",]', 1]),
        (b"// nothing\n", None),
        (b"", None),
    ],
)
def test_comments_and_trailing_commas_are_passed_over(content: bytes, value: object) -> None:
    assert jsonc_text.load(content) == value


@pytest.mark.parametrize("content", [b"[1,,]", b"[1 2]", b"{'a': 1}", b"{a: 1}"])
def test_json_with_comments_is_no_more_than_that(content: bytes) -> None:
    with pytest.raises(Unparsable):
        jsonc_text.load(content)


def test_stripping_keeps_every_line_and_column() -> None:
    text = '{ /* a\n b */ "x": 1, // c\n}'
    stripped = jsonc_text.strict(text)
    assert [len(line) for line in stripped.split("\n")] == [len(line) for line in text.split("\n")]


def test_every_key_and_element_has_its_line() -> None:
    text = '{"a": 1, // {\n "scripts": {\n "b\\u0063": "x",\n\n"c": [{"x": 1},\n2]}, "files": [\n"q"], "d": {}}'
    assert lines_of(text) == {
        ("a",): 1,
        ("scripts",): 2,
        ("scripts", "bc"): 3,
        ("scripts", "c"): 5,
        ("scripts", "c", 0): 5,
        ("scripts", "c", 1): 6,
        ("files",): 6,
        ("files", 0): 7,
        ("d",): 7,
    }


@pytest.mark.parametrize("piece", [b'{"a": {}},', b"[],", b"1,", b'"ab",'])
def test_more_values_than_memory_is_for_are_refused(piece: bytes) -> None:
    """What a lockfile of 32 MiB may hold at most; a fifth of it, of any shape, is a value."""
    most = (32 << 20) // len(piece)
    with pytest.raises(Unparsable, match="more than"):
        json_text.load(b"[%s1]" % (piece * most))
    assert len(json_text.load(b"[%s1]" % (piece * 200_000))) == 200_001


def test_more_lines_than_memory_is_for_are_refused() -> None:
    with pytest.raises(Unparsable, match="more than 2000000 lines"):
        plain.text_of(b"a\r\n" * 1_000_001)
    assert plain.text_of(b"\n" * 2_000_000) == "\n" * 2_000_000
