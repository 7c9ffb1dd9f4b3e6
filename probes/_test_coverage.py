"""Coverage: the figures of reports that lie in the tree, and the thresholds that are configured."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from codegenie.formats import coverage_reports, js_literals, toml_lines, toml_text, yaml_text
from codegenie.formats.coverage_reports import Report
from codegenie.formats.js_literals import Entry
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._paths import parent

_READERS: tuple[tuple[str, str, Callable[[bytes], Report]], ...] = (
    ("**/{lcov.info,*.lcov}", "lcov", coverage_reports.lcov),
    ("**/coverage-summary.json", "istanbul summary", coverage_reports.istanbul_summary),
    ("**/coverage-final.json", "istanbul", coverage_reports.istanbul_map),
    ("**/jacoco*.xml", "jacoco", coverage_reports.jacoco),
    ("**/{clover,coverage.clover,coverage-clover}*.xml", "clover", coverage_reports.clover),
    ("**/{cobertura*,coverage,coverage.cobertura,cobertura-coverage}.xml", "cobertura", coverage_reports.cobertura),
    ("**/{coverage,cover,c,profile}.out", "go", coverage_reports.go_profile),
    ("**/*.coverprofile", "go", coverage_reports.go_profile),
)
THRESHOLDS = (
    *("**/.nycrc", "**/.nycrc.json", "**/.c8rc.json", "**/.coveragerc", "**/codecov.yml", "**/codecov.yaml"),
    *("**/.codecov.yml", "**/.simplecov"),
)
_METRICS = frozenset({"lines", "branches", "functions", "statements"})


def reports(inputs: ProbeInputs, is_apart: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Every report in the tree, with its figures as they stand there."""
    found = []
    for pattern, name, reader in _READERS:
        for path in inputs.matching(pattern):
            if not is_apart(path) and (report := inputs.parse(path, _if_any(reader), MANIFEST_CAP)):
                metrics = [
                    {
                        "name": one.name,
                        "covered": one.covered,
                        "total": one.total,
                        "percent": round(100 * one.covered / one.total, 2),
                    }
                    for one in report.metrics
                ]
                found.append({"path": path, "format": name, "sources": report.sources, "metrics": metrics})
    return sorted(found, key=lambda one: (one["path"], one["format"]))


def _if_any(reader: Callable[[bytes], Report]) -> Callable[[bytes], Report | None]:
    """A reader that gives None for a file that only has the name of such a report."""

    def read(content: bytes) -> Report | None:
        try:
            return reader(content)
        except Unparsable as error:
            if str(error).startswith("no "):
                return None
            raise

    return read


def thresholds(
    inputs: ProbeInputs, configs: Sequence[str], is_apart: Callable[[str], bool]
) -> Iterator[dict[str, Any]]:
    """What the tools are told to ask for, each with its place."""
    for path in configs:
        if not is_apart(path):
            for entry in inputs.parse(path, js_literals.parse) or ():
                yield from _of_entry(path, entry)
    for path in inputs.matching("**/.nycrc", "**/.nycrc.json", "**/.c8rc.json"):
        for entry in inputs.parse(path, js_literals.parse) or ():
            if entry.path[-1] in _METRICS and len(entry.path) == 1 and entry.texts:
                yield _row("nyc" if "nyc" in path else "c8", entry.path[-1], entry.texts[0], path, entry.line)
    for path in inputs.matching("**/.coveragerc", "**/setup.cfg", "**/tox.ini", "**/pytest.ini", "**/pyproject.toml"):
        if not is_apart(path):
            yield from inputs.parse(path, lambda content, path=path: list(_of_python(path, content))) or ()  # type: ignore[misc]
    for path in inputs.matching("{,.github/,.}codecov.{yml,yaml}", ".codecov.yml"):
        yield from inputs.parse(path, lambda content, path=path: list(_of_codecov(path, content))) or ()  # type: ignore[misc]
    for path in inputs.matching("**/.simplecov"):
        text = inputs.parse(path, text_of)
        for found in re.finditer(r"minimum_coverage\s+(?:line:\s*)?(\d+(?:\.\d+)?)", text or ""):
            yield _row("SimpleCov", "lines", found[1], path, (text or "").count("\n", 0, found.start()) + 1)


def _of_entry(path: str, entry: Entry) -> Iterator[dict[str, Any]]:
    """Jest's `coverageThreshold`, Vitest's `coverage.thresholds`, and nyc's and c8's fields in package.json."""
    if not entry.texts or entry.path[-1] not in _METRICS:
        return
    holders = entry.path[:-1]
    if "coverageThreshold" in holders:
        yield _row("Jest", entry.path[-1], entry.texts[0], path, entry.line, scope=holders[-1])
    elif holders[-2:] == ("coverage", "thresholds"):
        yield _row("Vitest", entry.path[-1], entry.texts[0], path, entry.line)
    elif holders in (("nyc",), ("c8",)) and parent(path) == path.rpartition("/")[0]:
        yield _row(holders[0], entry.path[-1], entry.texts[0], path, entry.line)


def _of_python(path: str, content: bytes) -> Iterator[dict[str, Any]]:
    text = text_of(content)
    if path.endswith(".toml"):
        value = toml_text.load(content)
        report = value
        for name in ("tool", "coverage", "report"):
            report = report.get(name, {}) if isinstance(report, dict) else {}
        if isinstance(report, dict) and isinstance(report.get("fail_under"), int | float):
            line = toml_lines.lines_of(text).get(("tool", "coverage", "report", "fail_under"))
            yield _row("coverage.py", "lines", str(report["fail_under"]), path, line)
    else:
        for number, written in enumerate(text.splitlines(), start=1):
            if found := re.match(r"fail_under\s*[=:]\s*(\d{1,3}(?:\.\d{1,6})?)", written):
                yield _row("coverage.py", "lines", found[1], path, number)
    for found in re.finditer(r"--cov-fail-under[= ](\d{1,3}(?:\.\d{1,6})?)", text):
        yield _row("pytest-cov", "lines", found[1], path, text.count("\n", 0, found.start()) + 1)


def _of_codecov(path: str, content: bytes) -> Iterator[dict[str, Any]]:
    for document in yaml_text.documents(content, depth=5)[:1]:
        value = document.value
        for name in ("coverage", "status"):
            value = value.get(name) if isinstance(value, dict) else None
        for kind in ("project", "patch"):
            groups = value.get(kind) if isinstance(value, dict) else None
            for scope, said in groups.items() if isinstance(groups, dict) else ():
                if isinstance(said, dict) and isinstance(said.get("target"), str | int | float):
                    line = document.lines.get(("coverage", "status", kind, scope, "target"))
                    yield _row("Codecov", kind, str(said["target"]), path, line, scope=str(scope))


def _row(
    tool: str, metric: str, value: str, path: str, line: int | None, *, scope: str | None = None
) -> dict[str, Any]:
    return {"tool": tool, "metric": metric, "value": value[:40], "scope": scope, "path": path, "line": line}
