"""Parsers that several probes ask about the same files, or that meet many equal ones: each content is parsed once."""

import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

_CONTENT = 2 << 20  # bytes that all that one parser keeps was made of
_MOST_BLOCKS = 500_000  # that all parsers together keep, about 35 MB: a script may become 300 times as large as it is
_SMALL = 256  # bytes of a content that is not weighed, which would take as long as to parse it
_BLOCKS_A_BYTE = 5  # at most

Parser = TypeVar("Parser", bound=Callable[..., Any])

_FORGET: list[Callable[[], None]] = []  # what each parser keeps
_HELD = [0]  # blocks of memory, and how many


def parsed_once(most: int) -> Callable[[Parser], Parser]:
    """Keep what is made of the contents met last, `most` of them; of larger ones than then fit, nothing.

    What is made must not be changed by those who get it.
    """

    def decorated(parse: Parser) -> Parser:
        known = lru_cache(maxsize=most)(_weighed(parse))
        _FORGET.append(known.cache_clear)

        @wraps(parse)
        def known_or_parsed(content: bytes | str, *how: Any, **named: Any) -> Any:
            return (known if len(content) <= _CONTENT // most else parse)(content, *how, **named)

        return cast("Parser", known_or_parsed)

    return decorated


def _weighed(parse: Parser) -> Parser:
    """Forget all that is kept before it takes too much memory."""

    @wraps(parse)
    def parsed(content: bytes | str, *how: Any, **named: Any) -> Any:
        is_small = len(content) <= _SMALL
        before = 0 if is_small else sys.getallocatedblocks()
        value = parse(content, *how, **named)
        _HELD[0] += len(content) * _BLOCKS_A_BYTE if is_small else max(0, sys.getallocatedblocks() - before)
        if _HELD[0] > _MOST_BLOCKS:
            _HELD[0] = 0
            for forget in _FORGET:
                forget()
        return value

    return cast("Parser", parsed)
