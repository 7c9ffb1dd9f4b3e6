"""What can be reached from where, in graphs of any size."""

from collections.abc import Iterable, Sequence


def reached(starts: Iterable[int], edges: Sequence[Iterable[int]]) -> set[int]:
    """The places that the edges lead to from `starts`, those included."""
    waiting = list(starts)
    found = set(waiting)
    while waiting:
        for at in edges[waiting.pop()]:
            if at not in found:
                found.add(at)
                waiting.append(at)
    return found
