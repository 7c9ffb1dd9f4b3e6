"""Gradle build scripts, Groovy or Kotlin, as nested statements: what is written, without running any of it.

The two languages share what build scripts are made of: calls with a block, strings with templates, assignments.
What is none of these is `Code`, so that nobody takes a computation for a value.
"""

from collections.abc import Sequence
from typing import NamedTuple, Union

from codegenie.formats.gradle_tokens import CLOSES, LONGEST_CODE, Group, Item, Token, grouped, tokens_of
from codegenie.formats.plain import text_of

_MOST_PARAMETERS = 20  # words of the parameters of a lambda
_LONGEST_CHAIN = 40  # calls on the result of a call
_LONGEST_NAME = 1_000  # characters of a dotted name


class Text(NamedTuple):
    """A string: its parts are by turns text and the expression of a template, beginning and ending with text."""

    parts: tuple[str, ...]
    line: int

    @property
    def literal(self) -> str | None:
        """The string where no template is in it."""
        return self.parts[0] if len(self.parts) == 1 else None


class Ref(NamedTuple):
    """A dotted name, and what is called on it: `a.b`, `a("x")`, `a { }`, `a("x").b()` (with `a("x")` as `on`)."""

    name: str
    line: int
    on: Union["Ref", Text, None] = None
    arguments: tuple["Argument", ...] | None = None
    """None where it is not called; the index of `a["x"]` is the argument of the name "[]"."""
    body: tuple["Statement", ...] | None = None


class Items(NamedTuple):
    """A list or map literal, `[a, b]` or `[a: b]`."""

    items: tuple["Argument", ...]
    line: int


class Code(NamedTuple):
    """Anything else: arithmetic, a condition, a lambda, a number (which is its `text`)."""

    text: str
    line: int


Value = Text | Ref | Items | Code


class Argument(NamedTuple):
    """An argument with its name, if it has one; `words` follow it without a comma, as in `id "x" version y`."""

    name: str | None
    value: Value
    words: tuple[tuple[str, Value], ...] = ()


class Statement(NamedTuple):
    """A statement: a value, what is done with it, and the words that follow.

    `operator` is "=" or "+=" with the right side as the only argument of `arguments`, "call" for a call without
    parentheses (`implementation "x"`), and "" where the value stands alone.
    """

    value: Value
    operator: str = ""
    arguments: tuple[Argument, ...] = ()
    words: tuple[tuple[str, Value], ...] = ()
    declares: bool = False
    """Whether it is `def`, `val`, `var` or has a type before the name."""


class Script(NamedTuple):
    """The statements of a script."""

    statements: tuple[Statement, ...]


def parse(content: bytes) -> Script:
    """Read a script.  Raises Unparsable for one that nests too deep or is too long."""
    return Script(_statements(grouped(tokens_of(text_of(content)))))


_CONTINUES_AFTER = frozenset({"=", "+=", ",", ".", "?.", "+", "&&", "||", ":", "?", "->"})
_CONTINUES_WITH = frozenset({".", "?.", "+", "?:", "&&", "||", "="})
_MODIFIERS = frozenset({
    "val", "var", "def", "const", "private", "internal", "public", "final", "static", "lateinit", "override", "open",
    "protected",
})  # fmt: skip
_DECLARES = frozenset({"val", "var", "def"})


def _statements(items: Sequence[Item]) -> tuple[Statement, ...]:
    found: list[Statement] = []
    here: list[Item] = []
    goes_on = _goes_on(items)
    first = _after_parameters(items)
    for at, item in enumerate(items[first:], first):
        if item.kind == "newline":
            if here and here[-1].kind not in _CONTINUES_AFTER and not goes_on[at]:
                found += _statement(here)
                here = []
        elif item.kind == ";":
            found += _statement(here)
            here = []
        else:
            here.append(item)
    found += _statement(here)
    return tuple(found)


def _after_parameters(items: Sequence[Item]) -> int:
    """Past the parameters of a lambda, `{ project -> ... }`; 0 where there are none."""
    for at, item in enumerate(items[:_MOST_PARAMETERS]):
        if item.kind == "->":
            return at + 1
        if item.kind not in ("name", ",", ":", "(", "newline", "."):
            return 0
    return 0


def _goes_on(items: Sequence[Item]) -> list[bool]:
    """For each place, whether what comes after it, newlines aside, carries on with the line before."""
    found = [False] * len(items)
    after = ""
    for at in range(len(items) - 1, -1, -1):
        found[at] = after in _CONTINUES_WITH
        if items[at].kind != "newline":
            after = items[at].kind
    return found


