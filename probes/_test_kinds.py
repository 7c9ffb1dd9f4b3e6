"""Of which kind a test is: told by the framework, by names, or not at all."""

import re
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily

Name = Literal[
    "unit", "integration", "e2e", "functional", "acceptance", "feature", "smoke", "system", "contract", "performance",
    "unknown",
]  # fmt: skip


class Kind(NamedTuple):
    """A kind, and how it was told."""

    name: Name
    how: (
        Literal["framework", "file name", "directory name", "configuration", "marker", "convention", "build tag"] | None
    )


UNKNOWN = Kind("unknown", None)
_OF_FRAMEWORKS: dict[str, Name] = {
    **dict.fromkeys(
        ("Cypress", "Detox", "Laravel Dusk", "Nightwatch", "Playwright", "TestCafe", "WebdriverIO", "Wallaby"), "e2e"
    ),
    **dict.fromkeys(("Behat", "behave", "Cucumber", "Robot Framework"), "acceptance"),
}
_WORDS = lazily(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_TESTS = frozenset({"test", "tests", "testing", "spec", "specs", "suite", "suites"})
# Words that a program may call a part of itself: they count beside `test`, or for a directory below one of tests.
_BESIDE_TESTS: dict[str, Name] = {
    "functional": "functional",
    "acceptance": "acceptance",
    "feature": "feature",
    "features": "feature",
    "smoke": "smoke",
    "smoketest": "smoke",
    "system": "system",
    "contract": "contract",
    "contracts": "contract",
    "performance": "performance",
    "perf": "performance",
    "benchmark": "performance",
    "benchmarks": "performance",
}
_CONFIGURED = frozenset({*_BESIDE_TESTS, "unit", "integration", "e2e"})


def kind_of(path: str, framework: str | None) -> Kind:
    """What the framework and the names tell, the nearest to the file first."""
    if framework in _OF_FRAMEWORKS:
        return Kind(_OF_FRAMEWORKS[framework], "framework")
    *directories, name = path.split("/")
    if found := _named_file(name):
        return Kind(found, "file name")
    if name.endswith(("IT.java", "ITCase.java", "IT.kt", "IT.groovy")):
        return Kind("integration", "file name")
    first = next((at for at, each in enumerate(directories) if not _TESTS.isdisjoint(_words(each))), len(directories))
    for at in range(len(directories) - 1, -1, -1):
        if found := _named(_words(directories[at]), alone=True, below_tests=at > first):
            return Kind(found, "directory name")
    return UNKNOWN


def kind_of_configuration(path: str) -> Kind:
    """What the name of the configuration tells that selects the tests: `jest-e2e.json`, `vitest.unit.config.ts`."""
    told = [word for word in _words(path.rpartition("/")[2]) if word in _CONFIGURED]
    found = name_of_words(told) if told else None
    return Kind(found, "configuration") if found else UNKNOWN


def name_of_words(words: list[str]) -> Name | None:
    """The kind that words mean which are said of tests."""
    return _named([*words, "test"], alone=False)


def _named_file(name: str) -> Name | None:
    """What a file's name says: a part between dots (`cart.e2e.ts`), or a word beside `test` (`a_integration_test.go`).

    In `backend-integration.spec.ts` the word is of what is tested.
    """
    *parts, _ = name.lower().split(".")
    if not _TESTS.isdisjoint(parts[1:]):
        return next((known for part in parts if (known := _named([*re.split(r"[-_]", part)], alone=True))), None)
    if dotted := next((known for part in parts[1:] if (known := _named([part], alone=True))), None):
        return dotted
    words = _words(name.rpartition(".")[0])
    beside = [
        word
        for at, word in enumerate(words)
        if not _TESTS.isdisjoint({*words[max(0, at - 1) : at], *words[at + 1 : at + 2]})
    ]
    return _named([*beside, "test"], alone=False, by_name=True) if beside else None


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _named(words: list[str], *, alone: bool, below_tests: bool = False, by_name: bool = False) -> Name | None:
    """What a name says: `e2e`, `integration-tests`, `UnitTests`; `unit` alone is enough for a directory.

    The name of a file (`by_name`) is that of what is tested more often: `test_system.py` tests a system.
    """
    about_tests = not _TESTS.isdisjoint(words) or (alone and len(words) == 1)
    if "e2e" in words or ("end" in words and words[words.index("end") :][1:3] in (["to", "end"], ["2", "end"])):
        return "e2e"
    if ("integration" in words or "integrationtest" in words) and about_tests:
        return "integration"
    if ("unit" in words or words in (["unittests"], ["unittest"])) and about_tests:
        return "unit"
    if not by_name and (not _TESTS.isdisjoint(words) or (below_tests and len(words) == 1)):
        return next((_BESIDE_TESTS[word] for word in words if word in _BESIDE_TESTS), None)
    return None
