"""How the repository's container images are built: Dockerfiles stage by stage, and what builds them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from codegenie.probe import PATHS, Confidence, ProbeInputs, ProbeOutput, register_probe

from ._apart import apart_facts
from ._container_files import DECLARED, finding
from ._dockerfile_facts import effective
from ._image_builds import attach, builds
from ._image_families import Families

Facts = dict[str, Any]

_LISTS = ("dockerfiles", "templates", "ignore_files", "bake_files", "devcontainers")
_BYTES = 1_200_000  # of all Dockerfiles in the slice, as JSON
_OTHER = 300  # entries of any other list
_HIGHLIGHTED = 6  # Dockerfiles


@register_probe(
    version="1.9.0",
    declared_inputs=(PATHS, *DECLARED),
    requires=("deployment",),
    artifacts=("layers.json", "more_dockerfiles.json", "runs.json"),
    catalogues=("image_families",),
    section="delivery",
    timeout_seconds=120,
)
def containerization(inputs: ProbeInputs) -> ProbeOutput:
    """Say how each container image is built: its stages, what each is based on, set to, and given.

    High confidence also where nothing is found; low where no file could be read; medium where one could not, where one
    has faults or is a template, where a build names a Dockerfile that was not read, or where the base of a final stage
    depends on what the build is given.
    """
    found: dict[str, list[Facts]] = {name: [] for name in (*_LISTS, "apart", "layers", "ignored")}
    for sections in inputs.scan(finding).values():
        for name, facts in sections.items():
            found[name].append(facts)
    for entries in found.values():
        entries.sort(key=lambda entry: entry["path"])
    runs = [{"path": file["path"], "runs": own} for file in found["dockerfiles"] if (own := file.pop("runs"))]
    _tell_families(found["dockerfiles"], Families(inputs.catalogue("image_families")))
    made = list(builds(inputs.slices.get("deployment", {}), found["bake_files"], found["devcontainers"], inputs.paths))
    unread = attach(made, found["dockerfiles"], found["ignore_files"], found["templates"], inputs.paths)
    listed = _listed(found["dockerfiles"])
    slice_ = {
        "dockerfiles": listed,
        "dockerfile_count": len(found["dockerfiles"]),
        **{name: found[name][:_OTHER] for name in _LISTS[1:]},
        "builds": made[: 2 * _OTHER],
        "not_read": unread,
        "cut": [
            {"list": name, "count": len(found[name]), "listed": len(listed) if name == "dockerfiles" else _OTHER}
            for name in _LISTS
            if len(found[name]) > (len(listed) if name == "dockerfiles" else _OTHER)
        ],
        "set_apart": _set_apart(found["apart"]),
        "unparsed": inputs.unparsed,
    }
    confidence = _confidence(slice_, found["dockerfiles"])
    return ProbeOutput(
        slice_,
        confidence,
        artifacts={
            "layers.json": {"dockerfiles": found["layers"], "ignore_files": found["ignored"]},
            "more_dockerfiles.json": found["dockerfiles"][len(listed) :],
            "runs.json": runs,
        },
        highlights=tuple(_highlights(found)),
    )


def _tell_families(dockerfiles: Iterable[Facts], families: Families) -> None:
    for file in dockerfiles:
        for stage in file["stages"]:
            stage["base"]["family"] = families.of(stage["base"])


def _listed(dockerfiles: list[Facts]) -> list[Facts]:
    """As many as the document can hold, those nearest to the root first chosen, in the order of their paths."""
    left = _BYTES
    chosen: set[str] = set()
    for file in sorted(dockerfiles, key=lambda file: (file["path"].count("/"), file["path"])):
        left -= len(json.dumps(file))
        if left < 0 and chosen:
            break
        chosen.add(file["path"])
    dockerfiles.sort(key=lambda file: (file["path"] not in chosen, file["path"]))
    return dockerfiles[: len(chosen)]


def _set_apart(entries: Iterable[Facts]) -> list[Facts]:
    kinds: dict[str, list[str]] = {}
    for each in entries:
        kinds.setdefault(each["kind"], []).append(each["path"])
    return apart_facts(kinds)


def _confidence(slice_: Mapping[str, Any], dockerfiles: list[Facts]) -> Confidence:
    if slice_["unparsed"] and not any(slice_[name] for name in _LISTS):
        return "low"
    finals = [stage for file in dockerfiles if (stage := effective(file))]
    roots = [file["stages"][stage["root"]]["base"] for file in dockerfiles if (stage := effective(file))]
    is_open = any(base["resolved"] is None for base in roots)
    faulty = len(finals) < len(dockerfiles) or any(file["problems"] for file in dockerfiles)
    doubtful = slice_["unparsed"] or slice_["templates"] or slice_["not_read"] or is_open or faulty
    return "medium" if doubtful else "high"


def _highlights(found: Mapping[str, list[Facts]]) -> Iterator[tuple[str, str]]:
    """The images nearest to the root, each with its base and what it runs; then what else there is."""
    files = sorted(found["dockerfiles"], key=lambda file: (file["path"].count("/"), file["path"]))
    for file in files[:_HIGHLIGHTED]:
        if stage := effective(file):
            yield file["path"], _told(file, stage)
    if not files:
        yield "Dockerfiles", "none"
    if len(files) > _HIGHLIGHTED:
        yield "Dockerfiles", f"{len(files):,} in all"
    if found["templates"]:
        yield "Templates", f"{len(found['templates']):,} of Dockerfiles, read only for the bases written out"
    for one in found["devcontainers"][:2]:
        source = one["image"] or one["dockerfile"] or ", ".join(one["compose_files"])
        if source:
            yield "Development", f"`{one['path']}`: `{source}`"


def _told(file: Facts, stage: Facts) -> str:
    base = file["stages"][stage["root"]]["base"]
    config = stage["config"]
    family = base["family"]
    named = "scratch" if base["is_scratch"] else base["resolved"] or base["written"]
    count = len(file["stages"])
    name, at, digest = named.partition("@")
    parts = [f"on `{name}@{digest[:19]}…`" if at else f"on `{name}`"]
    if family and (family["os"] or family["distroless"]):
        parts[0] += (
            f" ({', '.join(part for part in (family['os'], 'distroless' if family['distroless'] else '') if part)})"
        )
    if count > 1:
        parts.append(f"{count} stages")
    for name in ("entrypoint", "cmd"):
        command = config[name]
        if command and command["form"] != "none":
            text = command["text"] if command["form"] == "shell" else " ".join(command["words"])
            parts.append(
                f"{name} `{text[:120].replace('`', '')}`" + (" by a shell" if command["form"] == "shell" else "")
            )
    user = config["user"]
    parts.append(f"user `{user['value'] or user['written']}`" if user else "no USER")
    if config["exposed"]:
        parts.append(f"ports {', '.join(port['value'] or port['written'] for port in config['exposed'][:5])}")
    return ", ".join(parts)
