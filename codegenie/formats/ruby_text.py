"""Ruby as far as its words tell: statements with the literals in them; what is computed is there as text only.

Gemfiles, gemspecs and Rakefiles are programs.  Most are written as if they were lists, and those parts can be read
without running them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from codegenie.formats.plain import text_of
from codegenie.formats.ruby_tokens import Token, tokens_of

_DEEPEST = 20  # arrays in arrays that are taken apart

_CONTINUES = frozenset({",", "=>", "=", "+", "&&", "||", "|", "&", ".", "&.", "::", "<<", "==", "!=", "?", "->"})
_OPENERS = frozenset({"if", "unless", "case", "while", "until", "for", "begin", "def", "class", "module"})


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that takes running the program to know, as written."""

    text: str


Value = str | bool | None | tuple[str, ...] | Computed
"""A literal: a text or symbol, true, false, nil, or an array of texts; or what is none."""


class Statement(NamedTuple):
    """One statement; `opens` where an `end` closes it, `line` its first."""

    tokens: tuple[Token, ...]
    opens: bool

    @property
    def line(self) -> int:
        """The line of its first word."""
        return self.tokens[0].line

    @property
    def first(self) -> str:
        """Its first word, the empty text where that is no name."""
        return self.tokens[0].text if self.tokens[0].kind == "name" else ""


class Call(NamedTuple):
    """A call of a method on nothing: `gem "a", "~> 1", require: false if x`."""

    name: str
    values: tuple[Value, ...]
    options: Mapping[str, Value]
    condition: str | None
    line: int


def statements(content: bytes) -> tuple[Statement, ...]:
    """The statements in their order, `end` among them.  Raises Unparsable."""
    text = text_of(content).split("\n__END__\n", maxsplit=1)[0]
    splitter = _Splitter()
    for token in tokens_of(text):
        splitter.take(token)
    splitter.close()
    return tuple(splitter.done)


def call(statement: Statement) -> Call | None:
    """The statement as a call of a method by its bare name; None where it is none."""
    name, *rest = statement.tokens
    if name.kind == "label":  # `task build: :test` is a call of task, but `build:` of nothing
        return None
    if name.kind != "name" or (rest and rest[0].kind == "operator" and rest[0].text not in ("(", "[", "->", "::")):
        return None
    if rest and rest[-1].kind == "name" and rest[-1].text == "do":
        rest = rest[:-1]
    return arguments(name.text, tuple(rest), name.line)


def arguments(name: str, tokens: tuple[Token, ...], line: int) -> Call:
    """The arguments among the words after a method's name, in parentheses or not."""
    tokens, condition = _without_modifier(tokens)
    if tokens and tokens[0].text == "(" and tokens[0].kind == "operator" and _end_of(tokens, 0) is not None:
        end = _end_of(tokens, 0) or 0
        tokens = tokens[1:end]
    values: list[Value] = []
    options: dict[str, Value] = {}
    for part in _split(tokens):
        if part[0].kind == "label":
            options[part[0].text] = value_of(part[1:])
        elif len(part) > 2 and part[1].text == "=>" and part[0].kind in ("symbol", "string"):
            options[part[0].text] = value_of(part[2:])
        else:
            values.append(value_of(part))
    return Call(name, tuple(values), options, condition, line)


def value_of(tokens: tuple[Token, ...], depth: int = _DEEPEST) -> Value:
    """The literal that the words are, or what they are as text."""
    match tokens:
        case (Token(kind="string" | "symbol" | "number"),):
            return tokens[0].text
        case (Token(kind="words"),):
            return tuple(tokens[0].text.split())
        case (Token(kind="name", text="true" | "false" | "nil"),):
            return {"true": True, "false": False, "nil": None}[tokens[0].text]
        case (Token(text="[", kind="operator"), *inner, Token(text="]", kind="operator")) if depth:
            found = [value_of(part, depth - 1) for part in _split(tuple(inner))]
            texts = tuple(each for each in found if isinstance(each, str))
            return texts if len(texts) == len(found) else Computed(shown(tokens))
        case (*head, Token(kind="name", text="freeze")) if depth and len(head) > 1 and head[-1].text == ".":
            return value_of(tuple(head[:-1]), depth - 1)
        case _:
            return Computed(shown(tokens))


