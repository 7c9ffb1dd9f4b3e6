"""What a move to a distroless image would meet, image by image: what it carries, calls, loads and writes."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats.image_reference import reference
from codegenie.formats.patterns import lazily
from codegenie.probe import PATHS, Confidence, ProbeInputs, ProbeOutput, register_probe

from ._beside import Beside
from ._final_images import FinalImage, final_images, has_no_libc, libc_of
from ._image_files import ImageFiles
from ._image_settings import security, told_by_names, trust_of, user_of, writable
from ._kept_packages import kept
from ._migration_told import highlights
from ._reached import Reached
from ._run_needs import Runs, not_followed, process_1, programs, runs_of, scripts, shells
from ._shipped_native import shipped_native

Facts = dict[str, Any]

_MOST = 60  # images
_LISTED = 100  # entries of a list
_BYTES = 1_200_000  # of all images, as JSON
_DATA = lazily(r".*\.(?:cfg|conf|crt|css|csv|html|ini|js|json|md|pem|properties|py|rb|sh|sql|toml|txt|xml|ya?ml)")
"""Names of files that no C library loads."""
_NO_C = lazily(r"\bCGO_ENABLED=[\"']?0\b")
_SETTINGS = frozenset({"readOnlyRootFilesystem", "read_only"})
_USERS = frozenset({"fsGroup", "runAsGroup", "runAsNonRoot", "runAsUser", "user"})


@register_probe(
    version="1.12.0",
    declared_inputs=(PATHS,),
    requires=(
        *("base_images", "certificates", "containerization", "deployment", "entrypoint", "native_modules"),
        "shell_usage",
    ),
    catalogues=("distroless_images",),
    section="migration",
    applies_to_tasks=("distroless_migration",),
)
def distroless_migration(inputs: ProbeInputs) -> ProbeOutput:
    """Join what other slices know of each image that is built into what a move to a distroless one would meet.

    Nothing is read anew; each fact has the place that it was read at.  Medium confidence where something is not known,
    which `unknowns` lists; low where no image could be followed.
    """
    container = inputs.slices["containerization"]
    dockerfiles = [*container["dockerfiles"], *inputs.artifact("containerization", "more_dockerfiles.json")]
    layers = inputs.artifact("containerization", "layers.json")
    files = ImageFiles(dockerfiles, layers, inputs.paths)
    join = _Join(inputs, files)
    found = list(final_images(dockerfiles))
    images = list(_as_many_as_fit(join.told(image) for image in found[:_MOST]))
    slice_ = {"images": images, "image_count": len(found)}
    confidence: Confidence = "medium" if any(image["unknowns"] for image in images) else "high"
    return ProbeOutput(slice_, confidence, highlights=tuple(highlights(images, len(found))))


def _as_many_as_fit(images: Iterable[Facts]) -> Iterator[Facts]:
    left = _BYTES
    for image in images:
        left -= len(json.dumps(image))
        if left < 0:
            return
        yield image


class _Join:
    """The slices, by what an image is looked up with."""

    def __init__(self, inputs: ProbeInputs, files: ImageFiles) -> None:
        base_images = inputs.slices["base_images"]
        self._bases = {each["image"]: each for each in base_images["images"]}
        self._rows = {(each["image"], each["tag"]): each for each in inputs.catalogue("distroless_images")["images"]}
        self._native = inputs.slices["native_modules"]
        deployment = inputs.slices["deployment"]
        self._workloads = [*deployment["workloads"], *inputs.artifact("deployment", "more_workloads.json")]
        self._entries = inputs.slices["entrypoint"]["entries"]
        usage = inputs.slices["shell_usage"]
        self._usage = {**usage, "needs": [*usage["needs"], *inputs.artifact("shell_usage", "more_needs.json")]}
        self._certificates = inputs.slices["certificates"]
        self._files = files
        self._paths = inputs.paths

    def told(self, image: FinalImage) -> Facts:
        """Everything of one image."""
        base = image.base
        parts = reference(base["resolved"]) if base["resolved"] and not base["is_scratch"] else None
        known = self._bases.get(parts.normalized) if parts else None
        counterparts = known["counterparts"] if known else None
        beside = Beside(_compared(counterparts), self._rows)
        runners = list(self._runners(image))
        runs = runs_of(image, self._entries, self._usage)
        reached = Reached(image, self._paths)
        facts = {
            "path": image.file["path"],
            "target": image.target,
            "line": image.stage["line"],
            "unknowns": [],
            "base": _base(base, known),
            "counterparts": _counterparts(counterparts, self._rows),
            "carries": _carries(image),
            "process_1": process_1(image, runs),
            "programs": list(programs(image, runs, self._files, beside))[:_LISTED],
            "shells": list(shells(runs))[:_LISTED],
            "scripts": list(scripts(runs))[:_LISTED],
            "native": shipped_native(image, self._native, beside, reached),
            "other_libc": list(_other_libc(image)),
            "user": user_of(image),
            "run_as": list(security(runners, _USERS))[:_LISTED],
            "writable": list(writable(image, runners))[:_LISTED],
            "read_only_root": list(security(runners, _SETTINGS))[:_LISTED],
            **{
                kind: list(trust_of(image, runners, self._certificates[kind], reached))[:_LISTED]
                for kind in ("authorities", "verification_off")
            },
            **{kind: rows[:_LISTED] for kind, rows in told_by_names(image).items()},
            "workloads": [
                {
                    "name": workload["name"],
                    "platform": workload["platform"],
                    "path": workload["path"],
                    "line": workload["line"],
                }
                for workload in runners
            ][:_LISTED],
        }
        facts["unknowns"] = list(_unknowns(image, facts, runs))[:_LISTED]
        return facts

    def _runners(self, image: FinalImage) -> Iterator[Facts]:
        """The workloads that say that they are built from the image; those that only name one like it are not told."""
        for workload in self._workloads:
            own = [
                each
                for each in workload["containers"]
                if each["build"]
                and each["build"]["file"] == image.file["path"]
                and each["build"]["target"] == image.target
            ]
            if own:
                yield {**workload, "containers": own}


def _base(base: Mapping[str, Any], known: Mapping[str, Any] | None) -> Facts:
    family = base["family"]
    return {
        "written": base["written"],
        "resolved": base["resolved"],
        "is_scratch": base["is_scratch"],
        "system": family["os"] if family else None,
        "distroless": True if base["is_scratch"] else family["distroless"] if family else None,
        "libc": libc_of(base),
        "runtime_ends": known["runtime"]["end_of_life"] if known and known["runtime"] else None,
        "system_ends": known["system"]["end_of_life"] if known and known["system"] else None,
        "line": base["line"],
    }


def _counterparts(known: Mapping[str, Any] | None, rows: Mapping[tuple[str, str | None], Facts]) -> Facts:
    if known is None:
        return {"stands_for": None, "version": None, "listed": [], "other_versions": []}
    keys = ("image", "tag", "version", "matches")
    return {
        "stands_for": known["stands_for"],
        "version": known["version"],
        "listed": [{key: each[key] for key in keys} | {"libc": _libc(each, rows)} for each in known["listed"]],
        "other_versions": [{key: each[key] for key in keys[:3]} for each in known["other_versions"]],
    }


def _libc(each: Mapping[str, Any], rows: Mapping[tuple[str, str | None], Facts]) -> str | None:
    libc: str | None = rows[each["image"], each["tag"]]["libc"]
    return libc


def _compared(known: Mapping[str, Any] | None) -> list[Facts]:
    """The counterparts that are looked into: those of other versions as well, where there is none of the same."""
    if known is None:
        return []
    listed: list[Facts] = known["listed"]
    has_same = any(each["matches"] in ("same", "unversioned") for each in listed)
    return listed if has_same else [*listed, *known["other_versions"]]


def _carries(image: FinalImage) -> Facts:
    packages = [
        {key: each[key] for key in ("manager", "kind", "name", "version", "written", "line")}
        for each in kept(image.layers)
    ]
    copies = [
        {
            "from": _source(copy, image.file["stages"]),
            "sources": [source["written"] for source in copy["sources"]][:_LISTED],
            "destination": copy["destination"],
            "line": copy["line"],
        }
        for stage in image.layers
        for copy in stage["copies"]
    ]
    return {
        "package_count": len(packages),
        "packages": packages[:_LISTED],
        "copy_count": len(copies),
        "copies": copies[:_LISTED],
    }


def _source(copy: Mapping[str, Any], stages: Sequence[Mapping[str, Any]]) -> Facts:
    """Where a COPY takes from: another stage, an image, or the build context."""
    source = copy["from"]
    if source is None:
        return {"kind": "context", "name": None, "libc": None}
    if source["stage"] is None or source["stage"] >= len(stages):
        return {"kind": "image", "name": source["image"] or source["written"], "libc": None}
    stage = stages[source["stage"]]
    name = stage["name"] or str(stage["index"])
    return {"kind": "stage", "name": name, "libc": libc_of(stages[stage["root"]]["base"])}


def _other_libc(image: FinalImage) -> Iterator[Facts]:
    """What is copied from a stage with another C library than that of the image."""
    own = libc_of(image.base)
    pure = {stage["name"] or str(stage["index"]) for stage in image.file["stages"] if _is_without_c(stage, image.file)}
    for copy in _carries(image)["copies"]:
        libc = None if all(map(_DATA.fullmatch, copy["sources"])) else copy["from"]["libc"]
        if libc and copy["from"]["name"] not in pure and libc != own and (own or has_no_libc(image.base)):
            yield {
                "from": copy["from"]["name"],
                "libc": libc,
                "into": own,
                "destination": copy["destination"],
                "line": copy["line"],
            }


def _is_without_c(stage: Mapping[str, Any], file: Mapping[str, Any]) -> bool:
    """Whether Go is told to build without C, by a variable of the stage or in a RUN: what it makes loads no library."""
    if any(each["name"] == "CGO_ENABLED" and each["value"] == "0" for each in stage["config"]["env"]):
        return True
    runs = (one for one in file["instructions"] if one["keyword"] == "RUN" and stage["line"] <= one["line"])
    return any(_NO_C.search(one["text"]) for one in runs if one["line"] <= stage["end_line"])


def _unknowns(image: FinalImage, facts: Mapping[str, Any], runs: Runs) -> Iterator[Facts]:
    """What could not be told, where, and why."""
    path = image.file["path"]

    def unknown(about: str, reason: str, line: int | None) -> Facts:
        return {"about": about, "reason": reason, "path": path, "line": line}

    base = facts["base"]
    if base["resolved"] is None:
        yield unknown("base image", f"{base['written']} depends on what the build is given", base["line"])
    for each in (stage["base"] for stage in image.layers if stage["base"]["resolved_by"] == "defaults"):
        yield unknown("base image", f"a build may put another for {each['written']}", each["line"])
    if base["resolved"] is not None and base["system"] is None and not base["is_scratch"]:
        yield unknown("base image", f"nothing is known of what {base['resolved']} holds", base["line"])
    for about, reason, where, line in dict.fromkeys(not_followed(runs)):
        yield {"about": about, "reason": reason, "path": where, "line": line}
    is_nonroot = base["distroless"] and "nonroot" in (image.base["tag"] or "")  # a tag that says the user
    if facts["user"] is None and not base["is_scratch"] and not is_nonroot:
        yield unknown("user", "the base image decides, as there is no USER", base["line"])
    if image.stage["config"]["workdir"] is None and not base["is_scratch"]:
        yield unknown("working directory", "the base image decides, as there is no WORKDIR", base["line"])
    if facts["user"] and facts["user"]["kind"] == "unresolved":
        yield unknown("user", f"{facts['user']['written']} depends on what the build is given", facts["user"]["line"])
    for each in facts["carries"]["packages"]:
        if each["kind"] == "unresolved":
            yield unknown("packages", f"{each['written']} of {each['manager']} is no name", each["line"])
    libraries = [each["library"] for each in facts["native"]["libraries"] if each["installed"] is None]
    if libraries and not base["is_scratch"]:
        yield unknown("libraries", f"whether the base image has {', '.join(libraries)}", base["line"])
