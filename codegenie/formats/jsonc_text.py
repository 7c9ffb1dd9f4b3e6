"""JSON as people write it for tools: comments and trailing commas (tsconfig.json, bun.lock, turbo.json)."""

import re
from typing import Any

from codegenie.formats.json_text import check_amount, load_text
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of

# Every alternative takes all it has started on, closed or not: no text makes the search go back.
_COMMENT = lazily(r'"(?:[^"\\]++|\\.)*+"?|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?', re.DOTALL)
_TRAILING_COMMA = lazily(r'("(?:[^"\\]++|\\.)*+"?)|,(?=\s*+[}\]])', re.DOTALL)
_NOT_A_BREAK = lazily(r"[^\n]")


def load(content: bytes) -> Any:
    """The value of the file; None where it holds nothing but comments.  Raises Unparsable."""
    written = text_of(content)
    check_amount(written)  # before the comments go, which takes a piece for every string
    text = strict(written)
    return load_text(text) if text.strip() else None


def strict(text: str) -> str:
    """The same text as strict JSON; everything that stays keeps its line and column."""
    return _TRAILING_COMMA.sub(lambda found: found[1] or " ", _COMMENT.sub(_blank, text))


def _blank(found: re.Match[str]) -> str:
    return found[0] if found[0][0] == '"' else _NOT_A_BREAK.sub(" ", found[0])
