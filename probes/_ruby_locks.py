"""Gemfile.lock files: what they pin, what of it is for tests and tools alone, and whether the Gemfile agrees."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats import gemfile_lock
from codegenie.formats.gemfile_lock import GemfileLock, Spec
from codegenie.formats.hosts import host_of
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._git_sources import git_source
from ._lock import Disagreement, Lock, Manifests, Resolved
from ._paths import parent, under
from ._reach import development, wider
from ._ruby_layout import GEMFILES

_USUAL = frozenset({"rubygems.org", "www.rubygems.org", "index.rubygems.org"})

Row = Mapping[str, Any]
"""A dependency as the slice has it."""


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles beside the Gemfiles that `manifests` knows."""
    found = []
    for manifest in manifests["manifests"]:
        if manifest["format"] != "Gemfile":
            continue
        directory, _, name = manifest["path"].rpartition("/")
        path = f"{directory}/{GEMFILES[name]}" if directory else GEMFILES[name]
        read = inputs.parse(path, gemfile_lock.parse, MANIFEST_CAP) if path in inputs else None
        if read is not None:
            found.append(_lock(path, read, manifest, manifests["manifests"]))
    return found


def _lock(path: str, read: GemfileLock, manifest: Mapping[str, Any], manifests: Sequence[Mapping[str, Any]]) -> Lock:
    gems = [each for each in manifests if each["format"] == "gemspec" and each["project"] == manifest["project"]]
    disagreements = tuple(_disagreements(read, manifest, gems))
    return Lock(
        path=path,
        ecosystem="ruby",
        purl_type="gem",
        format=path.rpartition("/")[2],
        project=parent(path),
        packages=tuple(_resolved(path, read, manifest, gems)),
        compared=bool(disagreements) or not _is_partly_read(manifest),
        disagreements=disagreements,
        notes=tuple(_notes(read, manifest)),
    )


def _resolved(
    path: str, read: GemfileLock, manifest: Mapping[str, Any], gems: Sequence[Mapping[str, Any]]
) -> Iterator[Resolved]:
    places: dict[str, list[int]] = {}
    for at, spec in enumerate(read.specs):
        places.setdefault(spec.name, []).append(at)
    edges = [[to for name in spec.requires for to in places.get(name, ())] for spec in read.specs]
    asked = {each.name for each in read.asked}
    scopes = _scopes(manifest, gems)
    purposes = development({name: scopes.get(name, "unknown") for name in asked}, places, edges)
    own = {each["name"]: parent(each["path"]) for each in gems}
    for at, spec in enumerate(read.specs):
        resolved = Resolved(
            name=spec.name,
            version=spec.version,
            line=spec.line,
            direct=spec.name in asked,
            development=purposes[at],
            integrity=read.checksums.get((spec.name, spec.version, spec.platform)),
            qualifiers=(("platform", spec.platform),) if spec.platform else (),
            requires=tuple(sorted(set(edges[at]))),
        )
        yield _from(resolved, spec, parent(path), own)


def _scopes(manifest: Mapping[str, Any], gems: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What is asked for by name, with what it is for; what only computed lines ask for is not there."""
    found: dict[str, str] = {gem["name"]: "runtime" for gem in gems}
    own = ((group, row) for gem in gems for group, row in _rows(gem) if group["scope"] == "development")
    for group, row in (*_rows(manifest), *own):
        found[row["name"]] = wider(found.get(row["name"]), group["scope"])
    return found


def _is_partly_read(manifest: Mapping[str, Any]) -> bool:
    return not {"gem", "eval", "eval_gemfile"}.isdisjoint(manifest["dynamic"])


def _rows(manifest: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Row]]:
    for group in manifest["dependencies"]:
        for row in group["packages"]:
            yield group, row


def _from(resolved: Resolved, spec: Spec, directory: str, own: Mapping[str, str]) -> Resolved:
    """With where it comes from."""
    match spec.source:
        case "path" if spec.name in own:
            return resolved._replace(source="workspace", address=own[spec.name] or ".")
        case "path":
            return resolved._replace(source="path", address=under(directory, spec.remote or ".") or spec.remote)
        case "git":
            found = git_source(spec.remote or "", spec.revision)
            qualifiers = tuple(sorted((*resolved.qualifiers, *found.qualifiers)))
            return resolved._replace(source="git", address=found.address, qualifiers=qualifiers)
        case _:
            host = host_of(spec.remote or "")
            return resolved if host in _USUAL else resolved._replace(address=host)


def _disagreements(
    read: GemfileLock, manifest: Mapping[str, Any], gems: Sequence[Mapping[str, Any]]
) -> Iterator[Disagreement]:
    """What would make Bundler resolve again: its list of what was asked for is not what is asked for now."""
    asked = {each.name: each for each in read.asked}
    wanted = [(manifest["path"], row) for group, row in _rows(manifest)]
    used = {row["name"] for group, row in _rows(manifest) if group["group"] == "gemspec"}
    wanted += [
        (gem["path"], row)
        for gem in gems
        if gem["name"] in used
        for group, row in _rows(gem)
        if group["scope"] == "development"
    ]
    for path, row in wanted:
        held = asked.get(row["name"])
        if held is None:
            if not _is_conditional(row):
                yield Disagreement("missing in lockfile", row["name"], path, row["line"], row["constraint"], None)
        elif not _is_same(row, held.requirement, manifest, wanted):
            yield Disagreement(
                "constraint differs", row["name"], path, row["line"], row["constraint"], held.requirement
            )  # fmt: skip
    names = {row["name"] for _, row in wanted}
    for name, held in sorted(asked.items()):
        if name not in names and not _is_partly_read(manifest):
            yield Disagreement("not in manifest", name, manifest["path"], None, None, held.requirement)


def _is_conditional(row: Row) -> bool:
    return not row.get("marker", "platforms").startswith("platforms")


def _is_same(row: Row, held: str | None, manifest: Mapping[str, Any], wanted: Sequence[tuple[str, Row]]) -> bool:
    """Whether two requirements are the same, whatever their order; a gem that is asked for twice has both of them."""
    if row.get("source") in ("git", "workspace") or f"gem {row['name']}" in manifest["dynamic"]:
        return True
    if _is_conditional(row) or sum(other["name"] == row["name"] for _, other in wanted) > 1:
        return True
    return _parts(row["constraint"]) == _parts(held)


def _parts(requirement: str | None) -> set[str]:
    parts = {part.replace(" ", "") for part in (requirement or ">= 0").split(",")}
    return {f"={part}" if part[:1].isdigit() else part for part in parts}


def _notes(read: GemfileLock, manifest: Mapping[str, Any]) -> Iterator[str]:
    if read.platforms:
        yield f"resolved for {', '.join(sorted(read.platforms))}"
    if manifest["dynamic"]:
        yield f"the Gemfile computes a part of what it asks for: {', '.join(manifest['dynamic'])}"
