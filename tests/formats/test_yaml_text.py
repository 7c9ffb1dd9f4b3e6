from itertools import pairwise
from typing import Any

import pytest
import yaml

from codegenie.formats import yaml_text
from codegenie.formats.unparsable import Unparsable

CORE = """
on: no
time: 22:22
mode: 010
day: 2001-13-45
hex: 0x1F
octal: 0o17
minus: -7
exponent: 1e3
huge: 1e999
long: 12345678901234567890
infinite: .inf
version: 3.10
quoted: "5"
tagged: !!int "5"
text: !!str 5
ref: !Ref x
list: !reference [a, b]
8080: ~
~: 1
binary: !!binary aGk=
set: !!set {a, b}
"""


def test_scalars_are_those_of_the_core_schema() -> None:
    assert yaml_text.load(CORE.encode()) == {
        "on": "no",
        "time": "22:22",
        "mode": "010",
        "day": "2001-13-45",
        "hex": 31,
        "octal": 15,
        "minus": -7,
        "exponent": 1000.0,
        "huge": "1e999",
        "long": "12345678901234567890",
        "infinite": ".inf",
        "version": 3.1,
        "quoted": "5",
        "tagged": 5,
        "text": "5",
        "ref": "x",
        "list": ["a", "b"],
        "8080": None,
        "~": 1,
        "binary": "aGk=",
        "set": {"a": None, "b": None},
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# only a comment", None),
        ("\ufeffa: 1", {"a": 1}),
        ("a: 1\na: 2", {"a": 2}),
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}),
        ("d: {c: 3, <<: [{a: 1}, {a: 2, b: 2}]}", {"d": {"a": 1, "b": 2, "c": 3}}),
        ("<<: 5", {"<<": 5}),
        ('"<<": {a: 1}', {"<<": {"a": 1}}),
        ("&k a: 1\nb: *k\n*k : 2", {"a": 2, "b": "a"}),
        ("a: [&x 1, *x]", {"a": [1, 1]}),
    ],
)
def test_plain_values_come_out(text: str, value: object) -> None:
    assert yaml_text.load(text.encode()) == value


def nines(template: str) -> str:
    names = "abcdefghij"
    return "a: &a {x: 1}\n" + "".join(
        template.format(name=name, nine=",".join([f"*{before}"] * 9)) for before, name in pairwise(names)
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 200_000, "nested deeper than 64 levels"),
        ("- " * 50_000 + "x", "nested deeper than 64 levels"),
        ("{a: " * 100_000, "nested deeper than 64 levels"),
        (nines("{name}: &{name} [{nine}]\n"), "aliases that stand for more than 200000 nodes"),
        (nines("{name}: &{name} {{<<: [{nine}]}}\n"), "aliases that stand for more than 200000 nodes"),
        (f"a: &a {'x' * 100_000}\nb: [{'*a,' * 1000}]", "aliases that stand for more than 200000 nodes"),
        ("%TAG !a! b\n" * 100_000, "more than 64 directives"),
        ("[" + "a," * 110_000 + "]", "more than 100000 nodes"),
        ("[" + "a," * 1_000_000 + "]", "more than 250000 nodes"),
        ("&a [*a]", "an alias before its anchor is complete, line 1"),
        ("a: 1\nb: *a", "an alias before its anchor is complete, line 2"),
        ("{{ .Values.a }}: b", "a key that is a list or a mapping, line 1"),
        ("a: 1\n---\nb: 2", "more than one YAML document"),
        ("a: \x01", "not YAML: an unacceptable character"),
        ("a: [1\nb: 2", "not YAML: did not find expected"),
    ],
)
def test_what_could_harm_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unparsable) as caught:
        yaml_text.load(text.encode())
    assert str(caught.value).startswith(reason)


def test_a_long_file_may_have_as_many_nodes_as_people_and_tools_write() -> None:
    assert len(yaml_text.load(b"- some text\n" * 120_000)) == 120_000


def test_each_document_stands_alone() -> None:
    assert yaml_text.load_all(b"a: &x 1\n---\n- 2\n---\n") == ({"a": 1}, [2], None)
    with pytest.raises(Unparsable):
        yaml_text.load_all(b"a: &x 1\n---\n- *x\n")


def test_keys_and_elements_have_their_lines() -> None:
    (document,) = yaml_text.documents(b"jobs:\n  b:\n    steps:\n      - run: x\n      -\n        run: y\n", depth=5)
    assert document.lines == {
        ("jobs",): 1,
        ("jobs", "b"): 2,
        ("jobs", "b", "steps"): 3,
        ("jobs", "b", "steps", 0): 4,
        ("jobs", "b", "steps", 0, "run"): 4,
        ("jobs", "b", "steps", 1): 6,
        ("jobs", "b", "steps", 1, "run"): 6,
    }


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader])
def test_both_parsers_of_pyyaml_give_the_same(loader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "CSafeLoader", loader)
    assert yaml_text.load(b"a: &x [1, 'two', !t three]\nb: |\n  four\nc: {<<: {d: *x}}\n") == {
        "a": [1, "two", "three"],
        "b": "four\n",
        "c": {"d": [1, "two", "three"]},
    }


def test_tags_of_a_files_own_are_told_by_place() -> None:
    (document,) = yaml_text.documents(b"a: !Ref x\nb: [!Sub y, !!str z, !If [a, b]]\nc: ! d\ne: {f: !GetAtt {g: 1}}\n")
    assert document.tags == {("a",): "!Ref", ("b", 0): "!Sub", ("b", 2): "!If", ("e", "f"): "!GetAtt"}


def test_what_aliases_put_somewhere_is_told_with_its_place() -> None:
    text = (
        b"x: &x {a: 1, e: &e {k: 1}}\ny: &y {b: 2}\ns:\n  one: {<<: [*x, *y], c: 3}\n  two: {<<: *x}\n  three: [*e]\n"
    )
    (document,) = yaml_text.documents(text)
    assert document.anchors == {
        ("s", "one"): (("x",), ("y",)),
        ("s", "two"): (("x",),),
        ("s", "three", 0): (("x", "e"),),
    }
