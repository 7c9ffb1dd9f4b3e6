"""Globs: a table of what people write, a plain reference, and bait for slow matchers."""

import time
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegenie.globs import compiled, matches, matching

TABLE: list[tuple[tuple[str, ...], list[str], list[str]]] = [
    (("package.json",), ["package.json"], ["a/package.json", "package.jsonx", "xpackage.json", "package_json"]),
    (("**/package.json",), ["package.json", "a/package.json", "a/b/c/package.json"], ["apackage.json", "a/package.js"]),
    (("*",), ["a", ".hidden", "a b", "line\nbreak"], ["a/b", "a/"]),
    (("**",), ["a", "a/b", ".x/.y", "line\nbreak/x"], []),
    (("**/*",), ["a", "a/b", ".x/.y", "line\nbreak/x\ny"], []),
    (("src/**",), ["src/a", "src/a/b"], ["src", "srcs/a", "a/src/b"]),
    (("src/**/test.py",), ["src/test.py", "src/a/b/test.py"], ["test.py", "src/atest.py", "x/src/test.py"]),
    (("a/**/b/**/c",), ["a/b/c", "a/x/b/y/z/c", "a/b/b/c", "a/b/x/b/c"], ["a/c", "a/b", "b/c", "a/xb/c"]),
    (("**/a/b/**/c",), ["a/a/b/c", "x/a/x/a/b/y/c"], ["a/x/b/c", "a/b"]),
    (("**/**/x",), ["x", "a/x", "a/b/x"], ["ax"]),
    (("**.py",), ["a.py", ".py"], ["a/b.py"]),  # not between slashes: as one star, as git has it
    (("a**z/x",), ["az/x", "a-z/x"], ["a/z/x"]),
    (("*.py",), [".py", "a.py", "a.b.py"], ["a/b.py", "a.pyc", "axpy"]),
    (("a*b*c",), ["abc", "a-b-c", "abbc", "abcbc"], ["ab", "acb", "a/b/c", "abcd"]),
    (("*ab*ab",), ["abab", "ababab", "xabyab"], ["ab", "aba"]),
    (("?",), ["a", "é", "\n", "\udcff"], ["", "/", "ab"]),
    (("a?c",), ["abc", "a.c"], ["a/c", "ac"]),
    (("[abc]",), ["a", "b", "c"], ["d", "ab", ""]),
    (("[a-c]x",), ["ax", "cx"], ["dx", "-x"]),
    (("[!a-c]", "never"), ["d", "-", "!"], ["a", "b", "/"]),
    (("[^a]",), ["b"], ["a", "/"]),
    (("[]x]",), ["]", "x"], ["[", "[]x]"]),
    (("[!]x]",), ["[", "a"], ["]", "x"]),
    (("[a-]",), ["a", "-"], ["b"]),
    (("[.-0]",), [".", "0"], ["/"]),
    (("[z-a]",), [], ["a", "z", "-", "m", "[z-a]"]),
    (("[!z-a]",), ["a", "z"], ["/"]),
    (("[[:alpha:]]",), ["a]", ":]", "[]"], ["a", "x]"]),
    (("[a&&b]", "[a||b]", "[a~~b]", "[a--b]"), ["&", "|", "~", "a", "b"], ["c"]),
    (("[\\d]",), ["\\", "d"], ["1"]),
    (("[",), ["["], ["a"]),
    (("[]",), ["[]"], ["a"]),
    (("[a/b]",), ["[a/b]"], ["a", "b", "/"]),
    (("*.{js,ts}",), ["a.js", "a.ts"], ["a.jsts", "a.{js,ts}", "a."]),
    (("{a,b{c,d}}.x",), ["a.x", "bc.x", "bd.x"], ["b.x", "ac.x"]),
    (("{src,lib/**}/x",), ["src/x", "lib/x", "lib/a/b/x"], ["src/a/x", "x"]),
    (("**/{a,b}/*.{c,d}",), ["a/x.c", "y/b/x.d"], ["c/x.c", "a/x/x.c"]),
    (("{ab,a}*b",), ["ab", "abb", "axb"], ["a", "b"]),
    (("*{ab,a}*b",), ["ab", "xab", "aab"], ["a", "b"]),
    (("a{,b}",), ["a", "ab"], ["b", "a{,b}"]),
    (("a{b",), ["a{b"], ["ab"]),
    (("a}b", "{a,{b,c}"), ["a}b", "{a,b", "{a,c"], ["a", "b"]),
    (("a,b",), ["a,b"], ["a", "b"]),
    (("a.b+c(d)|e$^",), ["a.b+c(d)|e$^"], ["aXb+c(d)|e$^", "a.bbc(d)"]),
    (("a\\*b",), ["a\\b", "a\\xb"], ["a*b"]),  # a backslash is a character of a name
    (("a.txt\n",), ["a.txt\n"], ["a.txt"]),
    (("a.txt",), ["a.txt"], ["a.txt\n"]),
    (("**/!(*.*)",), ["run", "bin/run", "a.b/run"], ["run.sh", ".profile", "bin/.x", "a."]),
    (("bin/!(*.*)", "!bin/b"), ["bin/a"], ["bin/b", "bin/a.sh", "bin/a/b", "a"]),
    (("**/x!(*.*)",), ["x!(a.b)", "d/x!(.)"], ["xa", "x"]),
    (("*.txt", "!b.txt"), ["a.txt"], ["b.txt", "!b.txt.x"]),
    (("!b.txt", "*.txt"), ["a.txt"], ["b.txt"]),
    (
        ("**", "!**/node_modules/**", "!*.md"),
        ["a", "a/b.md", "node_modules"],
        ["node_modules/x", "a/node_modules/b/c", "x.md"],
    ),
    (("!a",), [], ["a", "b", "!a"]),
    (("",), [""], ["a"]),
    ((), [], ["", "a"]),
]


