"""The test cases of a source file, counted as they are written: one that is run with many values counts once."""

import re
from collections.abc import Callable

from codegenie.formats.plain import text_of

from ._cases import Cases
from ._cases_compiled import c, go, rust, swift
from ._cases_dotnet import csharp
from ._cases_javascript import javascript
from ._cases_jvm import jvm
from ._cases_python import python
from ._cases_scripted import php, ruby
from ._code_text import bare

_ENDINGS = {
    "javascript": "js jsx ts tsx mjs cjs mts cts",
    "python": "py",
    "go": "go",
    "rust": "rs",
    "php": "php",
    "ruby": "rb",
    "swift": "swift",
    "dart": "dart",
    "jvm": "java kt kts groovy scala",
    "csharp": "cs fs",
    "c": "c cc cpp cxx h hpp hh m mm",
    "elixir": "ex exs",
    "bats": "bats",
    "gherkin": "feature",
    "r": "R r",
    "zig": "zig",
    "clojure": "clj cljs cljc",
}
LANGUAGES = {ending: language for language, endings in _ENDINGS.items() for ending in endings.split()}
"""The language by the ending of a file's name, for all that test cases are counted in."""


def language_of(path: str) -> str | None:
    """The language in which test cases of this file would be written."""
    return LANGUAGES.get(path.rpartition(".")[2])


def cases_in(path: str, content: bytes) -> Cases:
    """Count the test cases; none of a file in a language that is not known."""
    language = language_of(path)
    return _COUNTERS[language](text_of(content)) if language in _COUNTERS else Cases(0)


def _by(pattern: str, framework: str, syntax: str | None = None, parameterised: str = "") -> Callable[[str], Cases]:
    """A counter of the lines that an expression matches."""
    case = re.compile(pattern, re.MULTILINE)
    with_values = re.compile(parameterised, re.MULTILINE) if parameterised else None

    def count(text: str) -> Cases:
        code = bare(text, syntax) if syntax else text
        found = len(case.findall(code))
        return Cases(found, len(with_values.findall(code)) if with_values else 0, 0, framework if found else None)

    return count


_COUNTERS: dict[str, Callable[[str], Cases]] = {
    "javascript": javascript,
    "python": python,
    "go": go,
    "rust": rust,
    "jvm": jvm,
    "csharp": csharp,
    "ruby": ruby,
    "php": php,
    "c": c,
    "swift": swift,
    "dart": _by(r"^[ \t]*(?:test|testWidgets|blocTest(?:<[^\n(]*>)?)\(", "package:test", "dart"),
    "elixir": _by(r"^[ \t]*(?:test|property|feature)[ ]+\"", "ExUnit", "hash"),
    "bats": _by(r"^[ \t]*@test[ ]", "bats"),
    "gherkin": _by(
        r"^[ \t]*(?:Scenario|Scenario Outline|Scenario Template|Example):",
        "Cucumber",
        None,
        r"^[ \t]*Scenario (?:Outline|Template):",
    ),
    "r": _by(r"^[ \t]*test_that\(", "testthat", "hash"),
    "zig": _by(r"^[ \t]*test[ ]+(?:\"|\{|\w)", "zig test"),
    "clojure": _by(r"^[ \t]*\((?:deftest|defspec)[ ]", "clojure.test"),
}
