"""CONTEXT_REPORT.md: the document again, for a person with five minutes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any, NamedTuple

from codegenie.probe import ENVELOPE, Section
from codegenie.text import escaped

_LISTED = 12  # items of a list, rows of a table, parts of a slice that are shown before "and N more"
_FEW = 4  # items of a list that stand in one cell or line
_LONG = 160
_LONGEST_LINE = 600  # characters of a highlight
_ASKED_FOR = 90  # lines that are highlighted of a slice which the task is about
_OUTCOMES = {"failed": 0, "skipped": 1, "succeeded": 2}
_DOUBT = {"low": 0, "medium": 1, "high": 2}
SECTIONS: dict[Section, str] = {
    "identity": "What it is",
    "build": "How it is built and tested",
    "dependencies": "What it depends on",
    "delivery": "How it is delivered",
    "migration": "What a distroless image would meet",
    "code": "What its code does",
    "organisation": "Who keeps it, and by which rules",
}
_LEVELS = 3  # of headings below a slice; what is deeper is told in a line
# What Markdown takes for its own, and what GitHub makes a link, a formula or a mention of.
_MARKUP = re.compile(r"[\\`*\[\]<>|~&!$@]|(?<![^\W_])_|_(?![^\W_])|^[#+\-=]|:(?=//)|(?<=[wW]{3})\.")
_DIGEST = re.compile(r"(?<![0-9A-Za-z])([0-9a-f]{12})[0-9a-f]{28,}(?![0-9A-Za-z])")
_ROW_DEPTH = 3  # a mapping that nests deeper has its own heading instead of a row


class Highlights(NamedTuple):
    """What the report says of one slice: a label and a text each, in the probe's order.

    A label may have a heading before it, and a tab between the two.
    """

    slice: str
    section: Section
    lines: Sequence[tuple[str, str]]
    tasks: tuple[str, ...] = ()
    """The task types that the slice is made for."""


def rendered(document: dict[str, Any], highlights: Iterable[Highlights] = ()) -> str:
    """The report as Markdown: what a person asks first, by section; what is doubtful; how far to trust each slice.

    The section of a slice that is made for the task comes before all others.  A slice of which nothing is highlighted
    is told in full, unless nothing was found.
    """
    highlighted = [each for each in highlights if each.lines]
    asked_for = {each.section for each in highlighted if document["task"] in each.tasks}
    lines = ["# What is known of this repository", "", *_snapshot(document["snapshot"]), ""]
    for section in sorted(SECTIONS, key=lambda section: section not in asked_for):
        of_it = [each for each in highlighted if each.section == section]
        if of_it:
            lines += [f"## {SECTIONS[section]}", ""]
            for each in of_it:
                lines += _told(each, _ASKED_FOR if document["task"] in each.tasks else _LISTED)
            lines += [*_doubted(of_it, document["probes"]), ""]
    if warned := list(_warned(document)):
        lines += ["## Read with care", "", *warned, ""]
    rest = sorted(set(document) - ENVELOPE - {each.slice for each in highlighted})
    empty = [name for name in rest if document[name] and _found_nothing(document[name])]
    for name in sorted(set(rest) - set(empty)):
        lines += [f"## {_text(name)}", ""]
        if document[name] is None:
            lines += ["Nothing is known.", ""]
        for block in _blocks(document[name] or {}, 3):
            lines += [*block, ""]
    lines += ["## How far to trust each slice", "", *_overview(document["probes"])]
    lines += [f"- **Nothing found**: {', '.join(map(_text, empty))}", ""] if empty else [""]
    if document["snapshot"]["skipped"]:
        lines += ["## Left out", "", *_left_out(document["snapshot"]["skipped"]), ""]
    return "\n".join(lines)


def _snapshot(snapshot: dict[str, Any]) -> Iterator[str]:
    commit = f"commit `{snapshot['commit']}`" if snapshot["commit"] else "no commit known"
    left_out = f", {_paths(len(snapshot['skipped']))} left out" if snapshot["skipped"] else ""
    yield f"{commit}, {snapshot['files']:,} files{left_out}. The facts with their evidence are in `repo-context.yaml`."
    for warning in snapshot["warnings"]:
        yield f"\n> {_text(warning)}"


def _told(highlights: Highlights, most: int) -> Iterator[str]:
    """The lines of a slice; where they stand under headings, those of as many headings as there is room for."""
    groups = groupby(highlights.lines, key=lambda line: line[0].rpartition("\t")[0])
    left, told = most, 0
    for heading, group in groups:
        lines = list(group)[:most]
        if left < len(lines) and told and heading:
            break
        lines = lines[: left if not heading else most]
        if heading:
            yield from (["", f"### {_text(heading)}", ""] if told else [f"### {_text(heading)}", ""])
        yield from (f"- **{_text(label.rpartition(chr(9))[2])}**: {_running(text)}" for label, text in lines)
        left -= len(lines)
        told += len(lines)
    if len(highlights.lines) > told:
        yield ""
        yield f"and {len(highlights.lines) - told} more in `{highlights.slice}`"


def _doubted(told: Iterable[Highlights], probes: dict[str, Any]) -> Iterator[str]:
    """Which of the slices that were told of are not of high confidence."""
    for confidence in ("low", "medium"):
        if names := [each.slice for each in told if probes[each.slice]["confidence"] == confidence]:
            yield f"\n{confidence.capitalize()} confidence: {', '.join(map(_text, names))}."


def _running(text: str) -> str:
    """A line of text with `code` in it: what is between backticks is code, whatever it is."""
    text = _DIGEST.sub(r"\1...", text)
    parts = text[:_LONGEST_LINE].split("`")
    told = "".join(_code(part) if at % 2 and part else _text(part) for at, part in enumerate(parts))
    return told + ("..." if len(text) > _LONGEST_LINE else "")


def _left_out(skipped: list[dict[str, Any]]) -> Iterator[str]:
    for item in skipped[:_LISTED]:
        yield f"- {_code(item['path'])}: {_text(item['reason'])}"
    yield from _more(skipped)


def _paths(count: int) -> str:
    return "1 path" if count == 1 else f"{count:,} paths"


def _overview(probes: dict[str, Any]) -> Iterator[str]:
    """The slices by outcome and confidence, the worst first: a line for each that has any."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, probe in _worst_first(probes):
        groups.setdefault((probe["outcome"], probe["confidence"]), []).append(name)
    for outcome, confidence in sorted(groups, key=lambda one: (_OUTCOMES[one[0]], _DOUBT[one[1]])):
        title = f"{confidence} confidence" if outcome == "succeeded" else outcome
        yield f"- **{_text(title.capitalize())}**: {', '.join(map(_text, groups[outcome, confidence]))}"


