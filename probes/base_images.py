"""The images that the repository builds on, copies from, and runs: how each is pinned, and when what is in it ends."""

from collections.abc import Iterable, Iterator
from typing import Any

from codegenie.formats.image_reference import reference
from codegenie.formats.patterns import lazily
from codegenie.probe import Confidence, ProbeInputs, ProbeOutput, register_probe

from ._counterparts import Counterparts
from ._image_families import Families
from ._release_cycles import Cycles
from ._runtime_images import Images

Facts = dict[str, Any]
Use = tuple[str, str, str, int | None, str | None]

_MOST = 400  # images, and texts that are none
_USES = 30  # of an image
_OPEN = lazily(r"\$|\{\{|<%")
_HIGHLIGHTED = 5
_BUILT_ON = ("base", "final_base")
_IN_A_BUILD = (*_BUILT_ON, "copy")


@register_probe(
    version="1.4.0",
    declared_inputs=(),
    requires=("ci", "containerization", "deployment"),
    catalogues=("distroless_images", "image_families", "release_cycles", "runtime_images"),
    section="delivery",
)
def base_images(inputs: ProbeInputs) -> ProbeOutput:
    """Say of each image that is built on, copied from or run how it is pinned, and when its runtime and system end.

    Medium confidence where an image depends on what is not in the repository.  What it was read from has a confidence
    of its own; dates are those of the catalogue, and as old as it.
    """
    families = Families(inputs.catalogue("image_families"))
    cycles = Cycles(inputs.catalogue("release_cycles"))
    counterparts = Counterparts(
        inputs.catalogue("distroless_images"), Images(inputs.catalogue("runtime_images")), cycles
    )
    found: dict[str, Facts] = {}
    unresolved: list[Facts] = []
    own = _own(inputs)
    for role, written, path, line, resolved in _uses(inputs):
        use = {"role": role, "path": path, "line": line}
        parts = reference(resolved) if resolved and not _OPEN.search(resolved) else None
        if parts is None:
            unresolved.append({"written": written[:300], **use})
            continue
        if role in _IN_A_BUILD and parts.normalized in own:
            continue
        if parts.normalized not in found:
            image = {key: getattr(parts, key) for key in ("registry", "repository", "tag", "digest")}
            family = families.of(image)
            runtime, system = cycles.of(image, family)
            found[parts.normalized] = {
                "image": parts.normalized,
                **image,
                "pin": _pin(parts.tag, parts.digest, is_release=bool(runtime or system)),
                "family": family,
                "runtime": runtime,
                "system": system,
                "counterparts": None,
                "use_count": 0,
                "uses": [],
            }
        entry = found[parts.normalized]
        entry["uses"].append(use)
    images = [found[name] for name in sorted(found)]
    for entry in images:
        entry["uses"].sort(key=_place)
        entry["use_count"] = len(entry["uses"])
        if any(use["role"] in _BUILT_ON for use in entry["uses"]):
            entry["counterparts"] = counterparts.of(entry, entry["family"])
        entry["uses"] = entry["uses"][:_USES]
    unresolved.sort(key=_place)
    slice_ = {
        "dates_from": "{source} at {version}, {licence}".format_map(inputs.catalogue("release_cycles")["origin"]),
        "counterparts_from": counterparts.read_in(),
        "images": images[:_MOST],
        "distroless_images": list(counterparts.told(_named(images[:_MOST]))),
        "image_count": len(images),
        "unresolved": unresolved[:_MOST],
        "unresolved_count": len(unresolved),
    }
    confidence: Confidence = "medium" if unresolved else "high"
    return ProbeOutput(slice_, confidence, highlights=tuple(_highlights(images)))


def _named(images: Iterable[Facts]) -> set[tuple[str, str | None]]:
    """The counterparts of which the slice says what they hold: all but those of another version."""
    found = (image["counterparts"] for image in images if image["counterparts"])
    return {(each["image"], each["tag"]) for counterparts in found for each in counterparts["listed"]}


