"""The catalogue of licences: every text in it is found, and no text takes long."""

import importlib
import json
import time
from itertools import islice
from typing import Any

import pytest

from codegenie import registry
from tests.reachable.examples import examples


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Any]:
    with open(registry.catalogue_path("spdx"), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


def of_the_probe(name: str) -> Any:
    registry.all_probes()
    return importlib.import_module(f"{registry.PROBES_PACKAGE}._license_{name}")


def test_every_id_in_the_catalogue_is_on_the_list(catalogue: dict[str, Any]) -> None:
    names = of_the_probe("names")
    listed = set(catalogue["licenses"])
    assert {name for ids, *_ in catalogue["texts"] for name in ids} <= listed
    assert set(names._ALIASES) <= listed
    assert {name for name in names.CLASSIFIERS.values() if name} <= listed
    outdated = {name for name, facts in catalogue["licenses"].items() if facts.get("deprecated")}
    assert outdated.isdisjoint(names._ALIASES)


def test_no_name_means_two_licences(catalogue: dict[str, Any]) -> None:
    names = of_the_probe("names")
    aliases = [names.key(alias) for found in names._ALIASES.values() for alias in found]
    for alias in aliases:
        meant = {name for name, found in names._ALIASES.items() if alias in map(names.key, found)}
        assert len(meant) == 1, alias


BAIT = ("neither the name of ", "in no event shall ", "is provided by ", "the name of a ", "copyright owner ", "a b c ")


@pytest.mark.parametrize("bait", [*BAIT, "permission is hereby granted free ", "redistribution and use in source and "])
def test_no_text_takes_long(catalogue: dict[str, Any], bait: str) -> None:
    texts = of_the_probe("texts")
    known = texts.texts(catalogue)
    began = time.process_time()
    texts.recognised(bait * ((1 << 20) // len(bait)), known)
    assert time.process_time() - began < 6


HEADERS = (
    "gnu general public license version 3 ",
    "gnu general public license 1.1 version 2 of any ",
    "gnu affero general public license version ",
    "subject to the terms of the mozilla public license v ",
    "licensed under the ",
    "released under the terms of the ",
    "governed by a mit " + "* " * 40,
    "eclipse terms of the eclipse public license v" + "1." * 40,
)


@pytest.mark.parametrize("bait", HEADERS)
def test_no_header_takes_long(bait: str) -> None:
    header_in = of_the_probe("headers").header_in
    began = time.process_time()
    header_in(b"apache mit license" + (bait * ((1 << 20) // len(bait))).encode())
    assert time.process_time() - began < 2


def test_each_notice_names_its_licence_before_it_says_license() -> None:
    for word, notices in of_the_probe("headers")._NOTICES.items():
        assert all(word in notice.rpartition("license")[0] for notice, _ in notices)


def test_each_expression_for_the_parties_is_for_texts_that_hold_what_is_looked_for_first() -> None:
    for held, pattern, canonical in of_the_probe("texts")._PARTIES:
        assert all(held in example for example in islice(examples(pattern), 1000)), canonical


@pytest.mark.parametrize("gap", [" ", "  ", "\n * ", ",\n// ", " - ", "_", "\u00e9 "])
def test_a_notice_is_told_by_its_words_alone(gap: str) -> None:
    headers = of_the_probe("headers")
    for words, found in {
        "mit license\n licensed under the apache license version 2.0": "Apache-2.0",
        "gnu general public license as published by version 2 or at your option any later version": "GPL-2.0-or-later",
        "gnu general public license version 3.1 or any later version": None,
        "gnu general public license subversion 3 or any later version": None,
        "terms of the eclipse public license v 2.0": "EPL-2.0",
        "terms of the eclipse public license v 2.01": None,
    }.items():
        header = headers.header_in(words.replace(" ", gap).encode())
        assert (header and header.text) == found
