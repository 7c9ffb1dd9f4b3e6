from typing import Any

import pytest

from codegenie.formats.shell import parse, parse_text
from codegenie.formats.shell_parts import Command
from codegenie.formats.unparsable import Unparsable

SCRIPT = r"""#!/usr/bin/env -S bash -e
# a comment
if ! npm ci; then
  npm run "$x" && npm test -- --x "a;b" | tee log &
fi
FOO=$(git rev-parse HEAD; echo) make -j4 \
  'a'll
cat > x <<'EOF' && make
make evil
EOF
( cd x && make )
for i in a $(ls); do echo "$i"; done < in | sort
case $1 in
  a|b) make a ;;
  (c) make c ;&
  *) ;;
esac
build() {
  make h
} 2> log
[[ -f x && $y =~ ^(a|b)$ ]] || (( x++ ))
exec "$@"
"""


def commands(script: str) -> list[Command]:
    return list(parse_text(script).commands)


def told(command: Command) -> str:
    """The words, with a tilde before what is expanded."""
    return " ".join(word.value if word.value is not None else f"~{word.text}" for word in command.words)


def test_commands_are_found_in_order_with_lines_and_what_joins_them() -> None:
    found = [(one.line, told(one), one.before, one.after) for one in parse(SCRIPT.encode()).commands]
    assert found == [
        (3, "npm ci", None, ";"),
        (4, 'npm run ~"$x"', None, "&&"),
        (4, "npm test -- --x a;b", "&&", "|"),
        (4, "tee log", "|", "&"),
        (6, "make -j4 all", "\n", "\n"),
        (6, "git rev-parse HEAD", None, ";"),
        (6, "echo", ";", None),
        (8, "cat", "\n", "&&"),
        (8, "make", "&&", "\n"),
        (11, "cd x", None, "&&"),
        (11, "make", "&&", None),
        (12, "ls", None, None),
        (12, 'echo ~"$i"', None, ";"),
        (12, "sort", "|", "\n"),
        (14, "make a", None, ";;"),
        (15, "make c", None, ";&"),
        (19, "make h", None, "\n"),
        (21, "[[ -f x && ~$y =~ ^(a|b)$ ]]", "\n", "||"),
        (21, "~(( x++ ))", "||", "\n"),
        (22, 'exec ~"$@"', "\n", "\n"),
    ]


def test_a_script_says_its_interpreter_functions_and_features() -> None:
    script = parse(SCRIPT.encode())
    assert script.interpreter is not None
    assert (script.interpreter.path, script.interpreter.name) == ("/usr/bin/env", "bash")
    assert [(one.name, one.line, one.end_line) for one in script.functions] == [("build", 18, 20)]
    assert [(one.name, one.line) for one in script.features] == [
        ("here_document", 8),
        ("case_fallthrough", 15),
        ("arithmetic_command", 21),
        ("double_bracket", 21),
        ("regex_match", 21),
    ]
    assert script.problems == ()


def test_a_negation_stands_right_before_a_redirection_too() -> None:
    assert [(told(one), one.is_negated) for one in commands("while !</dev/tcp/db/5432; do sleep 1; done")] == [
        ("", True),
        ("sleep 1", False),
    ]


def test_pipes_background_and_negation_are_told() -> None:
    found = [
        (told(one), one.is_piped, one.in_background, one.is_negated) for one in commands("a && b & ! c | d |& e; f")
    ]
    assert found == [
        ("a", False, True, False),
        ("b", False, True, False),
        ("c", True, False, True),
        ("d", True, False, True),
        ("e", True, False, True),
        ("f", False, False, False),
    ]


def test_what_a_command_stands_in_is_told_outermost_first() -> None:
    script = "f() { while read -r l; do (a | `b`) ; done < in & }\n{ cat <(c); } | d"
    found = [(told(one), [(place.kind, place.part) for place in one.places]) for one in commands(script)]
    loop = [("function", "body"), ("while", "body")]
    assert found == [
        ("read -r l", [("function", "body"), ("while", "condition")]),
        ("a", [*loop, ("subshell", "body")]),
        ("~`b`", [*loop, ("subshell", "body")]),
        ("b", [*loop, ("subshell", "body"), ("command_substitution", "body")]),
        ("cat ~<(c)", [("group", "body")]),
        ("c", [("group", "body"), ("process_substitution", "body")]),
        ("d", []),
    ]
    read, *_, cat, _, _ = commands(script)
    function, loop_place = read.places
    assert (function.name, loop_place.in_background, loop_place.is_piped) == ("f", True, False)
    assert [(one.operator, one.target and one.target.text) for one in loop_place.redirections] == [("<", "in")]
    assert cat.places[0].is_piped


def test_loops_and_branches_have_their_words() -> None:
    first, second = commands("for x in a 'b c' $d; do e; done\ncase $f in g|h*) i;; esac")
    assert [word.value for word in first.places[0].words] == ["a", "b c", None]
    assert first.places[0].name == "x"
    assert [word.text for word in second.places[0].words] == ["g", "h*"]


