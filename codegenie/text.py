"""Text that leaves the tool: values of a stranger as data, escaped where a terminal would obey them."""

import re
import sys
from typing import Any

_SPOOFING = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, bidi marks, lone surrogates (undecodable bytes), separators


def escaped(text: str) -> str:
    """The text on one line, with whatever a terminal would obey, or a reader could not see, as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(letter) for letter in text)


def say(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"{escaped(text)}\n")
    sys.stderr.flush()


def representable(value: Any) -> Any:
    """JSON values with each lone surrogate (an undecodable byte, a broken escape) as a visible escape."""
    match value:
        case str():
            return value if value.isascii() else _SURROGATE.sub(lambda found: _visible(found[0]), value)
        case list():
            return [representable(item) for item in value]
        case dict():
            return {representable(name): representable(item) for name, item in value.items()}
        case _:
            return value


_SURROGATE = re.compile("[\ud800-\udfff]")


def _visible(letter: str) -> str:
    if 0xDC80 <= ord(letter) <= 0xDCFF:
        return f"\\x{ord(letter) - 0xDC00:02x}"  # a byte of a file name that is not UTF-8
    import unicodedata  # for names that are not ASCII

    if unicodedata.category(letter) in _SPOOFING:
        return letter.encode("unicode_escape").decode("ascii")
    return letter