def _statement(items: list[Item]) -> list[Statement]:
    at, declares = 0, False
    while at < len(items) and items[at].kind == "@":
        at = _after_annotation(items, at)
    while at + 1 < len(items) and items[at].text in _MODIFIERS and items[at + 1].kind in ("name", "(", "<"):
        declares = declares or items[at].text in _DECLARES
        at += 1
    if _typed(items, at):
        at, declares = at + 1, True
    if at >= len(items):
        return []
    value, at = _value(items, at, len(items))
    if declares and at < len(items) and items[at].kind == ":":  # the type of a Kotlin property
        at = _after_type(items, at + 1)
    if at >= len(items):
        return [Statement(value, declares=declares)]
    sign = items[at].kind
    if sign in ("=", "+="):
        return [Statement(value, sign, (_argument(items, at + 1, len(items)),), declares=declares)]
    if _is_callable(value) and not declares and _begins(items, at):
        return [Statement(value, "call", _arguments(items, at, len(items)))]
    return [Statement(value, words=_words(items, at, len(items)), declares=declares)]


_INFIX = frozenset({"version", "apply", "by", "to", "as", "in"})


def _is_callable(value: Value) -> bool:
    """Whether it is a name that is not called yet."""
    return isinstance(value, Ref) and value.arguments is None and value.body is None


def _after_annotation(items: Sequence[Item], at: int) -> int:
    """Past `@file:Suppress("x")`."""
    at += 1
    while at < len(items) and items[at].kind in ("name", ":", "."):
        at += 1
        if at < len(items) and items[at].kind in ("name", "{") and items[at - 1].kind == "name":
            return at
    return at + 1 if at < len(items) and items[at].kind == "(" else at


def _typed(items: Sequence[Item], at: int) -> bool:
    """Whether it is a Groovy declaration with a type, `String x = ...`."""
    kinds = [item.kind for item in items[at : at + 3]]
    return kinds[:3] == ["name", "name", "="]


def _after_type(items: Sequence[Item], at: int) -> int:
    while at < len(items) and items[at].kind not in ("=", "name"):
        at += 1
    while at < len(items) and items[at].kind != "=" and items[at].text != "by":
        at += 1
    return at


def _begins(items: Sequence[Item], at: int) -> bool:
    """Whether an argument may begin here."""
    return items[at].kind in ("text", "name", "number", "[") and items[at].text not in _INFIX


def _arguments(items: Sequence[Item], start: int, end: int) -> tuple[Argument, ...]:
    found, first = [], start
    for at in range(start, end + 1):
        if at == end or items[at].kind == ",":
            if any(item.kind != "newline" for item in items[first:at]):
                found.append(_argument(items, first, at))
            first = at + 1
    return tuple(found)


def _argument(items: Sequence[Item], start: int, end: int) -> Argument:
    while start < end and items[start].kind == "newline":
        start += 1
    name = None
    if start + 1 < end and items[start].kind in ("name", "text") and items[start + 1].kind in (":", "="):
        first = items[start]
        name = first.text or ("".join(first.parts) if isinstance(first, Token) else "")
        start += 2
    while start < end and items[start].kind == "newline":
        start += 1
    if start >= end:
        return Argument(name, Code("", items[start - 1].line if start else 1))
    value, at = _value(items, start, end)
    while at < end and items[at].kind == "+" and isinstance(value, Text):
        other, after = _value(items, _past_newlines(items, at + 1, end), end)
        joined = _joined(value, other)
        if joined is None:
            break
        value, at = joined, after
    at = _past_newlines(items, at, end)
    if at < end and items[at].kind not in ("name", "{"):
        return Argument(name, Code(_shown(items, start, end), items[start].line))
    return Argument(name, value, _words(items, at, end))


def _past_newlines(items: Sequence[Item], at: int, end: int) -> int:
    while at < end and items[at].kind == "newline":
        at += 1
    return at


def _joined(left: Text, right: Value) -> Text | None:
    """`"a:b:" + version` as one string."""
    if isinstance(right, Text):
        return Text((*left.parts[:-1], left.parts[-1] + right.parts[0], *right.parts[1:]), left.line)
    if isinstance(right, Ref) and right.on is None and right.body is None and not right.arguments:
        call = "()" if right.arguments is not None else ""
        return Text((*left.parts, right.name + call, ""), left.line)
    return None


def _words(items: Sequence[Item], at: int, end: int) -> tuple[tuple[str, Value], ...]:
    """Pairs of a word and its value: `version "1" apply false`."""
    found: list[tuple[str, Value]] = []
    while at < end:
        item = items[at]
        if item.kind == "{" and isinstance(item, Group):
            found.append(("{}", Ref("{}", item.line, body=_statements(item.items))))
            at += 1
        elif item.kind == "name" and at + 1 < end:
            value, after = _value(items, at + 1, end)
            found.append((item.text, value))
            at = after
        else:
            at += 1
    return tuple(found)


