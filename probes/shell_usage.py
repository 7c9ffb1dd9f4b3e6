"""Where a shell is needed while images are built and while containers run, for what, and what could stand for it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from codegenie.probe import PATHS, Confidence, ProbeInputs, ProbeOutput, register_probe

from ._image_files import ImageFiles
from ._shell_builds import build_needs, listed
from ._shell_files import SCRIPTS, ScriptFiles
from ._shell_needs import needs
from ._shell_replacements import Replacements
from ._shell_templates import template
from ._shell_told import final_stages, told

Facts = dict[str, Any]

_MOST = 600  # needs, and commands without a shell
_LISTED_PATHS = 20
_HIGHLIGHTED = 4


@register_probe(
    version="1.11.2",
    declared_inputs=(PATHS, *SCRIPTS, "**/*.{yaml,yml,tpl}"),
    requires=("containerization", "deployment", "entrypoint"),
    catalogues=("shell-replacements",),
    artifacts=("more_needs.json",),
    section="delivery",
    timeout_seconds=120,
)
def shell_usage(inputs: ProbeInputs) -> ProbeOutput:
    """Say where a shell is needed, at build time and at run time, for what, and what could stand for it.

    Medium confidence where a script that is run could not be read, where a tool may or may not use a shell, or where an
    image may have the entry point of its base.
    """
    containerization, deployment = inputs.slices["containerization"], inputs.slices["deployment"]
    more = inputs.artifact("containerization", "more_dockerfiles.json")
    workloads = [*deployment["workloads"], *inputs.artifact("deployment", "more_workloads.json")]
    replacements = Replacements(inputs.catalogue("shell-replacements"))
    dockerfiles = [*containerization["dockerfiles"], *more]
    images = ImageFiles(dockerfiles, inputs.artifact("containerization", "layers.json"), inputs.paths)
    entries = inputs.slices["entrypoint"]["entries"]
    files = ScriptFiles(inputs, images, entries, replacements)
    templates = inputs.scan(template, _templates(inputs, deployment))
    workloads += [each for one in templates.values() for each in one["workloads"]]
    unread = sorted(path for path, one in templates.items() if not one["is_read"])
    commands = told(containerization, more, workloads, deployment["apps"], entries)
    found, others = needs(commands, replacements, files)
    scripts = files.facts
    inherited = list(_inherited(dockerfiles, entries))
    builds = build_needs(dockerfiles, inputs.artifact("containerization", "runs.json"), replacements)
    slice_ = {
        "needs": found[:_MOST],
        "need_count": len(found),
        "phases": _counted(Counter(one["phase"] for one in found), "phase"),
        "classes": _counted(Counter(name for one in found for name in one["classes"]), "class"),
        "scripts": scripts[:_MOST],
        "script_count": len(scripts),
        "builds": listed(builds),
        "build_count": len(builds),
        "build_runs": sum(each["by_shell"] for each in builds),
        "build_runs_in_final": sum(each["in_final"] for each in builds),
        "without_shell": others[:_MOST],
        "without_shell_count": len(others),
        "inherited": inherited[:_MOST],
        "inherited_count": len(inherited),
        "templates_not_read": {"count": len(unread), "paths": unread[:_LISTED_PATHS]},
        "replacements": _used([*found, *scripts], builds, replacements),
        "unparsed": inputs.unparsed,
    }
    return ProbeOutput(
        slice_,
        _confidence(found, inherited),
        artifacts={"more_needs.json": found[_MOST:]},
        highlights=tuple(_highlights(found, slice_)),
    )


def _templates(inputs: ProbeInputs, deployment: Facts) -> list[str]:
    """The templates of manifests, as deployment tells them, that the probe may read."""
    paths = {each["path"] for each in deployment["templates"]}
    return [path for path in inputs.files if path in paths]


def _counted(counts: Counter[str], key: str) -> list[Facts]:
    return [{key: name, "count": count} for name, count in sorted(counts.items())]


def _used(found: list[Facts], builds: list[Facts], replacements: Replacements) -> list[Facts]:
    """The entries of the catalogue that stand for anything here, with what they say."""
    counts = Counter(verdict["replacement"] for one in found for verdict in one["verdicts"])
    counts.update(run["replacement"] for each in builds for run in each["runs"])
    return [
        {key: entry[key] for key in ("id", "class", "instead", "source")} | {"count": counts[entry["id"]]}
        for entry in sorted(replacements.entries, key=lambda entry: str(entry["id"]))
        if entry["id"] in counts
    ]


def _inherited(dockerfiles: Iterable[Facts], entries: Iterable[Facts]) -> Iterator[Facts]:
    """The images whose entry point, if any, is that of a base from elsewhere: a shell may be what runs it."""
    known = {(each["dockerfile"], each["stage"]) for each in entries if each["source"] == "image" and _has_none(each)}
    for file in dockerfiles:
        for stage in final_stages(file):
            base = file["stages"][stage["root"]]["base"]
            is_known = base["is_scratch"] or (file["path"], stage["index"]) in known
            if stage["config"]["entrypoint"] is None and not is_known:
                image = base["resolved"] or base["written"]
                yield {"path": file["path"], "line": base["line"], "stage": stage["index"], "image": image}


def _has_none(entry: Facts) -> bool:
    """Whether the base image is known to have no entry point."""
    return entry["entrypoint"] is not None and entry["entrypoint"]["form"] == "none"


def _confidence(found: list[Facts], inherited: list[Facts]) -> Confidence:
    doubtful = inherited or any(not one["is_certain"] or not one["is_read"] for one in found)
    return "medium" if doubtful else "high"


def _highlights(found: list[Facts], slice_: Facts) -> Iterator[tuple[str, str]]:
    running = [one for one in found if one["phase"] != "build"]
    counts = Counter(one["phase"].replace("_", " ") for one in running)
    told = ", ".join(f"{count:,} {phase}" for phase, count in counts.items())
    if running or slice_["build_runs"]:
        yield "Run time", f"{len(running):,} needs of a shell: {told}" if running else "no need of a shell is seen"
    for one in ([one for one in running if one["runs_in"]["dockerfile"]] or running)[:_HIGHLIGHTED]:
        place = f"{one['path']}:{one['line']}" if one["line"] else one["path"]
        text = one["text"][:80].replace("`", "")
        for_what = ", ".join(reason.replace("_", " ") for reason in one["reasons"][:6]) or one["way"].replace("_", " ")
        yield one["phase"].replace("_", " ").capitalize(), f"`{place}` `{text}`: {for_what}"
    if running:
        known = sum("unknown" not in one["classes"] for one in running)
        yield "Known", f"{known:,} of {len(running):,} have only parts that the catalogue has something for"
    if count := slice_["inherited_count"]:
        yield "Not seen", f"the base's own entry point, which {count:,} of the images may have"
    if slice_["build_runs"]:
        yield (
            "Build only",
            f"{slice_['build_runs']:,} RUN by a shell, {slice_['build_runs_in_final']:,} in final images",
        )
