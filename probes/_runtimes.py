"""Versions of runtimes and tools as they are declared: by which name, in which notation, and the range they mean."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily

from . import _version_ranges as ranges
from ._version_ranges import Range

Kind = Literal["manifest", "version file", "image", "ci", "development container", "platform"]

Purpose = Literal["documentation"]

MOST_VERSIONS = 50  # of one declaration: a matrix of CI

_NAMES = {
    "nodejs": "node",
    "golang": "go",
    "openjdk": "java",
    "jdk": "java",
    "python3": "python",
    "dotnet-core": "dotnet-sdk",
    "dotnetcore": "dotnet-sdk",
    "otp": "erlang",
}
_PREFIXES = {
    "node": lazily(r"(?:node[-@/])?"),
    "python": lazily(r"(?:c?python[-@ ]?)?", re.IGNORECASE),
    "go": lazily(r"(?:go)?"),
    "ruby": lazily(r"(?:ruby[-@]?)?"),
    # `temurin-21`, `openjdk64-17`, and 1.8 for what has been called 8 since
    "java": lazily(r"(?:[A-Za-z_]+(?:64|32)?[-_@ ])?(?:1\.(?=[5-9]\b))?"),
}
# `.readthedocs.yaml`, `build-docs.yml`, `docs/Dockerfile`; no more than a word of a name, cut at what parts words.
_DOCUMENTATION = lazily(r"(?:[^/]*[-_.])?(?:docs?|documentation|readthedocs|rtd|mkdocs|sphinx)(?:[-_.][^/]*)?")
_EXACT = frozenset({"volta", "packageManager"})  # fields of manifests that name the one version to use
_JAVA_UPDATE = lazily(r"([0-9]{1,2})u[0-9]{1,4}.{0,40}")


class Version(NamedTuple):
    """One version or range as written; `range` is None where it is not understood."""

    text: str
    range: Range | None
    pinned: bool = True
    """Whether it names what is used, and not what may be."""


class Declaration(NamedTuple):
    """One place that says which versions of a runtime it is for.

    `scope` is the directory that it holds for, "" the root.  `file` is the file that the version is taken from.
    """

    runtime: str
    written: str | None
    kind: Kind
    how: str
    scope: str
    path: str
    line: int | None
    versions: tuple[Version, ...]
    file: str | None = None
    image: str | None = None
    times: int = 1
    purpose: Purpose | None = None
    """What alone it is for, where that is not what the repository makes."""


def purpose_of(paths: Iterable[str]) -> Purpose | None:
    """What files are for by their names: documentation where all of them, or directories above them, are called so."""
    found = {any(map(_DOCUMENTATION.fullmatch, path.lower().split("/"))) for path in paths}
    return "documentation" if found == {True} else None


def name_of(tool: str) -> str:
    """The name under which a runtime is listed."""
    bare = tool.rpartition("/")[2].lower()
    return _NAMES.get(bare, bare)


def used(runtime: str, text: str) -> Version:
    """A version that is named for use: by a version file, an image or CI.  Tools take ranges there as well."""
    bare = text.strip()
    if prefix := _PREFIXES.get(runtime):
        bare = bare[prefix.match(bare).end() :] if prefix.match(bare) else bare  # type: ignore[union-attr]
    if runtime == "java" and (update := _JAVA_UPDATE.fullmatch(bare)):
        bare = update[1]
    found = ranges.pin(bare)
    if found is not None:
        return Version(text, found)
    notation = {"python": ranges.pep440, "terraform": ranges.gem, "ruby": ranges.gem}.get(runtime, ranges.npm)
    found = notation(bare) if re.match(r"\s*[<>=^~!*0-9]", bare) and not ranges.is_prerelease(bare) else None
    return Version(text, found, pinned=False)


def asked(ecosystem: str, runtime: str, field: str, text: str) -> Version:
    """A version that a manifest asks for, in the notation of its ecosystem."""
    of_environment = field.endswith("dependencies.python") and not field.startswith("tool.poetry")
    exact = field in _EXACT or "platform" in field or of_environment
    return Version(text, _asked_range(ecosystem, runtime, field, text), pinned=exact)


def _asked_range(ecosystem: str, runtime: str, field: str, text: str) -> Range | None:
    match ecosystem, runtime:
        case "node", _:
            return ranges.npm(text)
        case "python", "python" if field.startswith("requires."):
            return ranges.pin(text)  # of a Pipfile
        case "python", _:
            return ranges.pep440(text)
        case "go", _:
            return ranges.minimum(text.removeprefix("go").strip())
        case "cargo", _:
            return ranges.minimum(text)
        case "ruby", _:
            return ranges.gem(text.removeprefix("ruby-"))
        case "composer", _:
            return ranges.pin(text) if "platform" in field else ranges.composer(text)
        case (("maven" | "gradle"), "java"):
            bare = re.sub(
                r"^(?:1\.(?=[5-9]\b)|VERSION_(?:1_(?=[5-9]\b))?|JavaVersion\.VERSION_(?:1_(?=[5-9]\b))?)", "", text
            )
            return ranges.pin(bare) if "toolchain" in field.lower() else ranges.minimum(bare)
        case "dotnet", _:
            target = re.fullmatch(r"net(?:coreapp)?([0-9]{1,2}\.[0-9])(?:-\w{1,40}(?:[0-9.]{1,20})?)?", text)
            return ranges.minimum(target[1]) if target else None
        case _:
            return None
