"""The commands of a shell script, each as written and with its line, as far as one can tell without a shell.

A command ends at a line's end, `;`, `&&`, `||` or `&` outside quotes, parentheses and braces; a pipe is one command.
Continued lines are joined, comments and the bodies of here documents left out, and so are the words of control flow:
of `if make; then` there stays `make`.
"""

import re
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily

LONGEST = 400
"""Characters of a command that are kept; `cut` says that there were more."""

MOST = 5000  # commands of one script

Dialect = Literal["posix", "powershell", "cmd"]

_CONTINUES: dict[Dialect, str] = {"posix": r"\\", "powershell": "`", "cmd": r"\^"}
_TOKENS = r"""
      (?P<escaped>  CONTINUES\r?\n )
    | (?P<literal>  CONTINUES. )
    | (?P<single>   '[^']*+'? )
    | (?P<double>   "(?:[^"CONTINUES]++|CONTINUES.)*+"? )
    | (?P<template> \$\{\{(?:[^}]++|\}(?!\}))*+(?:\}\})? )
    | (?P<circle>   <<\s*+(?:parameters|pipeline|matrix)\.[\w.-]++\s*+>> )
    | (?P<heredoc>  <<-?[ \t]*+(?P<quote>["'\\]?)(?P<word>[A-Za-z_]\w*+)["']? )
    | (?P<comment>  (?<![^\s;&|()])\#[^\n]*+ )
    | (?P<opens>    \$?\( | \$?\{ )
    | (?P<closes>   [)}] )
    | (?P<ends>     \r?\n | ;;? | && | \|\| | (?<![>&<|])&(?![>&]) )
    | (?P<other>    [^\\'"$<\#(){}\r\n;&|`^]++ | . )
    """
_TOKEN: dict[Dialect, re.Pattern[str]] = {
    dialect: lazily(_TOKENS.replace("CONTINUES", mark), re.VERBOSE | re.DOTALL) for dialect, mark in _CONTINUES.items()
}
_CONTROL = lazily(r"(?:(?:if|then|elif|else|while|until|do|!|\{|\}|fi|done|esac|time|:)(?:\s++|\Z))*+", re.ASCII)
_NO_COMMAND = lazily(r"(?:for|select|case|function|foreach)\s|[\w-]++\s*+\(\s*+\)|\(|[)\]}]+\Z", re.ASCII)
_BLANKS = lazily(r"\s+")


class Command(NamedTuple):
    """One command, its blanks outside quotes as written but for line breaks, and the line it starts on."""

    text: str
    line: int
    cut: bool = False
    file: str | None = None
    """The file where it stands, where that is not the one at hand."""


def commands(
    script: str, line: int = 1, *, one_line: bool = False, dialect: Dialect = "posix", file: str | None = None
) -> tuple[Command, ...]:
    """The commands of a script whose first line is `line`; with `one_line` all of them are there."""
    found: list[Command] = []
    reader = _Reader(found, line, _TOKEN[dialect], one_line=one_line)
    reader.read(script)
    return tuple(each._replace(file=file) for each in found) if file else tuple(found)


class _Reader:
    """What is collected of the command at hand."""

    def __init__(self, found: list[Command], line: int, tokens: re.Pattern[str], *, one_line: bool) -> None:
        self._found = found
        self._tokens = tokens
        self._line = line
        self._step = 0 if one_line else 1
        self._parts: list[str] = []
        self._starts = line
        self._depth = 0
        self._subshells = 0
        self._waiting: list[str] = []

    def read(self, script: str) -> None:
        at = 0
        while at < len(script) and len(self._found) < MOST:
            token = self._tokens.match(script, at)
            assert token is not None, "the last alternative takes any character"
            at = self._take(token, script)
        self._close()

    def _take(self, token: re.Match[str], script: str) -> int:
        kind, text, at = token.lastgroup, token[0], token.end()
        match kind:
            case "escaped":
                self._parts.append(" ")
            case "comment":
                pass
            case "heredoc" | "word" | "quote":
                self._waiting.append(token["word"])
                self._add(text)
            case "opens" if text == "{" and script[at : at + 1].isspace():  # a block, not an expansion
                self._close()
            case "opens" if text == "(" and not self._parts:
                self._subshells += 1
            case "closes" if not self._depth and (text == ")" or not self._parts):
                self._leave(text)
            case "opens":
                self._depth += 1
                self._add(text)
            case "closes":
                self._depth = max(self._depth - 1, 0)
                self._add(text)
            case "ends":
                at = self._end(text, script, at)
            case _:
                self._add(text)
        self._line += text.count("\n") * self._step
        return at

    def _end(self, text: str, script: str, at: int) -> int:
        broken = text.endswith("\n")
        if broken and self._waiting:
            at = self._skip(script, at)
        if self._depth and not broken:
            self._add(text)
        elif self._depth:
            self._add(" ; ")
        else:
            self._close()
        return at

    def _leave(self, text: str) -> None:
        """The end of a subshell or a block, or else of a pattern of `case`, which is no command."""
        if text == ")" and not self._subshells:
            self._parts = []
        elif text == ")":
            self._subshells -= 1
        self._close()

    def _skip(self, script: str, at: int) -> int:
        """Past the bodies of the here documents, up to the line break that comes after the last of them."""
        for word in self._waiting:
            ends = re.compile(rf"^[ \t]*+{re.escape(word)}[ \t]*+\r?(?:\n|\Z)", re.MULTILINE).search(script, at)
            after = ends.end() if ends else len(script)
            self._line += script.count("\n", at, after) * self._step
            at = after
        self._waiting.clear()
        return at

    def _add(self, text: str) -> None:
        if not self._parts:
            text = text.lstrip()
            if not text:
                return
            self._starts = self._line
        self._parts.append(text)

    def _close(self) -> None:
        text, self._parts, self._depth = _BLANKS.sub(" ", "".join(self._parts)).strip(), [], 0
        control = _CONTROL.match(text)
        text = text[control.end() :] if control else text
        if text and not _NO_COMMAND.match(text):
            self._found.append(Command(text[:LONGEST], self._starts, len(text) > LONGEST))
