"""A cache for `parsed_once` that also sees whether what it gave was changed by who got it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

MOST = 1000
_Known = dict[Any, tuple[Any, str]]
_ALL: list[tuple[str, _Known]] = []


def watched(maxsize: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorates a parser as `lru_cache(maxsize)` does.

    Raises AssertionError where a value that is asked for again, or is forgotten, is no longer what it was.
    """

    def decorated(parse: Callable[..., Any]) -> Callable[..., Any]:
        known: _Known = {}
        name = f"{parse.__module__}.{parse.__name__}"
        _ALL.append((name, known))

        @wraps(parse)
        def parsed(*asked: Any, **named: Any) -> Any:
            key = (asked, *named.items())
            if key in known:
                value, said = known.pop(key)
                _check(name, value, said)
            else:
                value = parse(*asked, **named)
                said = repr(value)
            known[key] = value, said
            if len(known) > min(maxsize, MOST):
                _check(name, *known.pop(next(iter(known))))
            return value

        parsed.cache_clear = known.clear  # type: ignore[attr-defined]
        return parsed

    return decorated


def check_all() -> None:
    """Raises AssertionError where a value that is kept is no longer what it was."""
    for name, known in _ALL:
        for value, said in known.values():
            _check(name, value, said)


def _check(name: str, value: Any, said: str) -> None:
    assert repr(value) == said, f"what {name} gave was changed"
