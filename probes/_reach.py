"""What can be reached from where, in graphs of any size."""

from collections.abc import Iterable, Mapping, Sequence


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


def development(
    asked: Mapping[str, str], places: Mapping[str, Sequence[int]], edges: Sequence[Iterable[int]]
) -> list[bool | None]:
    """Of each place: False where what runs needs it, True where nothing but tests and tools does, None if not known.

    `asked` are the names that a project asks for, with what they are for (`Scope`), `places` those that they mean.
    """
    starts: dict[bool | None, list[int]] = {}
    for name, scope in asked.items():
        purpose = False if scope == "runtime" else None if scope == "unknown" else True
        starts.setdefault(purpose, []).extend(places.get(name, ()))
    running, developing, untold = (reached(starts.get(each, ()), edges) for each in (False, True, None))
    return [
        False if at in running else True if at in developing and at not in untold else None for at in range(len(edges))
    ]


def wider(one: str | None, other: str) -> str:
    """Of two scopes of a package that is asked for twice the one that runs, else the one that is not known."""
    return next((scope for scope in ("runtime", "unknown") if scope in (one, other)), other)
