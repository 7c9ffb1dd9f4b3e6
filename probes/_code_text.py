"""Source text without its comments and without what stands in strings: every line keeps its number, quotes remain."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple


class Syntax(NamedTuple):
    """What begins a comment or a string, and what ends it.

    `single` strings end with their line at the latest, `several` may go over lines; `raw` ones know no escapes.
    """

    line: tuple[str, ...] = ()
    block: Mapping[str, str] = {}
    single: tuple[str, ...] = ()
    several: Mapping[str, str] = {}
    raw: Mapping[str, str] = {}
    regex: bool = False
    """Whether there are regular expressions between slashes, as in JavaScript and Ruby."""
    hashed: bool = False
    """Whether there are Rust's raw strings, `r#"..."#`."""


_C = {"/*": "*/"}
SYNTAXES: dict[str, Syntax] = {
    "javascript": Syntax(("//",), _C, ('"', "'"), {"`": "`"}, regex=True),
    "python": Syntax(("#",), {}, ('"', "'"), {'"""': '"""', "'''": "'''"}),
    "go": Syntax(("//",), _C, ('"', "'"), raw={"`": "`"}),
    "rust": Syntax(("//",), _C, (), {'"': '"'}, hashed=True),
    "jvm": Syntax(("//",), _C, ('"', "'"), {'"""': '"""'}),
    "csharp": Syntax(("//",), _C, ('"', "'"), {'"""': '"""'}, {'@"': '"'}),
    "c": Syntax(("//",), _C, ('"', "'")),
    "php": Syntax(("//", "#"), _C, (), {'"': '"', "'": "'"}),
    "ruby": Syntax(("#",), {}, ('"', "'"), regex=True),
    "swift": Syntax(("//",), _C, ('"',), {'"""': '"""'}),
    "hash": Syntax(("#",), {}, ('"', "'")),
    "dart": Syntax(("//",), _C, ('"', "'"), {'"""': '"""', "'''": "'''"}),
}
# After what a value may follow, with at most so many blanks between: elsewhere a slash divides.
_BEFORE_A_REGEX = "|".join(rf"(?<=[(,=:\[!&|?{{}};\n][ \t]{{{blanks}}}/)" for blanks in range(41))
_REGEX = rf"/(?![/*])(?:{_BEFORE_A_REGEX})(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){{0,40}}+\]){{1,200}}+/"
_HASHES = 8  # around a raw string of Rust's, at most


def bare(text: str, language: str) -> str:
    """The text with blanks for comments and for the content of strings."""
    expression, openings = _tokens(language)

    def blanked(found: re.Match[str]) -> str:
        token = found[0]
        if not found.lastindex:
            return _blanks(token)
        opening, closing = openings[found.lastindex - 1], found[found.lastindex]
        return f"{opening}{_blanks(token[len(opening) : len(token) - len(closing)])}{closing}"

    return expression.sub(blanked, text)


def _blanks(text: str) -> str:
    return "\n".join([" " * len(line) for line in text.split("\n")]) if "\n" in text else " " * len(text)


@cache
def _tokens(language: str) -> tuple[re.Pattern[str], list[str]]:
    """An expression for all that is blanked, and what a string begins with, by the number of the group that ends it.

    Each choice begins with a character as it stands: `re` then looks at no other.
    """
    syntax = SYNTAXES[language]
    rest = {opening: rf"(?s:.*?)(?:{re.escape(closing)}|\Z)" for opening, closing in syntax.block.items()}
    rest |= dict.fromkeys(syntax.line, ".*+")
    strings = {opening: rf"[^{closing}]*+({closing}?)" for opening, closing in syntax.raw.items()}
    strings |= {opening: _escaped(closing, r"\\(?s:.)") for opening, closing in syntax.several.items()}
    strings |= {opening: _escaped(opening, r"\\.", r"\n") for opening in syntax.single}
    if '@"' in strings:
        strings['@"'] = r'(?:[^"]++|"")*+("?)'
    if "'" in syntax.single and syntax.block:  # a character, or else a lifetime, a number's separator, an apostrophe
        strings["'"] = r"(?<!\w')" + strings["'"]
    openings = sorted([*rest, *strings], key=len, reverse=True)
    choices = [*(_of_rust() if syntax.hashed else ()), *([_REGEX] if syntax.regex else ())]
    choices += [re.escape(opening) + (rest | strings)[opening] for opening in openings]
    return re.compile("|".join(choices)), [opening for opening in openings if opening in strings]


def _escaped(closing: str, escape: str, end: str = "") -> str:
    """What follows the opening of a string, with a group for what closes it: empty where nothing does."""
    quote = closing[0]
    alone = rf"|{quote}(?!{closing[1:]})" if closing[1:] else ""
    return rf"(?:[^{quote}\\{end}]++|{escape}{alone})*+\\?+((?:{closing})?)"


def _of_rust() -> Iterator[str]:
    """Raw strings, which end with as many `#` as they begin with, and characters."""
    for hashes in ("#" * count for count in range(_HASHES + 1)):
        for letters in ("r", "br"):
            yield rf'{letters}(?<!\w{letters}){hashes}"(?s:.*?)(?:"{hashes}|\Z)'
    for letter in ("", "b"):
        yield rf"{letter}'(?:\\.|[^'\\\n])'"
