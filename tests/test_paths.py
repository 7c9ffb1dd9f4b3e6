"""Looking paths up must give what searching them gives."""

import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegenie.globs import literals, matches, matching
from codegenie.paths import Paths

COMPONENTS = [
    "**",
    "*",
    "a",
    "a*",
    "*a*",
    "a.b",
    "*.b",
    "*.a.b",
    "*.{a,b}",
    "{a,a.b}",
    "{a,{b,c}}",
    "*.",
    ".b",
    "?",
    "[a]",
    "!a",
    "!(*.*)",
]
PATTERNS = (
    st.text("ab/*?.[]!{},", max_size=9)
    | st.builds("/".join, st.lists(st.sampled_from(COMPONENTS), min_size=1, max_size=4))
    | st.sampled_from(["!**/a/**", "!**/a.b/**", "**/*"])
)
NAMES = st.sampled_from(["a", "b", "a.b", ".b", "b.a.b", "a.", "!a", "b."])
PATHS = st.builds("/".join, st.lists(NAMES, min_size=1, max_size=4))


@example(["**", "!!(*.*)"], {"a", "a.b"})
@example(["{,a}!(*.*)"], {"a", "a.b"})
@example(["**{}", "a/!(*.*){}"], {"a", "a/b"})
@example(["**/*.b"], {"b", "a.b", ".b"})
@example(["**/*.", "**/*.a.b"], {"a.", "b.a.b", "b"})
@given(st.lists(PATTERNS, max_size=3), st.sets(PATHS, max_size=8))
def test_looking_up_gives_what_searching_gives(patterns: list[str], paths: set[str]) -> None:
    inventory = tuple(sorted(paths))
    found = Paths(inventory)
    assert found.matching(tuple(patterns)) == matching(tuple(patterns), inventory)
    again = Paths(inventory)
    again.recall(found.runs())
    assert (again.matching(tuple(patterns)), again.searched) == (found.matching(tuple(patterns)), False)


@given(PATTERNS, PATHS)
def test_what_a_pattern_matches_holds_what_is_plain_in_it(pattern: str, path: str) -> None:
    if not pattern.startswith("!") and matches((pattern,), path):
        assert any(text in path for text in literals(pattern))


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("**/*.[Dd]ockerfile.*", {"ockerfile."}),
        ("src/**/a/*.py", {"src/"}),
        ("**/bin/*", {"bin/"}),
        ("bin/!(*.*)", {"bin/"}),
        ("**/{x,tsconfig*}.json", {"x.json", "tsconfig"}),
        ("**/?*", {""}),
    ],
)
def test_what_is_plain_in_a_pattern(pattern: str, texts: set[str]) -> None:
    assert literals(pattern) == texts


def test_patterns_are_tried_where_their_text_is() -> None:
    paths = ("a/xtest/y.py", "src/mytest_a.py", "src/test.py", "test", "x/\N{SNOWMAN}_test")
    assert Paths(paths).matching(("**/*test*", "**/xt[e]st/*")) == paths
    assert Paths(paths).matching(("**/*test_*", "**/{?test,no}/*.py")) == paths[:2]


def test_a_name_that_begins_with_an_exclamation_mark_is_asked_for() -> None:
    assert Paths(("bin/entrypoint", "bin/run.sh", "run")).matching(("**/!(*.*)",)) == ("bin/entrypoint", "run")


def test_an_answer_is_given_again_without_a_search() -> None:
    paths = Paths(("a", "b/a"))
    assert paths.matching(("**/a", "?")) is paths.matching(("**/a", "?"))


def test_to_look_a_name_up_takes_little_memory_for_each_path() -> None:
    paths = Paths(tuple(sorted(f"src/{number % 100}/module{number}.py" for number in range(5_000))))
    tracemalloc.start()
    paths.matching(("**/.gitattributes",))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept < 40 * 5_000, f"{kept / 5_000:.0f} bytes a path"
