"""Languages: a file for each way to tell one, with the content that the rules for its name ask for."""

import functools
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from tests.reachable.entries import Entry, catalogue, of_the_probe
from tests.reachable.examples import examples

TRIED = 300  # examples of an expression, before it counts as one that nothing is found by
# What the examples of an expression do not come to.
WRITTEN = {"Hosts File": "127.0.0.1 localhost\n"}


@functools.cache
def linguist() -> Any:
    return of_the_probe("linguist").linguist(catalogue("linguist"))


@functools.cache
def contents() -> dict[str, list[tuple[list[str], str | None]]]:
    """By extension, what each rule over contents that is asked for it comes to, and a content that comes to it."""
    found: dict[str, list[tuple[list[str], str | None]]] = {}
    for block in catalogue("linguist")["heuristics"]:
        told = [(rule["languages"], content(block, at)) for at, rule in enumerate(block["rules"])]
        for extension in block["extensions"]:
            found.setdefault(extension, told)
    return found


def content(block: Entry, at: int) -> str | None:
    """What the rule is the first of its block to hold for."""
    rules, extension = block["rules"], block["extensions"][:1]
    heuristics = of_the_probe("heuristics").heuristics
    alone, before = (heuristics([block | {"rules": some}]) for some in (rules[at : at + 1], rules[:at]))
    texts = islice(tried(rules[at]), TRIED)
    return next(
        (text for text in texts if alone(extension, text.encode()) and not before(extension, text.encode())), None
    )


def tried(rule: Entry) -> Iterator[str]:
    patterns = rule.get("all", [])
    yield from (text for name, text in WRITTEN.items() if name in rule["languages"])
    yield from ("", " \n") if not patterns else ()
    first = [next(examples(pattern)) for pattern in patterns]
    for at, pattern in enumerate(patterns):
        for text in islice(examples(pattern), TRIED // len(patterns)):
            yield "".join(f"{each}\n" for each in (*first[:at], text, *first[at + 1 :]))


def test_every_rule_over_contents_is_the_first_to_hold_for_some_content() -> None:
    assert [(extension, name) for extension, told in contents().items() for name, text in told if text is None] == []


@pytest.mark.parametrize("table", ["extensions", "filenames"])
def test_every_language_is_told_by_each_of_its_names_of_files(table: str) -> None:
    missing = []
    for name, languages in catalogue("linguist")[table].items():
        path = f"a{name}" if table == "extensions" else name
        rules = contents().get(name if table == "extensions" else f".{name.rpartition('.')[2]}", [])
        texts = ["", *(text for _, text in rules if text)]
        told = {one for text in texts for one in linguist().candidates(path, text.encode())}
        missing += [(name, language) for language in languages if language not in told]
    assert missing == []


def test_every_language_is_told_by_each_of_its_interpreters() -> None:
    for name, languages in catalogue("linguist")["interpreters"].items():
        for line in (f"#!/usr/bin/{name}", f"#!/usr/bin/env {name}"):
            assert linguist().candidates("a", f"{line}\n".encode()) == languages


def test_every_language_is_told_by_its_name_and_each_alias() -> None:
    """Where a file or `.gitattributes` says it; what has a space in it nobody can write there, but for the names."""
    names = {name.replace(" ", "-"): name for name in catalogue("linguist")["languages"]}
    for name, facts in catalogue("linguist")["languages"].items():
        names |= dict.fromkeys(facts.get("aliases", ()), name)
    assert {alias: linguist().named(alias) for alias in names} == names
    modelines = {alias: name for alias, name in names.items() if " " not in alias}
    told = {alias: linguist().candidates("a", f"-*- mode: {alias} -*-".encode()) for alias in modelines}
    assert told == {alias: [name] for alias, name in modelines.items()}


@pytest.mark.parametrize("table", ["vendored", "documentation"])
def test_every_expression_over_paths_takes_one_that_no_other_takes(table: str) -> None:
    patterns = catalogue("linguist")[table]
    every = linguist().is_vendored if table == "vendored" else linguist().is_documentation
    missing = []
    for at, pattern in enumerate(patterns):
        others = of_the_probe("path_patterns").matcher(patterns[:at] + patterns[at + 1 :])
        paths = [path for path in islice(examples(pattern), TRIED) if "\n" not in path]
        if not any(every(path) and not others(path) for path in paths):
            missing.append(pattern)
    assert missing == []


def test_every_group_and_popular_language_is_one_that_files_are_counted_as() -> None:
    found = linguist()
    assert {*found.groups.values(), *found.popular} <= found.types.keys()
    assert [name for name, group in found.groups.items() if found.groups.get(group, group) != group] == []
