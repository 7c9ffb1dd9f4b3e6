"""Linguist's tables as the catalogue holds them: all of them usable, and none of them slow on any text."""

import importlib
import json
import re
import time
from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Any

import pytest

from codegenie import registry
from tests.reachable.examples import examples

BAIT = 20 * 1024  # bytes; a heuristic is shown two and a half times as many
PATIENCE = (
    0.25  # seconds of CPU for one expression on one bait; a quadratic one takes about a second, a linear one 1 ms
)
EXAMPLES = 1000  # of what one expression matches

BAITS = (
    *(character.encode() * BAIT for character in "a1 \t\n\r.:;,=-<({[/\\#\"'*@_"),
    *(
        (pair.encode() * BAIT)[:BAIT]
        for pair in ("a ", "a\n", " \n", "\r\n", "a.", "a,", "a:", "a=", "/*", "a/b.c ", "(a) ")
    ),
    *(
        (word.encode() * BAIT)[:BAIT]
        for word in (
            "case ",
            "match\t",
            "static\n",
            "begin\n",
            "package\n",
            "import\n",
            "[\n",
            "Class",
            "unittest(",
            "vim: ",
            "vi:=a",
        )
    ),
    *(
        mark.encode() + (rest.encode() * BAIT)[:BAIT]
        for mark, rest in (
            *(("def", "\t"), ("feature", "\t"), ("module", "\t"), ("float ", "Za"), ("export ", "1"), ("x ", "-- ")),
            *(("/", " :"), ("a a(", ")("), ("unittest", "(){")),
        )
    ),
)


def of_the_probe(name: str) -> Any:
    registry.probe_named("language_stack")
    return importlib.import_module(f"{registry.PROBES_PACKAGE}._{name}")


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Any]:
    with open(registry.catalogue_path("linguist"), encoding="utf-8") as file:
        return dict(json.load(file))


def expressions(catalogue: dict[str, Any]) -> Iterator[str]:
    for block in catalogue["heuristics"]:
        for rule in block["rules"]:
            yield from rule.get("all", ())
            yield from rule.get("none", ())


def test_no_heuristic_is_slow_on_any_bait(catalogue: dict[str, Any]) -> None:
    slow = [pattern for pattern in sorted(set(expressions(catalogue))) if worst(heuristic(pattern)) > PATIENCE]
    assert slow == []


def test_a_heuristic_finds_what_its_expression_finds(catalogue: dict[str, Any]) -> None:
    for pattern in sorted(set(expressions(catalogue))):
        finds, expected = heuristic(pattern), re.compile(pattern.encode(), re.MULTILINE).search
        matched = [example.encode() for example in islice(examples(pattern), 100)]
        texts = [bait[:1000] for bait in BAITS] + [
            before + one + after
            for one in matched
            for before, after in product((b"", b"\n", b"a", b"a\n"), (b"", b"\n", b"a"))
        ]
        assert [finds(text) for text in texts] == [expected(text) is not None for text in texts], pattern


def test_no_mark_modeline_or_sign_of_a_generator_is_slow_on_any_bait() -> None:
    ties, modelines, generated = of_the_probe("ties"), of_the_probe("modelines"), of_the_probe("generated")
    searches: list[Callable[[bytes], Any]] = [
        *(re.compile(mark, re.MULTILINE).search for mark in ties._MARKS.values()),
        *(re.compile(row[3], re.MULTILINE).search for row in generated._MARKS),
        *generated._RULES,
        *(
            lambda bait, mark=mark: modelines.modeline(
                mark + bait[:1000] + b" ="
            )  # in no longer line is one looked for
            for mark in (b"", b"vim: ", b"vi:", b"-*- ", b"-*-mode:")
        ),
        *(lambda bait, mark=mark: modelines.interpreter(mark + bait) for mark in (b"#!", b"#!env ", b"#!sh\nexec a ")),
    ]
    assert [search for search in searches if worst(search) > PATIENCE] == []


def test_whatever_the_mark_of_a_generator_matches_holds_the_text_that_tells_of_it() -> None:
    generated = of_the_probe("generated")
    for *_, mark in generated._MARKS:
        for example in islice(examples(mark.decode()), EXAMPLES):
            assert generated.telling(mark) in example.encode()


def test_a_text_that_says_nothing_has_no_modeline_and_is_not_generated() -> None:
    generated, modelines, marks = of_the_probe("generated"), of_the_probe("modelines"), of_the_probe("marks")
    lines = [b"a", b"<doc>", b"/* vim: set ft=c: */", b"-*- c -*-", b"x" * 200, b"# ex: ft=c", *_generated_lines()]
    speaking = 0
    for extension in [*generated.TESTS, ".other"]:
        for line in lines:
            for before in (0, 1, 4, 6, 20, 39, 41):
                for after in (0, 1, 2, 5, 7):
                    text = b"\n".join([*[b"a"] * before, line, *[b"a"] * after])
                    path = f"a{extension}"
                    speaks = modelines.modeline(text) is not None or generated.is_generated_content(path, text)
                    assert not (speaks and marks.says_nothing(path, text)), (path, text)
                    speaking += speaks
    assert speaking > 1000
    assert marks.says_nothing("a.js", b"a\n" * 50)


def _generated_lines() -> Iterator[bytes]:
    for *_, mark in of_the_probe("generated")._MARKS:
        yield from (example.encode() for example in islice(examples(mark.decode()), 2))


def test_whatever_a_heuristic_matches_holds_what_is_looked_for_first(catalogue: dict[str, Any]) -> None:
    needed = of_the_probe("heuristics").NEEDED
    rules = [
        rule for block in catalogue["heuristics"] for rule in block["rules"] if needed.keys() & {*rule["languages"]}
    ]
    for rule in rules:
        (language,), (expression,) = rule["languages"], rule["all"]
        assert all(needed[language] in example.encode() for example in islice(examples(expression), EXAMPLES))
    assert {*needed} == {rule["languages"][0] for rule in rules}


def test_every_name_in_the_tables_is_a_language(catalogue: dict[str, Any]) -> None:
    languages = set(catalogue["languages"])
    named = {
        name
        for index in ("extensions", "filenames", "interpreters")
        for names in catalogue[index].values()
        for name in names
    }
    named |= {name for block in catalogue["heuristics"] for rule in block["rules"] for name in rule["languages"]}
    named |= {facts["group"] for facts in catalogue["languages"].values() if "group" in facts}
    named |= {*catalogue["popular"], *of_the_probe("ties")._MARKS}
    assert named - languages == set()


def heuristic(pattern: str) -> Callable[[bytes], bool]:
    found: Callable[[str, bytes, bytes], bool] = of_the_probe("heuristics").found
    return lambda text: found(pattern, text, b"\n" + text)


def worst(search: Callable[[bytes], Any]) -> float:
    longest = 0.0
    for bait in BAITS:
        started = time.process_time()
        search(bait)
        longest = max(longest, time.process_time() - started)
    return longest
