"""Variables in texts of Compose files: `$X`, `${X}`, `${X:-default}`, `${X:?error}`, `${X:+instead}`; `$$` is a dollar.

The rules are those of the Compose specification (github.com/compose-spec/compose-spec, 12-interpolation.md).
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily

DEEPEST = 8  # defaults within defaults

_VARIABLE = lazily(
    r"\$(?:(?P<dollar>\$)|(?P<bare>[A-Za-z_][A-Za-z0-9_]*+)|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*+)(?P<sign>:?[-?+])?)"
)

How = Literal["required", "defaulted", "plain", "switched"]
_HOW: dict[str, How] = {"": "plain", "-": "defaulted", "?": "required", "+": "switched"}


class Variable(NamedTuple):
    """One use of a variable: `plain` is empty where it is not set, `switched` only says whether it is."""

    name: str
    how: How


class _Piece(NamedTuple):
    """A text, or a variable with what comes after its sign."""

    text: str
    name: str | None = None
    sign: str = ""
    rest: tuple["_Piece", ...] = ()


def variables(text: str) -> list[Variable]:
    """The variables in a text, those in defaults too."""
    return [*_variables(_pieces(text)[0])] if "$" in text else []


def filled_in(text: str, known: Mapping[str, str]) -> str | None:
    """The text with what is known or has a default; None where a variable has neither."""
    return _filled(_pieces(text)[0], known) if "$" in text else text


def outside(text: str, separator: str) -> list[str]:
    """The text split at a separator that stands outside of `${}`."""
    parts, depth = [""], 0
    for at, sign in enumerate(text):
        if sign == "{" and text[at - 1 : at] == "$":
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
        if sign == separator and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _pieces(text: str, at: int = 0, depth: int = 0) -> tuple[tuple[_Piece, ...], int]:
    """The pieces from a place to the end, or to the brace that closes what began before; and where that is."""
    pieces: list[_Piece] = []
    start = at
    while at < len(text):
        if depth and text[at] == "}":
            break
        found = _VARIABLE.match(text, at) if text[at] == "$" else None
        if not found:
            at += 1
            continue
        if start < at:
            pieces.append(_Piece(text[start:at]))
        at = found.end()
        if found["dollar"]:
            pieces.append(_Piece("$"))
        elif found["bare"]:
            pieces.append(_Piece("", found["bare"]))
        else:
            rest: tuple[_Piece, ...] = ()
            if found["sign"] and depth < DEEPEST:
                rest, at = _pieces(text, at, depth + 1)
            end = text.find("}", at)
            at = len(text) if end < 0 else end + 1
            pieces.append(_Piece("", found["name"], found["sign"] or "", rest))
        start = at
    if start < at:
        pieces.append(_Piece(text[start:at]))
    return tuple(pieces), at


def _variables(pieces: tuple[_Piece, ...]) -> Iterator[Variable]:
    for piece in pieces:
        if piece.name:
            yield Variable(piece.name, _HOW[piece.sign[-1:]])
            yield from _variables(piece.rest) if piece.sign[-1:] != "?" else ()


def _filled(pieces: tuple[_Piece, ...], known: Mapping[str, str]) -> str | None:
    parts: list[str] = []
    for piece in pieces:
        part = _value(piece, known) if piece.name else piece.text
        if part is None:
            return None
        parts.append(part)
    return "".join(parts)


def _value(piece: _Piece, known: Mapping[str, str]) -> str | None:
    value = known.get(piece.name or "")
    match piece.sign:
        case ":-":
            return value or _filled(piece.rest, known)
        case "-":
            return _filled(piece.rest, known) if value is None else value
        case ":+":
            return _filled(piece.rest, known) if value else ""
        case "+":
            return "" if value is None else _filled(piece.rest, known)
        case _:
            return value
