"""Counting test cases takes time in proportion to the text, whatever stands in it."""

import importlib
import time
from typing import Any

import pytest

from codegenie import registry

SIZE = 1 << 16
PATIENCE = (
    1.5  # seconds of CPU for 64 KiB; a quiet machine needs a tenth of one, where time grows with the square a minute
)
ENDINGS = (
    *("ts", "py", "go", "rs", "java", "scala", "cs", "rb", "php", "cc", "swift", "dart", "exs", "bats", "feature"),
    *("r", "zig", "clj"),
)
BAIT = (
    *("(", "[", "{", "<",'"', "'", "`", "/", "\\", "#", "@", ".", ",", " ", "\n", "a", "=", "//", "/*", '"""'),
    *("(/", "=/[", "(/a[", "it(", "it.each(", "it.only.skip", "x.test (", "test(\n", '""', "@Test", "@Test("),
    *("#[test]\n", "#[test", "fn ", "[Fact]\n", "[Fact(", "[<Test>]", "def test_a\n", "@x\n", "class A\n", "  def "),
    *("@Test\n", "func ", "func TestA(", "TEST(", "function ", "public ", "it 'a' ", "\ttest ", 'def "a', '"a" in '),
    *("a::", "\n ", '    "a" {\n', "open Expecto\ntest ", "#if\n", "r##", 'r#"', "b'", "'a", '"a" should '),
)  # fmt: skip


def of_the_probe(name: str) -> Any:
    registry.all_probes()
    return importlib.import_module(f"{registry.PROBES_PACKAGE}.{name}")


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_bait_is_slow(ending: str) -> None:
    cases_in = of_the_probe("_test_cases").cases_in
    heads = ("", "import org.scalatest.a\n", "import io.kotest.a\n") if ending == "scala" else ("",)
    for bait in BAIT:
        for head in heads:
            began = time.process_time()
            cases_in(f"a.{ending}", (head + bait * (SIZE // len(bait))).encode())
            assert time.process_time() - began < PATIENCE, bait


@pytest.mark.parametrize("pattern", ["**/*" * 80, "*a" * 5, "+(*a)*", "{a,b}" * 60, "?(" * 90, "[a", "!(a)", "(" * 99])
def test_no_glob_is_slow(pattern: str) -> None:
    found = of_the_probe("_test_globs").glob(pattern)
    began = time.process_time()
    for path in ("a" * 255, "a/" * 60 + "b", "aaaa" * 60 + ".js"):
        if found:
            found.fullmatch(path)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*$", ".*.*.*.*x", "(.*)+x", "a{1,9}{1,9}", "(?=a)", r"\1", "(a?)*x"]
)
def test_an_expression_that_may_take_long_is_refused(pattern: str) -> None:
    assert of_the_probe("_test_globs").expression(pattern) is None


def test_simple_expressions_are_taken() -> None:
    expression = of_the_probe("_test_globs").expression
    assert expression(r"(/__tests__/.*|(\.|/)(test|spec))\.[jt]sx?$").search("/_/src/a.test.tsx")
    assert expression(r"./(packages|eslint)/[^/]+/test/.+\.m?js$").search("/_/packages/a/test/b.mjs")
