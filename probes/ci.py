"""What the repository's CI services run: pipelines, jobs, commands, and what they use."""

from typing import Any

from codegenie.formats import github_action
from codegenie.probe import PATHS, Confidence, ProbeInputs, ProbeOutput, register_probe

from ._ci_files import NOT_READ, READ, Files, sort_files
from ._ci_survey import Survey

_LISTED = 20  # paths of a service, and of a kind set apart


@register_probe(
    version="1.0.0",
    declared_inputs=(PATHS, "**/*.yml", "**/*.yaml", "**/package.json", "!**/node_modules/**"),
    catalogues=("ci_actions", "ci_commands"),
)
def ci(inputs: ProbeInputs) -> ProbeOutput:
    """Say which CI services there are, what starts them, and what their jobs run, use and need."""
    files = sort_files(inputs.paths)
    survey = Survey(inputs)
    for provider, known in sorted(files.read.items()):
        for path, parser in known:
            survey.take(provider, path, inputs.parse(path, parser) if path in inputs else None)
    for path in files.actions:
        survey.take("github_actions", path, inputs.parse(path, github_action.parse) if path in inputs else None)
    slice_ = {
        "looked_for": {"read": list(READ), "named": list(NOT_READ)},
        "providers": _providers(files),
        **survey.facts(),
        "set_apart": [
            {"kind": kind, "count": len(paths), "paths": sorted(paths)[:_LISTED]}
            for kind, paths in sorted(files.apart.items())
        ],
        "unparsed": sorted(inputs.unparsed, key=lambda each: (each["path"], each["reason"])),
    }
    return ProbeOutput(slice_, _confidence(files, slice_))


def _confidence(files: Files, slice_: dict[str, Any]) -> Confidence:
    """Low where no pipeline was read; medium where something that belongs to the answer was not."""
    if not slice_["pipeline_count"]:
        return "low"
    return "medium" if files.not_read or slice_["unparsed"] or slice_["not_resolved_count"] else "high"


def _providers(files: Files) -> list[dict[str, Any]]:
    read = {name: [path for path, _ in known] for name, known in files.read.items()}
    if files.actions:
        read["github_actions"] = [*read.get("github_actions", ()), *files.actions]
    return [
        {"name": name, "read": name in read, "count": len(paths), "paths": sorted(paths)[:_LISTED]}
        for name, paths in sorted((files.not_read | read).items())
    ]
