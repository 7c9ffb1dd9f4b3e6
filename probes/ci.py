"""What the repository's CI services run: pipelines, jobs, commands, and what they use."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import github_action
from codegenie.probe import PATHS, Confidence, ProbeInputs, ProbeOutput, register_probe

from . import _ci_azure, _ci_gitlab
from ._apart import apart_facts
from ._ci_files import NOT_READ, READ, Files, sort_files
from ._ci_survey import Survey

_TOLD = ("build", "test", "image", "publish", "deploy")
_HIGHLIGHTED = 3  # commands of each kind
_LONGEST = 80  # characters of one of them
_LISTED = 20  # paths of a service, and of a kind set apart


@register_probe(
    version="1.9.0",
    declared_inputs=(
        PATHS,
        "**/*.yml",
        "**/*.yaml",
        "**/package.json",
        "**/composer.json",
        "**/deno.json",
        "**/deno.jsonc",
        "**/*.sh",
        "**/*.bash",
        "**/Rakefile",
        "**/Jenkinsfile*",
        "**/*.[Jj]enkinsfile",
        "!**/node_modules/**",
    ),
    catalogues=("ci_actions", "ci_commands"),
    section="build",
)
def ci(inputs: ProbeInputs) -> ProbeOutput:
    """Say which CI services there are, what starts them, and what their jobs run, use and need."""
    files = sort_files(inputs.paths)
    survey = Survey(inputs)
    read = [
        (provider, path, inputs.parse(path, parser) if path in inputs else None)
        for provider, known in sorted(files.read.items())
        for path, parser in known
    ]
    for _, _, found in read:
        survey.hand_over(found)
    for provider, path, found in read:
        survey.take(provider, path, found)
    for path in files.followed.get("gitlab_ci", ()):
        for at, pipeline in _ci_gitlab.pipelines(inputs, path) if path in inputs else ():
            survey.take("gitlab_ci", at, pipeline)
    for at, pipeline in _ci_azure.pipelines(inputs, files.followed.get("azure_pipelines", ())):
        survey.take("azure_pipelines", at, pipeline)
    for path in files.followed.get("github_actions", ()):
        survey.take("github_actions", path, inputs.parse(path, github_action.parse) if path in inputs else None)
    slice_ = {
        "looked_for": {"read": list(READ), "named": list(NOT_READ)},
        "providers": _providers(files),
        **survey.facts(),
        "set_apart": apart_facts(files.apart),
        "unparsed": inputs.unparsed,
    }
    return ProbeOutput(slice_, _confidence(files, slice_), highlights=tuple(_highlights(slice_)))


def _highlights(slice_: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The services with the size of what they run, and the commands that occur most often."""
    read = {each["name"]: 0 for each in slice_["providers"] if each["read"]}
    for pipeline in slice_["pipelines"]:
        read[pipeline["provider"]] += pipeline["job_count"]
    told = [f"{name.replace('_', ' ')} with {jobs:,} job{'s' if jobs != 1 else ''}" for name, jobs in read.items()]
    told += [f"{each['name'].replace('_', ' ')}, not read" for each in slice_["providers"] if not each["read"]]
    yield "CI", ", ".join(told) or "none"
    for kind in _TOLD:
        known = sorted(slice_["commands"][kind]["listed"], key=lambda each: (-each["count"], each["command"]))
        names = list(dict.fromkeys(_shortened(each) for each in known))
        more = slice_["commands"][kind]["count"] - len(known) + len(names) - _HIGHLIGHTED
        if names:
            yield f"CI {kind}", ", ".join(names[:_HIGHLIGHTED]) + (f" and {more:,} more" if more > 0 else "")


def _shortened(command: dict[str, Any]) -> str:
    """In a line of the report: no more than fits there, and of an action its name."""
    text = command["program"] if command["how"] == "action" else command["command"]
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[:_LONGEST].rstrip()}` …"


def _confidence(files: Files, slice_: dict[str, Any]) -> Confidence:
    """Low where no pipeline was read; medium where something that belongs to the answer was not."""
    if not slice_["pipeline_count"]:
        return "low"
    return (
        "medium"
        if "jenkins" in files.read or files.not_read or slice_["unparsed"] or slice_["not_resolved_count"]
        else "high"
    )


def _providers(files: Files) -> list[dict[str, Any]]:
    read = {name: [path for path, _ in known] for name, known in files.read.items()}
    for name, paths in files.followed.items():
        read.setdefault(name, []).extend(paths)
    return [
        {"name": name, "read": name in read, "count": len(paths), "paths": sorted(paths)[:_LISTED]}
        for name, paths in sorted((files.not_read | read).items())
    ]
