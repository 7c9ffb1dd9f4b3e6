"""The words of HCL: names, numbers, strings and heredocs with their values, signs."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

DEEPEST = 60  # levels of blocks and expressions together, and of strings within strings
MOST_TOKENS = 1_000_000  # a hand-written file of 100 KB has 20,000

_TOKEN = lazily(
    r"""(?P<blank>[ \t\r\f\v]++)
      | (?P<newline>\n)
      | (?P<comment>(?:\#|//)[^\n]*+ | /\*(?:[^*]++|\*(?!/))*+(?:\*/)?)
      | (?P<heredoc><<-?[^\W\d][\w-]*+[ \t]*+\r?\n)
      | (?P<number>[0-9]++(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)
      | (?P<name>[^\W\d](?:[\w-])*+)
      | (?P<quote>")
      | (?P<sign>\.\.\.|=>|==|!=|<=|>=|&&|\|\||[{}\[\](),=:.?!<>+*/%-])""",
    re.VERBOSE,
)
_CHUNK = lazily(r'(?:[^"\\$%\n]++|\\.|\$\$\{|%%\{|\$(?!\{)|%(?!\{))++', re.DOTALL)  # `$${` is no interpolation
_CODE = lazily(r'[^"{}]++')
_ESCAPE = lazily(r'\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\$\$(?=\{)|%%(?=\{)')
_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "$$": "$", "%%": "%"}


class Token(NamedTuple):
    """A name, number, string, heredoc, line break or sign, and where it stands."""

    kind: str
    start: int
    end: int
    line: int
    text: str
    """What it says: of a string the characters between the quotes, of a heredoc its lines."""
    template: bool = False


def tokens_of(text: str) -> Iterator[Token]:
    """The words in order, comments left out, and an "end".  Raises Unparsable."""
    at, line, count = 0, 1, 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or count > MOST_TOKENS:
            raise Unparsable(f"not HCL: line {line}" if not found else f"more than {MOST_TOKENS} tokens")
        kind, start, at = str(found.lastgroup), at, found.end()
        if kind in ("blank", "comment"):
            line += found[0].count("\n")
            continue
        count += 1
        if kind == "quote":
            at, template = _string_end(text, at, line)
            written = text[start + 1 : at - 1]
            yield Token("string", start, at, line, written if template else _unescaped(written), template)
            line += written.count("\n")
        elif kind == "heredoc":
            end, at = _heredoc_end(text, at, found[0])
            body = text[found.end() : end]
            template = "${" in body.replace("$${", "") or "%{" in body.replace("%%{", "")
            yield Token("heredoc", start, at, line, _outdented(body) if found[0].startswith("<<-") else body, template)
            line += text.count("\n", start, at)
        else:
            yield Token(kind, start, at, line, found[0])
            line += kind == "newline"
    yield Token("end", len(text), len(text), line, "")


def _string_end(text: str, at: int, line: int) -> tuple[int, bool]:
    """Where the string that began before `at` ends, and whether it holds `${` or `%{`; strings may nest in those."""
    awaited: list[str] = ['"']
    template = False
    while awaited:
        chunk = (_CHUNK if awaited[-1] == '"' else _CODE).match(text, at)
        at = chunk.end() if chunk else at
        sign = text[at : at + 1]
        if sign in ("", "\n", "\\") or len(awaited) > DEEPEST:
            raise Unparsable(f"text that is not closed, line {line}")
        if sign == awaited[-1]:
            awaited.pop()
        elif awaited[-1] == '"':  # `${` or `%{`
            awaited.append("}")
            template = True
            at += 1
        else:
            awaited.append('"' if sign == '"' else "}")
        at += 1
    return at, template


def _heredoc_end(text: str, at: int, opening: str) -> tuple[int, int]:
    """Where its lines end, and where its last line (the marker) ends."""
    marker = opening.lstrip("<-").strip()
    found = re.compile(rf"^[ \t]*+{re.escape(marker)}(?=[ \t]*+\r?$)", re.MULTILINE).search(text, at)
    return (found.start(), found.end()) if found else (len(text), len(text))


def _outdented(body: str) -> str:
    lines = body.split("\n")
    margin = min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)


def _unescaped(written: str) -> str:
    return _ESCAPE.sub(_escape, written) if "\\" in written or "$$" in written or "%%" in written else written


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    if text in _ESCAPES:
        return _ESCAPES[text]
    number = int(text.removeprefix("\\u").removeprefix("\\U"), 16)
    return "\ufffd" if 0xD800 <= number < 0xE000 or number > 0x10FFFF else chr(number)