def shown(tokens: tuple[Token, ...]) -> str:
    """The words as one line, about as written."""
    parts: list[str] = []
    for at, token in enumerate(tokens):
        text = {"string": f'"{token.text}"', "symbol": f":{token.text}", "label": f"{token.text}:"}.get(
            token.kind, token.text
        )
        glued = token.text in (".", "&.", "::", ",", ")", "]") or (
            at and tokens[at - 1].text in (".", "&.", "::", "(", "[", "!")
        )
        opening = token.kind == "operator" and token.text in ("(", "[") and at and tokens[at - 1].kind == "name"
        parts.append(text if glued or opening or not parts else f" {text}")
    return "".join(parts)


def _without_modifier(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], str | None]:
    depth = 0
    for at, token in enumerate(tokens):
        if token.kind == "operator":
            depth += (token.text in "([{") - (token.text in ")]}")
        elif token.kind == "name" and token.text in ("if", "unless") and depth == 0:
            return tokens[:at], shown(tokens[at:])
    return tokens, None


def _end_of(tokens: tuple[Token, ...], start: int) -> int | None:
    """Where the bracket at `start` is closed, if that is the last of the words."""
    depth = 0
    for at in range(start, len(tokens)):
        if tokens[at].kind == "operator":
            depth += (tokens[at].text in "([{") - (tokens[at].text in ")]}")
            if depth == 0:
                return at if at == len(tokens) - 1 else None
    return None


def _split(tokens: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
    """The words between commas that no bracket holds."""
    depth, start = 0, 0
    for at, token in enumerate(tokens):
        if token.kind != "operator":
            continue
        depth += (token.text in "([{") - (token.text in ")]}")
        if token.text == "," and depth == 0:
            if at > start:
                yield tokens[start:at]
            start = at + 1
    if len(tokens) > start:
        yield tokens[start:]


class _Splitter:
    """Gathers words up to a newline that ends a statement, up to `do` with what it names, and `end` by itself."""

    def __init__(self) -> None:
        self._words: list[Token] = []
        self._depth = 0
        self._in_parameters = False  # `|a, b|` after `do`
        self.done: list[Statement] = []

    def take(self, token: Token | None) -> None:
        """Take a word, or None for the end of a line."""
        if self._in_parameters and (token is None or token.text != "|"):
            self._in_parameters = token is not None
        elif token is None:
            if self._words and self._depth == 0 and not _goes_on(self._words[-1]):
                self.close()
        elif token.kind == "name" and self._depth == 0 and not _is_member(self._words):
            self._take_name(token)
        elif token.kind == "operator" and self._depth == 0 and not self._words and token.text in ("|", ".", "&."):
            # A chain that goes on below its statement: the rest of it is taken for a statement of its own.
            self._in_parameters = token.text == "|" and not self._in_parameters
        else:
            if token.kind == "operator":
                self._depth = max(0, self._depth + (token.text in "([{") - (token.text in ")]}"))
            self._words.append(token)

    def _take_name(self, token: Token) -> None:
        if token.text == "end":
            self.close()
            self.done.append(Statement((token,), opens=False))
            return
        self._words.append(token)
        if token.text == "do":
            self.close()

    def close(self) -> None:
        """End the statement."""
        if self._words:
            self.done.append(_statement(self._words))
        self._words = []


def _goes_on(last: Token) -> bool:
    return last.kind == "operator" and last.text in _CONTINUES


def _is_member(current: list[Token]) -> bool:
    return bool(current) and current[-1].kind == "operator" and current[-1].text in (".", "&.")


def _statement(tokens: list[Token]) -> Statement:
    names = [tokens[0]] + [each for before, each in pairwise(tokens) if before.text in ("=", "||")]
    opens = any(each.kind == "name" and each.text in _OPENERS for each in names)
    last = tokens[-1]
    return Statement(tuple(tokens), opens=opens or (last.kind == "name" and last.text == "do"))
