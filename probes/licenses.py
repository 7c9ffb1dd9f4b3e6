"""The licences of the repository: what its files are the texts of, what its manifests declare, what its sources say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codegenie.probe import Confidence, ProbeInputs, ProbeOutput, register_probe

from ._license_declared import Declared, read_manifests
from ._license_files import File, read_files, why_apart
from ._license_headers import Header, header_in, sampled
from ._license_names import Names, names
from ._license_projects import projects
from ._license_texts import texts
from ._license_told import alike_of, highlights, others

HEADER_BYTES = 2048
_LISTED = 1000
_LISTED_APART = 20
_EXAMPLES = 5
_EXPRESSIONS = 200


@register_probe(
    version="1.5.1",
    declared_inputs=("**/*", "!**/node_modules/**"),
    catalogues=("spdx",),
    timeout_seconds=180,
    section="identity",
    applies_to_tasks=(),  # only where no task is named
)
def licenses(inputs: ProbeInputs) -> ProbeOutput:
    """Say which licences the texts, the manifests and the sources name, and where they do not agree.

    The confidence is low where there is nothing, and where nothing but a title tells a licence; medium where a text
    or a declaration is not recognised, or a file could not be read.
    """
    catalogue = inputs.catalogue("spdx")
    known = names(catalogue)
    declared, manifests_apart = read_manifests(inputs, known)
    files = read_files(inputs, known, texts(catalogue), [one.file for one in declared])
    own = [file for file in files if file.apart is None]
    headers = _headers(inputs, known)
    rows = projects(files, declared)
    facts = {
        "licenses": _summary(own, declared, headers["expressions"], known),
        "files": [file.facts() for file in own[:_LISTED]],
        "files_count": len(own),
        "declared": [one.facts() for one in declared[:_LISTED]],
        "declared_count": len(declared),
        "headers": headers,
        "projects": rows[:_LISTED],
        "projects_count": len(rows),
        "reuse": _reuse(inputs),
        "set_apart": _set_apart(files, manifests_apart),
        "unparsed": inputs.unparsed,
    }
    differing = [project for project in rows if project["agreement"] == "differ"]
    warnings = [
        f"{alike[0]['path']}{others(alike)}: what is declared and what the texts are differ"
        for alike in list(alike_of(differing))[:10]
    ]
    confidence = _confidence(own, declared, inputs)
    return ProbeOutput(facts, confidence, tuple(warnings), highlights=tuple(highlights(facts, differing)))


def _headers(inputs: ProbeInputs, known: Names) -> dict[str, Any]:
    chosen, candidates = sampled(inputs)
    seen = inputs.scan(_finding, chosen, limit=HEADER_BYTES)
    groups: dict[tuple[str, str], list[tuple[str, int]]] = {}
    with_header = 0
    for path, finding in seen.items():
        if finding is not None and why_apart(path) is None:
            with_header += 1
            text, line, how = finding
            groups.setdefault((text, how), []).append((path, line))
    ranked = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    return {
        "sampled": len(chosen),
        "candidates": candidates,
        "with_header": with_header,
        "expressions": [_header(text, how, places, known) for (text, how), places in ranked[:_EXPRESSIONS]],
    }


def _finding(_path: str, head: bytes) -> Any:
    found: Header | None = header_in(head)
    return None if found is None else [found.text, found.line, found.how]


def _header(text: str, how: str, places: list[tuple[str, int]], known: Names) -> dict[str, Any]:
    meaning = known.meaning(text)
    return {
        "text": text,
        "how": how,
        "expression": meaning.expression,
        "ids": list(meaning.ids),
        "unknown": list(meaning.unknown),
        "files": len(places),
        "examples": [{"path": path, "line": line} for path, line in sorted(places)[:_EXAMPLES]],
    }


def _reuse(inputs: ProbeInputs) -> dict[str, Any]:
    matching = inputs.matching
    files = matching("**/REUSE.toml", ".reuse/dep5")
    sidecars = [path for path in matching("**/*.license") if path.removesuffix(".license") in inputs]
    return {"files": list(files), "directory": bool(matching("LICENSES/*")), "sidecars": len(sidecars)}


def _set_apart(files: Iterable[File], manifests: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    kinds: dict[str, list[File]] = {}
    for file in files:
        if file.apart is not None:
            kinds.setdefault(file.apart, []).append(file)
    return [
        {
            "kind": kind,
            "files": len(kinds.get(kind, [])),
            "manifests": len(manifests.get(kind, [])),
            "ids": sorted({name for file in kinds.get(kind, []) for ids in file.ids for name in ids[:1]}),
            "paths": [file.path for file in kinds.get(kind, [])[:_LISTED_APART]],
        }
        for kind in sorted(kinds.keys() | manifests.keys())
    ]


def _summary(
    own: Iterable[File], declared: Iterable[Declared], headers: Iterable[Mapping[str, Any]], known: Names
) -> list[dict[str, Any]]:
    """Each id that anything names, with how often."""
    counts: dict[str, dict[str, int]] = {}

    def count(ids: Iterable[str], what: str, number: int = 1) -> None:
        for name in ids:
            row = counts.setdefault(name, {"texts": 0, "named": 0, "declared": 0, "headers": 0})
            row[what] += number

    for file in own:
        count(file.named, "named")
        for ids in file.ids:
            count(ids, "texts")
    for one in declared:
        count(one.meaning.ids, "declared")
    for header in headers:
        count(header["ids"], "headers", header["files"])
    facts = known.facts
    return [
        {"id": name, "name": facts[name]["name"], "osi_approved": facts[name].get("osi", False)} | counts[name]
        for name in sorted(counts)
    ]


def _confidence(own: Sequence[File], declared: Sequence[Declared], inputs: ProbeInputs) -> Confidence:
    if not any(file.found for file in own) and not any(one.meaning.ids for one in declared):
        return "low"
    outermost = [file for file in own if "/" not in file.path and not file.is_others]
    unread = [one for one in declared if one.meaning.how == "unknown" and one.declaration.kind == "text"]
    doubtful = inputs.unparsed or unread or any(not file.found for file in outermost)
    return "medium" if doubtful else "high"
