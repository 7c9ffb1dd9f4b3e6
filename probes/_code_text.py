"""Source text without its comments and without what stands in strings: every line keeps its number, quotes remain."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Syntax:
    """What begins a comment or a string, and what ends it.

    `single` strings end with their line at the latest, `several` may go over lines; `raw` ones know no escapes.
    """

    line: tuple[str, ...] = ()
    block: Mapping[str, str] = field(default_factory=dict)
    single: tuple[str, ...] = ()
    several: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
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
_REGEX = r"(?<=[(,=:\[!&|?{};\n])[ \t]{0,40}+/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,40}+\]){1,200}+/"
_NOT_A_BREAK = re.compile(r"[^\n]")
_STARTS: dict[str, re.Pattern[str]] = {}


def bare(text: str, language: str) -> str:
    """The text with blanks for comments and for the content of strings, in one pass."""
    syntax = SYNTAXES[language]
    starts = _STARTS.get(language)
    if starts is None:
        starts = _STARTS[language] = _starts(syntax)
    out: list[str] = []
    at = 0
    while found := starts.search(text, at):
        begin, opening = found.start(), found[0]
        out.append(text[at:begin])
        end, kept = _end(syntax, text, found.end(), opening)
        inner = text[found.end() : end - len(kept)]
        is_string = opening in syntax.single or opening in syntax.several or opening in syntax.raw
        out += [
            opening if is_string else _NOT_A_BREAK.sub(" ", opening),
            _NOT_A_BREAK.sub(" ", inner),
            kept if is_string else _NOT_A_BREAK.sub(" ", kept),
        ]
        at = max(end, found.end())
    out.append(text[at:])
    return "".join(out)


def _starts(syntax: Syntax) -> re.Pattern[str]:
    openings = [*syntax.block, *syntax.line, *syntax.raw, *syntax.several, *syntax.single]
    choices = [re.escape(one) for one in sorted(openings, key=len, reverse=True)]
    if "'" in syntax.single and syntax.block:  # a character, or else a lifetime, a number's separator, an apostrophe
        choices = [one if one != "'" else r"(?<!\w)'" for one in choices]
    hashed = [r'\bb?r#{0,8}"', r"b?'(?:\\.|[^'\\\n])'"] if syntax.hashed else []
    return re.compile("|".join([*hashed, *([_REGEX] if syntax.regex else []), *choices]))


def _end(syntax: Syntax, text: str, at: int, opening: str) -> tuple[int, str]:
    """Where what was opened ends, and what closes it; the end of the line or of the text where nothing does."""
    if opening in syntax.line:
        return _line_end(text, at), ""
    if syntax.hashed and opening.endswith('"') and "r" in opening:
        return _closed(text, at, '"' + "#" * opening.count("#"))
    if opening == '@"':
        return _doubled(text, at)
    if closing := syntax.block.get(opening) or syntax.raw.get(opening):
        return _closed(text, at, closing)
    if closing := syntax.several.get(opening):
        return _escaped(text, at, closing, len(text))
    if opening in syntax.single:
        return _escaped(text, at, opening, _line_end(text, at))
    return at, ""  # a regular expression, which was matched whole


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _closed(text: str, at: int, closing: str) -> tuple[int, str]:
    end = text.find(closing, at)
    return (len(text), "") if end < 0 else (end + len(closing), closing)


def _doubled(text: str, at: int) -> tuple[int, str]:
    """The end of C#'s `@"..."`, in which two quotes are one."""
    while (end := text.find('"', at)) >= 0:
        if not text.startswith('""', end):
            return end + 1, '"'
        at = end + 2
    return len(text), ""


def _escaped(text: str, at: int, closing: str, limit: int) -> tuple[int, str]:
    while True:
        end = text.find(closing, at, limit)
        if end < 0:
            return limit, ""
        slashes = end
        while slashes > at and text[slashes - 1] == "\\":
            slashes -= 1
        if (end - slashes) % 2 == 0:
            return end + len(closing), closing
        at = end + 1
