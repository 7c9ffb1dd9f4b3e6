"""Parsers that several probes ask about the same files, or that meet many equal ones: each content is parsed once."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

_CONTENT = 2 << 20  # bytes that all that one parser keeps was made of; what it keeps is up to ten times as large

Parser = TypeVar("Parser", bound=Callable[..., Any])


def parsed_once(most: int) -> Callable[[Parser], Parser]:
    """Keep what is made of the contents met last, `most` of them; of larger ones than then fit, nothing.

    What is made must not be changed by those who get it.
    """

    def decorated(parse: Parser) -> Parser:
        known = lru_cache(maxsize=most)(parse)

        @wraps(parse)
        def known_or_parsed(content: bytes | str, *how: Any, **named: Any) -> Any:
            return (known if len(content) <= _CONTENT // most else parse)(content, *how, **named)

        return cast("Parser", known_or_parsed)

    return decorated
