"""Which versions of which runtimes and tools the repository declares, and where they do not go together."""

from collections.abc import Iterator
from typing import Any

from codegenie.probe import ProbeInputs, ProbeOutput, register_probe

from ._apart import apart_facts
from ._paths import parent, shown
from ._runtime_conflicts import Conflict, conflicts
from ._runtime_files import FILES, declared_in_files
from ._runtime_images import DOCKERFILES, Images, declared_in_images
from ._runtime_slices import declared_in_ci, declared_in_manifests
from ._runtimes import Declaration, Version
from ._version_ranges import shown as range_shown

_LISTED = 300  # declarations of one runtime
_LISTED_CONFLICTS = 50  # of one runtime
_HIGHLIGHTED = 6
_TOLD = 6  # versions of one runtime
_TOLD_EXTENSIONS = 10
_EXTENSIONS = ("ext-", "lib-")
_SAID_OF_COMPOSER = "composer-"  # composer-runtime-api: what every Composer 2 has


@register_probe(
    version="1.4.0",
    declared_inputs=(*FILES, *DOCKERFILES, "!**/node_modules/**"),
    requires=("ci", "manifests"),
    catalogues=("runtime_images",),
    section="build",
)
def runtime_versions(inputs: ProbeInputs) -> ProbeOutput:
    """List every declared version of every runtime with its source, and the declarations that exclude each other."""
    images = Images(inputs.catalogue("runtime_images"))
    apart: dict[str, list[str]] = {}
    found = list(declared_in_manifests(inputs.slices["manifests"]))
    projects = frozenset(parent(each["path"]) for each in inputs.slices["manifests"]["manifests"])
    found += declared_in_files(inputs, images, apart)
    found += declared_in_images(inputs, images, projects, apart)
    found += declared_in_ci(inputs.slices["ci"], images)
    by_runtime: dict[str, list[Declaration]] = {}
    for each in sorted(set(found), key=_order):
        by_runtime.setdefault(each.runtime, []).append(each)
    slice_: dict[str, Any] = {
        "looked_for": sorted(each.removeprefix("**/") for each in (*FILES, *DOCKERFILES)),
        "runtimes": [_runtime(name, declared) for name, declared in sorted(by_runtime.items())],
        "set_apart": apart_facts(apart),
        "unparsed": inputs.unparsed,
    }
    if not by_runtime:
        return ProbeOutput(slice_, "low")
    doubtful = bool(inputs.unparsed) or any(not each.versions and not each.file for each in found)
    return ProbeOutput(slice_, "medium" if doubtful else "high", highlights=tuple(_highlights(slice_["runtimes"])))


def _order(each: Declaration) -> tuple[str, str, str, int, str, str, str]:
    return each.runtime, each.scope, each.path, each.line or 0, each.how, each.written or "", each.image or ""


def _runtime(name: str, declared: list[Declaration]) -> dict[str, Any]:
    differing = conflicts(declared)
    return {
        "name": name,
        "count": len(declared),
        "declarations": [_declaration(each) for each in declared[:_LISTED]],
        "disagreements": {
            "count": len(differing),
            "listed": [_conflict(each) for each in differing[:_LISTED_CONFLICTS]],
        },
    }


def _declaration(each: Declaration) -> dict[str, Any]:
    return {
        "written": each.written,
        "versions": [_version(version) for version in each.versions],
        "kind": each.kind,
        "how": each.how,
        "scope": shown(each.scope),
        "path": each.path,
        "line": each.line,
        "file": each.file,
        "image": each.image,
        "count": each.times,
        "purpose": each.purpose,
    }


def _version(version: Version) -> dict[str, Any]:
    return {"version": version.text, "range": None if version.range is None else range_shown(version.range)}


def _conflict(each: Conflict) -> dict[str, Any]:
    return {
        "scope": shown(each.one.scope),
        "one": _side(each.one, each.versions),
        "other": _side(each.other, each.other_versions),
        "times": each.times,
    }


def _side(each: Declaration, versions: tuple[str, ...]) -> dict[str, Any]:
    return {"versions": list(versions), "kind": each.kind, "how": each.how, "path": each.path, "line": each.line}


def _highlights(runtimes: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The runtimes declared most often first; extensions of a language together, below them."""
    asked = (each for each in runtimes if not each["name"].startswith(_SAID_OF_COMPOSER))
    often = sorted(asked, key=lambda each: (-each["count"], each["name"]))
    for runtime in [each for each in often if not each["name"].startswith(_EXTENSIONS)][:_HIGHLIGHTED]:
        texts = list(dict.fromkeys(text for each in runtime["declarations"] for text in _texts(each)))
        if texts:
            yield runtime["name"], ", ".join(f"`{text}`" for text in texts[:_TOLD]) + " …" * (len(texts) > _TOLD)
    if extensions := [each["name"] for each in runtimes if each["name"].startswith(_EXTENSIONS)]:
        more = len(extensions) - _TOLD_EXTENSIONS
        names = ", ".join(f"`{name}`" for name in extensions[:_TOLD_EXTENSIONS])
        yield "Extensions", names + (f" and {more:,} more" if more > 0 else "")
    for runtime in runtimes:
        for each in runtime["disagreements"]["listed"][:1]:
            one, other = each["one"], each["other"]
            sides = [f"`{', '.join(side['versions'])}` in `{side['path']}`" for side in (one, other)]
            yield f"{runtime['name']} differs", ", ".join(sides)


def _texts(declaration: dict[str, Any]) -> list[str]:
    """As written, without an image's digest; of an expression the versions that it stands for."""
    written = declaration["written"] or ""
    if "$" in written and declaration["versions"]:
        return [version["version"] for version in declaration["versions"]]
    return [written.partition("@sha256:")[0]] if written else []
