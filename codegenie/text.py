"""Text that leaves the tool: values of a stranger as data, escaped where a terminal would obey them."""

import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from json import JSONEncoder
from typing import Any

from codegenie.formats.patterns import lazily

_SPOOFING = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, bidi marks, lone surrogates (undecodable bytes), separators

_JSON = JSONEncoder(sort_keys=True)


def escaped(text: str) -> str:
    """The text on one line, with whatever a terminal would obey, or a reader could not see, as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(letter) for letter in text)


def lined(value: Any, levels: int, margin: str = " ") -> str:
    """A value as JSON with a line for each field, so many levels deep, in a tenth of the time of `indent`."""
    if not levels or not isinstance(value, dict) or not value:
        return _JSON.encode(value)
    fields = [
        f"{margin}{_JSON.encode(name)}: {lined(item, levels - 1, f'{margin} ')}" for name, item in sorted(value.items())
    ]
    return "{\n" + ",\n".join(fields) + f"\n{margin[1:]}}}"


def say(text: str) -> None:
    """One line on standard error; where nobody can be told, nobody is."""
    with suppress(OSError):
        sys.stderr.write(f"{escaped(text)}\n")
        sys.stderr.flush()


def show_any_letter() -> None:
    """Let standard output show what its encoding has not as an escape, as standard error does, rather than fail."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def representable(value: Any) -> Any:
    r"""JSON values in valid Unicode: each lone surrogate (an undecodable byte, a broken escape) as a visible escape.

    A byte is `\xff`, another lone surrogate `\ud800`.  A backslash that would begin one of these, or this, is `\x5c`:
    no two values become the same, and `restored` is the way back.  Applied once, where values leave.
    """
    return _mapped(value, _to_represent, _represented)


def is_representable(text: str) -> bool:
    """Whether `representable` would give the text back as it is; of texts in lines, each of them."""
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate; an expression takes ten times as long to look for them
        return False
    return _ESCAPE.search(text) is None


def restored(value: Any) -> Any:
    """What `representable` was given."""
    return _mapped(value, _to_restore, _original)


def holds_escapes(content: bytes) -> bool:
    """Whether there may be anything to restore in what some JSON says; mostly there is not."""
    return b"\\\\x" in content or b"\\\\u" in content


def _to_represent(text: str) -> bool:
    return "\\" in text or not text.isascii()


def _to_restore(text: str) -> bool:
    return "\\" in text


def _represented(text: str) -> str:
    return _LOOSE.sub(lambda found: "\\x5c" if found[0] == "\\" else _visible(found[0]), text)


def _original(text: str) -> str:
    return _ESCAPE.sub(lambda found: _letter(found[1]), text)


def _letter(code: str) -> str:
    if code == "x5c":
        return "\\"
    return chr(int(code[1:], 16) + (0xDC00 if code.startswith("x") else 0))


def _mapped(value: Any, concerns: Callable[[str], bool], change: Callable[[str], str]) -> Any:
    match value:
        case str():
            return change(value) if concerns(value) else value
        case list() | tuple():
            return [_mapped(item, concerns, change) for item in value]
        case dict():
            return {_mapped(name, concerns, change): _mapped(item, concerns, change) for name, item in value.items()}
        case _:
            return value


_CODE = "(x5c|x[89a-f][0-9a-f]|ud[89a-f][0-9a-f]{2})"
_ESCAPE = lazily(rf"\\{_CODE}")
_LOOSE = lazily(rf"\\(?={_CODE})|[\ud800-\udfff]")


def _visible(letter: str) -> str:
    if 0xDC80 <= ord(letter) <= 0xDCFF:
        return f"\\x{ord(letter) - 0xDC00:02x}"  # a byte of a file name that is not UTF-8
    import unicodedata  # for names that are not ASCII

    if unicodedata.category(letter) in _SPOOFING:
        return letter.encode("unicode_escape").decode("ascii")
    return letter
