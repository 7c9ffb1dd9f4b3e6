"""Licences: an expression for each id and exception, each by its name, and each text among all the others."""

import functools
from typing import Any

from tests.reachable.entries import catalogue, of_the_probe


@functools.cache
def names() -> Any:
    return of_the_probe("license_names").names(catalogue("spdx"))


def today() -> dict[str, Any]:
    return {name: facts for name, facts in catalogue("spdx")["licenses"].items() if not facts.get("deprecated")}


def test_every_id_is_read_in_any_case() -> None:
    for written in (str, str.lower, str.upper):
        told = {name: names().meaning(written(name)) for name in today()}
        assert {name: meaning.ids for name, meaning in told.items()} == {name: (name,) for name in today()}


def test_every_outdated_id_is_told_to_be_one() -> None:
    outdated = catalogue("spdx")["licenses"].keys() - today().keys()
    assert {name: names().meaning(name).outdated for name in outdated} == {name: (name,) for name in outdated}


def test_every_exception_is_read_in_any_case() -> None:
    listed = catalogue("spdx")["exceptions"]
    for written in (str, str.lower):
        told = {name: names().meaning(f"GPL-2.0-only WITH {written(name)}") for name in listed}
        assert {name: meaning.exceptions for name, meaning in told.items()} == {name: (name,) for name in listed}
        assert all(meaning.unknown == () for meaning in told.values())


def test_every_licence_is_told_by_its_name() -> None:
    told = {name: names().named(facts["name"]) for name, facts in today().items()}
    assert told == {name: name for name in today()}


def test_every_text_differs_from_all_others_and_is_of_licences_of_today() -> None:
    known = of_the_probe("license_texts").texts(catalogue("spdx"))
    assert len({text.digest for text in known}) == len(known)
    ids = [name for text in known for name in text.ids]
    assert sorted(set(ids) & today().keys()) == sorted(ids)


def test_every_text_that_is_looked_for_by_likeness_is_found_where_its_words_are() -> None:
    """And not taken for another that is like it, though all of the others' words that it shares are there too."""
    texts = of_the_probe("license_texts")
    known = [text for text in texts.texts(catalogue("spdx")) if text.runs]
    for text in known:
        candidates = [found for other in known if (found := texts._similar(other, text.runs)) is not None]
        assert text.ids in [kept.ids for kept in texts._without_likenesses(candidates)]
