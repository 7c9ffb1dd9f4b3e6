"""The patterns by which test runners choose files: micromatch globs with their `?(x)`, and simple regular expressions.

They come from a stranger's configuration: what could take long to match is refused, and said not to be resolved.
"""

import re

from codegenie.formats.patterns import lazily

LONGEST = 300  # characters of a pattern
_MOST_STARS = 3  # in one component of a path
_MOST_ANY_DEPTH = 3
_MOST_REPEATS = 3
_TOKEN = lazily(r"\*\*/|\*\*|[?*+@!]\(|\*|\?|\[[!^]?\]?[^\]/]*\]|\\.|[(){}|,]|.", re.DOTALL)


_WRITTEN = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_WRITTEN |= dict.fromkeys(("?(", "*(", "+(", "@(", "(", "{"), "(?:")
_CLOSED = {
    "?(": ")?",
    "*(": ")?",
    "+(": ")",
    "@(": ")",
    "(": ")",
    "{": ")",
}  # what repeats is taken once: nothing nests


def glob(pattern: str) -> re.Pattern[str] | None:
    """A glob as an expression over whole paths; None where it is too long, or has what is not understood."""
    pattern = pattern.removeprefix("./")
    if len(pattern) > LONGEST or "!(" in pattern or pattern.count("**") > _MOST_ANY_DEPTH:
        return None
    if any(component.replace("**", "").count("*") > _MOST_STARS for component in pattern.split("/")):
        return None
    out: list[str] = []
    opened: list[str] = []
    for token in _TOKEN.findall(pattern):
        if token in _WRITTEN:
            out.append(_WRITTEN[token])
            opened += [_CLOSED[token]] if token in _CLOSED else []
        elif token in (")", "}") and opened:
            out.append(opened.pop())
        elif token in ("|", ",") and opened:
            out.append("|")
        elif token[0] == "[" and len(token) > 2:
            inner = re.sub(r"[\\\[&~|]", lambda found: "\\" + found[0], token[1:-1])
            out.append(f"[^{inner[1:]}]" if inner[0] in "!^" else f"[{inner}]")
        else:
            out.append(re.escape(token[-1]))
    try:
        return None if opened else re.compile("".join(out))
    except re.error:
        return None


_SIMPLE = lazily(r"(?:\\[./\\dwsb-]|\[(?:[^\]\\\n]|\\.){1,60}\]|[\w/ @~<>=:,;%#!\"'-]|[.|()^$?*+]|\(\?:)*")
_UNBOUNDED = lazily(r"(?<!\\)[*+]")
_GROUP_REPEATED = lazily(r"\(\?(?!:)|\)[*+]|\)\?[*+]|\{\d")


def expression(pattern: str) -> re.Pattern[str] | None:
    """A JavaScript expression as one of ours; None where it is not one of the simple ones that cannot take long."""
    if len(pattern) > LONGEST or not _SIMPLE.fullmatch(pattern) or _GROUP_REPEATED.search(pattern):
        return None
    if len(_UNBOUNDED.findall(pattern)) > _MOST_REPEATS:
        return None
    try:
        return re.compile(pattern)
    except re.error:
        return None


def is_directory(pattern: str) -> bool:
    """Whether a pattern names a directory, and no files."""
    return "*" not in pattern and "." not in pattern.rpartition("/")[2]
