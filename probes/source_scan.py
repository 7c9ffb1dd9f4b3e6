"""The sources of the repository, each looked into once: their lines, and what the catalogue of patterns finds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from codegenie.formats.source_text import lines, without_comments
from codegenie.probe import Confidence, ProbeInputs, ProbeOutput, register_probe

from ._generated import is_generated_content
from ._heuristics import heuristics
from ._linguist import is_binary
from ._source_files import Selection, is_test, selection, spread
from ._source_languages import FILES, LANGUAGES, language_of
from ._source_patterns import Patterns, by_dialect

_TOP = 10  # files named of a pattern
_LEFT_OUT = 20  # paths named of a reason
_HIGHLIGHTED = 5
_NAMES = tuple(sorted(LANGUAGES))
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_TOPICS = {"ca": "Trusted authorities", "signal": "Signal handlers", "tls": "TLS verification off"}


@register_probe(
    version="1.1.2",
    declared_inputs=(*FILES, "**/.gitattributes", "!**/node_modules/**"),
    artifacts=("findings.json",),
    catalogues=("linguist", "source_patterns"),
    timeout_seconds=300,
    section="code",
)
def source_scan(inputs: ProbeInputs) -> ProbeOutput:
    """Count the lines of the source files by language, and find in them what the catalogue of patterns names.

    Vendored, generated, minified and binary files are left out and counted.  Lines in comments are never findings.
    The confidence is low where there is no source, and medium where a file could not be read or was too large.
    """
    catalogue = inputs.catalogue("source_patterns")
    linguist = inputs.catalogue("linguist")
    chosen = selection(inputs, linguist)
    look = partial(_finding, heuristics(linguist["heuristics"]), by_dialect(catalogue))
    scanned: dict[str, list[Any]] = {}
    for path, finding in inputs.scan(look, chosen.paths).items():
        if isinstance(finding, str):
            chosen.left_out.setdefault(finding, []).append(path)
        elif finding is not None:
            scanned[path] = finding
    artifact = _artifact(scanned)
    facts = {
        "languages": _languages(scanned),
        "tests": _total([scanned[path] for path in chosen.tests if path in scanned]),
        "patterns": _patterns(artifact, catalogue["patterns"]),
        "left_out": _left_out(chosen),
        "unparsed": inputs.unparsed,
    }
    return ProbeOutput(
        facts,
        _confidence(facts, chosen),
        artifacts={"findings.json": artifact},
        highlights=tuple(_highlights(facts)),
    )


def _finding(tell: Any, patterns: Mapping[str, Patterns], path: str, head: bytes) -> Any:
    """Language, lines of code, comments and blanks, and where there are any the findings; else why there is nothing.

    A list of four numbers for most files: there may be 60,000.
    """
    if head.startswith(_UTF16):
        head = head.decode("utf-16", "replace").encode()
    if is_binary(head):
        return "binary"
    language = language_of(path, head, tell)
    if language is None:
        return None
    if is_generated_content(path, head):
        return "generated"
    code = without_comments(head, language.family)
    counted = lines(head, code)
    spoken = patterns.get(language.dialect)
    found = spoken.findings(code, language.family) if spoken else []
    return [_NAMES.index(language.name), counted.code, counted.comment, counted.blank, *([found] if found else [])]


def _artifact(scanned: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "language": _NAMES[finding[0]],
            "test": is_test(path),
            "findings": [
                {"pattern": pattern, "line": line, "name": name[0] if name else None}
                for pattern, line, *name in finding[4]
            ],
        }
        for path, finding in sorted(one for one in scanned.items() if len(one[1]) > 4)
    ]


def _languages(scanned: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    by_language: dict[int, list[Sequence[Any]]] = {}
    for finding in scanned.values():
        by_language.setdefault(finding[0], []).append(finding)
    rows = [{"language": _NAMES[name]} | _total(findings) for name, findings in by_language.items()]
    return sorted(rows, key=lambda row: (-row["code"], row["language"]))


def _total(findings: Sequence[Sequence[Any]]) -> dict[str, Any]:
    names = ("code", "comment", "blank")
    return {"files": len(findings)} | {name: sum(map(itemgetter(at), findings)) for at, name in enumerate(names, 1)}


def _patterns(artifact: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was found of each pattern, and the files with most of it."""
    by_file: dict[str, Counter[str]] = {}
    tests: Counter[str] = Counter()
    for file in artifact:
        for found in file["findings"]:
            by_file.setdefault(found["pattern"], Counter())[file["path"]] += 1
            tests[found["pattern"]] += file["test"]
    return [
        {
            "id": entry["id"],
            "topic": entry["topic"],
            "meaning": entry["meaning"],
            "source": entry["source"],
            "count": places.total(),
            "in_tests": tests[entry["id"]],
            "files": len(places),
            "top": [{"path": path, "count": count} for path, count in spread(places, _TOP)],
        }
        for entry in entries
        if (places := by_file.get(entry["id"]))
    ]


def _left_out(chosen: Selection) -> list[dict[str, Any]]:
    return [
        {"reason": reason, "files": len(paths), "paths": sorted(paths)[:_LEFT_OUT]}
        for reason, paths in sorted(chosen.left_out.items())
    ]


def _confidence(facts: Mapping[str, Any], chosen: Selection) -> Confidence:
    if not facts["languages"]:
        return "low"
    return "medium" if facts["unparsed"] or "too large" in chosen.left_out else "high"


def _highlights(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    languages = facts["languages"]
    more = len(languages) - _HIGHLIGHTED
    told = ", ".join(f"{row['language']} {row['code']:,}" for row in languages[:_HIGHLIGHTED])
    yield "Lines of code", (told or "none") + (f" and {more} more" if more > 0 else "")
    if facts["tests"]["code"]:
        total = sum(row["code"] for row in languages)
        yield "In tests", f"{facts['tests']['code']:,} of {total:,} lines of code"
    for topic, label in _TOPICS.items():
        rows = [row for row in facts["patterns"] if row["topic"] == topic and row["count"] > row["in_tests"]]
        if rows:
            count = sum(row["count"] - row["in_tests"] for row in rows)
            yield label, f"{count:,} outside of tests: " + ", ".join(f"`{row['id']}`" for row in rows[:_HIGHLIGHTED])
