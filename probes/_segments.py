"""Patterns over paths, component by component, where `**` stands for any number of them."""

from collections.abc import Callable


def fits(pattern: str, path: str, is_meant: Callable[[str, str], bool], *, hidden: bool) -> bool:
    """Whether the pattern means the path; `is_meant` compares one component of each.

    A `**` goes past components that begin with a dot only where `hidden` says so.  On failure only the last `**` takes
    one more, which is enough: the time grows with pattern times path.
    """
    signs, names = pattern.split("/"), path.split("/")
    sign = name = 0
    again: tuple[int, int] | None = None
    while name < len(names):
        if sign < len(signs) and signs[sign] == "**":
            again = sign, name
            sign += 1
        elif sign < len(signs) and is_meant(signs[sign], names[name]):
            sign, name = sign + 1, name + 1
        elif again and (hidden or not names[again[1]].startswith(".")):
            again = again[0], again[1] + 1
            sign, name = again[0] + 1, again[1]
        else:
            return False
    return all(rest == "**" for rest in signs[sign:])
