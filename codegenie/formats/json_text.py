"""Strict JSON, as plain values; a key given twice counts with its last value, as for every JavaScript tool."""

import json
import math
from typing import Any, NoReturn

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import check_depth, text_of, writable
from codegenie.formats.unparsable import Unparsable

MOST_VALUES = 1_500_000  # in a list or an object; a package-lock.json of 32 MiB has 520,000
MOST_HOLDERS = 500_000  # lists and objects, each of 56 to 232 bytes; it has 170,000

_SURROGATE_ESCAPE = lazily(r"\\u[dD][89a-fA-F]")


def load(content: bytes) -> Any:
    """The value of a JSON file.  Raises Unparsable."""
    return load_text(text_of(content))


def load_text(text: str) -> Any:
    """The value of a JSON text.  Raises Unparsable."""
    check_amount(text)
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise Unparsable(f"not JSON: line {error.lineno}") from None  # the words differ by Python version
    except RecursionError:
        raise Unparsable("nested too deep") from None
    except Unparsable:
        raise
    except ValueError:
        raise Unparsable("an integer of thousands of digits") from None
    check_depth(value)
    return writable(value) if _SURROGATE_ESCAPE.search(text) else value


def check_amount(text: str) -> None:
    """Raise Unparsable where the value would take more memory than a lockfile may, by what separates values."""
    if len(text) > MOST_HOLDERS and (text.count(",") > MOST_VALUES or text.count("{") + text.count("[") > MOST_HOLDERS):
        raise Unparsable(f"more than {MOST_VALUES} values, or {MOST_HOLDERS} lists and objects")


def load_object(content: bytes) -> dict[str, Any]:
    """The value of a JSON file that must hold an object.  Raises Unparsable."""
    value = load(content)
    if not isinstance(value, dict):
        raise Unparsable("not a JSON object")
    return value


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unparsable("a number too large for a double")
    return number


def _refuse(_name: str) -> NoReturn:
    raise Unparsable("NaN or Infinity, which JSON does not have")
