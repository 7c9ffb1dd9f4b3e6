"""The tests of the repository: with what, where and how many, and what their coverage reports say."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from codegenie.probe import MANIFEST_CAP, Confidence, ProbeInputs, ProbeOutput, register_probe

from ._paths import ancestors, parent, shown
from ._test_cases import cases_in
from ._test_configs import JS_CONFIGS
from ._test_coverage import reports, thresholds
from ._test_kinds import Kind, Name, kind_of, kind_of_configuration
from ._test_marks import ENDINGS, kind_marked
from ._test_rules import Rule
from ._test_selection import Selected, Selection, is_apart
from ._test_told import told

_EVIDENCE = 10
_EXAMPLES = 5
_LEFT_OUT = 20
_MOST_ROWS = 500
_BUILD_TAG = re.compile(rb"^//go:build[^\n]*\b(integration|e2e|unit)\b", re.MULTILINE)
_SNAPSHOTS = re.compile(r".*\.(?:snap|ambr)|(?:.*/)?(?:__snapshots__|__image_snapshots__|tap-snapshots)/.*")


@register_probe(
    version="1.8.0",
    declared_inputs=("**/*", "!**/node_modules/**"),
    requires=("build_system",),
    catalogues=("test_frameworks",),
    timeout_seconds=180,
    max_file_bytes=MANIFEST_CAP,
    section="build",
    applies_to_tasks=("vulnerability_remediation",),
)
def test_inventory(inputs: ProbeInputs) -> ProbeOutput:
    """Say which test frameworks there are, which files are tests and how many cases they hold, and what is covered.

    Cases are counted as they are written, in Rust calls of macros named after tests with them: how many a macro or a
    loop makes of one is not seen.  The confidence is low
    where no test is found; medium where a configuration is computed, a framework is not known, a file could not be
    read, or more than a tenth of the test files hold no case that is seen.
    """
    selection = Selection(inputs, inputs.catalogue("test_frameworks"))
    selected = {file.path: file for file in selection.files()}
    findings = inputs.scan(_finding, sorted(selected))
    python = _python_default(selection, [f[3] for path, f in findings.items() if selected[path].language == "python"])
    tests = [test for path, finding in findings.items() if (test := _test(selection, selected[path], finding, python))]
    left_out = [
        path for path, found in findings.items() if found[0] and selection.is_left_out(selected[path], found[3])
    ]
    frameworks = _frameworks(selection, tests)
    used = {test.selected.rule for test in tests}
    configs = [rule for rule in selection.rules if rule.configured]
    unresolved = [(rule, text) for rule in configs for text in rule.unresolved]
    suites = _suites(tests)
    facts = {
        "frameworks": frameworks,
        "totals": _totals(tests),
        "by_kind": _by_kind(tests),
        "suites": suites[:_MOST_ROWS],
        "suites_count": len(suites),
        "configurations": [_config_facts(rule, rule in used) for rule in _sorted(configs)][:_MOST_ROWS],
        "commands": _commands(inputs.slices["build_system"]),
        "snapshots": sum(map(_is_snapshot, inputs.files)),
        "set_apart": selection.set_apart(),
        "left_out": {"count": len(left_out), "paths": left_out[:_LEFT_OUT]},
        "coverage": reports(inputs, is_apart),
        "thresholds": _unique(
            thresholds(inputs, [*inputs.matching(*JS_CONFIGS), *inputs.matching("**/package.json")], is_apart)
        )[:_MOST_ROWS],
    }
    facts["unparsed"] = unparsed = inputs.unparsed
    warnings = tuple(f"{rule.path}: {text} is computed or not understood" for rule, text in unresolved[:10])
    confidence = _confidence(tests, bool(unresolved), bool(unparsed))
    return ProbeOutput(facts, confidence, warnings, highlights=tuple(told(facts)))


class _Test(NamedTuple):
    selected: Selected
    framework: str | None
    kind: Kind
    cases: int
    parameterised: int
    skipped: int


def _finding(path: str, content: bytes) -> Any:
    found = cases_in(path, content)
    tag = _BUILD_TAG.search(content[:2000]) if path.endswith(".go") else None
    marked = kind_marked(content, found.number) if path.endswith(ENDINGS) else None
    return [found.number, found.parameterised, found.skipped, found.framework, tag[1].decode() if tag else None, marked]


def _is_snapshot(path: str) -> bool:
    return ("snap" in path or path.endswith(".ambr")) and _SNAPSHOTS.fullmatch(path) is not None


def _python_default(selection: Selection, imported: Sequence[str | None]) -> str:
    """What runs Python's tests that say nothing of it: unittest where others are of it and nothing asks for pytest."""
    if "pytest" in imported or any(one.framework == "pytest" for one in selection.evidence):
        return "pytest"
    return "unittest" if "unittest" in imported else "pytest"


def _test(selection: Selection, selected: Selected, finding: Sequence[Any], python: str) -> _Test | None:
    """A test with all that is known of it; None for a file that has no case, where only that would make it a test."""
    count, parameterised, skipped, imported, tag, marked = finding
    inherits = selected.language == "jvm" and imported is not None
    if (selected.by_content and not count and not inherits) or selection.is_left_out(selected, imported):
        return None
    if selected.rule.framework == "unittest" and imported != "unittest":
        return None
    framework = _framework(selected, imported, python)
    kind = Kind(tag, "build tag") if tag else _kind(selection, selected, framework, marked)
    return _Test(selected, framework, kind, count, parameterised, skipped)


