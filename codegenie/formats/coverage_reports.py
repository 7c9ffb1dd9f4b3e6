"""Reports of test coverage: how much of what was covered, as each tool writes it down."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from codegenie.formats import xml_text
from codegenie.formats.json_text import load_object
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

# One that names a document type elsewhere declares no entities: nothing of it is ever fetched.
_DOCTYPE = lazily(rb"<!DOCTYPE\s+\w{1,40}\s+(?:SYSTEM|PUBLIC)(?:\s+[\"'][^\"'<>]{0,200}[\"']){1,2}\s*>")


class Metric(NamedTuple):
    """How many lines, statements, branches or functions there are, and how many were covered."""

    name: str
    covered: int
    total: int


class Report(NamedTuple):
    """One report; `sources` is the number of files that it speaks of, None where it does not list them."""

    metrics: tuple[Metric, ...]
    sources: int | None


def lcov(content: bytes) -> Report:
    """lcov.info.  Raises Unparsable."""
    counts = dict.fromkeys(("LF", "LH", "FNF", "FNH", "BRF", "BRH"), 0)
    sources = 0
    for line in text_of(content).splitlines():
        name, _, value = line.partition(":")
        if name == "SF":
            sources += 1
        elif name in counts and value.strip().isascii() and value.strip().isdigit():
            counts[name] += int(value.strip()[:12])
    if not sources:
        raise Unparsable("no lcov report")
    return _report(
        (
            ("lines", counts["LH"], counts["LF"]),
            ("functions", counts["FNH"], counts["FNF"]),
            ("branches", counts["BRH"], counts["BRF"]),
        ),
        sources,
    )


_GO_BLOCK = lazily(r"([^\s:]++:[\d.,]+) (\d{1,9}) (\d{1,18})")


def go_profile(content: bytes) -> Report:
    """What `go test -coverprofile` writes.  Raises Unparsable."""
    lines = text_of(content).splitlines()
    if not lines or not lines[0].startswith("mode: "):
        raise Unparsable("no cover profile")
    blocks: dict[str, tuple[int, bool]] = {}
    for line in lines[1:]:
        if found := _GO_BLOCK.fullmatch(line.strip()):
            _, before = blocks.get(found[1], (0, False))
            blocks[found[1]] = int(found[2]), before or int(found[3]) > 0
    total = sum(number for number, _ in blocks.values())
    covered = sum(number for number, is_hit in blocks.values() if is_hit)
    return _report((("statements", covered, total),), len({block.rpartition(":")[0] for block in blocks}))


def istanbul_summary(content: bytes) -> Report:
    """coverage-summary.json.  Raises Unparsable."""
    value = load_object(content)
    total = value.get("total")
    if not isinstance(total, dict):
        raise Unparsable("no coverage summary")
    metrics = [
        (name, _count(one.get("covered")), _count(one.get("total")))
        for name in ("lines", "statements", "functions", "branches")
        if isinstance(one := total.get(name), dict)
    ]
    return _report(metrics, len(value) - 1)


def istanbul_map(content: bytes) -> Report:
    """coverage-final.json.  Raises Unparsable."""
    files = [one for one in load_object(content).values() if isinstance(one, dict) and isinstance(one.get("s"), dict)]
    if not files:
        raise Unparsable("no coverage map")
    hits: dict[str, list[Any]] = {"statements": [], "functions": [], "branches": []}
    for file in files:
        hits["statements"] += _values(file.get("s"))
        hits["functions"] += _values(file.get("f"))
        hits["branches"] += [hit for ways in _values(file.get("b")) if isinstance(ways, list) for hit in ways]
    return _report(((name, sum(map(_is_hit, found)), len(found)) for name, found in hits.items()), len(files))


def cobertura(content: bytes) -> Report:
    """Cobertura's XML, which many other tools write as well.  Raises Unparsable."""
    root = _xml(content, "coverage")
    metrics = [
        (name, _count(root.attributes.get(covered)), _count(root.attributes.get(total)))
        for name, covered, total in (
            ("lines", "lines-covered", "lines-valid"),
            ("branches", "branches-covered", "branches-valid"),
        )
        if root.attributes.get(total)
    ]
    files = {one.attributes.get("filename") for one in root.walk() if one.name == "class"}
    if not metrics and not files:
        raise Unparsable("no coverage report")
    if not metrics:
        lines = [one.attributes.get("hits") for one in root.walk() if one.name == "line"]
        metrics = [("lines", sum(_count(hits) > 0 for hits in lines), len(lines))]
    return _report(metrics, len(files))


def clover(content: bytes) -> Report:
    """clover.xml.  Raises Unparsable."""
    root = _xml(content, "coverage")
    metrics = next((one for child in root.children for one in child.children if one.name == "metrics"), None)
    if metrics is None:
        raise Unparsable("no clover report")
    said = metrics.attributes
    pairs = (("statements", "statements"), ("functions", "methods"), ("branches", "conditionals"))
    found = [(name, _count(said.get(f"covered{key}")), _count(said.get(key))) for name, key in pairs if key in said]
    return _report(found, sum(one.name == "file" for one in root.walk()))


def jacoco(content: bytes) -> Report:
    """JaCoCo's XML.  Raises Unparsable."""
    root = _xml(content, "report")
    names = {"LINE": "lines", "INSTRUCTION": "instructions", "BRANCH": "branches", "METHOD": "functions"}
    found = []
    for one in root.children:
        if one.name == "counter" and one.attributes.get("type") in names:
            covered, missed = _count(one.attributes.get("covered")), _count(one.attributes.get("missed"))
            found.append((names[one.attributes["type"]], covered, covered + missed))
    if not found:
        raise Unparsable("no JaCoCo report")
    return _report(found, sum(one.name == "sourcefile" for one in root.walk()))


def _xml(content: bytes, name: str) -> xml_text.Element:
    root = xml_text.parse(_DOCTYPE.sub(b"", content[:2000], count=1) + content[2000:])
    if root.name != name:
        raise Unparsable(f"no <{name}> at the top")
    return root


def _report(metrics: Iterable[tuple[str, int, int]], sources: int | None) -> Report:
    return Report(tuple(Metric(*one) for one in metrics if one[2] > 0), sources)


def _count(value: Any) -> int:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0
    return value if isinstance(value, int) and 0 <= value < 10**15 else 0


def _values(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, Mapping) else []


def _is_hit(value: Any) -> bool:
    return isinstance(value, int) and value > 0