def _warned(document: dict[str, Any]) -> Iterator[str]:
    """What failed, what a probe warns of, and how many files it could not read."""
    for name, probe in _worst_first(document["probes"]):
        yield from (f"- {_text(name)} {probe['outcome']}: {_text(error)}" for error in probe["errors"])
        yield from (f"- {_text(name)}: {_text(warning)}" for warning in probe["warnings"])
        if isinstance(unparsed := (document[name] or {}).get("unparsed"), list) and unparsed:
            yield f"- {_text(name)}: {len(unparsed):,} of its files could not be read or understood"


def _worst_first(probes: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(probes.items(), key=lambda item: (_OUTCOMES[item[1]["outcome"]], item[0]))


def _blocks(value: Mapping[str, Any], level: int, within: str = "") -> Iterator[list[str]]:
    """The parts of a mapping: first what fits a line each, then tables, then what has headings of its own."""
    bullets, tables, sections = [], [], []
    for name, item in value.items():
        title = f"{within}{_text(name)}"
        if _is_empty(item):
            continue
        if level > 2 + _LEVELS or _is_told_in_a_line(item):
            bullets.append(f"- **{_text(name)}**: {_inline(item)}")
        elif rows := _rows(item):
            tables.append([f"**{title}**", "", *_table(rows)])
            if plain := _without(item, rows):
                bullets.append(f"- **{_text(name)}**: {_inline(plain)}")
        elif isinstance(item, dict):
            plain = {key: each for key, each in item.items() if _is_empty(each) or _is_brief(each)}
            if told := _inline(plain):
                bullets.append(f"- **{_text(name)}**: {told}")
            sections.append(list(_blocks(_without(item, plain), level, f"{title}: ")))
        else:
            sections.append(list(_sections(title, item, level)))
    if not within:
        bullets += _nothing(value)
    if bullets:
        yield bullets
    yield from tables
    yield from chain.from_iterable(sections)


def _sections(title: str, items: list[Any], level: int) -> Iterator[list[str]]:
    """A list whose items are too deep for a table: each under a heading, by its first plain value."""
    for item in items[:_LISTED]:
        parts = item if isinstance(item, dict) else {"": item}
        first = next((key for key, each in parts.items() if not isinstance(each, dict | list)), None)
        yield [f"{'#' * level} {title}" + (f": {_code(parts[first])}" if first is not None else "")]
        yield from _blocks({key: each for key, each in parts.items() if key != first}, level + 1)
    if len(items) > _LISTED:
        yield [line.removeprefix("- ") for line in _more(items)]


def _nothing(value: Mapping[str, Any]) -> Iterator[str]:
    """What is unknown and what is absent, each in one line."""
    unknown = [_text(name) for name, item in value.items() if item is None]
    absent = [_text(name) for name, item in value.items() if item in ([], {})]
    if unknown:
        yield f"- unknown: {', '.join(unknown)}"
    if absent:
        yield f"- none: {', '.join(absent)}"


def _rows(value: Any) -> dict[str, dict[str, Any]]:
    """A list or a mapping of mappings alike, as the rows of a table; nothing where it is none."""
    if isinstance(value, list):
        rows = {str(at): item for at, item in enumerate(value)}
        return rows if all(isinstance(item, dict) and _depth(item) <= _ROW_DEPTH for item in value) else {}
    inner = {name: item for name, item in value.items() if isinstance(item, dict) and item}
    alike = len({frozenset(item) for item in inner.values()}) == 1
    only = len(inner) > 1 or len(inner) == len(value)
    return inner if alike and only and all(_depth(item) <= _ROW_DEPTH for item in inner.values()) else {}


def _without(value: Any, rows: Mapping[str, Any]) -> dict[str, Any]:
    """What of a mapping is not among the rows."""
    return {name: item for name, item in value.items() if name not in rows} if isinstance(value, dict) else {}


def _table(rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    cells = {name: dict(_cells(row)) for name, row in _largest_first(rows).items()}
    filled = set(chain.from_iterable(cells.values()))
    columns = [key for key in dict.fromkeys(chain.from_iterable(rows.values())) if key in filled]
    named = not all(name.isdigit() for name in rows)
    head = [*([""] if named else []), *(_text(column) for column in columns)]
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for name, row in list(cells.items())[:_LISTED]:
        line = [*([_text(name)] if named else []), *(row.get(column, "") for column in columns)]
        yield f"| {' | '.join(line)} |"
    if len(rows) > _LISTED:
        yield f"\nand {len(rows) - _LISTED} more"


def _largest_first(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A table of counts with the largest at the top; any other as it is."""
    if all(name.isdigit() for name in rows):
        return rows  # a list has its own order
    numeric = [key for key in next(iter(rows.values())) if all(_is_number(row[key]) for row in rows.values())]
    return dict(sorted(rows.items(), key=lambda item: -item[1][numeric[-1]])) if numeric else rows


def _cells(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, item in _placed(row).items():
        if not _is_empty(item):
            yield name, _inline(item, in_table=True)


def _inline(value: Any, *, in_table: bool = False) -> str:
    """A value in one line: what is nested in it is told briefly."""
    if isinstance(value, dict):
        parts = _placed(value)
        return ", ".join(
            f"{_text(name)} {_briefly(item, in_table)}" for name, item in parts.items() if not _is_empty(item)
        )
    if isinstance(value, list):
        nested = any(isinstance(item, dict | list) and not _is_pair(item) for item in value)
        most = _FEW if nested or (in_table and not all(map(_is_pair, value))) else _LISTED
        cut = [_briefly(item, in_table) for item in value[:most]]
        return ", ".join([*cut, *(["and more"] if len(value) > most else [])])
    return _code(value, in_table=in_table)


def _briefly(value: Any, in_table: bool) -> str:
    """A nested value: of a mapping its plain values, the first of them without its name."""
    if isinstance(value, list):
        return _inline(value, in_table=in_table) if _depth(value) < _ROW_DEPTH else f"{len(value)} items"
    if not isinstance(value, dict):
        return _code(value, in_table=in_table)
    if _is_pair(value):
        told = _inline(value["value"], in_table=in_table)
        told = f"({told})" if isinstance(value["value"], list) else told
        return f"{_code(value['name'], in_table=in_table)} = {told}"
    plain = {name: item for name, item in _placed(value).items() if not _is_empty(item) and _depth(item) == 0}
    unnamed = {*list(plain)[:1], "path"}
    parts = [
        ("" if name in unnamed else f"{_text(name)} ") + _inline(item, in_table=in_table)
        for name, item in plain.items()
    ]
    return f"({', '.join(parts)})" if len(parts) > 1 else "".join(parts) or "..."


def _placed(value: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping with a path and a line as one place, `path:line`."""
    if not isinstance(value.get("path"), str) or "line" not in value:
        return dict(value)
    place = value["path"] if value["line"] is None else f"{value['path']}:{value['line']}"
    return {name: place if name == "path" else item for name, item in value.items() if name != "line"}


def _is_pair(value: Any) -> bool:
    return isinstance(value, dict) and "name" in value and "value" in value and _depth(value) <= 1


def _is_empty(value: Any) -> bool:
    return value is None or value in ([], {})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_told_in_a_line(value: Any) -> bool:
    return _depth(value) == 0 or (isinstance(value, dict) and _depth(value) == 1 and len(value) <= _LISTED)


def _is_brief(value: Any) -> bool:
    """Whether a nested value may stand in the line of what it is nested in."""
    return _is_told_in_a_line(value) or (_depth(value) <= 2 and len(value) <= _FEW)


def _found_nothing(value: Mapping[str, Any]) -> bool:
    """Whether a slice is made of empty lists, and of numbers of what is in them."""
    parts = list(value.values())
    return any(isinstance(part, list) for part in parts) and not any(map(_holds_anything, parts))


def _holds_anything(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value)
    if isinstance(value, dict):
        return any(map(_holds_anything, value.values()))
    return bool(value) and not isinstance(value, str)


def _depth(value: Any) -> int:
    """How many mappings lie in each other; lists count where they lie in lists."""
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return max((_depth(item) + isinstance(item, list) for item in value), default=0)
    return 0


def _more(items: list[Any]) -> Iterable[str]:
    return [f"- and {len(items) - _LISTED} more"] if len(items) > _LISTED else []


def _code(value: Any, *, in_table: bool = False) -> str:
    """A value as inline code, which Markdown does not interpret; a number as it is."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "unknown"}[value]
    if _is_number(value):
        return f"{value:,}"
    text = _DIGEST.sub(r"\1...", escaped(str(value)))
    text = text if len(text) <= _LONG else f"{text[:_LONG]}..."
    text = text.replace("|", "\\|") if in_table else text  # a cell ends there, even within code
    if "`" in text:
        fence = "`" * (max(map(len, re.findall("`+", text))) + 1)
        return f"{fence} {text} {fence}"
    return f"`{text}`" if text else "(empty)"


def _text(value: Any) -> str:
    """A value as running text, with Markdown's own characters taken literally."""
    return _MARKUP.sub(r"\\\g<0>", escaped(str(value)))
