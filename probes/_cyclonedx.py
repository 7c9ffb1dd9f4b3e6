"""The packages as a bill of materials in CycloneDX 1.6: the same bytes for the same packages, without a date."""

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from json import JSONEncoder
from typing import Any, NamedTuple

from codegenie.formats.json_pieces import pieces

from ._lock import Lock, Manifests, Resolved
from ._package_rows import not_resolved

_ROOT = "repository"
_ENCODER = JSONEncoder(sort_keys=True)
_ALGORITHMS = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
_DIGITS = {"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128}
_DIGEST = re.compile(r"(md5|sha1|sha256|sha384|sha512)([-:=])([A-Za-z0-9+/=]+)")
_SCOPES = ("required", "optional", "excluded")  # the first that a package has anywhere counts
_PACKAGE_SCOPES = frozenset({"runtime", "provided", "peer"})


class _Listed(NamedTuple):
    """A lockfile, and what the document calls each of its packages."""

    path: str
    references: list[str | None]


_Pinned = Sequence[tuple[_Listed, Resolved]]
_Asked = Sequence[Mapping[str, Any]]


def bom(locks: Sequence[Lock], manifests: Manifests) -> dict[str, Any]:
    """The bill of materials.  What no lockfile resolves is a component without a version, and says so."""
    pinned: dict[str, list[tuple[_Listed, Resolved]]] = {}
    for lock in locks:
        listed = _Listed(lock.path, list(map(partial(_reference, lock), lock.packages, lock.urls)))
        for reference, package in zip(listed.references, lock.packages, strict=True):
            if reference is not None:
                pinned.setdefault(reference, []).append((listed, package))
    asked: dict[str, list[dict[str, Any]]] = {}
    for row in not_resolved(locks, manifests):
        if row["purl"] and row["scope"] != "constraint":
            asked.setdefault(row["purl"], []).append(row)
    direct = {reference for reference, found in pinned.items() if any(map(_is_direct, found))}
    references = sorted(pinned.keys() | asked.keys())
    return _document(
        _name(manifests),
        [_component(each, pinned.get(each, ()), asked.get(each, ())) for each in references],
        [
            {"ref": _ROOT, "dependsOn": sorted(direct | asked.keys())},
            *({"ref": each, "dependsOn": sorted(_required(each, pinned.get(each, ())))} for each in references),
        ],
    )


def _reference(lock: Lock, package: Resolved, url: str | None) -> str | None:
    """What the document calls it: its package URL, or what stands for one where its registry has no type of them."""
    if package.address and not (package.purl_type or lock.purl_type) and package.version:
        return f"{package.address}/{package.name}@{package.version}"
    return url


def _is_direct(found: tuple[_Listed, Resolved]) -> bool:
    return bool(found[1].direct) or found[1].source == "workspace"


def _required(reference: str, pinned: _Pinned) -> set[str]:
    found = {listed.references[at] for listed, package in pinned for at in package.requires}
    return {each for each in found if each is not None and each != reference}


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


def _document(name: str, components: list[dict[str, Any]], dependencies: list[dict[str, Any]]) -> dict[str, Any]:
    body = {
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "codegenie"}]},
            "component": {"type": "application", "name": name, "bom-ref": _ROOT},
        },
        "components": components,
        "dependencies": dependencies,
    }
    digest = hashlib.sha256()
    for piece in pieces(body, _ENCODER):
        digest.update(piece)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, f"sha256:{digest.hexdigest()}").urn,
        "version": 1,
        **body,
    }


def _component(reference: str, pinned: _Pinned, asked: _Asked) -> dict[str, Any]:
    """The row of a component, by all that lockfiles pin of it and manifests ask for; the first of them names it."""
    name, version = (pinned[0][1].name, pinned[0][1].version) if pinned else (asked[0]["name"], None)
    namespace, _, last = name.rpartition("/")
    row: dict[str, Any] = {"type": "library", "bom-ref": reference}
    if namespace:
        row["group"] = namespace
    row["name"] = last
    if version:
        row["version"] = version
    if scopes := set(_scopes(pinned, asked)):
        row["scope"] = next(scope for scope in _SCOPES if scope in scopes)
    if hashes := _hashes(pinned):
        row["hashes"] = hashes
    if reference.startswith("pkg:"):
        row["purl"] = reference
    row["properties"] = [{"name": key, "value": value} for key, value in sorted(set(_properties(pinned, asked)))]
    return row


def _scopes(pinned: _Pinned, asked: _Asked) -> Iterator[str]:
    for _, package in pinned:
        if package.development is not None:
            yield "excluded" if package.development else "optional" if package.optional else "required"
    for each in asked:
        if each["scope"] != "unknown":
            yield "required" if each["scope"] in _PACKAGE_SCOPES else "excluded"


def _hashes(pinned: _Pinned) -> list[dict[str, str]]:
    """Two digests of one kind mean two archives, and nothing tells which of them is installed."""
    found: dict[str, set[str]] = {}
    for _, package in pinned:
        for algorithm, digest in digests(package.integrity):
            found.setdefault(algorithm, set()).add(digest)
    return [{"alg": kind, "content": min(each)} for kind, each in sorted(found.items()) if len(each) == 1]


def _properties(pinned: _Pinned, asked: _Asked) -> Iterator[tuple[str, str]]:
    for listed, package in pinned:
        yield "codegenie:lockfile", listed.path
        if package.source != "registry":
            yield "codegenie:source", package.source
        if package.address:
            yield "codegenie:address", package.address
        if package.patched:
            yield "codegenie:patched", "true"
    for each in asked:
        yield "codegenie:resolved", "false"
        yield "codegenie:manifest", each["path"]
        if each["constraint"]:
            yield "codegenie:constraint", each["constraint"]
