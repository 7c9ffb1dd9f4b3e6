"""SPDX licence expressions, with what is in use beside the standard: any case of the operators, and "/" for OR.

https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/
"""

import re
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

LONGEST = 2000  # characters; those of distributions with hundreds of licences reach 1500
DEEPEST = 50

_TOKEN = lazily(r"\s*+(?:([()/])|((?:DocumentRef-[\w.-]++:)?[A-Za-z0-9][\w.-]*+\+?))", re.ASCII)


class Expression(NamedTuple):
    """An expression: `text` is written with AND, OR and WITH in capitals; the names are as written, each once."""

    text: str
    licenses: tuple[str, ...]
    """Names of licences in the order written, with their "+"; `LicenseRef-` ones among them."""
    exceptions: tuple[str, ...]
    operators: frozenset[str]


def parse_text(text: str) -> Expression:
    """Read an expression.  Raises Unparsable for what is none: whether its names are known is another question."""
    if len(text) > LONGEST:
        raise Unparsable(f"over {LONGEST} characters")
    reader = _Reader(_tokens(text))
    said = reader.either(0)
    if reader.left:
        raise Unparsable("not a licence expression")
    return Expression(
        said,
        tuple(dict.fromkeys(reader.licenses)),
        tuple(dict.fromkeys(reader.exceptions)),
        frozenset(reader.operators),
    )


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unparsable("not a licence expression")
        token = found[1] or found[2]
        tokens.append(token.upper() if token.upper() in ("AND", "OR", "WITH") else "OR" if token == "/" else token)
        at = found.end()
    return tokens


class _Reader:
    """One function for each level of the grammar: OR binds less than AND, which binds less than WITH."""

    def __init__(self, tokens: list[str]) -> None:
        self.left = tokens[::-1]
        self.licenses: list[str] = []
        self.exceptions: list[str] = []
        self.operators: set[str] = set()

    def either(self, depth: int) -> str:
        parts = [self._both(depth)]
        while self._takes("OR"):
            parts.append(self._both(depth))
        return " OR ".join(parts)

    def _both(self, depth: int) -> str:
        parts = [self._one(depth)]
        while self._takes("AND"):
            parts.append(self._one(depth))
        return " AND ".join(parts)

    def _one(self, depth: int) -> str:
        if self._takes("("):
            if depth >= DEEPEST:
                raise Unparsable("nested too deep")
            inner = self.either(depth + 1)
            if not self._takes(")"):
                raise Unparsable("not a licence expression")
            return f"({inner})"
        name = self._name()
        self.licenses.append(name)
        if not self._takes("WITH"):
            return name
        self.exceptions.append(self._name())
        return f"{name} WITH {self.exceptions[-1]}"

    def _name(self) -> str:
        if not self.left or self.left[-1] in ("AND", "OR", "WITH", "(", ")"):
            raise Unparsable("not a licence expression")
        return self.left.pop()

    def _takes(self, token: str) -> bool:
        if not self.left or self.left[-1] != token:
            return False
        self.left.pop()
        if token not in "()":
            self.operators.add(token)
        return True
