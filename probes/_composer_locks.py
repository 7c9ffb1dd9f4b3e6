"""composer.lock files: what they pin, and whether composer.json is still the one that they were written for."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegenie.formats import composer_json, composer_lock
from codegenie.formats.composer_json import ComposerJson
from codegenie.formats.composer_lock import ComposerLock, Package
from codegenie.formats.git_address import address_of
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._git_sources import git_source
from ._lock import Disagreement, Lock, Manifests, Resolved
from ._paths import under

_WITHOUT_HASH = "the lockfile has no content-hash, so whether composer.json has changed since is not known"

# Where Packagist's packages come from.  Others may be anywhere, and are shown with their address.
_USUAL = frozenset(
    {"api.github.com", "github.com", "gitlab.com", "bitbucket.org", "api.bitbucket.org", "codeload.github.com"}
)


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """The lockfiles beside the manifests of projects."""
    found = []
    for manifest in manifests["manifests"]:
        directory = "" if manifest["project"] == "." else manifest["project"]
        path = f"{directory}/composer.lock" if directory else "composer.lock"
        if (
            manifest["ecosystem"] != "composer"
            or manifest["path"] != path.replace(".lock", ".json")
            or path not in inputs
        ):
            continue
        if read := inputs.parse(path, composer_lock.parse, MANIFEST_CAP):
            found.append(_lock(inputs, path, directory, read, manifest))
    return found


def _lock(inputs: ProbeInputs, path: str, directory: str, read: ComposerLock, manifest: Mapping[str, Any]) -> Lock:
    asking = inputs.parse(manifest["path"], composer_json.parse) if manifest["path"] in inputs else None
    return Lock(
        path=path,
        ecosystem="composer",
        purl_type="composer",
        format="composer.lock",
        project=directory,
        packages=tuple(_resolved(read, directory, manifest)),
        compared=True,
        disagreements=(*_changed(asking, read, manifest["path"]), *_disagreements(read, manifest)),
        notes=() if read.content_hash else (_WITHOUT_HASH,),
    )


def _resolved(read: ComposerLock, directory: str, manifest: Mapping[str, Any]) -> Iterator[Resolved]:
    asked = {row["name"] for _, row in _rows(manifest)}
    places: dict[str, list[int]] = {}
    for at, package in enumerate(read.packages):
        for name in (package.name, *package.replaces):
            places.setdefault(name.lower(), []).append(at)
    for at, package in enumerate(read.packages):
        edges = {to for name in package.requires for to in _meant(name.lower(), places, read)} - {at}
        yield _one(package, directory, package.name.lower() in asked, tuple(sorted(edges)))


def _meant(name: str, places: Mapping[str, list[int]], read: ComposerLock) -> list[int]:
    """The package of that name, else those that stand for it."""
    found = places.get(name, [])
    return [at for at in found if read.packages[at].name.lower() == name] or found


def _one(package: Package, directory: str, direct: bool, requires: tuple[int, ...]) -> Resolved:
    resolved = Resolved(
        name=package.name.lower(),
        version=package.version,
        line=package.line,
        direct=direct,
        development=package.development,
        integrity=f"sha1:{package.shasum}" if package.shasum else None,
        requires=requires,
    )
    if package.dist_type == "path":
        return resolved._replace(source="path", address=under(directory, package.dist_url or "") or package.dist_url)
    host = address_of(package.dist_url or package.source_url or "").host
    if package.dist_url is None and package.source_type == "git" and package.source_url:
        found = git_source(package.source_url, package.reference)
        return resolved._replace(source="git", address=found.address, qualifiers=found.qualifiers)
    return resolved if host in _USUAL or host is None else resolved._replace(address=host)


def _rows(manifest: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for group in manifest["dependencies"]:
        if group["group"] in ("require", "require-dev"):
            for row in group["packages"]:
                yield group["group"], row


def _disagreements(read: ComposerLock, manifest: Mapping[str, Any]) -> Iterator[Disagreement]:
    """What is asked for and not there, even under another name."""
    held = {name.lower() for package in read.packages for name in (package.name, *package.replaces)}
    own = {
        row["name"]
        for group in manifest["dependencies"]
        if group["group"] in ("replace", "provide")
        for row in group["packages"]
    }
    for _, row in _rows(manifest):
        if row["name"] not in held | own:
            yield Disagreement(
                "missing in lockfile", row["name"], manifest["path"], row["line"], row["constraint"], None
            )


def _changed(manifest: ComposerJson | None, read: ComposerLock, path: str) -> Iterator[Disagreement]:
    """The hash of what was resolved for is not that of what is asked for now: Composer warns, and may refuse."""
    if manifest and read.content_hash and manifest.content_hash != read.content_hash:
        yield Disagreement(
            "constraint differs", "content-hash", path, None, manifest.content_hash, read.content_hash
        )  # fmt: skip
