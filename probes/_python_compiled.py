"""Requirements files as lockfiles: those that a program wrote from others, and those in which people pin versions."""

from collections.abc import Sequence

from codegenie.formats.requirement import normal
from codegenie.formats.requirements_txt import Entry, Requirements

from ._git_sources import git_source
from ._lock import Disagreement, Lock, Resolved
from ._python_graph import Row
from ._python_requirements import is_compiled, scope_of
from ._python_versions import satisfies


def compiled_lock(path: str, project: str, found: Requirements, rows: Sequence[Row]) -> Lock | None:
    """The lockfile that the file is; None where it pins nothing."""
    entries = [entry for entry in found.entries if entry.requirement.name]
    compiled = is_compiled(found)
    scope = scope_of(path, project)
    if scope == "constraint" or not any(entry.pinned for entry in entries):
        return None
    asked = [row for row in rows if row.manifest == _source_of(path)]
    places = {normal(entry.requirement.name or ""): at for at, entry in enumerate(entries)}
    requires: list[set[int]] = [set() for _ in entries]
    for at, entry in enumerate(entries):
        for via in entry.via:
            above = places.get(normal(via.partition(" ")[0]))
            if above is not None and not via.startswith("-"):
                requires[above].add(at)
    direct = {row.name for row in asked}
    unpinned = sum(1 for entry in entries if not entry.pinned and entry.requirement.source == "registry")
    return Lock(
        path=path,
        ecosystem="python",
        purl_type="pypi",
        format=f"requirements.txt by {found.compiler}" if found.compiler else "requirements.txt",
        project=project,
        packages=tuple(
            _resolved(
                entry,
                direct=_is_direct(entry, direct) if compiled else True,
                development=None if scope == "unknown" else scope != "runtime",
                requires=tuple(sorted(requires[at])),
            )
            for at, entry in enumerate(entries)
        ),
        compared=bool(asked),
        disagreements=tuple(_disagreement(row, entries) for row in asked if _differs(row, entries)),
        notes=(f"{unpinned} of {len(entries)} packages without a version",) if unpinned else (),
    )


def _source_of(path: str) -> str:
    """The file that it is usually compiled from."""
    return path.removesuffix(".txt") + ".in"


def _is_direct(entry: Entry, asked: set[str]) -> bool | None:
    """As the compiler wrote: `-r requirements.in`, `acme (pyproject.toml)`; else by the file it was compiled from."""
    if entry.via:
        return any(via.startswith("-r ") or "(" in via for via in entry.via)
    return normal(entry.requirement.name or "") in asked if asked else None


def _resolved(entry: Entry, *, direct: bool | None, development: bool | None, requires: tuple[int, ...]) -> Resolved:
    requirement = entry.requirement
    address: str | None = None
    qualifiers: tuple[tuple[str, str], ...] = ()
    if requirement.source == "git" and requirement.address:
        url, at, reference = requirement.address.rpartition("@")
        is_reference = bool(at) and "/" not in reference.partition(":")[0] and "//" in url
        place = git_source(url if is_reference else requirement.address, reference if is_reference else None)
        address, qualifiers = place.address, place.qualifiers
    elif requirement.source != "registry":
        address = requirement.address
        qualifiers = (("download_url", address),) if requirement.source == "url" and address else ()
    return Resolved(
        name=normal(requirement.name or ""),
        version=entry.pinned,
        line=entry.line,
        direct=direct,
        development=development,
        integrity=next(iter(entry.hashes), None),
        source=requirement.source,
        address=address,
        qualifiers=qualifiers,
        requires=requires,
        markers=(requirement.marker,) if requirement.marker else (),
    )


def _held(row: Row, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if normal(entry.requirement.name or "") == row.name]


def _differs(row: Row, entries: Sequence[Entry]) -> bool:
    held = _held(row, entries)
    if not held:
        return True
    versions = [entry.pinned for entry in held if entry.pinned]
    constraint = row.constraint if row.source == "registry" else None
    return bool(constraint and versions and all(satisfies(version, constraint) is False for version in versions))


def _disagreement(row: Row, entries: Sequence[Entry]) -> Disagreement:
    versions = sorted(entry.pinned for entry in _held(row, entries) if entry.pinned)
    kind = "not satisfied" if versions else "missing in lockfile"
    return Disagreement(kind, row.name, row.manifest, row.line, row.constraint, ", ".join(versions) or None)  # type: ignore[arg-type]
