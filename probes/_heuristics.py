"""Linguist's heuristics: for an extension that several languages share, expressions over the content that tell."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

_CONSIDERED = 50 * 1024  # bytes, as in Linguist
NEEDED = {"Hack": b"<?hh", "OASv2-json": b'"swagger":', "OASv3-json": b'"openapi":', "Vim Help File": b"=help"}
"""By language, what each match of its expressions holds, where they take longest of all that a file is asked."""


def heuristics(blocks: Sequence[Mapping[str, Any]]) -> Callable[[Iterable[str], bytes], list[str]]:
    """The catalogue's rules as a function of a file's extensions and its content.

    The first block for any of the extensions decides, and in it the first rule that holds; no rule, no language.
    """
    by_extension: dict[str, tuple[int, Sequence[Mapping[str, Any]]]] = {}
    for order, block in enumerate(blocks):
        for extension in block["extensions"]:
            by_extension.setdefault(extension, (order, block["rules"]))

    def languages(extensions: Iterable[str], head: bytes) -> list[str]:
        known = [by_extension[extension] for extension in extensions if extension in by_extension]
        if not known:
            return []
        content = head[:_CONSIDERED]
        _, rules = min(known, key=lambda block: block[0])
        return next((list(rule["languages"]) for rule in rules if _holds(rule, content)), [])

    return languages


def _holds(rule: Mapping[str, Any], content: bytes) -> bool:
    if NEEDED.get(rule["languages"][0], b"") not in content:
        return False
    return all(_search(pattern)(content) for pattern in rule.get("all", ())) and not any(
        _search(pattern)(content) for pattern in rule.get("none", ())
    )


@cache
def _search(pattern: str) -> Callable[[bytes], re.Match[bytes] | None]:
    """Compiled when first needed: most repositories need few of the hundreds."""
    return re.compile(pattern.encode("ascii"), re.MULTILINE).search
