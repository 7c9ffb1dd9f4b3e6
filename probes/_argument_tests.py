"""Tests of a script on its own arguments, `[ "$1" = postgres ]`: whether they hold for arguments that are known."""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from operator import eq, ge, gt, le, lt, ne

from codegenie.formats.patterns import lazily
from codegenie.formats.shell_parts import Command
from codegenie.formats.shell_words import Word

from ._arguments import Arguments

_LONGEST = 200  # characters of a pattern
_ARGUMENT = lazily(r"\"?\$\{?([1-9])(?::?-)?\}?\"?")
_COMPARED: Mapping[str, Callable[[int, int], bool]] = {"-eq": eq, "-ne": ne, "-gt": gt, "-lt": lt, "-ge": ge, "-le": le}


def holds(command: Command, given: Arguments) -> bool | None:
    """Whether a test holds where these are the arguments; None where that is not plain."""
    words = list(command.words)
    if words and words[0].text in ("[", "test", "[["):
        words = words[1:-1] if words[0].text != "test" and words[-1].text in ("]", "]]") else words[1:]
    elif command.kind != "test":
        return None
    is_pattern = command.kind == "test" or command.text.startswith("[[")
    found = _test(words, given, is_pattern=is_pattern)
    return found if found is None or not command.is_negated else not found


def case_holds(looked_at: str, patterns: Sequence[Word], given: Arguments) -> bool | None:
    """Whether one of the patterns of a branch fits what `case` looks at; None where that is not plain."""
    found = _ARGUMENT.fullmatch(looked_at)
    texts = [pattern.value if pattern.value is not None else _pattern(pattern) for pattern in patterns]
    if found is None or any(text is None or text == "*" for text in texts):
        return None
    at = int(found[1]) - 1
    if at < len(given) and not given[at].is_known:
        return None
    value = given[at].text if at < len(given) else ""
    return any(fnmatchcase(value, text) for text in texts if text is not None)


def _test(words: Sequence[Word], given: Arguments, *, is_pattern: bool) -> bool | None:
    texts = [word.text for word in words]
    if len(words) > 1 and texts[0] == "!":
        found = _test(words[1:], given, is_pattern=is_pattern)
        return None if found is None else not found
    if len(words) == 2 and texts[0] in ("-z", "-n"):
        value = _value(words[1], given)
        return None if value is None else (value == "") == (texts[0] == "-z")
    if len(words) != 3:
        return None
    left, right = _value(words[0], given), _value(words[2], given)
    if texts[1] in _COMPARED and left is not None and right is not None:
        return _compared(left, texts[1], right)
    if texts[1] not in ("=", "==", "!="):
        return None
    if is_pattern and right is None:
        right = _pattern(words[2])
    if left is None or right is None:
        return None
    return (fnmatchcase(left, right) if is_pattern else left == right) == (texts[1] != "!=")


def _compared(left: str, sign: str, right: str) -> bool | None:
    if not (left.isdecimal() and right.isdecimal() and len(left) < 10 and len(right) < 10):
        return None
    return _COMPARED[sign](int(left), int(right))


def _pattern(word: Word) -> str | None:
    """A bare word with wildcards, which a shell takes as a pattern."""
    is_plain = not word.is_quoted and all(each.kind == "glob" for each in word.expansions)
    return word.text if is_plain and len(word.text) <= _LONGEST else None


def _value(word: Word, given: Arguments) -> str | None:
    """A word of plain text, or of one of the arguments, with a part taken off where it says so."""
    if word.value is not None:
        return word.value
    if len(word.expansions) != 1 or word.text.strip('"') != word.expansions[0].text.strip('"'):
        return None
    one = word.expansions[0]
    if one.name == "#" and one.operator is None:
        return str(len(given))
    if one.kind != "parameter" or not (one.name or "").isdigit() or one.name == "0" or len(one.name or "") > 3:
        return None
    at = int(one.name or "1") - 1
    if at < len(given) and not given[at].is_known:
        return None
    return _without(given[at].text if at < len(given) else "", one.text[2 + len(one.name or "") : -1], one.operator)


def _without(value: str, rest: str, operator: str | None) -> str | None:
    """`${1#-}`, `${1%.conf}` and `${1:0:1}`, of plain text; the value itself where nothing is taken off."""
    behind = rest[len(operator or "") :]
    is_plain = behind and not any(sign in behind for sign in "*?[$\\\"'`")
    match operator:
        case None:
            return value
        case ":-" | "-":
            return value or (behind if is_plain or not behind else None)
        case "#" | "##" if is_plain:
            return value.removeprefix(behind)
        case "%" | "%%" if is_plain:
            return value.removesuffix(behind)
        case ":" if behind in ("0:1", ":1", " 0:1"):
            return value[:1]
    return None
