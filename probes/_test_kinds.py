"""Of which kind a test is: unit, integration or end to end; told by the framework, by names, or not at all."""

import re
from typing import Literal, NamedTuple

Name = Literal["unit", "integration", "e2e", "unknown"]


class Kind(NamedTuple):
    """A kind, and how it was told."""

    name: Name
    how: Literal["framework", "file name", "directory name", "convention", "build tag"] | None


UNKNOWN = Kind("unknown", None)
_E2E_FRAMEWORKS = frozenset(
    {"Cypress", "Detox", "Laravel Dusk", "Nightwatch", "Playwright", "TestCafe", "WebdriverIO", "Wallaby"}
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_TESTS = frozenset({"test", "tests", "testing", "spec", "specs", "suite", "suites"})


def kind_of(path: str, framework: str | None) -> Kind:
    """What the framework and the names tell, the nearest to the file first."""
    if framework in _E2E_FRAMEWORKS:
        return Kind("e2e", "framework")
    *directories, name = path.split("/")
    if found := _named_file(name):
        return Kind(found, "file name")
    if name.endswith(("IT.java", "ITCase.java", "IT.kt", "IT.groovy")):
        return Kind("integration", "file name")
    for directory in reversed(directories):
        if found := _named(_words(directory), alone=True):
            return Kind(found, "directory name")
    return UNKNOWN


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
    return _named([*beside, "test"], alone=False) if beside else None


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _named(words: list[str], *, alone: bool) -> Name | None:
    """What a name says: `e2e`, `integration-tests`, `UnitTests`; `unit` alone is enough for a directory."""
    about_tests = not _TESTS.isdisjoint(words) or (alone and len(words) == 1)
    if "e2e" in words or ("end" in words and words[words.index("end") :][1:3] in (["to", "end"], ["2", "end"])):
        return "e2e"
    if ("integration" in words or "integrationtest" in words) and about_tests:
        return "integration"
    if ("unit" in words or words in (["unittests"], ["unittest"])) and about_tests:
        return "unit"
    return None
