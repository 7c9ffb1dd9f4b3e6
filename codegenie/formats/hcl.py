"""HCL, as Terraform and Nomad write it: blocks and attributes with their lines, expressions read but not evaluated.

The grammar is that of the HCL native syntax specification (github.com/hashicorp/hcl, hclsyntax/spec.md).  Whatever
is more than a literal, a list, an object or a call is kept as the text that it is.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from codegenie.formats.hcl_tokens import DEEPEST, Token, tokens_of
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

LONGEST = 500  # characters of an expression that are kept

Kind = Literal["literal", "template", "list", "object", "call", "other"]


class Expression(NamedTuple):
    """A value as written: `value` is that of a literal (text, number, truth or null), else None.

    `items` are the elements of a list, the arguments of a call, or the values of an object by `keys`.  A `template`
    is text with `${}` or `%{}` in it.
    """

    kind: Kind
    text: str
    line: int
    value: str | int | float | bool | None = None
    name: str | None = None
    """The function that a call names."""
    keys: tuple[str, ...] = ()
    items: tuple["Expression", ...] = ()

    @property
    def is_literal(self) -> bool:
        """Whether `value` is what the expression means."""
        return self.kind == "literal"

    def get(self, key: str) -> "Expression | None":
        """The value of an object's key; None where there is none."""
        return next((item for name, item in zip(self.keys, self.items, strict=False) if name == key), None)


class Block(NamedTuple):
    """`type "label" { ... }`; the file itself is a block without type."""

    type: str
    labels: tuple[str, ...]
    line: int
    attributes: dict[str, Expression]
    blocks: tuple["Block", ...]

    def of_type(self, *types: str) -> Iterator["Block"]:
        """The blocks of these types directly within, in order."""
        return (block for block in self.blocks if block.type in types)


def parse(content: bytes) -> Block:
    """The file as a block.  Raises Unparsable."""
    return _Parser(text_of(content)).file()