def test_assignments_and_arrays_are_no_words() -> None:
    (one,) = commands("A=1 B+=$x C=(a 'b' # c\n d) E[0]= make F=2")
    assert told(one) == "make F=2"
    found = [
        (each.name, each.subscript, each.appends, each.value and each.value.value, [w.value for w in each.items or ()])
        for each in one.assignments
    ]
    assert found == [
        ("A", None, False, "1", []),
        ("B", None, True, None, []),
        ("C", None, False, None, ["a", "b", "d"]),
        ("E", "[0]", False, None, []),
    ]


def test_here_documents_belong_to_their_redirections() -> None:
    first, second, third = commands("a <<X 2>&1 | b <<-'Y'\n$(c) ${d:-e}\nX\n\t$(f)\n\tY\n")
    document = first.redirections[0].document
    assert document is not None
    assert (document.content, document.line, document.expands) == ("$(c) ${d:-e}\n", 2, True)
    assert [(one.kind, one.name, one.operator) for one in document.expansions] == [
        ("command", None, None),
        ("parameter", "d", ":-"),
    ]
    assert [(one.operator, one.descriptor) for one in first.redirections] == [("<<", None), (">&", "2")]
    document = second.redirections[0].document
    assert document is not None
    assert (document.content, document.line, document.expands) == ("$(f)\n", 4, False)
    assert (told(third), third.line) == ("c", 2)


@pytest.mark.parametrize(
    ("word", "value", "kinds"),
    [
        (r"a\ b'c'\"d\"" + '"e\\x\\""', 'a bc"d"e\\x"', []),
        (r"$'a\n\x41\u00e9\''", "a\nAé'", []),
        ("a$b", None, ["parameter"]),
        ("'$b'", "$b", []),
        ('"${a:-$(b)}"', None, ["parameter", "command"]),
        ("$((1 + (2 << 3)))", None, ["arithmetic"]),
        ("$( (a); b)", None, ["command"]),
        ("$((a); (b))", None, ["command"]),
        ("*.[ch]", None, ["glob", "glob"]),
        ("[", "[", []),
        ("{a,b}", None, ["brace"]),
        ("{a}", "{a}", []),
        ("~/x", None, ["tilde"]),
        ("a~", "a~", []),
        ("$", "$", []),
        ("a#b", "a#b", []),
        ("a=1.*", None, ["glob"]),
        ("@(a|b)", None, ["glob"]),
        ("${x%%'}'}", None, ["parameter"]),
        ("a\\\nb", "ab", []),
    ],
)
def test_words_are_literal_or_say_what_they_need(word: str, value: str | None, kinds: list[str]) -> None:
    found = commands(f"x {word}")[0]
    assert found.words[1].text == word
    assert found.words[1].value == value
    assert [one.kind for one in found.words[1].expansions] == kinds


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("a 'b", (1, "an open single quote")),
        ("a\nif b; then c", (2, "an if without its end")),
        ("a; fi", (1, "an unexpected fi")),
        ("a )", (1, "an unexpected )")),
        ("a <<X\nb", (1, "a here-document without its end X")),
        ("$(if a; then b)", (1, "an if without its end")),
        ("a && ;", (1, "an unexpected ;")),
        ("case a b", (1, "a case without in")),
        ("a\r\nb\r\n", (1, "lines that end in a carriage return")),
    ],
)
def test_what_a_shell_would_refuse_is_a_problem_and_the_rest_is_read(script: str, problem: Any) -> None:
    found = parse_text(script)
    assert tuple(found.problems[0]) == problem
    assert len(found.commands) > 0 or script.startswith("case")


def test_the_names_that_begin_so_are_no_bad_substitution() -> None:
    for script in ('a=( "${!WORDPRESS_@}" )', "echo ${!X*}"):
        assert parse_text(script).problems == ()
    assert parse_text("echo ${!X@ y}").problems != ()


def test_a_comment_ends_a_continued_line() -> None:
    """As bash and dash read it; a backslash at the end of a comment continues nothing."""
    assert [told(one) for one in commands("a \\\n  # b \\\n  c")] == ["a", "c"]


def test_lines_count_from_where_the_text_stands() -> None:
    script = parse_text("a\n`b\nc`", 10)
    assert [(one.line, told(one)) for one in script.commands] == [(10, "a"), (11, "~`b\nc`"), (11, "b"), (12, "c")]


def test_a_script_for_another_interpreter_is_not_read() -> None:
    script = parse(b"#!/usr/bin/env python3\nimport os\n")
    assert (script.is_shell, script.commands) == (False, ())
    assert script.interpreter is not None
    assert script.interpreter.name == "python3"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a\0", "not text"),
        (b"$(" * 60, "commands nested deeper than 50 levels"),
        (b"a\n" * 50_001, "more than 50000 commands"),
        (b"a " * 200_001, "more than 200000 words"),
    ],
)
def test_what_no_one_writes_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Unparsable, match=reason):
        parse(content)
