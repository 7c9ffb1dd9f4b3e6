"""Comments and strings of source text, by family: what is blanked, what is counted, and that nothing takes long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegenie.formats.source_text import FAMILIES, Lines, lines, without_comments, without_strings
from tests.torture.harness import rounds

SOUP = st.sampled_from((
    *"\"'`/\\#<>{}()[]$*?%;-=\n a", "/*", "*/", "//", '"""', "'''", "${", "#{", "<<A\n", "<<~A\n", "<<<A\n", "A\n",
    "(*", "*)", "{-", "-}", "#=", "=#", "--[[", "]]", "\n=begin", "\n=end", "\n=pod", "\n=cut", 'R"(', ')"', 'r#"',
    '"#', "<!--", "-->", "<?php", "?>", '@"', "\\(", "= /", "\r\n", "\0", "é",
))  # fmt: skip


@pytest.mark.parametrize(
    ("family", "text", "code"),
    [
        ("javascript", "a = '//' // b", "a = '//'  "),
        ("javascript", "a = /[/'\"]\\/*/g // b", "a = /[/'\"]\\/*/g  "),
        ("javascript", "a = b / c // d'\ne", "a = b / c  \ne"),
        ("javascript", "[\n  /['\"]/,\n  x, // y\n]", "[\n  /['\"]/,\n  x,  \n]"),
        ("javascript", "`a // ${b(`c // ${'}'}`)} // d` // e", "`a // ${b(`c // ${'}'}`)} // d`  "),
        ("javascript", "<p>Don't</p> // a", "<p>Don't</p>  "),
        ("c", 'R"x( // )" )x" // a\n1\'000 /* b\n */ c', 'R"x( // )" )x"  \n1\'000  \n c'),
        ("go", "`//\n` // a", "`//\n`  "),
        ("rust", 'f<\'a>(\'"\', r#"// "x"#) // b', 'f<\'a>(\'"\', r#"// "x"#)  '),
        ("kotlin", "/* a /* b */ c */ d", "  d"),
        ("kotlin", '"${f("http://x")}" // a', '"${f("http://x")}"  '),
        ("swift", '"\\(f("http://x"))" // a', '"\\(f("http://x"))"  '),
        ("csharp", '@"c:\\" // a', '@"c:\\"  '),
        ("php", "<a href=\"#\">it's</a> <?php f('#'); # a\n?> // b", "<a href=\"#\">it's</a> <?php f('#');  \n?> // b"),
        ("php", "<?php #[Attribute]\n// a ?> # b", "<?php #[Attribute]\n ?> # b"),
        ("python", '"""# a\n""" # b', '"""# a\n"""  '),
        ("ruby", '"#{a}" # b\n=begin\n# c\n=end\nd', '"#{a}"   \n\n\n\nd'),
        ("ruby", "a = $'.b # c\nd", "a = $'.b  \nd"),
        ("ruby", "f <<~A # b\n  # c\n  A\n# d", "f <<~A # b\n  # c\n  A\n "),
        ("shell", "a ${#b} $# c#d # e", "a ${#b} $# c#d  "),
        ("shell", "#!/bin/sh -e # a\n# b", "#!/bin/sh -e # a\n "),
        ("javascript", "#!/usr/bin/env node", "#!/usr/bin/env node"),
        ("shell", "cat <<'EOF'\n# a\nEOF\n# b", "cat <<'EOF'\n# a\nEOF\n "),
        ("perl", "$#a # b\n=pod\nc\n=cut\nd", "$#a   \n\n\n\nd"),
        ("powershell", "a <# b\nc #> d # e", "a  \n d  "),
        ("lua", "a --[[ b\n]] c -- d", "a  \n c  "),
        ("haskell", "a --> b -- c\n{- d {- e -} -} f'", "a --> b  \n  f'"),
        ("fsharp", "(*) a (* b *) // c", "(*) a    "),
        ("erlang", '$% "%" % a', '$% "%"  '),
        ("lisp", '\\; ";" ; a', '\\; ";"  '),
        ("sql", "'--' -- a", "'--'  "),
        ("markup", "<!-- a\n--> http://b 'c' // d", " \n http://b 'c'  "),
        ("julia", "a' #= b #= c =# =# d # e", "a'   d  "),
    ],
)
def test_comments_go_and_lines_stay(family: str, text: str, code: str) -> None:
    assert without_comments(text.encode(), family).decode() == code


@pytest.mark.parametrize(
    ("family", "code", "bare"),
    [
        ("javascript", "f('a\\'b', `c\nd`, /e/)", "f('    ', ` \n `, / /)"),
        ("python", '"""a\n"""b""', '"   \n  "b""'),
        ("php", "<b>x</b><?php f('a')", "<        ?php f(' ')"),
        ("shell", "a 'b' \\\" c", "a ' ' \\\" c"),
    ],
)
def test_what_stands_in_strings_goes_and_nothing_moves(family: str, code: str, bare: str) -> None:
    found = without_strings(code.encode(), family).decode()
    assert (found, len(found)) == (bare, len(code))


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", Lines(0, 0, 0)),
        ("a", Lines(1, 0, 0)),
        ("\n \t\r\n", Lines(0, 0, 2)),
        ("a // b\n// c\n/* d\n\n e */ f\n", Lines(2, 2, 1)),
    ],
)
def test_lines_are_counted(text: str, counted: Lines) -> None:
    content = text.encode()
    assert lines(content, without_comments(content, "c")) == counted


@given(family=st.sampled_from(sorted(FAMILIES)), text=st.lists(SOUP, max_size=60).map("".join))
@settings(deadline=None, max_examples=rounds(300, 5000))
def test_any_text_keeps_its_lines(family: str, text: str) -> None:
    content = text.encode()
    code = without_comments(content, family)
    bare = without_strings(code, family)
    assert code.count(b"\n") == bare.count(b"\n") == content.count(b"\n")
    assert len(bare) == len(code)
    counted = lines(content, code)
    assert min(counted.code, counted.comment, counted.blank) >= 0


BAIT = (
    *"\"'`/\\#<{}(?%;-=\n a", "//", "/*", "/*/", "*/", '\\"', "\\'", '"""', "'''", "<<A\n", "<<~A\n", "<<<A\n", "${",
    "`${", '"${', '"${"', '"${a{', '"\\(', '"\\((', '"\\("', "`${`", '`${"', "`${'", "`${{", "`a${b", "(*", "--[[",
    "[[", "{-", "-}", "#=", "=#", "\n=begin", "\n=a", 'R"(', 'R"a(', 'r#"', 'r##"', "'a", "'\\", "<!--", "?>", "<?",
    "= /[", "=/a", "\n/a", "\n /[", '@"', '@"\n', '$@"', "<#", "#>", '"a" ', '"a"a ',
)  # fmt: skip


@pytest.mark.parametrize(("family", "opening"), [("shell", "<<"), ("ruby", "<<~"), ("perl", "<<'"), ("php", "<<<")])
@pytest.mark.parametrize("after", ["(", '"$word"', "1", " ", ""])
def test_what_only_begins_like_a_heredoc_may_follow_one(family: str, opening: str, after: str) -> None:
    text = f"<?php\n{opening}EOF\nsaid\nEOF\n''{opening}{after}".encode()
    assert without_comments(text, family).count(b"\n") == text.count(b"\n")


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_anything_repeated_takes_linear_time(family: str) -> None:
    size = rounds(1 << 13, 1 << 18)
    for unit in BAIT:
        started = time.process_time()
        without_strings(without_comments(unit.encode() * (size // len(unit)), family), family)
        assert time.process_time() - started < 0.15 * size / (1 << 13), unit
