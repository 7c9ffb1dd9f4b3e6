"""The words of a command while it is followed from script to script: what is known of each, and what is as written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.shell_words import Expansion, Word

_MOST = 1000  # words of a command
_LONGEST = 10_000  # characters of a word
_SLICE = lazily(r"\$\{[@*]:([0-9]{1,3})\}")
_VARIABLE = lazily(r"\$(?:([A-Za-z_][A-Za-z0-9_]*|[1-9])|\{([A-Za-z_][A-Za-z0-9_]*|[1-9])\})")
_QUOTES = lazily(r"[\"']")
_OTHER_SIGNS = lazily(r"[$`*?\[~]|\\")


class Argument(NamedTuple):
    """A word: its value where that is known, else its text as written."""

    text: str
    is_known: bool


Arguments = tuple[Argument, ...]


def known(words: Iterable[str]) -> Arguments:
    """Words that are what they are."""
    return tuple(Argument(word, is_known=True) for word in words)


def arguments(words: Iterable[Word], given: Arguments, zero: str, values: Mapping[str, str]) -> Arguments:
    """What words of a script come to, for a script called `zero` that is given arguments, where variables have values.

    `"$@"` is all that is given.  A word of a variable that is not known stays as written.
    """
    return tuple(islice((one for word in words for one in _of_word(word, given, zero, values)), _MOST))


def _of_word(word: Word, given: Arguments, zero: str, values: Mapping[str, str]) -> Iterator[Argument]:
    if word.value is not None:
        yield Argument(word.value, is_known=True)
        return
    whole = _whole(word)
    if whole is None:
        numbered = {str(at): each.text for at, each in enumerate(given[:9], 1) if each.is_known}
        yield _filled(word.text, {**values, **numbered})
        return
    name = (whole.name or "").partition("[")[0]
    if name in ("@", "*") or '"$@"' in whole.text:
        yield from _all_given(whole, given)
    elif name.isdigit() and 0 < int(name[:4]) <= len(given) and whole.operator in (None, ":-", "-"):
        yield given[int(name[:4]) - 1]
    elif name in ("0", "BASH_SOURCE") and whole.operator is None:
        yield Argument(zero, is_known=True)
    elif name in values and whole.operator in (None, ":-", "-"):
        value = values[name]
        yield from known([value] if whole.is_quoted else value.split())
    else:
        yield Argument(word.text, is_known=False)


def _whole(word: Word) -> Expansion | None:
    """The expansion that is all of the word."""
    first = word.expansions[0] if word.expansions else None
    is_all = first is not None and first.kind == "parameter" and word.text.strip('"') == first.text.strip('"')
    return first if is_all else None


def _all_given(whole: Expansion, given: Arguments) -> Sequence[Argument]:
    if found := _SLICE.fullmatch(whole.text):
        return given[max(int(found[1]) - 1, 0) :]
    is_plain = whole.operator in (None, "+", ":+", ":-", "-")
    return given if is_plain else [Argument(whole.text, is_known=False)]


def _filled(text: str, values: Mapping[str, str]) -> Argument:
    """A word of text and variables."""
    filled = _VARIABLE.sub(lambda found: values.get(found[1] or found[2], found[0]), _QUOTES.sub("", text))
    if "'" in text or len(filled) > _LONGEST or _OTHER_SIGNS.search(filled):
        return Argument(text, is_known=False)
    return Argument(filled, is_known=True)
