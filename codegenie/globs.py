"""Globs over repository paths: `*` and `?` stop at "/", `**` between slashes is any number of directories, `[a-z]` and
`{a,b}` are as in a shell, and of bash's extended globs `!(*.*)` is a name without a dot, as all of a component but the
first.

A pattern matches the whole path: `package.json` is the one at the root, `**/package.json` is any of them.
A stranger's config.yaml may hold patterns, so the time to match grows with path and pattern, never faster.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from codegenie.formats.patterns import lazily

MOST_EXPANSIONS = 2000  # of the braces of one pattern; `{a,b}{a,b}...` doubles with each pair

_SPECIAL = frozenset("*?[{!")
_WITHOUT_DOT = "!(*.*)"
_ANYWHERE = "(?:[^/]+/)*+"  # what is left of the path up to its last component

_TOKEN = lazily(r"\[[!^]?\]?[^\]/]*\]|\{[^{}]*\}|\*+|.", re.DOTALL)
_BRACES = lazily(r"\{([^{}]*)\}")
_LAST_BRACES = lazily(r"\{[^{}*?\[\]/]*\}[^{}*?\[\]/]*\Z")  # nothing but text in them, and after them
_CUT = "\0"  # which no path holds
_MEMBERS = lazily(r"(.)(?:-(.))?", re.DOTALL)


@lru_cache(maxsize=256)
def compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression that fully matches a path where any of the patterns does; a "!" pattern takes away again.

    Raises ValueError for a pattern of too many braces.
    """
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    unwanted = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    refusal = f"(?!(?:{_any_of(unwanted)})\\Z)" if unwanted else ""
    return re.compile(f"{refusal}(?:{_any_of(wanted)})", re.DOTALL)


def matching(patterns: tuple[str, ...], paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that any of the patterns matches, in the order given."""
    match = compiled(patterns).fullmatch
    return tuple(path for path in paths if match(path))


def matches(patterns: tuple[str, ...], path: str) -> bool:
    """Whether any of the patterns matches one path.

    Where its name stands among them as it is, no expression of them all is needed, which takes milliseconds to compile.
    """
    name = path[path.rfind("/") + 1 :]
    if f"**/{name}" in patterns and _SPECIAL.isdisjoint(name) and name and "//" not in f"/{path}":
        patterns = ("**", *(pattern for pattern in patterns if pattern.startswith("!")))
    return compiled(patterns).fullmatch(path) is not None


def literals(pattern: str) -> set[str]:
    """For each choice that the pattern's braces leave, the longest text that all paths of it hold.

    Raises ValueError for a pattern of too many braces.
    """
    return {max(_texts(choice), key=len) for choice in _without_braces(pattern)}


def _texts(pattern: str) -> list[str]:
    """What stands between all that is special in a pattern without braces; beside a `**` there may be no directory."""
    *before, last = _runs(pattern)
    whole = [*(f"{'/'.join(map(_plain, run))}/" for run in before if run), "/".join(map(_plain, last))]
    return _CUT.join(whole).split(_CUT)


def _plain(component: str) -> str:
    """A component with a cut for all in it that is special."""
    if component == _WITHOUT_DOT:
        return _CUT
    return "".join(_CUT if token[1:] or token in "*?" else token for token in _TOKEN.findall(component))


def _any_of(patterns: Iterable[str]) -> str:
    """The patterns as alternatives, of none one that never matches; what a name in any directory begins with stands
    there once, and is read once.
    """
    each = [one for pattern in patterns for one in _translated(pattern)]
    names = [one.removeprefix(_ANYWHERE) for one in each if one.startswith(_ANYWHERE)]
    others = [one for one in each if not one.startswith(_ANYWHERE)]
    return "|".join([*others, f"{_ANYWHERE}(?:{'|'.join(names)})"] if names else others if each else ["(?!)"])


def _translated(pattern: str) -> Iterator[str]:
    last = _LAST_BRACES.search(pattern)
    end = last.start() if last else len(pattern)
    return (_path(f"{start}{pattern[end:]}") for start in _without_braces(pattern[:end]))


def _without_braces(pattern: str) -> list[str]:
    """The pattern once for each way to choose from its braces, innermost first."""
    done: dict[str, None] = {}
    waiting = [pattern]
    for _ in range(MOST_EXPANSIONS):
        if not waiting:
            return list(done)
        one = waiting.pop()
        if found := _BRACES.search(one):
            waiting += [f"{one[: found.start()]}{choice}{one[found.end() :]}" for choice in found[1].split(",")]
        else:
            done[one] = None
    raise ValueError(f"globs whose braces stand for fewer than {MOST_EXPANSIONS} patterns")


def _path(pattern: str) -> str:
    """All runs but the last may take the first place they fit, and keep it: what
    follows can start at any later place, so that another choice never helps.  The groups are atomic, (?>...).
    """
    first, *rest = [[_component(component) for component in run] for run in _runs(pattern)]
    if not rest:
        return "/".join(first)
    *middle, last = rest
    start = "".join(f"{component}/" for component in first)
    between = "".join(f"(?>(?:[^/]+/)*?{'/'.join(run)}/)" for run in middle if run)
    if not last:
        return f"{start}{between}.*"
    return f"{start}{between}{_ANYWHERE if len(last) == 1 else '(?:[^/]+/)*'}{'/'.join(last)}"


def _runs(pattern: str) -> list[list[str]]:
    """The components between the `**`."""
    runs: list[list[str]] = [[]]
    for component in pattern.split("/"):
        if component == "**":
            runs.append([])
        else:
            runs[-1].append(component)
    return runs


def _component(pattern: str) -> str:
    """The same within one component: text between the `*` takes the first place it fits, all but the last."""
    if pattern == _WITHOUT_DOT:
        return "[^/.]+"
    texts = [""]
    for token in _TOKEN.findall(pattern):
        if token[0] == "*":
            texts.append("")
        else:
            texts[-1] += _token(token)
    first, *rest = texts
    if not rest:
        return first
    *middle, last = rest
    return f"{first}{''.join(f'(?>[^/]*?{text})' for text in middle if text)}[^/]*{last}"


def _token(token: str) -> str:
    if token == "?":
        return "[^/]"
    if token[0] == "{" and token[1:]:
        return f"(?:{'|'.join(map(re.escape, token[1:-1].split(',')))})"
    if token[0] == "[" and len(token) > 2:
        return _class(token[1:-1])
    return re.escape(token)


def _class(text: str) -> str:
    negated = text[0] in "!^" and len(text) > 1
    pairs = _MEMBERS.findall(text[1:] if negated else text)
    members = "".join(
        f"{re.escape(low)}-{re.escape(high)}" if high else re.escape(low)
        for low, high in pairs
        if not high or low <= high
    )
    if negated:
        return f"[^/{members}]"
    return f"(?!/)[{members}]" if members else "(?!)"
