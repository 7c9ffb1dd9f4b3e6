"""The words of a Gradle build script, Groovy or Kotlin, and what stands between brackets."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

DEEPEST = 40  # brackets within brackets; scripts that are in use reach 12
MOST_TOKENS = 100_000  # the longest scripts in use have 15,000
LONGEST_CODE = 200  # characters of a template's expression that are kept


class Token(NamedTuple):
    """A word, number, string, line break or sign; `parts` are those of a string."""

    kind: str  # name, number, text, newline, or the sign itself
    line: int
    text: str = ""
    parts: tuple[str, ...] = ()


class Group(NamedTuple):
    """What stands between two brackets; `text` is empty, so that a group can be asked what a token can."""

    kind: str  # the opening bracket
    line: int
    items: "list[Token | Group]"
    text: str = ""


Item = Token | Group
"""What a script is made of."""

CLOSES = {"(": ")", "[": "]", "{": "}"}
_OPENS = {close: opened for opened, close in CLOSES.items()}

_TOKEN = lazily(
    r"(?P<space>[ \t\f\r\ufeff]+|\\\r?\n)"
    r"|(?P<newline>\n)"
    r"|(?P<comment>//[^\n]*)"
    r"|(?P<block>/\*)"
    r"|(?P<string>\"\"\"|'''|\"|'|\$/)"
    r"|(?P<name>[A-Za-z_][\w$]*|`[^`\n]*`|[^\W\d]\w*)"
    r"|(?P<number>[0-9][\w.]*)"
    r"|(?P<sign>\?\.|::|->|[=!<>+*/%&|-]=|&&|\|\||\+\+|--|\.\.|.)"
)
_SLASHY_AFTER = frozenset({"(", ",", "=", "[", "{", ":", "~", "=~", "!", "&&", "||", "newline", "->", "return", ""})
_SLASHY = lazily(r"/(?![/*=\s])((?:[^/\\\n]|\\.)*+)/")
_PLAIN_UNTIL = {
    '"': lazily(r'[^"\\$\n]*'),
    "'": lazily(r"[^'\\\n]*"),
    '"""': lazily(r'(?:[^"\\$]|"(?!""))*+'),
    "'''": lazily(r"(?:[^'\\]|'(?!''))*+"),
    "$/": lazily(r"(?:[^/$]|/(?!\$))*+"),
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0", "s": " "}
_SIMPLE_TEMPLATE = lazily(r"\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")


def tokens_of(text: str) -> Iterator[Token]:
    """The words in order, comments left out.  Raises Unparsable for more than MOST_TOKENS."""
    at, line, count, before = 0, 1, 0, ""
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None, "matches any character"
        kind, at = str(found.lastgroup), found.end()
        if kind in ("space", "comment"):
            line += found[0].count("\n")
            continue
        count += 1
        if count > MOST_TOKENS:
            raise Unparsable(f"more than {MOST_TOKENS} words")
        if kind == "block":
            end = text.find("*/", at) + 2  # in Kotlin they nest, which nobody makes use of
            end = end if end > 1 else len(text)
            line += text.count("\n", at, end)
            at = end
            continue
        if kind == "string":
            parts, end = _string(text, at, found[0])
            yield Token("text", line, parts=parts)
            line += text.count("\n", at, end)
            at, before = end, "text"
        elif found[0] == "/" and before in _SLASHY_AFTER and (slashy := _SLASHY.match(text, found.start())):
            yield Token("text", line, parts=(slashy[1],))
            at, before = slashy.end(), "text"
        else:
            yield Token(found[0] if kind == "sign" else kind, line, found[0].strip("`"))
            before = found[0] if kind in ("sign", "name") else kind
            line += kind == "newline"


def _string(text: str, at: int, quote: str) -> tuple[tuple[str, ...], int]:
    """The parts of the string that begins before `at`, and where it ends: at its quote, or at the end of the line."""
    close = "/$" if quote == "$/" else quote
    plain = _PLAIN_UNTIL[quote]
    parts: list[str] = []
    here: list[str] = []
    while at < len(text):
        run = plain.match(text, at)
        assert run is not None, "matches nothing at least"
        here.append(run[0])
        at = run.end()
        if text.startswith(close, at) or at >= len(text):
            return (*parts, "".join(here)), min(at + len(close), len(text))
        sign = text[at]
        if sign == "\n":
            break  # a string on one line that is not closed
        if sign == "\\":
            here.append(_ESCAPES.get(text[at + 1 : at + 2], text[at + 1 : at + 2]))
            at += 2
        elif sign == "$" and text.startswith("${", at):
            end = _template_end(text, at + 2)
            parts += ["".join(here), text[at + 2 : end].strip()[:LONGEST_CODE]]
            here, at = [], min(end + 1, len(text))
        elif sign == "$" and (named := _SIMPLE_TEMPLATE.match(text, at)):
            parts += ["".join(here), named[1]]
            here, at = [], named.end()
        else:
            here.append(sign)
            at += 1
    return (*parts, "".join(here)), at


_TEMPLATE_SIGN = lazily(r"[{}\n]")


def _template_end(text: str, at: int) -> int:
    """Where the brace of a template closes; at the end of the line where it does not."""
    depth = 1
    for sign in _TEMPLATE_SIGN.finditer(text, at):
        if sign[0] == "\n":
            return sign.start()
        depth += 1 if sign[0] == "{" else -1
        if depth == 0:
            return sign.start()
    return len(text)


def grouped(tokens: Iterable[Token]) -> list[Item]:
    """The tokens with those between brackets as groups; a bracket that does not fit is passed over."""
    top: list[Item] = []
    stack = [Group("", 1, top)]
    for token in tokens:
        if token.kind in CLOSES:
            group = Group(token.kind, token.line, [])
            stack[-1].items.append(group)
            stack.append(group)
            if len(stack) > DEEPEST:
                raise Unparsable(f"nested deeper than {DEEPEST} levels")
        elif token.kind in _OPENS:
            if any(group.kind == _OPENS[token.kind] for group in stack):  # at most DEEPEST
                while stack.pop().kind != _OPENS[token.kind]:
                    pass
        else:
            stack[-1].items.append(token)
    return top
