import pytest

from codegenie.formats import toml_text
from codegenie.formats.unparsable import Unparsable


def test_dates_and_what_is_no_number_are_text() -> None:
    content = b"a = 1979-05-27T07:32:00Z\nb = 07:32:00\nc = inf\nd = -nan\ne = 1.5\n[f]\n'g.h' = [{ i = 1979-05-27 }]\n"
    assert toml_text.load(content) == {
        "a": "1979-05-27T07:32:00+00:00",
        "b": "07:32:00",
        "c": "inf",
        "d": "nan",
        "e": 1.5,
        "f": {"g.h": [{"i": "1979-05-27"}]},
    }


def test_dots_in_text_are_no_key() -> None:
    address = ".".join(["a"] * 20)
    leaders = "Chapter " + "." * 200 + " 5"
    assert toml_text.load(f'a = "{address}"\nb = """\n{leaders}\n"""\n'.encode()) == {"a": address, "b": f"{leaders}\n"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a." * 100_000 + "a = 1", "a key of more than 32 parts"),
        ("[" + "a." * 100_000 + "a]", "a key of more than 32 parts"),
        ("x = {" + "a . " * 100 + "a = 1}", "a key of more than 32 parts"),
        ("\"x y\".'z'." * 40 + "a = 1", "a key of more than 32 parts"),
        ('x={p=""""""""","q\\""' + '."a"' * 100, "a key of more than 32 parts"),
        ("x = " + "[" * 100_000, "nested too deep"),
        ("x = " + "{a = " * 50_000, "nested too deep"),
        ("x = " + "1" * 5000, "a number or a date out of range"),
        ("x = 2001-13-45", "not TOML: line 1"),
        ("a = 1\na = 2\n\n", "not TOML: line 2"),
        ("#" * (toml_text.MOST_BYTES + 1), "over 10485760 bytes"),
        ("x = 1\x00", "not TOML: line 1"),
        ("x = [" + "1," * 110_000 + "]", "more than 100000 values"),
        ("x = [" + "1," * 1_000_000 + "]", "more than 250000 values"),
    ],
)
def test_what_could_harm_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unparsable) as caught:
        toml_text.load(text.encode())
    assert str(caught.value).startswith(reason)