@pytest.mark.parametrize(("patterns", "matched", "unmatched"), TABLE, ids=lambda value: repr(value)[:40])
def test_a_pattern_matches_these_paths_and_not_those(
    patterns: tuple[str, ...], matched: list[str], unmatched: list[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert matching(patterns, [*matched, *unmatched]) == tuple(matched)


def test_paths_come_in_the_order_given() -> None:
    assert matching(("*",), ["b", "a", "x/y", "c"]) == ("b", "a", "c")


LETTERS = st.sampled_from("ab/*?-.[]!{},")
PATTERNS = st.text(LETTERS, max_size=9) | st.builds(
    "/".join,
    st.lists(
        st.sampled_from(["**", "*", "a", "b", "a*", "*b", "*a*b", "?", "{a,b}", "{a,ab}*", "[!a]"]),
        min_size=1,
        max_size=5,
    ),
)
PATHS = st.text(st.sampled_from("ab/-.[{,}"), max_size=9)


NAMED = st.text(st.sampled_from("ab.[{!"), max_size=2).map(lambda name: f"**/{name}")


@given(st.lists(PATTERNS | NAMED, max_size=3), st.lists(PATHS, max_size=8))
def test_globs_agree_with_a_plain_reference(patterns: list[str], paths: list[str]) -> None:
    expected = tuple(path for path in paths if reference(patterns, path))
    assert matching(tuple(patterns), paths) == expected
    assert tuple(path for path in paths if matches(tuple(patterns), path)) == expected


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "a" * 4000),
        ("**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b", "a/" * 2000 + "c"),
        ("**/*a*/**/*a*/**/*a*/**/*a*/**/b", "aaa/" * 1000 + "c"),
        ("**/*/**/*/**/*/**/*/**/*/**/b", "a/" * 2000 + "c"),
        ("{a,aa}" * 9 + "b", "a" * 4000),
        ("*{a,aa}*{a,aa}*{a,aa}*{a,aa}*b", "a" * 4000),
        ("?*?*?*?*?*?*?*?*?*?*b", "a" * 4000),
        ("a**a**a**a**a**a**b", "a" * 4000),
    ],
)
def test_bait_for_a_backtracking_matcher_costs_nothing(pattern: str, path: str) -> None:
    match = compiled((pattern,)).fullmatch
    began = time.process_time()
    assert match(path) is None
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("pattern", ["{a,b}" * 20 + "*", "{a,a}" * 40 + "*", "{" * 3000 + "}" * 3000 + "*"])
def test_braces_that_multiply_are_refused(pattern: str) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match="globs whose braces stand for fewer than 2000 patterns"):
        compiled((pattern,))
    assert time.process_time() - began < 2


def reference(patterns: list[str], path: str) -> bool:
    """Matching by trying everything, in the words of the documentation."""
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    unwanted = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    return any(one(p, path) for p in wanted) and not any(one(p, path) for p in unwanted)


def one(pattern: str, path: str) -> bool:
    at = pattern.find("}")
    opened = pattern.rfind("{", 0, at) if at >= 0 else -1
    if at >= 0 and opened < 0:  # a "}" that closes nothing: look on behind it
        rest = pattern.find("{", at)
        if rest < 0:
            return components(pattern.split("/"), path.split("/"))
        close = pattern.find("}", rest)
        if close < 0:
            return components(pattern.split("/"), path.split("/"))
        opened, at = pattern.rfind("{", 0, close), close
    if opened < 0 or at < 0:
        return components(pattern.split("/"), path.split("/"))
    choices = pattern[opened + 1 : at].split(",")
    return any(one(pattern[:opened] + choice + pattern[at + 1 :], path) for choice in choices)


def components(patterns: list[str], names: list[str]) -> bool:
    if not patterns:
        return not names
    if patterns[0] == "**":
        if len(patterns) == 1:
            return bool(names)
        if components(patterns[1:], names):
            return True
        return bool(names) and names[0] != "" and components(patterns, names[1:])
    return bool(names) and component(patterns[0], names[0]) and components(patterns[1:], names[1:])


def component(pattern: str, name: str) -> bool:
    if not pattern:
        return not name
    head, rest = pattern[0], pattern[1:]
    if head == "*":
        return any(component(rest, name[cut:]) for cut in range(len(name) + 1))
    if head == "[":
        body = rest[1:] if rest[:1] in ("!", "^") else rest
        close = body.find("]", 1)
        if close < 0 and rest[:1] == "!":  # "[!]": a class of one exclamation mark
            body, close = rest, rest.find("]", 1)
        if close > 0:
            negated = body is not rest
            inside = members(body[:close])
            return bool(name) and (name[0] in inside) != negated and component(body[close + 1 :], name[1:])
    if head == "?":
        return bool(name) and component(rest, name[1:])
    return name[:1] == head and component(rest, name[1:])


def members(text: str) -> set[str]:
    found: set[str] = set()
    while text:
        if text[1:2] == "-" and len(text) > 2:
            found |= {chr(code) for code in range(ord(text[0]), ord(text[2]) + 1)}
            text = text[3:]
        else:
            found.add(text[0])
            text = text[1:]
    return found
