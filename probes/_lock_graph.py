"""What each package of a lockfile is for, by what requires what; and one package of those that stand in it twice."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from ._lock import Resolved

_OWN: dict[str, bool] = {"workspace": False}  # a member is what the project is, whether or not another needs it


class Edges(NamedTuple):
    """The places, in the list of packages, of those that one needs, and of those that it works without.

    Those that a member of a workspace is developed with are no part of what needs it.
    """

    needs: tuple[int, ...] = ()
    may_use: tuple[int, ...] = ()
    developed_with: tuple[int, ...] = ()

    def all(self) -> tuple[int, ...]:
        """All of them, sorted."""
        return tuple(sorted({*self.needs, *self.may_use, *self.developed_with}))


def edges_by(found: Iterable[tuple[int, bool, bool]]) -> Edges:
    """The edges of a member of a workspace from places, each with whether it is for development, and optional."""
    rows = list(found)
    return Edges(
        needs=tuple(at for at, development, optional in rows if not development and not optional),
        may_use=tuple(at for at, development, optional in rows if optional and not development),
        developed_with=tuple(at for at, development, _ in rows if development),
    )


class Root(NamedTuple):
    """A package that a manifest asks for."""

    at: int
    development: bool = False
    optional: bool = False


def with_purposes(packages: Sequence[Resolved], edges: Sequence[Edges], roots: Sequence[Root] | None) -> list[Resolved]:
    """The packages with `direct`, `development`, `optional` and `requires` as the graph has them.

    What nothing leads to has no known purpose, and without roots (None: no manifest was read) nothing has.  A package
    is optional where all that needs it can do without: of those that are not for development only, where nothing that
    always runs needs it.
    """
    requires = [each.all() for each in edges]
    if roots is None:
        return [package._replace(requires=requires[at]) for at, package in enumerate(packages)]
    always = _reached((root.at for root in roots if not root.development and not root.optional), edges, all_edges=False)
    runtime = _reached((root.at for root in roots if not root.development), edges, all_edges=True)
    developing = _reached((root.at for root in roots if not root.optional), edges, all_edges=False)
    known = _reached((root.at for root in roots), edges, all_edges=True)
    direct = {root.at for root in roots}
    return [
        package._replace(
            direct=at in direct,
            development=at not in runtime if at in known else _OWN.get(package.source),
            optional=at in known and at not in (always if at in runtime else developing),
            requires=requires[at],
        )
        for at, package in enumerate(packages)
    ]


def _reached(starts: Iterable[int], edges: Sequence[Edges], *, all_edges: bool) -> set[int]:
    waiting = list(starts)
    reached = set(waiting)
    while waiting:
        here = edges[waiting.pop()]
        for at in (*here.needs, *here.may_use) if all_edges else here.needs:
            if at not in reached:
                reached.add(at)
                waiting.append(at)
    return reached


def merged(packages: Sequence[Resolved], without: Collection[int] = ()) -> tuple[Resolved, ...]:
    """Each package once, sorted, with the purposes and requirements of all its places; the first line counts."""
    groups: dict[tuple[str, str, str, str], list[int]] = {}
    for at, package in enumerate(packages):
        if at in without:
            continue
        key = (package.name, package.version or "", package.source, package.address or "")
        groups.setdefault(key, []).append(at)
    ordered = sorted(groups)
    place = {at: new for new, key in enumerate(ordered) for at in groups[key]}
    return tuple(_one([packages[at] for at in groups[key]], place, new) for new, key in enumerate(ordered))


def _one(same: Sequence[Resolved], place: dict[int, int], own: int) -> Resolved:
    first = min(same, key=lambda each: each.line or 0)
    requires = {place[at] for each in same for at in each.requires if at in place} - {own}
    if len(same) == 1:
        return first._replace(integrity=first.integrity or None, requires=tuple(sorted(requires)))
    running = [each for each in same if each.development is False]
    return first._replace(
        direct=_any(each.direct for each in same),
        development=_all(each.development for each in same),
        optional=all(each.optional for each in running or same),
        integrity=next((each.integrity for each in same if each.integrity), None),
        install_script=_any(each.install_script for each in same),
        patched=any(each.patched for each in same),
        requires=tuple(sorted(requires)),
    )


def _any(values: Iterable[bool | None]) -> bool | None:
    known = [value for value in values if value is not None]
    return any(known) if known else None


def _all(values: Iterable[bool | None]) -> bool | None:
    known = [value for value in values if value is not None]
    return all(known) if known else None
