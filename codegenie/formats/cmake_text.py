"""The commands of CMake's language with their arguments as they stand there; nothing is evaluated.

https://cmake.org/cmake/help/latest/manual/cmake-language.7.html
"""

import re
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_ARGUMENTS = 200_000

_NEXT = lazily(r"#|([A-Za-z_]\w*+)[ \t]*+\(|[A-Za-z_]\w*+|\[=*+\[|\"|[^#A-Za-z_\[\"]++|\[")
_ARGUMENT = lazily(r'[()]|#|\[(=*+)\[|"(?:[^"\\]++|\\.)*+"?|(?:[^\s()#"\\]++|\\.)++|\s++|\\', re.DOTALL)


class Argument(NamedTuple):
    """One argument; in quotes or brackets it is never an option's name."""

    text: str
    quoted: bool


class Command(NamedTuple):
    """One command, its name in lower case."""

    name: str
    arguments: tuple[Argument, ...]
    line: int

    def after(self, *keywords: str) -> tuple[str, ...]:
        """The arguments between the first of the keywords and the next one in capitals."""
        found: list[str] = []
        inside = False
        for argument in self.arguments:
            if not argument.quoted and argument.text in keywords:
                inside = True
            elif inside and not argument.quoted and re.fullmatch(r"[A-Z][A-Z_]+", argument.text):
                break
            elif inside:
                found.append(argument.text)
        return tuple(found)

    def has(self, keyword: str) -> bool:
        """Whether the keyword is among the arguments."""
        return any(not argument.quoted and argument.text == keyword for argument in self.arguments)


def commands(content: bytes) -> tuple[Command, ...]:
    """The commands in their order; what is no command is passed over.  Raises Unparsable."""
    text = text_of(content)
    if "\0" in text:
        raise Unparsable("not text")
    found: list[Command] = []
    at, line, counted, total = 0, 1, 0, 0
    while at < len(text):
        piece = _NEXT.match(text, at)
        if piece is None:
            at += 1
        elif piece[0] == "#":
            at = _after_comment(text, at)
        elif piece[1]:
            line, counted = line + text.count("\n", counted, at), at
            arguments, at = _arguments(text, piece.end())
            total += len(arguments)
            if total > MOST_ARGUMENTS:
                raise Unparsable(f"more than {MOST_ARGUMENTS} arguments")
            found.append(Command(piece[1].lower(), tuple(arguments), line))
        else:
            at = piece.end()
    return tuple(found)


def _arguments(text: str, at: int) -> tuple[list[Argument], int]:
    """Those up to the closing parenthesis; inner parentheses, as conditions have them, are left out."""
    found: list[Argument] = []
    depth = 1
    while at < len(text):
        piece = _ARGUMENT.match(text, at)
        if piece is None:
            at += 1
            continue
        word = piece[0]
        if word == "#":
            at = _after_comment(text, at)
            continue
        at = piece.end()
        if word in "()":
            depth += 1 if word == "(" else -1
            if depth == 0:
                break
        elif word.startswith("[") and piece[1] is not None:
            end = text.find(f"]{piece[1]}]", at)
            end = len(text) if end < 0 else end
            found.append(Argument(text[at:end].removeprefix("\n"), quoted=True))
            at = end + len(piece[1]) + 2
        elif word.startswith('"'):
            found.append(Argument(_unescaped(word[1:].removesuffix('"')), quoted=True))
        elif not word.isspace():
            found.append(Argument(_unescaped(word), quoted=False))
    return found, at


def _after_comment(text: str, at: int) -> int:
    """Where the comment that begins here ends; one in brackets may span lines."""
    if bracket := re.compile(r"#\[(=*+)\[").match(text, at):
        end = text.find(f"]{bracket[1]}]", bracket.end())
        return len(text) if end < 0 else end + len(bracket[1]) + 2
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _unescaped(text: str) -> str:
    return re.sub(
        r"\\(.)", lambda found: {"n": "\n", "t": "\t", "\n": ""}.get(found[1], found[1]), text, flags=re.DOTALL
    )
