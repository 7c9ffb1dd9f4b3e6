"""The images that the repository builds: the stages that each is made of, and those that it takes files from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily

from ._dockerfile_facts import effective
from ._image_targets import targets

Facts = dict[str, Any]

_LIBC = {
    "alpine": "musl",
    **dict.fromkeys(
        ("almalinux", "amazonlinux", "azurelinux", "centos", "debian", "fedora", "oraclelinux", "rhel", "rocky"),
        "glibc",
    ),
    **dict.fromkeys(("opensuse", "photon", "ubuntu", "wolfi"), "glibc"),
}
"""The C library of a system, by the names of the catalogue of image families."""
_STATIC = lazily(r"(?:distroless|chainguard)/static(?:-debian[0-9]+)?")


class FinalImage(NamedTuple):
    """The image that a stage of a Dockerfile ends with; `target` is the stage's name where a build asks for it."""

    file: Facts
    stage: Facts
    target: str | None
    layers: tuple[Facts, ...]
    """The stages that it is built of, the one on the base image first."""
    sources: tuple[Facts, ...]
    """The stages that it takes files from, through others as well; none of `layers` is among them."""

    @property
    def base(self) -> Facts:
        """The base image of the lowest stage."""
        base: Facts = self.layers[0]["base"]
        return base

    @property
    def name(self) -> str:
        """How a reader calls it."""
        return f"{self.file['path']} ({self.target})" if self.target else str(self.file["path"])


def final_images(dockerfiles: Iterable[Facts]) -> Iterator[FinalImage]:
    """The image of each Dockerfile's last stage, and of each that is a target; those near the root first.

    Those in directories whose names begin with a dot, such as .devcontainer, come last.
    """
    for file in sorted(dockerfiles, key=_nearness):
        last = effective(file)
        if last is None:
            continue
        for stage in [last, *targets(file)]:
            layers = _lineage(stage, file["stages"])
            target = None if stage is last else stage["name"] or str(stage["index"])
            yield FinalImage(file, stage, target, layers, _sources(layers, file))


def has_no_libc(base: Mapping[str, Any]) -> bool:
    """Whether a base is empty, or one of those that are made for static programs."""
    is_static = bool((base["family"] or {}).get("distroless")) and _STATIC.fullmatch(base["repository"] or "")
    return base["is_scratch"] or bool(is_static)


def _nearness(file: Facts) -> tuple[bool, int, str]:
    path: str = file["path"]
    return path.startswith(".") or "/." in path, path.count("/"), path


def libc_of(base: Mapping[str, Any]) -> str | None:
    """The C library of a base image, where its family is known and has one."""
    return None if has_no_libc(base) else _LIBC.get((base["family"] or {}).get("os") or "")


def _lineage(stage: Facts, stages: Sequence[Facts]) -> tuple[Facts, ...]:
    """The stages that one is built of, the lowest first."""
    found = [stage]
    while (below := found[-1]["base"]["stage"]) is not None and below < found[-1]["index"]:
        found.append(stages[below])
    return tuple(reversed(found))


def _sources(layers: Sequence[Facts], file: Facts) -> tuple[Facts, ...]:
    stages = file["stages"]
    within = {stage["index"] for stage in layers}
    found: dict[int, Facts] = {}
    waiting = list(layers)
    while waiting:
        for copy in waiting.pop()["copies"]:
            index = copy["from"]["stage"] if copy["from"] else None
            if index is None or index >= len(stages):
                continue
            for stage in _lineage(stages[index], stages):
                if stage["index"] not in within and stage["index"] not in found:
                    found[stage["index"]] = stage
                    waiting.append(stage)
    return tuple(found[index] for index in sorted(found))
