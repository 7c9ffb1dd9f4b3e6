"""The catalogue of licences: every text in it is found, and no text takes long."""

import importlib
import json
import time
from typing import Any

import pytest

from codegenie import registry


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
