"""Dockerfiles, by the rules of BuildKit's parser and lexer.

The tables hold facts of BuildKit's published tests (moby/buildkit, frontend/dockerfile/parser and shell, Apache-2.0).
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegenie.formats.dockerfile import Dockerfile, Heredoc, Instruction, Problem, parse
from codegenie.formats.dockerfile_words import Expansion, Inexpansible, expanded, unquoted, words_of
from codegenie.formats.unparsable import Unparsable


def read(text: str) -> Dockerfile:
    return parse(text.encode())


def only(text: str) -> Instruction:
    (instruction,) = read(text).instructions
    return instruction


def told(text: str) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(one.keyword, one.words, one.is_json) for one in read(text).instructions]


def test_directives_stand_at_the_top_and_a_comment_or_an_empty_line_ends_them() -> None:
    found = read("# syntax=docker/dockerfile:1\n#  Escape = `\n# check=skip=all\nFROM a`\n b\n")
    assert (found.syntax, found.escape, found.check) == ("docker/dockerfile:1", "`", "skip=all")
    assert found.instructions[0].text == "a b"
    assert read("# hello\n# escape=`\nFROM a\n").escape == "\\"
    assert read("\n# escape=`\nFROM a\n").escape == "\\"
    assert read("# unknown=1\n# escape=`\nFROM a\n").escape == "\\"


def test_a_directive_that_is_wrong_is_told() -> None:
    assert read("# escape=x\nFROM a\n").problems == (
        Problem(1, "an escape directive that is neither a backslash nor a backtick"),
    )
    assert read("# syntax=a\n# syntax=b\nFROM a\n").problems == (Problem(2, "the directive syntax a second time"),)


def test_lines_go_on_over_comments_and_empty_lines_and_keep_their_blanks() -> None:
    found = read("\ufefffrom a\r\nRUN one \\\r\n  # a comment\r\n\n   two\\ \t\n\n three\n\nCMD x\\\\\ny")
    assert [(one.keyword, one.line, one.end_line, one.text) for one in found.instructions] == [
        ("FROM", 1, 1, "a"),
        ("RUN", 2, 7, "one    two three"),
        ("CMD", 9, 9, "x\\\\"),
        ("Y", 10, 10, ""),
    ]
    assert [problem.text for problem in found.problems] == [
        "an empty line within an instruction",
        "an empty line within an instruction",
        "an unknown instruction y",
        "Y without arguments",
    ]


def test_an_escape_at_the_end_of_the_file_is_dropped() -> None:
    assert only("RUN a\\").text == "a"
    assert read("FROM a\n\\").instructions == read("FROM a").instructions


def test_json_is_json_or_a_line_for_a_shell() -> None:
    assert told(
        'CMD ["a", "b c"]\nCMD [\'a\', "b"]\nCMD ["a"\nCMD [ ]\nRUN [ "$x" = 1 ]\nCOPY [ "a b", "c" ]\nCOPY a  b\tc\n'
        'VOLUME ["/a"]\nVOLUME /a /b\nSHELL ["powershell", "-command"]\nCMD ["a"] # not any more\n'
    ) == [
        ("CMD", ("a", "b c"), True),
        ("CMD", ("['a', \"b\"]",), False),
        ("CMD", ('["a"',), False),
        ("CMD", (), True),
        ("RUN", ('[ "$x" = 1 ]',), False),
        ("COPY", ("a b", "c"), True),
        ("COPY", ("a", "b", "c"), False),
        ("VOLUME", ("/a",), True),
        ("VOLUME", ("/a", "/b"), False),
        ("SHELL", ("powershell", "-command"), True),
        ("CMD", ('["a"] # not any more',), False),
    ]
    assert read('CMD ["a", 1]').problems == (Problem(1, "a JSON array that holds more than texts"),)


def test_flags_come_before_the_arguments() -> None:
    copy = only('COPY --from=build --chown="a b:c" --link -- --x /dest')
    assert copy.flags == (("from", "build"), ("chown", "a b:c"), ("link", None))
    assert copy.words == ("--x", "/dest")
    assert (copy.flag("from"), copy.flag("link"), copy.flag("chmod")) == ("build", None, None)
    run = only("RUN --mount=type=secret,id=x --network=none \\\n  npm ci --ignore-scripts")
    assert run.flags == (("mount", "type=secret,id=x"), ("network", "none"))
    assert run.text == "npm ci --ignore-scripts"


def test_env_label_and_arg_hold_pairs() -> None:
    assert only("ENV a=1 b='2 3' c=\"4 5\" d=6\\ 7 e=").pairs == (
        ("a", "1"),
        ("b", "'2 3'"),
        ("c", '"4 5"'),
        ("d", "6\\ 7"),
        ("e", ""),
    )
    assert only("ENV name some value = here").pairs == (("name", "some value = here"),)
    assert only("ARG a b=1").pairs == (("a", None), ("b", "1"))
    assert only('LABEL "com.example.a"="x" b=y').pairs == (('"com.example.a"', '"x"'), ("b", "y"))
    assert read("ENV a").problems == (Problem(1, "ENV a without a value"),)
    assert read("ENV a=1 b").problems == (Problem(1, "ENV with a word that is not name=value"),)


def test_a_health_check_has_a_kind_and_a_command() -> None:
    assert told(
        'HEALTHCHECK NONE\nHEALTHCHECK --interval=5s cmd ["a", "b"]\nHEALTHCHECK CMD  curl -f x || exit 1\n'
    ) == [
        ("HEALTHCHECK", ("NONE",), False),
        ("HEALTHCHECK", ("CMD", "a", "b"), True),
        ("HEALTHCHECK", ("CMD", "curl -f x || exit 1"), False),
    ]


def test_onbuild_holds_an_instruction() -> None:
    trigger = only("ONBUILD COPY --from=a . /b").trigger
    assert trigger is not None
    assert (trigger.keyword, trigger.flags, trigger.words) == ("COPY", (("from", "a"),), (".", "/b"))
    assert read("ONBUILD FROM a").problems == (Problem(1, "ONBUILD FROM"),)


def test_heredocs_end_at_their_name() -> None:
    found = read(
        "RUN <<EOF\n# not a comment\necho \\\nEOF\nCOPY <<a <<-'b' /dest\n1\na\n\t2\n\tb\nRUN 3<<X cat\n\nX\nCMD z\n"
    )
    assert [one.heredocs for one in found.instructions] == [
        (Heredoc("EOF", "# not a comment\necho \\\n", 2, expands=True, strips_tabs=False, descriptor=0),),
        (
            Heredoc("a", "1\n", 6, expands=True, strips_tabs=False, descriptor=0),
            Heredoc("b", "\t2\n", 8, expands=False, strips_tabs=True, descriptor=0),
        ),
        (Heredoc("X", "\n", 11, expands=True, strips_tabs=False, descriptor=3),),
        (),
    ]
    assert [(one.line, one.end_line) for one in found.instructions] == [(1, 4), (5, 9), (10, 12), (13, 13)]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("RUN <<eo'f'", ["eof"]),
        ("RUN <<eo\\'f", ["eo'f"]),
        ("RUN <<'one two'", ["one two"]),
        ("RUN <<$EOF", ["$EOF"]),
        ("RUN <<  EOF  > foo", ["EOF"]),
        ("COPY <<file.txt /dest", ["file.txt"]),
        ("RUN --mount=type=cache,target=/foo <<MOUNT", ["MOUNT"]),
        ("ONBUILD RUN <<EOF", ["EOF"]),
        ('RUN "<<NOHEREDOC"', []),
        ("RUN cat <<<word", []),
        ("RUN x=$((1<<4))", []),
        ('RUN echo "a <<b c"', []),
        ("USER <<INVALID", []),
        ('COPY ["<<EOF", "/dest"]', []),
    ],
)
def test_which_words_open_heredocs(line: str, names: list[str]) -> None:
    found = read("\n".join([line, *names]) + "\n").instructions
    instruction = found[0].trigger or found[0]
    assert [heredoc.name for heredoc in instruction.heredocs] == names
    assert len(found) == 1


def test_what_the_builder_would_refuse_is_read_and_told() -> None:
    assert read("FROM a\nRUN <<EOF\nx\n").problems == (Problem(2, "a heredoc without its end EOF"),)
    assert read("# nothing\n").problems == (Problem(1, "no instructions"),)
    assert read(f"RUN {'x' * 70_000}").problems == (Problem(1, "a line of more than 65535 bytes"),)
    with pytest.raises(Unparsable, match="not text"):
        parse(b"FROM a\0")
    with pytest.raises(Unparsable, match="more than 10000 instructions"):
        parse(b"RUN a\n" * 10_001)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["FROM a", "RUN b", "# c", "", "CMD d\\", "  e", "COPY <<X f", "X"]), max_size=12))
def test_instructions_come_in_order_and_do_not_overlap(lines: list[str]) -> None:
    found = read("\n".join(lines)).instructions
    ends = [0, *(one.end_line for one in found)]
    assert all(end < one.line <= one.end_line <= len(lines) for end, one in zip(ends, found, strict=False))


VALUES = {"PWD": "/home", "SHELL": "bash", "NULL": "", "FOO": "xxyy", "STARS": "a***yy*", "KOREAN": "한국어"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", "hello"),
        ("he'll'o", "hello"),
        ("he\\'llo", "he'llo"),
        ("abc\\tdef", "abctdef"),
        ('"abc\\tdef"', "abc\\tdef"),
        ("'abc\\tdef'", "abc\\tdef"),
        ("hello\\", "hello"),
        ("hello\\\\", "hello\\"),
        ('"hel\'lo"', "hel'lo"),
        ("'hello\\'", "hello\\"),
        ("\"''\"", "''"),
        ("$.", "$."),
        ("he$1x", "hex"),
        ("he$PWD", "he/home"),
        ("he\\$PWD", "he$PWD"),
        ("he\\\\$PWD", "he\\/home"),
        ('"he\\\\$PWD"', "he\\/home"),
        ("\\${}aaa", "${}aaa"),
        ("he${hi}xx", "hexx"),
        ("he${XXX:-000}xx", "he000xx"),
        ("he${PWD:-000}xx", "he/homexx"),
        ("he${XXX:-${YYY:-yyy}}xx", "heyyyxx"),
        ("he${PWD?}", "he/home"),
        ("he${NULL?}", "he"),
        ("${NULL-a}", ""),
        ("${NULL:-a}", "a"),
        ("he${PWD:+${SHELL}}xx", "hebashxx"),
        ("he${XXX:+000}xx", "hexx"),
        ("'he${XX}'", "he${XX}"),
        ("\"he'$PWD'\"", "he'/home'"),
        ("he${PWD:+${PWD}:}xx", "he/home:xx"),
        ("he${XXX:-\\$PWD:}xx", "he$PWD:xx"),
        ("안녕$KOREAN", "안녕한국어"),
        ("${aaa}}", "}"),
        ("${aaa:-bbb {foo}", "bbb {foo"),
        ("$999aaa", "aaa"),
        ("$@@@", "@@"),
        ("$$", ""),
        ("${FOO#x}", "xyy"),
        ("${FOO#*x*y}", "y"),
        ("${FOO##*x}", "yy"),
        ("${FOO%y}", "xxy"),
        ("${FOO%y*}", "xxy"),
        ("${FOO%%y*}", "xx"),
        ("${FOO%%x*}", ""),
        ("${FOO#*}", "xxyy"),
        ("${STARS%%\\**\\*}", "a"),
        ("${FOO/x/z}", "zxyy"),
        ("${FOO//x/z}", "zzyy"),
        ("${FOO/x*y/z}", "z"),
        ("${FOO//?/.}", "...."),
        ("${FOO/a/b}", "xxyy"),
    ],
)
def test_variables_are_put_in(text: str, expected: str) -> None:
    assert expanded(text, VALUES).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "he'llo",
        '"hello',
        '"hello\\"',
        "${}",
        "${}aaa",
        "he${.}",
        "he${XXX:YYY}",
        "he${XXX?}",
        "he${NULL:?}",
        "he${PWD",
        "he${PWD:=000}xx",
        "${{aaa}",
        "${aaa:-bbb",
        "${:}",
        "${:-bbb}",
        "${FOO:#x}",
        "${FOO/x}",
        "${FOO/x/y",
        "${FOO#*a*a*a*a*a*a*a*a*a*a}",
        "${a:-" * 100 + "x" + "}" * 100,
    ],
)
def test_a_bad_substitution_is_refused(text: str) -> None:
    with pytest.raises(Inexpansible):
        expanded(text, VALUES)


def test_what_has_no_value_is_named() -> None:
    assert expanded("${a}-$b-${c:-d}-${e:+f}-${PWD:-$g}", VALUES) == Expansion("--d--/home", ("a", "b"))
    assert expanded("${a:-$b}", {}) == Expansion("", ("b",))
    assert expanded("`$a", {}, "`") == Expansion("$a")


def test_a_value_cannot_grow_without_bound() -> None:
    with pytest.raises(Inexpansible, match="more than"):
        expanded("$a" * 10, {"a": "x" * 60_000})


def test_words_keep_their_quotes() -> None:
    assert words_of("a 'b c' \"d \\\" e\"f g\\ h ''", "\\") == ["a", "'b c'", '"d \\" e"f', "g\\ h", "''"]
    assert words_of("a`", "`") == ["a"]
    assert unquoted("'a'\"$b${c:-d}\"\\e") == "a$b${c:-d}e"


def test_an_offset_in_the_text_knows_its_line() -> None:
    run_lines = b"RUN --network=none \\\n  one && \\\n# a comment\n  two; \\\n\n  three\n"
    _, run, onbuild = parse(b"FROM a\n" + run_lines + b"ONBUILD \\\n RUN \\\n four\n").instructions
    assert {word: run.line_at(run.text.index(word)) for word in ("one", "two", "three")} == {
        "one": 3,
        "two": 5,
        "three": 7,
    }
    assert onbuild.line_at(0) == 9
    assert onbuild.trigger is not None
    assert (onbuild.trigger.text, onbuild.trigger.line_at(0)) == ("four", 10)
