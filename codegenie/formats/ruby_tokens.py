"""The words of Ruby: literals with their values where they have one, what is computed as text."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

MOST_TOKENS = 50_000  # the largest Gemfiles have 5,000

_SIMPLE = lazily(
    r"""
      (?P<blank>[ \t\r\f\v]++|\\\r?\n)
    | (?P<comment>\#[^\n]*+)
    | (?P<newline>\n|;)
    | (?P<label>[A-Za-z_]\w*+[?!]?:(?!:))
    | (?P<name>[A-Za-z_@$]\w*+(?:[?!](?![=~]))?)
    | (?P<symbol>:[A-Za-z_]\w*+[?!]?)
    | (?P<number>[0-9][\w.]*+)
    | (?P<operator>::|=>|->|&&|\|\||<<|&\.|\.\.\.?|[=!]=|[=!]~|[-+*/%|&^<>]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_HEREDOC = lazily(r"<<([~-]?)(['\"`]?)([A-Za-z_]\w{0,99})\2")
_PERCENT = lazily(r"%([wWiIqQrxs]?)([\[({<|!/])")
_CLOSING = {"[": "]", "(": ")", "{": "}", "<": ">"}
_STRING_PART = lazily(r'[^"`\\#{}\n]++|\\.|\n|.', re.DOTALL)
_SINGLE = lazily(r"'(?:[^'\\]|\\.)*+'", re.DOTALL)
_REGEX = lazily(r"/(?:[^/\\\n]|\\.)*+/[a-z]*")

_BEFORE_VALUE = frozenset({"(", "[", "{", ",", "=", "=>", "&&", "||", "!", "|", "return", "if", "unless", "when", "and",
                           "or", "not", "=~", "!~"})  # fmt: skip


class Token(NamedTuple):
    """One word.  `kind` is string, words, computed, label, symbol, name, number or operator; `text` its value."""

    kind: str
    text: str
    line: int


def tokens_of(text: str) -> Iterator[Token | None]:
    """The words, None for each end of a line.  Raises Unparsable for more than MOST_TOKENS."""
    at, line, count = 0, 1, 0
    last: Token | None = None
    bodies: list[tuple[str, bool]] = []  # the ends of heredocs that begin on this line
    while at < len(text):
        count += 1
        if count > MOST_TOKENS:
            raise Unparsable(f"more than {MOST_TOKENS} words")
        if text.startswith("=begin", at) and (at == 0 or text[at - 1] == "\n"):
            end = text.find("\n=end", at)
            end = len(text) if end < 0 else end + 1
            line += text.count("\n", at, end)
            at = text.find("\n", end)
            if at < 0:
                return
            continue
        token, end = _literal(text, at, line, last)
        if token is None and (heredoc := _HEREDOC.match(text, at)) and _begins_heredoc(heredoc, last):
            bodies.append((heredoc[3], bool(heredoc[1])))
            token, end = Token("computed", heredoc[0], line), heredoc.end()
        if token is None:
            found = _SIMPLE.match(text, at)
            assert found is not None, "the pattern ends with any character"
            kind, end = found.lastgroup or "operator", found.end()
            if kind == "newline":
                yield None
                last = None
                if found[0] == "\n" and bodies:
                    end = _after_bodies(text, end, bodies)
                    bodies = []
            elif kind not in ("blank", "comment"):
                token = Token(kind, found[0].strip(":") if kind in ("label", "symbol") else found[0], line)
        if token is not None:
            yield token
            last = token
        line += text.count("\n", at, end)
        at = end
    yield None


def _literal(text: str, at: int, line: int, last: Token | None) -> tuple[Token | None, int]:
    """The string, list of words or pattern that begins here, and where it ends."""
    sign = text[at]
    if sign == "'":
        found = _SINGLE.match(text, at)
        end = found.end() if found else len(text)
        kind, value = "string", re.sub(r"\\(['\\])", r"\1", text[at + 1 : end - 1])
    elif sign in '"`':
        value, end, computed = _double(text, at)
        kind = "computed" if computed or sign == "`" else "string"
        value = text[at:end] if kind == "computed" else value
    elif sign == ":" and (found := _SINGLE.match(text, at + 1)):
        return Token("symbol", found[0][1:-1], line), found.end()
    elif sign == ":" and text[at + 1 : at + 2] == '"':
        value, end, computed = _double(text, at + 1)
        kind = "computed" if computed else "symbol"
        value = text[at:end] if computed else value
    elif sign == "%" and (found := _PERCENT.match(text, at)) and _may_be_value(last):
        value, end = _percent(text, found)
        kind = "words" if found[1] in ("w", "i") else "string" if found[1] == "q" or "#{" not in value else "computed"
        kind = "computed" if found[1] in ("r", "x") or (found[1] in ("W", "I") and "#{" in value) else kind
        kind = "words" if found[1] in ("W", "I") and kind == "string" else kind
    elif sign == "/" and _may_be_value(last) and (found := _REGEX.match(text, at)):
        return Token("computed", found[0], line), found.end()
    else:
        return None, at
    if text[end : end + 1] == ":" and text[end + 1 : end + 2] != ":" and kind == "string" and sign in "'\"":
        return Token("label", value, line), end + 1
    return Token(kind, value, line), end


def _may_be_value(last: Token | None) -> bool:
    """Whether a value may begin here, and a sign is not the operator between two."""
    if last is None or (last.kind in ("operator", "name") and last.text in _BEFORE_VALUE) or last.kind == "label":
        return True
    return last.kind == "name" and last.text.islower()  # a method called without parentheses


def _double(text: str, at: int) -> tuple[str, int, bool]:
    """The text of a string in double quotes, where it ends, and whether a part of it is computed."""
    quote = text[at]
    depth, computed = 0, False
    parts: list[str] = []
    here = at + 1
    while found := _STRING_PART.match(text, here):
        part, before = found[0], here
        here = found.end()
        if depth == 0 and part == quote:
            break
        if part == "{" and text[before - 1] == "#" and (depth or before - 1 > at):
            depth += 1
            computed = True
        elif depth and part in "{}" and part:
            depth += 1 if part == "{" else -1
        elif depth == 0:
            parts.append(_unescaped(part))
    return "".join(parts), here, computed


def _unescaped(part: str) -> str:
    if not part.startswith("\\"):
        return part
    return {"\\n": "\n", "\\t": "\t", "\\\n": ""}.get(part, part[1:])


def _percent(text: str, found: re.Match[str]) -> tuple[str, int]:
    opening = found[2]
    closing = _CLOSING.get(opening, opening)
    depth = 1
    for each in re.finditer(
        rf"\\.|[{re.escape(opening)}{re.escape(closing)}]", text[found.end() : found.end() + 100_000]
    ):
        if each[0] == closing:
            depth -= 1
        elif each[0] == opening:
            depth += 1
        if depth == 0:
            start = found.end()
            return text[start : start + each.start()], start + each.end()
    return "", found.end()


def _begins_heredoc(found: re.Match[str], last: Token | None) -> bool:
    """`<<~A` is one; `<<A` is, where no value stands before it that it could be shifted or appended to."""
    return bool(found[1]) or (found[3].isupper() and _may_be_value(last))


def _after_bodies(text: str, at: int, bodies: list[tuple[str, bool]]) -> int:
    for name, indented in bodies:
        blank = r"[ \t]*+" if indented else ""
        end = re.compile(rf"^{blank}{name}\r?$", re.MULTILINE).search(text, at)
        if end is None:
            return at
        at = min(end.end() + 1, len(text))
    return at