def _own(inputs: ProbeInputs) -> set[str]:
    """The names that images are given which the repository itself builds: to build on those asks no registry."""
    return {
        one["image"]["normalized"]
        for workload in _workloads(inputs)
        for one in workload["containers"]
        if one["build"] and one["image"] and one["image"]["normalized"]
    }


def _workloads(inputs: ProbeInputs) -> list[Facts]:
    return [*inputs.slices["deployment"]["workloads"], *inputs.artifact("deployment", "more_workloads.json")]


def _uses(inputs: ProbeInputs) -> Iterator[Use]:
    """Each use: its role, the image as written, where, and what it comes to where that is known."""
    slices = inputs.slices
    container = slices["containerization"]
    for file in [*container["dockerfiles"], *inputs.artifact("containerization", "more_dockerfiles.json")]:
        last = file["stages"][-1]["root"] if file["stages"] else None
        for stage in file["stages"]:
            base = stage["base"]
            if base["stage"] is None and not base["is_scratch"]:
                role = "final_base" if stage["index"] == last else "base"
                yield role, base["written"], file["path"], base["line"], base["resolved"]
            for copy in stage["copies"]:
                source = copy["from"]
                if source and source["stage"] is None:
                    yield "copy", source["written"], file["path"], copy["line"], source["image"]
    given = ((build, base) for build in container["builds"] for base in build["bases"])
    yield from (("base", base["written"], build["path"], build["line"], base["resolved"]) for build, base in given)
    for each in container["devcontainers"]:
        if each["image"]:
            yield "devcontainer", each["image"], each["path"], each["line"], each["image"]
    for workload in _workloads(inputs):
        for one in workload["containers"]:
            if (image := one["image"]) and not one["build"] and "built_by" not in image:
                yield "deployment", image["written"], workload["path"], image["line"], image["normalized"]
    for entry in slices["ci"]["images"]["listed"]:
        yield from _ci_uses(entry)


def _ci_uses(entry: Facts) -> Iterator[Use]:
    for image in entry["images"] or [None]:
        for place in entry["places"]:
            yield "ci", entry["written"], place["path"], place["line"], image


def _place(use: Facts) -> tuple[str, int, str]:
    return use["path"], use["line"] or 0, use["role"]


def _pin(tag: str | None, digest: str | None, *, is_release: bool) -> str:
    """A tag that has no number in it, and names no release, is moved from one to the next."""
    if digest:
        return "digest"
    return "tag" if tag and (is_release or any(letter.isdigit() for letter in tag)) else "floating"


def _highlights(images: list[Facts]) -> Iterator[tuple[str, str]]:
    pins = [image["pin"] for image in images]
    if pins:
        kinds = [(f"by {pin}" if pin != "floating" else pin, pins.count(pin)) for pin in ("digest", "tag", "floating")]
        told = [f"{count} {how}" if count < len(pins) else f"all {how}" for how, count in kinds if count]
        yield "Images used", f"{len(images)}, {', '.join(told)}"
    dated = [(ends, image) for image in images if (ends := _ends(image)) and _is_built_on(image)]
    for ends, image in sorted(dated, key=lambda one: (one[0][0][0], one[1]["image"]))[:_HIGHLIGHTED]:
        yield "Built on", f"`{_short(image['image'])}`: {', '.join(text for _, text in ends)}"


def _is_built_on(image: Facts) -> bool:
    return any(use["role"] == "final_base" for use in image["uses"])


def _ends(image: Facts) -> list[tuple[str, str]]:
    """The days on which what is in the image ends, the first of them first, each with what to say."""
    return sorted(
        (cycle["end_of_life"], f"{cycle['product']} {cycle['cycle']} ends {cycle['end_of_life']}")
        for cycle in (image["runtime"], image["system"])
        if cycle and cycle["end_of_life"]
    )


def _short(image: str) -> str:
    """The image without most of its digest."""
    name, at, digest = image.partition("@")
    return f"{name}@{digest[:19]}…" if at else name
