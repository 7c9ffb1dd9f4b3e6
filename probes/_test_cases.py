"""The test cases of a source file, counted as they are written: one that is run with many values counts once."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from codegenie.formats.plain import text_of

from ._code_text import bare


@dataclass(frozen=True, slots=True)
class Cases:
    """How many there are; how many of them take parameters, how many are skipped; the framework that is imported."""

    count: int
    parameterised: int = 0
    skipped: int = 0
    framework: str | None = None


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


# A table `each` stands before the call, as in `it.each([...])("adds %i", ...)`: the line with the name counts.
_JS_CASE = re.compile(
    r"""^[ \t]*(?:await[ ]|void[ ])?(?P<skips>x)?(?P<name>(?:Deno|QUnit|jest)\.test|it|fit|test|ftest|specify)"""
    r"""(?P<mods>(?:\.(?:only|skip|concurrent|sequential|serial|failing|fails|fixme|fail|slow|skipIf|runIf|if|each|for"""
    r"""|always|macro|cb)(?:\([^()\n]*\))?)*)\s*[(`]\s*(?P<first>[^\s)])""",
    re.MULTILINE,
)
_JS_TODO = re.compile(r"^[ \t]*(?:it|test)\.todo\(", re.MULTILINE)
_JS_SUBTEST = re.compile(r"^[ \t]*(?:await[ ])?\w{1,6}\.test\s*\(\s*[\"'`]", re.MULTILINE)
_JS_IMPORT = re.compile(
    r"""(?:from\s*|require\(\s*|import\s*)["'](@playwright/test|playwright/test|vitest|@jest/globals|node:test|ava"""
    r"""|bun:test|mocha|tap|tape|cypress|uvu|qunit|jasmine|@japa/runner|zora|webdriverio|@wdio/globals|testcafe)["']"""
)
_JS_FRAMEWORKS = {
    "@playwright/test": "Playwright",
    "playwright/test": "Playwright",
    "vitest": "Vitest",
    "@jest/globals": "Jest",
    "node:test": "node:test",
    "ava": "AVA",
    "bun:test": "bun test",
    "mocha": "Mocha",
    "tap": "tap",
    "tape": "tape",
    "cypress": "Cypress",
    "uvu": "uvu",
    "qunit": "QUnit",
    "jasmine": "Jasmine",
    "@japa/runner": "Japa",
    "zora": "zora",
    "webdriverio": "WebdriverIO",
    "@wdio/globals": "WebdriverIO",
    "testcafe": "TestCafe",
}
_SUBTESTS = frozenset({"tap", "node:test", "tape"})


def _javascript(text: str) -> Cases:
    imported = _JS_IMPORT.search(text)
    framework = _JS_FRAMEWORKS[imported[1]] if imported else None
    code = bare(text, "javascript")
    count = parameterised = skipped = 0
    for found in _JS_CASE.finditer(code):
        mods, first = found["mods"], found["first"]
        skips = bool(found["skips"]) or ".skip" in mods or ".fixme" in mods
        if skips and not found["skips"] and first not in "\"'`" and ".each" not in mods:
            continue  # Playwright's `test.skip(condition)` within a test
        count += 1
        parameterised += ".each" in mods or ".for" in mods
        skipped += skips
        if found["name"] == "Deno.test":
            framework = "Deno test"
        elif found["name"] == "QUnit.test":
            framework = "QUnit"
    if framework in _SUBTESTS:
        count += len(_JS_SUBTEST.findall(code))
    return Cases(count, parameterised, skipped, framework)


_PY_LINE = re.compile(r"^([ \t]*)(?:(@)|(?:async[ ]+)?def[ ]+(\w+)|class[ ]+(\w+)[ ]*(\([^\n]*)?)", re.MULTILINE)
_PY_IMPORT = re.compile(
    # Mocks are for any runner, and no sign of one.
    r"^[ \t]*(?:import|from)[ ]+"
    r"(pytest|unittest(?!\.mock\b|[ ]+import[ ]+mock[ ]*$)|nose|testtools|ward|django\.test)\b",
    re.MULTILINE,
)
_PY_PARAMETERS = re.compile(r"parametri[sz]e|parameterized|@given|ddt|@data\b|expand\(")


def _python(text: str) -> Cases:
    imported = {found[1].replace("django.test", "unittest") for found in _PY_IMPORT.finditer(text)}
    framework = next((name for name in ("pytest", "unittest", "nose", "ward") if name in imported), None)
    code = bare(text, "python")
    count = parameterised = skipped = 0
    holders: list[tuple[int, bool]] = []  # the indent of each open class or function, and whether tests may be in it
    decorators = ""
    for found in _PY_LINE.finditer(code):
        indent = len(found[1].expandtabs())
        if found[2]:
            end = code.find("\n", found.end())
            decorators += text[found.start() : end if end >= 0 else len(text)][:500]
            continue
        while holders and holders[-1][0] >= indent:
            holders.pop()
        if found[4]:
            is_holder = found[4].lower().startswith("test") or found[4].endswith(("Test", "Tests", "TestCase"))
            is_holder = is_holder or "Test" in (found[5] or "")
            holders.append((indent, is_holder))
        elif found[3]:
            if found[3].startswith("test") and all(may for _, may in holders):
                count += 1
                parameterised += bool(_PY_PARAMETERS.search(decorators))
                skipped += bool(re.search(r"\bskip(?:If|Unless)?\b|mark\.skip", decorators))
            holders.append((indent, False))
        decorators = ""
    return Cases(count, parameterised, skipped, framework)


_GO_CASE = re.compile(r"^func[ ]+(?:\([^)\n]*\)[ ]*)?(Test|Fuzz|Example)(?![a-z])\w*\(([^)\n]*)\)", re.MULTILINE)


def _go(text: str) -> Cases:
    code = bare(text, "go")
    found = [one for one in _GO_CASE.finditer(code) if "testing.M" not in one[2]]
    found = [one for one in found if one[1] == "Example" or one[2].strip() or code[one.start() + 5] == "("]
    ends = [*(one.start() for one in found[1:]), len(code)]
    loops = sum(".Run(" in code[one.end() : end] for one, end in zip(found, ends, strict=False))
    framework = "Ginkgo" if "onsi/ginkgo" in text else "testing"
    if framework == "Ginkgo":
        specs = len(re.findall(r"^[ \t]*(?:It|Specify|Entry)\(", code, re.MULTILINE))
        return Cases(len(found) + specs, loops, 0, framework)
    return Cases(len(found), loops, 0, framework)


_RUST_CASE = re.compile(
    r"[ \t]*#\[\s*(?:\w+::)*(test|rstest|wasm_bindgen_test|quickcheck|test_case|cargo_test|test_log)\b"
)
_RUST_FN = re.compile(
    r"^[ \t]*(?:(#\[)|(?:pub(?:\([^)\n]*\))?[ ]+)?(?:const[ ]+|async[ ]+|unsafe[ ]+)*fn[ ](?!\$))", re.MULTILINE
)


# What a macro of the repository's own makes a test of, a call of it each: `rgtest!(name, |dir| {`, `test! { name: ...`.
_RUST_MACRO = re.compile(
    r"^(?:\w{1,40}::)?(?!\w{0,40}latest)\w{0,40}tests?!\s{0,20}[({\[]\s{0,200}[a-z_]\w{0,200}\s{0,20}[,:]", re.MULTILINE
)
_RUST_OWN_MACRO = re.compile(
    r"^[ \t]*macro_rules![ ]*(\w{1,60})[^\n]*\n(?:(?![ \t]*macro_rules!)[^\n]*\n){0,40}?"
    r"[ \t]*#\[test\][ \t]*\n[ \t]*fn[ ]\$",
    re.MULTILINE,
)
_RUST_CALL = re.compile(r"^[ \t]+(\w{1,60})![ ]?[({\[]", re.MULTILINE)
"""A macro of the file's own that writes a test."""


def _rust(text: str) -> Cases:
    code = bare(text, "rust")
    count = sum(1 for _ in _RUST_MACRO.finditer(code))
    if own := {found[1] for found in _RUST_OWN_MACRO.finditer(code)}:  # those that stand in a module, further in
        count += sum(found[1] in own for found in _RUST_CALL.finditer(code))
    parameterised = skipped = 0
    attributes: list[str] = []
    for found in _RUST_FN.finditer(code):
        if found[1]:
            end = code.find("\n", found.end())
            attributes.append(code[found.start() : end if end >= 0 else len(code)])
            continue
        kinds = [kind[1] for line in attributes if (kind := _RUST_CASE.match(line))]
        if kinds:
            count += 1
            parameterised += any(kind in ("rstest", "test_case", "quickcheck") for kind in kinds)
            skipped += any(re.match(r"\s*#\[ignore\b", line) for line in attributes)
        attributes = []
    return Cases(count, parameterised, skipped, "cargo test" if count else None)


_JVM_CASE = re.compile(
    r"@(?:org\.[\w.]+\.)?(Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b(?:\([^()]*\))?"
    r"(?!\s+(?:(?:public|final|abstract|open|internal)\s+)*class\b)"
)
_JVM_IMPORT = re.compile(
    r"^import\s+(?:static\s+)?(org\.junit\.jupiter|org\.junit|junit\.framework|org\.testng|spock\.|io\.kotest"
    r"|kotlin\.test|org\.scalatest|munit|org\.specs2|net\.jqwik)",
    re.MULTILINE,
)
_JVM_FRAMEWORKS = {
    "org.junit.jupiter": "JUnit 5",
    "org.junit": "JUnit 4",
    "junit.framework": "JUnit 3",
    "org.testng": "TestNG",
    "spock.": "Spock",
    "io.kotest": "Kotest",
    "kotlin.test": "kotlin.test",
    "org.scalatest": "ScalaTest",
    "munit": "MUnit",
    "org.specs2": "specs2",
    "net.jqwik": "jqwik",
}
_INHERITED = re.compile(r"^[ \t]*@(?:QuarkusIntegrationTest|NativeImageTest)\b", re.MULTILINE)
"""A class that runs the cases of the class it extends against what was built."""
_SPOCK_CASE = re.compile(r"^[ \t]*(?:def|void)[ ]+[\"'][^\n]*?[\"'][ ]*\(", re.MULTILINE)
_KOTEST_CASE = re.compile(
    r"^[ \t]*(?:(?:test|it|should|scenario|expect|then|xtest|xit)[ ]*\([ ]*\""
    r"|\"[^\"\n]*\"[ ]*(?:\.config\([^\n]*\))?[ ]*\{)",
    re.MULTILINE,
)
_SCALA_CASE = re.compile(
    r"^(?:[ \t]*+(?:test|property)\([ ]*s?\"|[^\n\"]*+\"[^\n\"]*+\"[ ]*+(?:taggedAs\([^)\n]*+\)[ ]*+)?in[ ]*+[{(])",
    re.MULTILINE,
)


def _jvm(text: str) -> Cases:
    imported = {found[1] for found in _JVM_IMPORT.finditer(text)}
    framework = next((name for key, name in _JVM_FRAMEWORKS.items() if key in imported), None)
    code = bare(text, "jvm")
    kinds = [found[1] for found in _JVM_CASE.finditer(code)]
    more = 0
    if framework == "Spock" or re.search(r"\bextends\s+\w*Specification\b", code):
        framework, more = "Spock", len(_SPOCK_CASE.findall(code))
    elif framework == "Kotest":
        more = len(_KOTEST_CASE.findall(code))
    elif framework in ("ScalaTest", "MUnit", "specs2"):
        more = len(_SCALA_CASE.findall(code))
    elif framework == "JUnit 3":
        more = len(re.findall(r"^[ \t]*public[ ]+void[ ]+test\w*\s*\(\s*\)", code, re.MULTILINE))
    skipped = len(re.findall(r"^[ \t]*@(?:Disabled|Ignore)\b", code, re.MULTILINE))
    count = len(kinds) + more
    parameterised = sum(kind in ("ParameterizedTest", "Property", "TestFactory", "TestTemplate") for kind in kinds)
    if not count:
        return Cases(0, 0, 0, "JUnit 5" if _INHERITED.search(code) else None)
    return Cases(count, parameterised, min(skipped, count), framework)


_CS_LINE = re.compile(r"^[ \t]*(?:(\[<?)([^\n]*)|([^\s/{}][^\n]*))", re.MULTILINE)
_CS_CASE = re.compile(
    r"(?:^|[\[,(\s])(?:\w+\.)*(\w*Fact|\w*Theory|Test|TestCase|TestCaseSource|TestMethod|DataTestMethod|Property)(?:Attribute)?\s*"
    r"(?=[\](,>]|$)"
)
_CS_FRAMEWORKS = (
    *(("using Xunit", "xUnit"), ("using NUnit", "NUnit"), ("Microsoft.VisualStudio.TestTools", "MSTest")),
    *(("open Xunit", "xUnit"), ("open NUnit", "NUnit"), ("open Expecto", "Expecto"), ("TUnit", "TUnit")),
)


def _csharp(text: str) -> Cases:
    code = bare(text, "csharp")
    count = parameterised = skipped = 0
    kinds: set[str] = set()
    skips = False
    for found in _CS_LINE.finditer(code):
        if found[1]:
            kinds.update(_CS_CASE.findall(found[2]))
            skips = skips or "Skip" in found[2] or "Ignore" in found[2]
            closed = found[2].rpartition("]")[2].strip()
            if not closed or "(" not in closed:
                continue
        if kinds:
            count += 1
            parameterised += any(
                kind.endswith(("Theory", "TestCase", "TestCaseSource", "DataTestMethod")) for kind in kinds
            )
            skipped += skips
        kinds, skips = set(), False
    if "open Expecto" in text:
        count += len(re.findall(r"\b(?:testCase|testCaseAsync|testTask|testProperty|test)\s+\"", code))
    named = _csharp_framework(text)
    by_kind = "xUnit" if re.search(r"\[<?(?:Fact|Theory)\b", code) else "MSTest" if "[TestMethod" in code else None
    return Cases(count, parameterised, skipped, (named or by_kind) if count else None)


def _csharp_framework(text: str) -> str | None:
    return next((name for mark, name in _CS_FRAMEWORKS if mark in text), None)


_RUBY_CASE = re.compile(
    r"^[ \t]*(x|f)?(it|specify|scenario|example|its|test|property)\b(?:[ ]*\(|[ ]+[\"':]|[ ]*\{|[ ]+do\b)", re.MULTILINE
)
_RUBY_DEF = re.compile(r"^[ \t]*def[ ]+test_\w+", re.MULTILINE)


def _ruby(text: str) -> Cases:
    code = bare(text, "ruby")
    found = _RUBY_CASE.findall(code)
    count = len(found) + len(_RUBY_DEF.findall(code))
    return Cases(count, 0, sum(mark == "x" for mark, _ in found))


_PHP_DEF = re.compile(r"^[ \t]*(?:(?:public|final|static)[ ]+)*function[ ]+(\w+)[ ]*\(", re.MULTILINE)
_PHP_PEST = re.compile(r"^[ \t]*(?:it|test)[ ]*\([ ]*[\"']", re.MULTILINE)
_PHP_MARK = re.compile(r"^[ \t]*(?:\*[ \t]*@test\b|/\*\*[ ]*@test\b|#\[(?:[\w\\]*\\)?Test\])", re.MULTILINE)
_PHP_DATA = re.compile(r"@dataProvider\b|#\[(?:[\w\\]*\\)?(?:DataProvider|TestWith)")


def _php(text: str) -> Cases:
    code = bare(text.replace("#[", "@["), "php")
    named = sum(name.startswith("test") and name != "test" for name in _PHP_DEF.findall(code))
    pest = len(_PHP_PEST.findall(code)) if not named else 0
    count = named + pest + len(_PHP_MARK.findall(text))
    framework = "Pest" if pest else "PHPUnit" if count else None
    tables = len(_PHP_DATA.findall(text)) + (text.count("->with(") if pest else 0)
    return Cases(count, min(count, tables), 0, framework)


_C_CASE = re.compile(
    r"^[ \t]*((?:TYPED_)?TEST(?:_F|_P)?|TYPED_TEST_P|(?:TEMPLATE_)?TEST_CASE(?:_METHOD|_FIXTURE|_TEMPLATE)?|SCENARIO"
    r"|BOOST_(?:AUTO|FIXTURE|DATA|PARAM)_TEST_CASE|START_TEST|IFACETEST|CTEST2?|Test|ParameterizedTest)\s*\(",
    re.MULTILINE,
)
_C_IMPORT = (
    *(("gtest", "GoogleTest"), ("gmock/", "GoogleTest"), ("catch2/", "Catch2"), ("catch.hpp", "Catch2")),
    *(("doctest", "doctest"), ("boost/test", "Boost.Test"), ("check.h", "Check"), ("criterion/", "Criterion")),
    *(("cmocka.h", "cmocka"), ("unity.h", "Unity"), ("CppUTest", "CppUTest")),
)


def _c(text: str) -> Cases:
    framework = next((name for mark, name in _C_IMPORT if mark in text), None)
    if "XCTest/XCTest.h" in text or "@import XCTest" in text:
        return Cases(len(re.findall(r"^-[ ]*\(void\)[ ]*test\w*", bare(text, "c"), re.MULTILINE)), 0, 0, "XCTest")
    kinds = _C_CASE.findall(bare(text, "c"))
    if framework is None and not any(kind in ("TEST", "TEST_F", "TEST_P", "TEST_CASE") for kind in kinds):
        return Cases(0)
    return Cases(len(kinds), sum(kind.endswith(("_P", "TEMPLATE")) for kind in kinds), 0, framework)


def _swift(text: str) -> Cases:
    code = bare(text, "swift")
    marked = len(re.findall(r"^[ \t]*@Test\b", code, re.MULTILINE)) if "import Testing" in text else 0
    methods = (
        len(re.findall(r"^[ \t]+(?:\w+[ ]+)*func[ ]+test\w*\s*\(\s*\)", code, re.MULTILINE)) if "XCTest" in text else 0
    )
    framework = "Swift Testing" if marked and not methods else "XCTest" if methods else None
    return Cases(marked + methods, len(re.findall(r"@Test\([^\n]*arguments:", code)), 0, framework)


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
    "javascript": _javascript,
    "python": _python,
    "go": _go,
    "rust": _rust,
    "jvm": _jvm,
    "csharp": _csharp,
    "ruby": _ruby,
    "php": _php,
    "c": _c,
    "swift": _swift,
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
