"""Words for people: text that names files of a stranger leaves the tool escaped."""

import sys
import unicodedata

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


def _visible(letter: str) -> str:
    if 0xDC80 <= ord(letter) <= 0xDCFF:
        return f"\\x{ord(letter) - 0xDC00:02x}"  # a byte of a file name that is not UTF-8
    if unicodedata.category(letter) in _SPOOFING:
        return letter.encode("unicode_escape").decode("ascii") if ord(letter) < 0xD800 else f"\\u{ord(letter):04x}"
    return letter
