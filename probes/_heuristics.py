"""Linguist's heuristics: for an extension that several languages share, expressions over the content that tell."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

Search = Callable[[bytes], re.Match[bytes] | None]

_CONSIDERED = 50 * 1024  # bytes, as in Linguist
NEEDED = {
    "Hack": b"<?hh",
    "OASv2-json": b'"swagger":',
    "OASv2-yaml": b"swagger:",
    "OASv3-json": b'"openapi":',
    "OASv3-yaml": b"openapi:",
    "Vim Help File": b"=help",
}
"""By language, what each match of its expressions holds, where they take longest of all that a file is asked."""

# An expression that begins with "^", by itself or in a group with flags.
_AT_LINE = re.compile(r"(\(\?[a-z]+: ?)?\^(.*)", re.DOTALL)
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def heuristics(blocks: Sequence[Mapping[str, Any]]) -> Callable[[Iterable[str], bytes], list[str]]:
    """The catalogue's rules as a function of a file's extensions and its content.

    The first block for any of the extensions decides, and in it the first rule that holds; no rule, no language.
    """
    by_extension: dict[str, int] = {}
    for order, block in enumerate(blocks):
        for extension in block["extensions"]:
            by_extension.setdefault(extension, order)

    def languages(extensions: Iterable[str], head: bytes) -> list[str]:
        known = [by_extension[extension] for extension in extensions if extension in by_extension]
        if not known:
            return []
        content = head[:_CONSIDERED]
        lines = b"\n" + content
        rules = blocks[min(known)]["rules"]
        return next((list(rule["languages"]) for rule in rules if _holds(rule, content, lines)), [])

    return languages


def _holds(rule: Mapping[str, Any], content: bytes, lines: bytes) -> bool:
    """Whether a rule holds for a content; `lines` is the same after a line break."""
    if NEEDED.get(rule["languages"][0], b"") not in content:
        return False
    if not all(found(pattern, content, lines) for pattern in rule.get("all", ())):
        return False
    return "none" not in rule or not any(found(pattern, content, lines) for pattern in rule["none"])


def found(pattern: str, content: bytes, lines: bytes) -> bool:
    """Whether an expression matches in a content."""
    return any(search(lines if at_line else content) for search, at_line in _searches(pattern))


@cache
def _searches(pattern: str) -> list[tuple[Search, bool]]:
    r"""The searches of which one finds something where the expression does, and whether in what follows a line break.

    A line break and the beginning are found at once, where "^" and "\A" are tried at every place.  Compiled when first
    needed: most repositories need few of the hundreds.
    """
    return [_search(one) for one in _alternatives(pattern)]


def _search(pattern: str) -> tuple[Search, bool]:
    after_break = _after_break(pattern)
    compiled = re.compile((after_break or pattern).encode("ascii"), re.MULTILINE)
    return compiled.match if pattern.startswith(r"\A") else compiled.search, after_break is not None


def _after_break(pattern: str) -> str | None:
    """An expression that begins with "^" as one that begins with a line break; None for any other."""
    begun = _AT_LINE.fullmatch(pattern)
    if begun is None:
        return None
    flags, rest = begun.groups("")
    if not flags:
        return rf"\n(?:{rest})"
    rest = rest.removesuffix(")")
    return rf"{flags}\n(?:{rest}))" if len(_alternatives(rest)) == 1 else None


def _alternatives(pattern: str) -> list[str]:
    """What each "|" outside of groups parts; nothing of what closes more groups than it opens."""
    found, depth = [""], 0
    for token in _TOKEN.findall(pattern):
        depth += (token == "(") - (token == ")")
        if depth < 0:
            return []
        if token == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += token
    return found
