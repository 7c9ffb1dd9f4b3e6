"""`packages.json`: every package of every lockfile, and what is asked for where there is none."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats.purl import purl

from ._lock import Lock, Manifests, Resolved, locked_projects

PURL_TYPES = {
    "cargo": "cargo",
    "composer": "composer",
    "deno": "npm",
    "dotnet": "nuget",
    "go": "golang",
    "gradle": "maven",
    "maven": "maven",
    "node": "npm",
    "python": "pypi",
    "ruby": "gem",
}
"""By ecosystem; one that is not here has no packages of its own."""


def package_rows(locks: Sequence[Lock], manifests: Manifests) -> dict[str, Any]:
    """`lockfiles`, with `packages` each, whose `requires` are places in the same list, from 0; and `not_resolved`.

    A row leaves out what is false, empty or not known, but for `direct` and `development`, where null is not known.
    """
    return {
        "lockfiles": [
            {
                "path": lock.path,
                "ecosystem": lock.ecosystem,
                "format": lock.format,
                "project": lock.project or ".",
                "packages": [_row(package, url) for package, url in zip(lock.packages, lock.urls, strict=True)],
            }
            for lock in locks
        ],
        "not_resolved": list(not_resolved(locks, manifests)),
    }


def _row(package: Resolved, url: str | None) -> dict[str, Any]:
    told = {
        "line": package.line,
        "optional": package.optional,
        "integrity": package.integrity,
        "source": package.source if package.source != "registry" else None,
        "address": package.address,
        "requires": list(package.requires),
        "markers": list(package.markers),
        "files": list(package.files),
        "install_script": package.install_script,
        "patched": package.patched,
    }
    return {
        "purl": url,
        "name": package.name,
        "version": package.version,
        "direct": package.direct,
        "development": package.development,
        **{name: value for name, value in told.items() if value},
    }


def not_resolved(locks: Sequence[Lock], manifests: Manifests) -> Iterator[dict[str, Any]]:
    """The direct dependencies of projects without a lockfile: what is asked for, not what is installed."""
    locked = locked_projects(locks, manifests)
    for manifest in manifests["manifests"]:
        kind = PURL_TYPES.get(manifest["ecosystem"])
        if kind and (manifest["ecosystem"], manifest["project"]) not in locked:
            for group in manifest["dependencies"]:
                for package in group["packages"]:
                    yield _asked(kind, manifest, group, package)


def _asked(
    kind: str, manifest: Mapping[str, Any], group: Mapping[str, Any], package: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "purl": None if "registry" in package else purl(kind, package["name"]),
        "name": package["name"],
        "constraint": package["constraint"],
        "scope": group["scope"],
        "source": package.get("source", "registry"),
        "ecosystem": manifest["ecosystem"],
        "project": manifest["project"],
        "path": group.get("path", manifest["path"]),
        "line": package["line"],
    }
