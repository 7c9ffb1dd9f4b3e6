"""Lockfiles of Python: what they pin, what of it is for development alone, and whether the manifests agree."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from posixpath import basename
from typing import Any

from codegenie.formats import pdm_lock, pipfile_lock, poetry_lock, pylock_toml, requirements_txt, uv_lock
from codegenie.formats.python_lock import Locked, PythonLock
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._apart import is_placeholder
from ._lock import Lock, Manifests, lockfiles
from ._paths import parent
from ._python_compiled import compiled_lock
from ._python_conda import conda_locks
from ._python_graph import Graph, rows_of
from ._python_layout import REQUIREMENTS, is_part
from ._python_lockfiles import FILES as LOCKFILES
from ._python_lockfiles import NAMED_PYLOCK

_FORMATS: dict[str, tuple[str, Callable[[bytes], PythonLock]]] = {
    "uv.lock": ("uv.lock", uv_lock.parse),
    "poetry.lock": ("poetry.lock", poetry_lock.parse),
    "pdm.lock": ("pdm.lock", pdm_lock.parse),
    "Pipfile.lock": ("Pipfile.lock", pipfile_lock.parse),
    "pylock.toml": ("pylock.toml", pylock_toml.parse),
}


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles of the projects that `manifests` knows, and the requirements files that pin."""
    projects: dict[str, list[Mapping[str, Any]]] = {}
    for each in manifests["manifests"]:
        if each["ecosystem"] == "python":
            projects.setdefault("" if each["project"] == "." else each["project"], []).append(each)
    return [*_of_tools(inputs, manifests, projects), *_of_requirements(inputs, manifests, projects)]


def _of_tools(
    inputs: ProbeInputs, manifests: Manifests, projects: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[Lock]:
    for path in lockfiles(inputs, manifests, *LOCKFILES):
        name = basename(path)
        directory = parent(path)
        if is_placeholder(path):
            continue
        if name in ("pixi.lock", "conda-lock.yml"):
            yield from conda_locks(inputs, path)
        elif known := _FORMATS.get("pylock.toml" if NAMED_PYLOCK.fullmatch(name) else name):
            label, parser = known
            if (read := inputs.parse(path, parser, MANIFEST_CAP)) is not None:
                yield _lock(path, label, read, projects.get(directory, []))


def _lock(path: str, label: str, read: PythonLock, manifests: Sequence[Mapping[str, Any]]) -> Lock:
    asking = _asked_in(label, manifests)
    graph = Graph(read, _merged(read.packages), asking)
    compared = label != "pylock.toml" and bool(asking)  # a pylock.toml may be for some groups or one script alone
    return Lock(
        path=path,
        ecosystem="python",
        purl_type="pypi",
        format=f"{label} {read.version}" if read.version else label,
        project=parent(path),
        packages=tuple(graph.resolved()),
        compared=compared,
        disagreements=tuple(graph.disagreements()) if compared else (),
        notes=read.notes,
    )


_MANIFESTS = {
    "Pipfile.lock": frozenset({"Pipfile"}),
    "uv.lock": frozenset({"pyproject.toml"}),
    "poetry.lock": frozenset({"pyproject.toml"}),
    "pdm.lock": frozenset({"pyproject.toml"}),
    "pylock.toml": frozenset({"pyproject.toml", "Pipfile", "requirements.txt"}),
}


def _asked_in(label: str, manifests: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The manifests that the tool of such a lockfile reads."""
    return [each for each in manifests if each["format"] in _MANIFESTS[label]]


def _merged(packages: Iterable[Locked]) -> list[Locked]:
    """One entry for each package at a version: pdm has one for each set of extras besides."""
    found: dict[tuple[str, str | None, str | None], Locked] = {}
    for each in packages:
        key = each.name, each.version, each.address if each.source != "registry" else None
        found[key] = _both(found[key], each) if key in found else each
    return list(found.values())


def _both(one: Locked, other: Locked) -> Locked:
    first, second = (other, one) if one.extras and not other.extras else (one, other)
    return Locked(
        name=first.name,
        version=first.version,
        line=min(filter(None, (one.line, other.line)), default=None),
        source=first.source,
        address=first.address,
        commit=first.commit,
        own=one.own or other.own,
        files=tuple(sorted({*one.files, *other.files})),
        integrity=first.integrity or second.integrity,
        needs=tuple(dict.fromkeys((*first.needs, *second.needs))),
        groups=tuple(sorted({*one.groups, *other.groups})),
        optional=one.optional and other.optional,
        markers=tuple(sorted({*one.markers, *other.markers})) if one.markers and other.markers else (),
        asked=(*one.asked, *other.asked),
    )


def _of_requirements(
    inputs: ProbeInputs, manifests: Manifests, projects: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[Lock]:
    listed = {each["path"]: directory for directory, found in projects.items() for each in found}
    for path in lockfiles(inputs, manifests, *REQUIREMENTS):
        project = listed.get(path, _project_of(parent(path), projects))
        if project is None or path.endswith(".in") or is_placeholder(path):
            continue
        found = inputs.parse(path, requirements_txt.parse, MANIFEST_CAP)
        lock = compiled_lock(path, project, found, rows_of(projects[project])) if found else None
        if lock:
            yield lock


def _project_of(directory: str, projects: Collection[str]) -> str | None:
    """The project that a directory is a part of, by the rule of `_python_layout`."""
    while directory not in projects:
        if not directory or not is_part(directory):
            return None
        directory = parent(directory)
    return directory
