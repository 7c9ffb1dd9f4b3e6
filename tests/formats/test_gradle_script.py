import pytest

from codegenie.formats import gradle_script
from codegenie.formats.gradle_script import Argument, Code, Items, Ref, Statement, Text, Value
from codegenie.formats.unparsable import Unparsable


def only(source: str) -> Statement:
    (statement,) = gradle_script.parse(source.encode()).statements
    return statement


def body(statement: Statement) -> tuple[Statement, ...]:
    assert isinstance(statement.value, Ref) and statement.value.body is not None
    return statement.value.body


def spelled(statements: tuple[Statement, ...]) -> list[str]:
    """The names of what stands alone or is called."""
    return [each.value.name for each in statements if isinstance(each.value, Ref)]


def test_a_call_with_and_without_parentheses_has_the_same_arguments() -> None:
    without = only("implementation 'g:a:1', \"g:b:$v\"")
    assert without.operator == "call"
    called = only("implementation('g:a:1', \"g:b:$v\")").value
    assert isinstance(called, Ref) and called.arguments == without.arguments
    assert [each.value for each in without.arguments] == [Text(("g:a:1",), 1), Text(("g:b:", "v", ""), 1)]


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("'a$b'", ("a$b",)),
        ('"a$b.c-d"', ("a", "b.c", "-d")),
        ('"${a["x"]}!"', ("", 'a["x"]', "!")),
        (r'"a\"b\$c"', ('a"b$c',)),
        ('"""a\n"b" ${c}"""', ('a\n"b" ', "c", "")),
        ("'''a\n'b' $c'''", ("a\n'b' $c",)),
        ('"a:" + b + ":" + "c"', ("a:", "b", ":c")),
        ("~/a'b/", None),
    ],
)
def test_strings_are_text_and_templates_by_turns(source: str, parts: tuple[str, ...] | None) -> None:
    (argument,) = only(f"f({source})").value.arguments or ()  # type: ignore[union-attr]
    assert argument.value == (Text(parts, 1) if parts else Code("~ a'b", 1))


def test_a_comment_hides_and_a_slash_divides() -> None:
    found = gradle_script.parse(b"a('x') // b('y')\n/* c('z')\n */ d = 4 / 2 / 1\nurl 'http://x' // e\n").statements
    assert spelled(found) == ["a", "d", "url"]
    assert found[1].value == Ref("d", 3)


def test_named_arguments_and_maps() -> None:
    statement = only("implementation group: 'g', name: 'a', version: v")
    assert [(each.name, each.value) for each in statement.arguments] == [
        ("group", Text(("g",), 1)),
        ("name", Text(("a",), 1)),
        ("version", Ref("v", 1)),
    ]
    assert only("def m = [a: '1', 'b-c': '2']").arguments[0].value == Items(
        (Argument("a", Text(("1",), 1)), Argument("b-c", Text(("2",), 1))), 1
    )


def test_a_chain_of_calls_keeps_what_it_was_called_on() -> None:
    value = only('tasks.named<Test>("test").configure { useJUnitPlatform() }').value
    assert isinstance(value, Ref) and value.name == "configure"
    assert value.on == Ref("tasks.named", 1, None, (Argument(None, Text(("test",), 1)),))
    assert value.body and spelled(value.body) == ["useJUnitPlatform"]


def test_a_line_goes_on_where_the_next_begins_with_a_dot_or_it_ends_with_an_operator() -> None:
    found = gradle_script.parse(b"a()\n\n  // c\n  .b()\nval x =\n  'y'\nz()\n").statements
    assert [each.value.name for each in found if isinstance(each.value, Ref)] == ["b", "x", "z"]
    assert found[1].declares and found[1].arguments[0].value == Text(("y",), 6)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("id('a') version '1' apply false", {"version": Text(("1",), 1), "apply": Ref("false", 1)}),
        ("val x: String by project", {"by": Ref("project", 1)}),
        ("val x by extra('1')", {"by": Ref("extra", 1, None, (Argument(None, Text(("1",), 1)),))}),
    ],
)
def test_words_follow_a_value(source: str, words: dict[str, Value]) -> None:
    assert dict(only(source).words) == words


def test_the_parameters_of_a_lambda_are_no_statement() -> None:
    assert spelled(body(only("all { project, (a, b) ->\n  f(project)\n}"))) == ["f"]


def test_brackets_that_do_not_fit_are_passed_over() -> None:
    assert spelled(gradle_script.parse(b"a { b( ] } )\nc('x'\n").statements) == ["a", "c"]


def test_too_many_brackets_or_words_are_refused() -> None:
    with pytest.raises(Unparsable, match="nested deeper"):
        gradle_script.parse(b"{" * 100)
    with pytest.raises(Unparsable, match="words"):
        gradle_script.parse(b"a " * 200_000)
