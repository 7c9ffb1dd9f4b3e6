"""Container images that bring a runtime: which one, and at which version, by their names and tags."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from codegenie.formats import dockerfile
from codegenie.formats.dockerfile_stages import build_of
from codegenie.formats.image_reference import reference
from codegenie.formats.patterns import lazily
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._paths import parent
from ._runtimes import Declaration, Version, purpose_of, used

DOCKERFILES = (
    *("**/Dockerfile", "**/Dockerfile.*", "**/*.Dockerfile", "**/*.dockerfile", "**/dockerfile", "**/Dockerfile-*"),
    *("**/Containerfile", "**/Containerfile.*", "**/.gitpod.Dockerfile"),
)
_NOT_ONE = lazily(r".*\.(?:dockerignore|j2|tmpl|tpl|template|erb|in|md|sh|py|go|ts|js|yml|yaml)")

_TAG = lazily(r"v?([0-9]{1,6}(?:\.[0-9]{1,6}){0,3}(?:(?:a|b|rc|u)[0-9]{1,4})?)(?=$|[-_+])")
_PARTS = {
    "jdk": lazily(
        r"(?:jdk|jre|temurin|corretto|openjdk|semeru|graalvm|sapmachine|liberica|java)[-_]?([0-9]{1,2})(?![0-9])"
    ),
    "otp": lazily(r"(?:otp|erlang)[-_]?([0-9]{1,2}(?:\.[0-9]{1,3}){0,3})"),
    "python": lazily(r"python([0-9](?:\.[0-9]{1,2})?)"),
}
_KEEPS_DOCKERFILES = lazily(
    r"\.?(?:docker|dockerfiles?|containers?|images?|devcontainer|codesandbox|gitpod|github|circleci|ci|build|deploy|deployment"
    r"|infra|infrastructure|ops|devops|packaging|release|scripts?|tools?|etc)"
)
_VARIABLE = lazily(r"[:@]?\$.*$|[:@]?[^:@]{0,100}\$.*$")


class Images:
    """The catalogue `runtime_images`."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self._images: dict[str, Mapping[str, str]] = {
            each["repository"]: each["runtimes"] for each in catalogue["images"]
        }
        self._names = [(lazily(each["pattern"]), each["runtime"]) for each in catalogue["names"]]

    def runtimes_of(self, image: str) -> Iterator[tuple[str, tuple[Version, ...]]]:
        """The runtimes that an image brings, with the version of each; none where the tag does not tell."""
        found = reference(image)
        if found is None:
            return
        name = f"{found.registry}/{found.repository}"
        for runtime, way in self._images.get(_official(name), {}).items():
            version = _version(way, found.tag) if found.tag else None
            yield runtime, (used(runtime, version),) if version else ()
        for pattern, runtime in self._names:
            if named := pattern.fullmatch(name):
                yield runtime, (used(runtime, named[1]),)


def _official(name: str) -> str:
    """Mirrors of Docker's own images count as them."""
    for mirror in ("public.ecr.aws/docker/library/", "mirror.gcr.io/library/", "quay.io/lib/"):
        if name.startswith(mirror):
            return "docker.io/library/" + name.removeprefix(mirror)
    return name


def _version(way: str, tag: str) -> str | None:
    if way in _PARTS:
        found = _PARTS[way].search(tag)
        return found[1] if found else None
    if way == "last":  # `1-3.12-bookworm`: of the image, then of what it brings
        numbers = [part for part in tag.split("-")[:2] if re.fullmatch(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}", part)]
        return numbers[-1] if numbers else None
    found = _TAG.match(tag)
    return found[1] if found else None


def declared_in_images(
    inputs: ProbeInputs, images: Images, projects: frozenset[str], apart: dict[str, list[str]]
) -> Iterator[Declaration]:
    """What the Dockerfiles build on."""
    for path in inputs.matching(*DOCKERFILES):
        name = path.rpartition("/")[2]
        if _NOT_ONE.fullmatch(name.lower()):
            continue
        kind = "template" if is_placeholder(path) else kind_apart(parent(path)) or kind_apart_unlocked(parent(path))
        if kind:
            apart.setdefault(kind, []).append(path)
            continue
        scope = _scope(parent(path), projects)
        found = inputs.parse(path, dockerfile.parse)
        for stage in build_of(found).stages if found else ():
            base = stage.base
            if base.stage is not None or base.is_scratch:
                continue
            image = base.image.value
            known = image if image is not None else _VARIABLE.sub("", base.image.written)
            for runtime, versions in images.runtimes_of(known):
                yield Declaration(
                    runtime, base.image.written, "image", "FROM", scope, path, base.image.line,
                    versions if image is not None else (), image=image, purpose=purpose_of([path]),
                )  # fmt: skip


def _scope(directory: str, projects: frozenset[str]) -> str:
    """The directory that a Dockerfile in another one holds for.

    It is the nearest with a manifest, as long as the names on the way only say that Dockerfiles are kept there.
    """
    here = directory
    while here and here not in projects and _KEEPS_DOCKERFILES.fullmatch(here.rpartition("/")[2]):
        here = parent(here)
    return here
