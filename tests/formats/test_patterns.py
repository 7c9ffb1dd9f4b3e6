"""Patterns that are compiled when first used: they answer as others do, and each of ours compiles."""

import gc
import importlib
import pkgutil
import re

import pytest

from codegenie import formats, registry
from codegenie.formats.patterns import Lazy, lazily


def test_it_is_compiled_when_first_used_and_then_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = re.compile

    def counted(pattern: str, flags: int) -> re.Pattern[str]:
        compiled.append(pattern)
        return compile_(pattern, flags)

    monkeypatch.setattr(re, "compile", counted)
    word = lazily(r"(\w)x", re.IGNORECASE)
    assert (compiled, word.pattern) == ([], r"(\w)x")

    answers = [word.sub(r"\1", "AX bx"), bool(word.match("ax")), bool(word.fullmatch("axb")), word.findall("ax BX")]

    assert answers == ["A b", True, False, ["a", "B"]]
    assert compiled == [r"(\w)x"]


def test_an_error_is_raised_by_each_use() -> None:
    broken = lazily("(")
    for _ in range(2):
        with pytest.raises(re.error):
            broken.search("")


def test_each_of_ours_compiles() -> None:
    registry.all_probes()
    probes = importlib.import_module(registry.PROBES_PACKAGE)
    for package in (formats, probes):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    patterns = [one for one in gc.get_objects() if isinstance(one, Lazy)]
    assert len(patterns) > 500
    for one in patterns:
        re.compile(one.pattern, one.flags)
