"""Globs over repository paths: `*` and `?` stop at "/", `**` does not, `[a-z]` and `{a,b}` as in a shell.

A pattern matches the whole path: `package.json` is the one at the root, `**/package.json` is any of them.
"""

import re
from collections.abc import Iterable
from functools import lru_cache


@lru_cache(maxsize=256)
def compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression that fully matches a path where any of the patterns does; a "!" pattern takes away again."""
    wanted = [_translated(pattern) for pattern in patterns if not pattern.startswith("!")]
    unwanted = [_translated(pattern[1:]) for pattern in patterns if pattern.startswith("!")]
    refusal = f"(?!(?:{'|'.join(unwanted)})\\Z)" if unwanted else ""
    return re.compile(f"{refusal}(?:{'|'.join(wanted) or '(?!)'})", re.DOTALL)


def matching(patterns: tuple[str, ...], paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that any of the patterns matches, in the order given."""
    match = compiled(patterns).fullmatch
    return tuple(path for path in paths if match(path))


def _translated(pattern: str) -> str:
    out, at, braces = [], 0, 0
    while at < len(pattern):
        rest = pattern[at:]
        if rest.startswith("**/"):
            out.append("(?:[^/]+/)*")
            at += 3
        elif rest.startswith("**"):
            out.append(".*")
            at += 2
        elif rest[0] == "*":
            out.append("[^/]*")
            at += 1
        elif rest[0] == "?":
            out.append("[^/]")
            at += 1
        elif rest[0] == "[" and (close := rest.find("]", 2)) > 0:
            members = rest[1:close].replace("\\", r"\\")
            out.append(f"(?!/)[{'^' + members[1:] if members[0] == '!' else members}]")
            at += close + 1
        elif rest[0] == "{" and "}" in rest:
            out.append("(?:")
            braces += 1
            at += 1
        elif braces and rest[0] in ",}":
            out.append("|" if rest[0] == "," else ")")
            braces -= rest[0] == "}"
            at += 1
        else:
            out.append(re.escape(rest[0]))
            at += 1
    return "".join(out)
