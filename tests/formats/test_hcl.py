from typing import Any

import pytest

from codegenie.formats import hcl
from codegenie.formats.hcl import Expression
from codegenie.formats.unparsable import Unparsable


def value(text: str) -> Expression:
    return hcl.parse(f"a = {text}\n".encode()).attributes["a"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('"x"', "x"),
        ('"a\\n\\"b\\" \\u00e9"', 'a\n"b" é'),
        ('"$${x} %%{y} $5 100%"', "${x} %{y} $5 100%"),
        ("1", 1),
        ("-1.5e3", -1500.0),
        ("true", True),
        ("null", None),
        ("<<EOF\n x\n  y\nEOF", " x\n  y\n"),
        ("<<-EOF\n    x\n      y\n    EOF", "x\n  y\n"),
    ],
)
def test_literals(text: str, meant: Any) -> None:
    found = value(text)
    assert (found.kind, found.value) == ("literal", meant)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"x${y}"', "template"),
        ('"${x["y"]}${"{"}"', "template"),
        ("<<EOF\n${x}\nEOF", "template"),
        ("var.x", "other"),
        ("1 + 2", "other"),
        ('x ? "a" : "b"', "other"),
        ("[for x in y : x]", "other"),
        ("{ for x in y : x => x }", "other"),
        ("x[0].y[*]", "other"),
        ("(1)", "other"),
        ("[1][0]", "other"),
        ("f(1).x", "other"),
        ("[]", "list"),
        ("{}", "object"),
        ("f()", "call"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    found = value(text)
    assert (found.kind, found.text) == (kind, text.strip())


def test_what_is_nested_is_read() -> None:
    found = value('f([{ a = "b", "c" = 1\n d : [x, 2,] }], true)')
    thing = found.items[0].items[0]
    assert (found.name, found.items[1].value, thing.keys) == ("f", True, ("a", "c", "d"))
    assert [item.kind for item in thing.items] == ["literal", "literal", "list"]
    assert thing.get("d") is thing.items[2]
    assert thing.get("e") is None


def test_blocks_with_their_lines() -> None:
    file = hcl.parse(b'# c\na "b" c {\n  d { e = 1 }\n\n  f = <<X\n}\nX\n  g {\n  }\n}\n/* h\n */ i {}\n')
    first, second = file.blocks
    assert (first.type, first.labels, first.line) == ("a", ("b", "c"), 2)
    assert [(block.type, block.line) for block in first.blocks] == [("d", 3), ("g", 8)]
    assert first.attributes["f"].value == "}\n"
    assert (second.type, second.line) == ("i", 12)


@pytest.mark.parametrize(
    "text",
    ["a", "a =", "a {", "}", "a = [", 'a = "', 'a = "\n"', "a = (]", "a = {b}", "1 = 2", "a b = c", "?", "a{" * 100,
     "a = " + "[" * 100, 'a = "' + '${"' * 100],
)  # fmt: skip
def test_what_is_refused(text: str) -> None:
    with pytest.raises(Unparsable):
        hcl.parse(text.encode())