def _value(items: Sequence[Item], at: int, end: int) -> tuple[Value, int]:
    """The value that begins at `at` (which is before `end`), and where it ends."""
    item = items[at]
    found: Ref | Text
    if isinstance(item, Group):
        if item.kind == "[":
            return Items(_arguments(item.items, 0, len(item.items)), item.line), at + 1
        if item.kind == "{":
            return Ref("{}", item.line, body=_statements(item.items)), at + 1
        inner = _arguments(item.items, 0, len(item.items))
        value = inner[0].value if len(inner) == 1 and not inner[0].words else Code("()", item.line)
        if isinstance(value, Ref | Text):
            return _postfix(items, value, at + 1, end)
        return value, at + 1
    if item.kind == "text":
        found = Text(item.parts, item.line)
        return _postfix(items, found, at + 1, end)
    if item.kind == "name":
        if item.text == "new" and at + 1 < end and items[at + 1].kind == "name":
            at, item = at + 1, items[at + 1]
        return _postfix(items, Ref(item.text, item.line), at + 1, end)
    return Code(item.text or item.kind, item.line), at + 1


def _postfix(items: Sequence[Item], value: Ref | Text, at: int, end: int) -> tuple[Ref | Text, int]:
    """What follows the value without a space of meaning: `.name`, `(...)`, `{ }`, `["x"]`, generics."""
    links = 0
    while at < end and links < _LONGEST_CHAIN:
        links += 1
        item = items[at]
        following = items[at + 1] if at + 1 < end else None
        if item.kind in (".", "?.") and following and following.kind == "name":
            links -= _is_callable(value)  # a dotted name is one link, however long
            value = _dotted(value, following)
            at += 2
        elif item.kind == "newline" and following and following.kind in (".", "?."):
            at += 1
        elif item.kind == "!" and following and following.kind == "!":
            at += 2
        elif isinstance(item, Group) and (called := _called(value, item, items, at)):
            value, at = called, at + 1
        elif item.kind == "<" and (after := _after_generics(items, at, end)):
            at = after
        else:
            break
    return value, at


def _dotted(value: Ref | Text, name: Item) -> Ref:
    if isinstance(value, Ref) and _is_callable(value) and len(value.name) < _LONGEST_NAME:
        return Ref(f"{value.name}.{name.text}", value.line, value.on)
    return Ref(name.text, name.line, value if isinstance(value, Text) or not _is_callable(value) else None)


def _called(value: Ref | Text, group: Group, items: Sequence[Item], at: int) -> Ref | None:
    """The value with what the brackets after it make of it; None where they do not belong to it."""
    if group.kind == "[":
        index = _arguments(group.items, 0, len(group.items))
        return Ref("[]", group.line, value, index) if _is_index(items, at) else None
    if group.kind == "{":
        if isinstance(value, Text) or value.body is not None:
            return None
        return Ref(value.name, value.line, value.on, value.arguments, _statements(group.items))
    arguments = _arguments(group.items, 0, len(group.items))
    if isinstance(value, Ref) and _is_callable(value):
        return Ref(value.name, value.line, value.on, arguments)
    return Ref("", group.line, value, arguments)


def _is_index(items: Sequence[Item], at: int) -> bool:
    """Whether `[` follows a name as an index, and not as a list that is its argument."""
    group = items[at]
    return isinstance(group, Group) and sum(1 for item in group.items if item.kind in (",", ":")) == 0


def _after_generics(items: Sequence[Item], at: int, end: int) -> int | None:
    """Past `<Test>` where a call or a block follows."""
    depth = 0
    for place in range(at, min(at + 30, end)):
        kind = items[place].kind
        depth += (kind == "<") - (kind == ">")
        if depth == 0:
            follows = items[place + 1].kind if place + 1 < end else ""
            return place + 1 if follows in ("(", "{") else None
        if kind not in ("<", ">", "name", ".", ",", "*", "?"):
            return None
    return None


def _shown(items: Sequence[Item], start: int, end: int) -> str:
    """Code in a few words, for people: brackets without what is in them."""
    found = ""
    for item in items[start : min(end, start + 20)]:
        if item.kind == "newline":
            continue
        word = item.text or "".join(getattr(item, "parts", ())) or item.kind
        word += f"...{CLOSES[item.kind]}" if isinstance(item, Group) else ""
        tight = not found or item.kind in (".", "?.", "(", "[") or found.endswith((".", "!"))
        found += word if tight else f" {word}"
    return found[:LONGEST_CODE]
