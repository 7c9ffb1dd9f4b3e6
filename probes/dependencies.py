"""The packages that lockfiles pin: counts and disagreements here, every package in the artifacts."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from codegenie.probe import MANIFEST_CAP, ProbeInputs, ProbeOutput, register_probe

from ._apart import apart_facts
from ._cyclonedx import bom
from ._lock import Disagreement, Lock, Manifests, Resolved, lock_apart, locked_projects, with_urls
from ._package_rows import package_rows
from ._reader_files import LOCKFILES, LOCKS
from ._readers import needed
from ._wording import counted

_LOCKFILES = tuple(glob for files in LOCKFILES.values() for glob in files)
_UNREAD = {"**/bun.lockb": "a binary format that only bun reads; `bun install --save-text-lockfile` writes bun.lock"}
_HIGHLIGHTED = 4
_LISTED = 20  # of duplicates and of disagreements in a lockfile, and of paths set apart; counts say how many there are
_LISTED_PROJECTS = 200
_NOT_INSTALLED = frozenset({"constraint", "peer", "provided"})
_PURPOSES = {
    "production": "for production",
    "development": "for development",
    "purpose_unknown": "of unknown purpose",
}
_SERVED = frozenset({"registry", "url"})  # a directory has no digest, and a commit is one


@register_probe(
    version="1.15.1",
    declared_inputs=(*(glob for files in LOCKS.values() for glob in files), *_UNREAD, "!**/node_modules/**"),
    requires=("manifests",),
    artifacts=("bom.cdx.json", "packages.json"),
    timeout_seconds=180,
    section="dependencies",
    max_file_bytes=MANIFEST_CAP,
)
def dependencies(inputs: ProbeInputs) -> ProbeOutput:
    """List the packages that lockfiles pin, what they are for, and where manifests and lockfiles disagree."""
    manifests = inputs.slices["manifests"]
    locks = sorted(
        (with_urls(lock) for reader in needed("locks", LOCKS, inputs) for lock in reader.locks(inputs, manifests)),
        key=lambda lock: lock.path,
    )
    unlocked = list(_unlocked(locks, manifests))
    not_read = [{"path": path, "reason": reason} for glob, reason in _UNREAD.items() for path in inputs.matching(glob)]
    slice_ = {
        "looked_for": sorted(glob.removeprefix("**/") for glob in _LOCKFILES),
        "lockfiles": [_lock_facts(lock) for lock in locks],
        "without_lockfile": {"count": len(unlocked), "projects": unlocked[:_LISTED_PROJECTS]},
        "totals": _totals(locks),
        "not_read": not_read,
        "set_apart": _set_apart(inputs, manifests),
        "unparsed": inputs.unparsed,
    }
    artifacts = {
        "packages.json": partial(package_rows, locks, manifests),
        "bom.cdx.json": partial(bom, locks, manifests),
    }
    highlights = tuple(_highlights(slice_))
    if not locks:
        return ProbeOutput(slice_, "low", artifacts=artifacts, highlights=highlights)
    unknown = any(package.development is None for lock in locks for package in lock.packages)
    doubtful = unlocked or not_read or inputs.unparsed or unknown
    return ProbeOutput(slice_, "medium" if doubtful else "high", artifacts=artifacts, highlights=highlights)


def _highlights(slice_: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for total in slice_["totals"]:
        files = counted(total["lockfiles"], "lockfile")
        told = [f"{total[key]:,} {words}" for key, words in _PURPOSES.items() if total[key]]
        purpose = ", ".join(told) if total["purpose_unknown"] < total["packages"] else "what for is not told"
        yield "Packages", f"{total['packages']:,} of {total['ecosystem']} in {files}: {purpose}"
    differing = [lock for lock in slice_["lockfiles"] if lock["agreement"] is False]
    for lock in differing[:_HIGHLIGHTED]:
        first = lock["disagreements"]["listed"][0]
        yield (
            "Out of date",
            f"`{lock['path']}` and the manifests differ in {counted(lock['disagreements']['count'], 'place')},"
            f" first `{first['name']}`: {first['kind']}",
        )
    unlocked = slice_["without_lockfile"]
    if unlocked["count"]:
        first = [f"`{project['project']}` ({project['ecosystem']})" for project in unlocked["projects"][:_HIGHLIGHTED]]
        projects = counted(unlocked["count"], "project")
        more = f" and {unlocked['count'] - len(first):,} more" if unlocked["count"] > len(first) else ""
        yield "Not pinned", f"{projects} without a lockfile: {', '.join(first)}{more}"


def _lock_facts(lock: Lock) -> dict[str, Any]:
    packages = [package for package in lock.packages if package.source != "workspace"]
    known = any(package.direct is not None for package in packages) or not packages
    direct = sum(package.direct is True for package in packages)
    duplicates = _duplicates(packages)
    return {
        "path": lock.path,
        "ecosystem": lock.ecosystem,
        "format": lock.format,
        "project": lock.project or ".",
        "packages": len(packages),
        "direct": direct if known else None,
        "transitive": sum(package.direct is False for package in packages) if known else None,
        "production": sum(package.development is False for package in packages),
        "development": sum(package.development is True for package in packages),
        "purpose_unknown": sum(package.development is None for package in packages),
        "optional": sum(package.optional for package in packages),
        "without_integrity": sum(package.integrity is None and package.source in _SERVED for package in packages),
        "with_install_script": _count_known(package.install_script for package in packages),
        "patched": sum(package.patched for package in packages),
        "members": len(lock.packages) - len(packages),
        "sources": _counts("source", (package.source for package in packages)),
        "duplicates": {"count": len(duplicates), "packages": duplicates[:_LISTED]},
        "agreement": not lock.disagreements if lock.compared else None,
        "disagreements": {
            "count": len(lock.disagreements),
            "listed": [_disagreement(each) for each in sorted(lock.disagreements, key=_order)[:_LISTED]],
        },
        "notes": list(lock.notes),
    }


def _count_known(values: Iterable[bool | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _duplicates(packages: Iterable[Resolved]) -> list[dict[str, Any]]:
    """The names at several versions, those with the most versions first."""
    versions: dict[str, set[str]] = {}
    for package in packages:
        if package.version:
            versions.setdefault(package.name, set()).add(package.version)
    several = sorted(
        (name for name, found in versions.items() if len(found) > 1), key=lambda name: (-len(versions[name]), name)
    )
    return [{"name": name, "versions": sorted(versions[name], key=_by_number)} for name in several]


def _by_number(version: str) -> tuple[list[tuple[int, int, str]], str]:
    """`1.10` after `1.9`, and `1.0-rc` before `1.0`."""
    parts = re.findall(r"[0-9]{1,18}|[A-Za-z]+", version)
    return [(1, int(part), "") if part.isdigit() else (-1, 0, part) for part in parts] + [(0, 0, "")], version


def _disagreement(each: Disagreement) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "name": each.name,
        "manifest": each.manifest,
        "line": each.line,
        "wanted": each.wanted,
        "locked": each.locked,
    }


def _order(each: Disagreement) -> tuple[str, str, str, int]:
    return each.manifest, each.name, each.kind, each.line or 0


def _unlocked(locks: Sequence[Lock], manifests: Manifests) -> Iterator[dict[str, Any]]:
    """The projects that ask for packages and have no lockfile that was read."""
    locked = locked_projects(locks, manifests)
    projects: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for manifest in manifests["manifests"]:
        if (manifest["ecosystem"], manifest["project"]) not in locked:
            projects.setdefault((manifest["project"], manifest["ecosystem"]), []).append(manifest)
    for (project, ecosystem), found in sorted(projects.items()):
        asking = [each for each in found if any(group["scope"] not in _NOT_INSTALLED for group in each["dependencies"])]
        scopes = (group["scope"] for each in asking for group in each["dependencies"] for _ in group["packages"])
        if asking:
            yield {
                "project": project,
                "ecosystem": ecosystem,
                "manifests": sorted(each["path"] for each in asking)[:_LISTED],
                "direct": _counts("scope", scopes),
            }


def _totals(locks: Sequence[Lock]) -> list[dict[str, Any]]:
    """By ecosystem, each package once, however many lockfiles pin it."""
    totals = []
    for ecosystem in sorted({lock.ecosystem for lock in locks}):
        own = [lock for lock in locks if lock.ecosystem == ecosystem]
        purposes: dict[str, set[bool | None]] = {}
        for lock in own:
            for package, url in zip(lock.packages, lock.urls, strict=True):
                if package.source != "workspace":
                    name = url or f"{package.name}@{package.version}"
                    purposes.setdefault(name, set()).add(package.development)
        totals.append(
            {
                "ecosystem": ecosystem,
                "lockfiles": len(own),
                "packages": len(purposes),
                "production": sum(False in found for found in purposes.values()),
                "development": sum(found == {True} for found in purposes.values()),
                "purpose_unknown": sum(False not in found and None in found for found in purposes.values()),
            }
        )
    return totals


def _set_apart(inputs: ProbeInputs, manifests: Manifests) -> list[dict[str, Any]]:
    apart: dict[str, list[str]] = {}
    for path in inputs.matching(*_LOCKFILES):
        if kind := lock_apart(path, manifests):
            apart.setdefault(kind, []).append(path)
    return apart_facts(apart)


def _counts(name: str, values: Iterable[str]) -> list[dict[str, Any]]:
    return [{name: value, "count": count} for value, count in sorted(Counter(values).items())]