_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_CLOSING = {"{": "}", "[": "]", "(": ")"}


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [*tokens_of(text)]
        self._at = 0

    def file(self) -> Block:
        return self._body("", (), 1, 0)

    def _body(self, type_: str, labels: tuple[str, ...], line: int, depth: int) -> Block:
        if depth > DEEPEST:
            raise Unparsable(f"nested deeper than {DEEPEST} levels")
        attributes: dict[str, Expression] = {}
        blocks: list[Block] = []
        while True:
            token = self._next_on_any_line()
            if token.kind == "end" or (token.text == "}" and token.kind == "sign"):
                if (token.kind == "end") != (depth == 0):
                    raise _refusal("a brace too many" if depth == 0 else "a brace that is not closed", token)
                return Block(type_, labels, line, attributes, tuple(blocks))
            if token.kind not in ("name", "string"):
                raise _refusal("neither an attribute nor a block", token)
            follower = self._peek()
            if follower.kind == "sign" and follower.text == "=":
                self._at += 1
                attributes.setdefault(token.text, self._expression(depth + 1, ends=("}",), over_lines=False))
            else:
                names = self._labels()
                blocks.append(self._body(token.text, names, token.line, depth + 1))

    def _labels(self) -> tuple[str, ...]:
        labels: list[str] = []
        while True:
            token = self._take()
            if token.kind in ("name", "string"):
                labels.append(token.text)
            elif token.kind == "sign" and token.text == "{":
                return tuple(labels)
            else:
                raise _refusal("a block without a brace", token)

    def _expression(self, depth: int, ends: tuple[str, ...], *, over_lines: bool) -> Expression:
        """The expression up to one of the signs, a comma where those close a bracket, or the end of the line."""
        if depth > DEEPEST:
            raise Unparsable(f"nested deeper than {DEEPEST} levels")
        if over_lines:
            self._skip_lines()
        first = self._peek()
        if first.kind in ("end", "newline"):
            raise _refusal("an attribute without a value", first)
        whole = self._primary(depth)
        if self._is_at_end(ends, over_lines=over_lines):
            return whole
        while not self._is_at_end(ends, over_lines=over_lines):
            self._pass_over(depth)
        return self._made("other", first)

    def _primary(self, depth: int) -> Expression:
        token = self._take()
        match token.kind:
            case "string" | "heredoc" if token.template:
                return self._made("template", token)
            case "string" | "heredoc":
                return self._made("literal", token, value=token.text)
            case "number":
                return self._made("literal", token, value=_number(token.text))
            case "name" if token.text in _CONSTANTS and self._peek().text != "(":
                return self._made("literal", token, value=_CONSTANTS[token.text])
            case "name" if self._peek().kind == "sign" and self._peek().text == "(":
                self._at += 1
                return self._made("call", token, name=token.text, items=self._elements(depth, ")"))
            case "sign" if token.text == "[":
                return self._list(depth, token)
            case "sign" if token.text == "{":
                return self._object(depth, token)
            case "sign" if token.text == "-" and self._peek().kind == "number":
                return self._made("literal", token, value=_negative(_number(self._take().text)))
            case "sign" if token.text == "(":
                self._at -= 1
                self._pass_over(depth)
        return self._made("other", token)

    def _list(self, depth: int, opening: Token) -> Expression:
        if self._says_for():
            self._pass_to("]", depth)
            return self._made("other", opening)
        return self._made("list", opening, items=self._elements(depth, "]"))

    def _elements(self, depth: int, closing: str) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while True:
            self._skip_lines()
            token = self._peek()
            if token.kind == "end":
                raise _refusal("a bracket that is not closed", token)
            if token.kind == "sign" and token.text in (closing, ",", "..."):
                self._at += 1
                if token.text == closing:
                    return tuple(items)
                continue
            items.append(self._expression(depth + 1, (closing, ",", "..."), over_lines=True))

    def _object(self, depth: int, opening: Token) -> Expression:
        if self._says_for():
            self._pass_to("}", depth)
            return self._made("other", opening)
        keys: list[str] = []
        items: list[Expression] = []
        while True:
            self._skip_lines()
            token = self._peek()
            if token.kind == "end":
                raise _refusal("a brace that is not closed", token)
            if token.kind == "sign" and token.text in ("}", ","):
                self._at += 1
                if token.text == "}":
                    return self._made("object", opening, keys=tuple(keys), items=tuple(items))
                continue
            key = self._expression(depth + 1, ("=", ":", "}", ","), over_lines=True)
            sign = self._take()
            if sign.text not in ("=", ":"):
                raise _refusal("a key without a value", sign)
            keys.append(str(key.value) if key.is_literal and key.value is not None else key.text)
            items.append(self._expression(depth + 1, ("}", ","), over_lines=False))

    def _says_for(self) -> bool:
        at = self._at
        while self._tokens[at].kind == "newline":
            at += 1
        return (
            self._tokens[at].kind == "name" and self._tokens[at].text == "for" and self._tokens[at + 1].kind == "name"
        )

    def _is_at_end(self, ends: tuple[str, ...], *, over_lines: bool) -> bool:
        if over_lines:
            self._skip_lines()
        token = self._peek()
        return token.kind in ("end", "newline") or (token.kind == "sign" and token.text in ends)

    def _pass_over(self, depth: int) -> None:
        """Pass over one token, and over all that is in it where it opens a bracket."""
        token = self._take()
        if token.kind == "sign" and token.text in _CLOSING:
            self._pass_to(_CLOSING[token.text], depth)

    def _pass_to(self, closing: str, depth: int) -> None:
        awaited = [closing]
        while awaited:
            token = self._take()
            if token.kind == "end" or len(awaited) + depth > DEEPEST:
                raise _refusal("a bracket that is not closed", token)
            if token.kind != "sign":
                continue
            if token.text in _CLOSING:
                awaited.append(_CLOSING[token.text])
            elif token.text == awaited[-1]:
                awaited.pop()
            elif token.text in ")]}":
                raise _refusal("a bracket that was not opened", token)

    def _made(self, kind: Kind, first: Token, **parts: Any) -> Expression:
        end = self._tokens[self._at - 1].end
        text = self._text[first.start : min(end, first.start + LONGEST)]
        return Expression(kind, text, first.line, **parts)

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _skip_lines(self) -> None:
        while self._tokens[self._at].kind == "newline":
            self._at += 1

    def _next_on_any_line(self) -> Token:
        self._skip_lines()
        return self._take()


def _number(text: str) -> int | float | None:
    if text.isdigit():
        return int(text) if len(text) <= 18 else None
    value = float(text) if len(text) <= 300 else float("inf")
    return value if value not in (float("inf"), float("-inf")) else None


def _negative(number: int | float | None) -> int | float | None:
    return None if number is None else -number


def _refusal(problem: str, token: Token) -> Unparsable:
    return Unparsable(f"not HCL: {problem}, line {token.line}")