def _framework(selected: Selected, imported: str | None, python: str) -> str | None:
    if selected.language in ("javascript", "go", "php"):
        return imported if imported not in (None, "testing") else selected.rule.framework or None
    if selected.language == "python":
        if selected.rule.path:
            return selected.rule.framework
        return "unittest" if imported == "unittest" else python
    return imported or selected.rule.framework or None


def _kind(selection: Selection, selected: Selected, framework: str | None, marked: Name | None) -> Kind:
    path, home = selected.path, selection.project_of(selected.path)
    if suite := selection.suites.get(selected.rule):
        named = kind_of(f"{suite}/x", None)
        if named.how:
            return named
    if marked:
        return Kind(marked, "marker")
    found = kind_of(path, framework)
    if found.how is None and selected.rule.path:
        found = kind_of_configuration(selected.rule.path)
    if found.how is None and selected.language == "rust":
        return Kind("integration" if path.startswith(f"{home}/tests/".lstrip("/")) else "unit", "convention")
    return found


def _frameworks(selection: Selection, tests: Iterable[_Test]) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in selection.evidence:
        found.setdefault(one.framework, []).append({"how": one.how, "path": one.path, "line": one.line})
    counts: dict[str, int] = {}
    for test in tests:
        if test.framework:
            counts[test.framework] = counts.get(test.framework, 0) + 1
            if test.framework not in found or (counts[test.framework] == 1 and len(found[test.framework]) < _EVIDENCE):
                found.setdefault(test.framework, []).append({"how": "source", "path": test.selected.path, "line": None})
    order = ("configuration", "dependency", "script", "source")
    rows = []
    for name in sorted(found):
        places = sorted(found[name], key=lambda one: (one["path"].count("/"), order.index(one["how"]), one["path"]))
        rows.append(
            {
                "name": name,
                "test_files": counts.get(name, 0),
                "evidence_count": len(places),
                "evidence": places[:_EVIDENCE],
            }
        )
    return rows


def _totals(tests: Sequence[_Test]) -> dict[str, int]:
    return {
        "files": len(tests),
        "cases": sum(test.cases for test in tests),
        "parameterised": sum(test.parameterised for test in tests),
        "skipped": sum(test.skipped for test in tests),
        "without_cases": sum(test.cases == 0 for test in tests),
    }


def _by_kind(tests: Sequence[_Test]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str | None], list[_Test]] = {}
    for test in tests:
        groups.setdefault((test.kind.name, test.kind.how), []).append(test)
    return [
        {"kind": name, "told_by": how} | _totals(found)
        for (name, how), found in sorted(groups.items(), key=lambda one: (one[0][0], one[0][1] or ""))
    ]


def _suites(tests: Sequence[_Test]) -> list[dict[str, Any]]:
    """The tests of one project, in one language, by one framework and of one kind together."""
    groups: dict[tuple[str, str, str, str, str], list[_Test]] = {}
    for test in tests:
        rule = test.selected.rule
        selected_by = "content" if test.selected.by_content else "configuration" if rule.configured else "default"
        key = (rule.directory, test.selected.language, test.framework or "", test.kind.name, selected_by)
        groups.setdefault(key, []).append(test)
    return [
        {
            "project": shown(directory),
            "language": language,
            "framework": framework or None,
            "kind": kind,
            "selected_by": selected_by,
            **_totals(found),
            "directory": shown(_common([test.selected.path for test in found])),
            "examples": [test.selected.path for test in sorted(found, key=lambda test: test.selected.path)[:_EXAMPLES]],
        }
        for (directory, language, framework, kind, selected_by), found in sorted(groups.items())
    ]


def _common(paths: Sequence[str]) -> str:
    """The deepest directory that holds all the paths."""
    first, last = min(paths), max(paths)
    return next((above for above in ancestors(first) if not above or last.startswith(f"{above}/")), parent(first))


def _sorted(found: Iterable[Rule]) -> list[Rule]:
    return sorted(found, key=lambda rule: (rule.path or "", rule.line or 0, rule.framework, rule.patterns))


def _config_facts(rule: Rule, used: bool) -> dict[str, Any]:
    return {
        "framework": rule.framework,
        "path": rule.path,
        "line": rule.line,
        "project": shown(rule.directory),
        "patterns": list(rule.patterns),
        "excluded": list(rule.excluded),
        "unresolved": list(rule.unresolved),
        "takes_tests": used,
    }


def _commands(build_system: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The test command of each project, as `build_system` found it."""
    return [
        {
            "project": project["path"],
            "ecosystem": project["ecosystem"],
            "command": command["command"],
            "text": command["text"],
            "evidence": command["evidence"],
        }
        for project in build_system["projects"]
        if (command := project["commands"]["test"])
    ][:_MOST_ROWS]


def _unique(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {repr(row): row for row in rows}
    return sorted(known.values(), key=lambda row: (row["path"], row["line"] or 0, row["metric"]))


def _confidence(tests: Sequence[_Test], unresolved: bool, unparsed: bool) -> Confidence:
    if not tests:
        return "low"
    unknown = sum(test.framework is None for test in tests)
    empty = sum(test.cases == 0 for test in tests)
    doubtful = unresolved or unparsed or unknown or empty * 10 > len(tests)
    return "medium" if doubtful else "high"
