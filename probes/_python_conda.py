"""pixi.lock and conda-lock.yml, as one lockfile of conda's packages and one of PyPI's."""

from collections.abc import Iterator

from codegenie.formats import conda_lock
from codegenie.formats.conda_lock import Entry
from codegenie.formats.requirement import normal, read
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._lock import Lock, Resolved
from ._paths import parent


def conda_locks(inputs: ProbeInputs, path: str) -> Iterator[Lock]:
    """The packages of a lockfile by the kind of their package URLs."""
    found = inputs.parse(path, conda_lock.parse, MANIFEST_CAP)
    if found is None:
        return
    for kind, purl_type in (("conda", "conda"), ("pypi", "pypi")):
        entries = [entry for entry in found.entries if entry.kind == kind and entry.name]
        if entries:
            name = path.rpartition("/")[2]
            yield Lock(
                path=path,
                ecosystem="python",
                purl_type=purl_type,
                format=f"{name} {found.version}" if found.version else name,
                project=parent(path),
                packages=tuple(_resolved(entries)),
                compared=False,
                notes=("which environment needs a package is not told",) if name == "pixi.lock" else (),
            )


def _resolved(entries: list[Entry]) -> Iterator[Resolved]:
    places: dict[tuple[str | None, str | None], list[int]] = {}
    for at, entry in enumerate(entries):
        for subdir in {entry.subdir, None}:
            places.setdefault((entry.name, subdir), []).append(at)
    for entry in entries:
        requires: set[int] = set()
        for text in entry.depends:
            name = _needed(text, entry.kind)
            requires.update(places.get((name, entry.subdir)) or places.get((name, None)) or ())
        is_conda = entry.kind == "conda"
        qualifiers = (("build", entry.build), ("channel", entry.channel), ("subdir", entry.subdir)) if is_conda else ()
        yield Resolved(
            name=entry.name or "",
            version=entry.version,
            line=entry.line,
            development=entry.development,
            integrity=entry.digest,
            source="registry" if "//" in (entry.address or "") or not entry.address else "path",
            address=None if "//" in (entry.address or "") else entry.address,
            qualifiers=tuple((key, value) for key, value in qualifiers if value),
            requires=tuple(sorted(requires)),
            files=((entry.address or "").rpartition("/")[2],) if entry.address else (),
        )


def _needed(text: str, kind: str) -> str | None:
    if kind == "conda":
        return text.split(" ", maxsplit=1)[0].lower()
    found = read(text)
    return normal(found.name) if found and found.name else None
