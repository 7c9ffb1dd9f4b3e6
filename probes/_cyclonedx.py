"""The packages as a bill of materials in CycloneDX 1.6: the same bytes for the same packages, without a date."""

import base64
import binascii
import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._lock import Lock, Manifests, Resolved, purl_of
from ._package_rows import not_resolved

_ROOT = "repository"
_ALGORITHMS = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
_DIGITS = {"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128}
_DIGEST = re.compile(r"(md5|sha1|sha256|sha384|sha512)([-:=])([A-Za-z0-9+/=]+)")
_SCOPES = ("required", "optional", "excluded")  # the first that a package has anywhere counts
_PACKAGE_SCOPES = frozenset({"runtime", "provided", "peer"})


@dataclass(slots=True)
class _Component:
    """One package URL, with what all lockfiles say of it."""

    name: str
    version: str | None
    scopes: set[str] = field(default_factory=set)
    hashes: dict[str, set[str]] = field(default_factory=dict)
    properties: set[tuple[str, str]] = field(default_factory=set)
    requires: set[str] = field(default_factory=set)


def bom(locks: Sequence[Lock], manifests: Manifests) -> dict[str, Any]:
    """The bill of materials.  What no lockfile resolves is a component without a version, and says so."""
    components: dict[str, _Component] = {}
    root: set[str] = set()
    for lock in locks:
        names = [_reference(lock, package) for package in lock.packages]
        for name, package in zip(names, lock.packages, strict=True):
            if name is not None:
                component = components.setdefault(name, _Component(package.name, package.version))
                _add(component, lock, package)
                component.requires |= {other for at in package.requires if (other := names[at])} - {name}
                if package.direct or package.source == "workspace":
                    root.add(name)
    for asked in not_resolved(locks, manifests):
        if (name := asked["purl"]) and asked["scope"] != "constraint":
            component = components.setdefault(name, _Component(asked["name"], None))
            if asked["scope"] != "unknown":
                component.scopes.add("required" if asked["scope"] in _PACKAGE_SCOPES else "excluded")
            component.properties |= {("codegenie:resolved", "false"), ("codegenie:manifest", asked["path"])}
            if asked["constraint"]:
                component.properties.add(("codegenie:constraint", asked["constraint"]))
            root.add(name)
    return _document(_name(manifests), components, root)


def _reference(lock: Lock, package: Resolved) -> str | None:
    """What the document calls it: its package URL, or what stands for one where its registry has no type of them."""
    if package.address and not (package.purl_type or lock.purl_type) and package.version:
        return f"{package.address}/{package.name}@{package.version}"
    return purl_of(lock, package)


def _add(component: _Component, lock: Lock, package: Resolved) -> None:
    if package.development is not None:
        component.scopes.add("excluded" if package.development else "optional" if package.optional else "required")
    for algorithm, digest in digests(package.integrity):
        component.hashes.setdefault(algorithm, set()).add(digest)
    component.properties.add(("codegenie:lockfile", lock.path))
    if package.source != "registry":
        component.properties.add(("codegenie:source", package.source))
    if package.address:
        component.properties.add(("codegenie:address", package.address))
    if package.patched:
        component.properties.add(("codegenie:patched", "true"))


def digests(integrity: str | None) -> Iterator[tuple[str, str]]:
    """The digests of an archive, in hexadecimal, of `sha512-<base64>` or `sha256:<hexadecimal>`; others are left out.

    `h1:` of Go and the checksums of yarn 2 are of something else than the archive that a registry serves.
    """
    for found in _DIGEST.finditer(integrity or ""):
        algorithm = _ALGORITHMS[found[1]]
        digest = _hexadecimal(found[3]) if found[2] == "-" else found[3].lower()
        if re.fullmatch(rf"[0-9a-f]{{{_DIGITS[algorithm]}}}", digest):
            yield algorithm, digest


def _hexadecimal(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex()
    except binascii.Error:
        return ""


def _name(manifests: Manifests) -> str:
    """What the manifest at the root is called, if there is one that has a name."""
    names = (each["name"] for each in manifests["manifests"] if "/" not in each["path"] and each["name"])
    return next(names, _ROOT)


def _document(name: str, components: dict[str, _Component], root: Iterable[str]) -> dict[str, Any]:
    body = {
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "codegenie"}]},
            "component": {"type": "application", "name": name, "bom-ref": _ROOT},
        },
        "components": [_component(name, found) for name, found in sorted(components.items())],
        "dependencies": [
            {"ref": _ROOT, "dependsOn": sorted(root)},
            *({"ref": name, "dependsOn": sorted(found.requires)} for name, found in sorted(components.items())),
        ],
    }
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, f"sha256:{digest}").urn,
        "version": 1,
        **body,
    }


def _component(name: str, found: _Component) -> dict[str, Any]:
    namespace, _, last = found.name.rpartition("/")
    row: dict[str, Any] = {"type": "library", "bom-ref": name}
    if namespace:
        row["group"] = namespace
    row["name"] = last
    if found.version:
        row["version"] = found.version
    if found.scopes:
        row["scope"] = next(scope for scope in _SCOPES if scope in found.scopes)
    # Two digests of one kind mean two archives, and nothing tells which of them is installed.
    if hashes := [{"alg": kind, "content": min(each)} for kind, each in sorted(found.hashes.items()) if len(each) == 1]:
        row["hashes"] = hashes
    if name.startswith("pkg:"):
        row["purl"] = name
    row["properties"] = [{"name": key, "value": value} for key, value in sorted(found.properties)]
    return row
