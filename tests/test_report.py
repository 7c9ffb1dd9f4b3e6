"""The report says what the document says, to a person, and its values stay values."""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codegenie.report import Highlights, rendered

SNAPSHOT: dict[str, Any] = {
    "commit": None,
    "listed_by": "walk",
    "files": 3,
    "paths_digest": "x",
    "excluded": [],
    "skipped": [],
    "warnings": [],
}


def about(outcome: str = "succeeded", **more: Any) -> dict[str, Any]:
    return {"version": "1.0.0", "outcome": outcome, "confidence": "high", "warnings": [], "errors": []} | more


def document(slices: dict[str, Any], **snapshot: Any) -> dict[str, Any]:
    probes = {name: about("failed" if value is None else "succeeded") for name, value in slices.items()}
    envelope = {"schema_version": 1, "generator": {"name": "codegenie", "version": "0"}, "task": None}
    return {**envelope, "snapshot": SNAPSHOT | snapshot, "probes": probes, **slices}


def facts(value: Any) -> list[str]:
    """What is said of one slice, without blank lines."""
    text = rendered(document({"one": value}))
    told = text.partition("## one\n\n")[2].partition("## How far to trust each slice\n")[0]
    return [line for line in told.split("\n") if line]


def test_a_report_reads_like_this() -> None:
    place = {"path": "package.json", "line": 7}
    whole = document(
        {
            "alpha": {
                "language": "Python",
                "share": 0.5,
                "size": 12345,
                "license": None,
                "tool": {"name": "npm", "version": None, "evidence": [{"how": "lockfile", **place}]},
                "commands": {
                    "runner": "npm",
                    "build": {"command": "a | b", "text": "x", "evidence": [place]},
                    "test": {"command": "npm test", "text": None, "evidence": []},
                    "lint": None,
                },
                "unparsed": [{"path": "x.json", "reason": "not JSON"}],
                "notes": [],
            },
            "beta": None,
        },
        commit="c0ffee",
        skipped=[{"path": "a`b", "reason": "a *link*"}],
        warnings=["git_is <old>"],
    )
    whole["probes"]["alpha"]["warnings"] = ["mind the [gap]"]
    whole["probes"]["beta"]["errors"] = ["raised | fell"]
    assert rendered(whole) == (
        "# What is known of this repository\n"
        "\n"
        "commit `c0ffee`, 3 files, 1 path left out. The facts with their evidence are in `repo-context.yaml`.\n"
        "\n> git_is \\<old\\>\n"
        "\n"
        "## Read with care\n"
        "\n"
        "- beta failed: raised \\| fell\n"
        "- alpha: mind the \\[gap\\]\n"
        "- alpha: 1 of its files could not be read or understood\n"
        "\n"
        "## alpha\n"
        "\n"
        "- **language**: `Python`\n"
        "- **share**: 0.5\n"
        "- **size**: 12,345\n"
        "- **tool**: name `npm`, evidence (`lockfile`, `package.json:7`)\n"
        "- **commands**: runner `npm`\n"
        "- unknown: license\n"
        "- none: notes\n"
        "\n"
        "**commands**\n"
        "\n"
        "|  | command | text | evidence |\n"
        "|---|---|---|---|\n"
        "| build | `a \\| b` | `x` | `package.json:7` |\n"
        "| test | `npm test` |  |  |\n"
        "\n"
        "**unparsed**\n"
        "\n"
        "| path | reason |\n"
        "|---|---|\n"
        "| `x.json` | `not JSON` |\n"
        "\n"
        "## beta\n"
        "\n"
        "Nothing is known.\n"
        "\n"
        "## How far to trust each slice\n"
        "\n"
        "- **Failed**: beta\n"
        "- **High confidence**: alpha\n"
        "\n"
        "## Left out\n"
        "\n"
        "- `` a`b ``: a \\*link\\*\n"
    )


def test_what_a_probe_highlights_stands_in_for_its_slice() -> None:
    whole = document({"alpha": {"a": 1}, "beta": {"b": 2}, "gamma": {"c": 3}})
    whole["probes"]["beta"]["confidence"] = "medium"
    text = rendered(
        whole,
        [
            Highlights("alpha", "build", [("Build", "`npm ci` in 3 projects"), ("Test", "`npm test`")]),
            Highlights("beta", "identity", [("Languages", "C# 80 %")]),
            Highlights("gamma", "identity", []),
        ],
    )
    assert [line for line in text.splitlines() if line][2:-3] == [
        "## What it is",
        "- **Languages**: C# 80 %",
        "Medium confidence: beta.",
        "## How it is built and tested",
        "- **Build**: `npm ci` in 3 projects",
        "- **Test**: `npm test`",
        "## gamma",
        "- **c**: 3",
    ]


def highlighted(*lines: tuple[str, str], task: str | None = None, count: int = 0) -> list[str]:
    """What is said of a slice made for the task `move`, with `count` lines more under a heading of their own."""
    whole = document({"alpha": {}, "beta": {}}) | {"task": task}
    more = [("last.Dockerfile\tBase", str(at)) for at in range(count)]
    alpha = Highlights("alpha", "identity", [("Size", "small")])
    text = rendered(whole, [alpha, Highlights("beta", "migration", [*lines, *more], ("move",))])
    return [line for line in text.partition("\n\n## ")[2].partition("## How far")[0].splitlines() if line]


def test_the_section_made_for_the_task_comes_first() -> None:
    assert highlighted(("Base", "`x`"))[0] == "What it is"
    assert highlighted(("Base", "`x`"), task="another")[0] == "What it is"
    assert highlighted(("Base", "`x`"), task="move")[0] == "What a distroless image would meet"


def test_lines_stand_under_the_headings_before_their_labels() -> None:
    told = highlighted(("a_b/Dockerfile\tBase", "`x`"), ("a_b/Dockerfile\tUser", "`y`"), ("Rest", "z"), task="move")
    assert told[1:5] == ["### a_b/Dockerfile", "- **Base**: `x`", "- **User**: `y`", "- **Rest**: z"]


def test_what_there_is_no_room_for_is_counted_by_whole_headings() -> None:
    first = ("Dockerfile\tBase", "`x`")
    assert highlighted(first, count=12)[-3:] == ["### Dockerfile", "- **Base**: `x`", "and 12 more in `beta`"]
    assert highlighted(first, count=11)[-1] == "- **Base**: 10"
    assert len(highlighted(first, count=30, task="move")) == 2 + 3 + 30 + 1


def test_a_slice_that_found_nothing_is_only_named() -> None:
    text = rendered(document({"one": {"from": "a page", "count": 0, "found": [], "more": {"listed": []}}, "two": {}}))
    assert "## one" not in text
    assert text.endswith("- **High confidence**: one, two\n- **Nothing found**: one\n")
    assert "## one" in rendered(document({"one": {"count": 1, "found": []}}))
    assert "## one" in rendered(document({"one": {"found": [0]}}))


def test_a_long_digest_is_cut() -> None:
    digest = "0123456789ab" + "c" * 52
    told = rendered(document({"one": {}}), [Highlights("one", "build", [("Base", f"`node@sha256:{digest}` ok")])])
    assert "- **Base**: `node@sha256:0123456789ab...` ok" in told


@given(st.text(alphabet="`*[]<>|&!$@_\n\r\x1b\u202ea", max_size=30))
def test_a_strangers_text_in_a_highlight_stays_one_line_of_text(value: str) -> None:
    told = rendered(document({"one": {}}), [Highlights("one", "build", [("Build", f"`{value}` and {value}")])])
    (line,) = [line for line in told.split("\n") if line.startswith("- **Build**: ")]
    outside = re.sub(r"(`+).*?(?<!`)\1(?!`)", "", line.removeprefix("- **Build**: "))
    assert not re.search(r"(?<!\\)(?:\\\\)*[*\[\]<>|&!$@]", outside)
    assert told.isprintable() or not re.search(r"[\r\x1b\u202e]", told)


def test_what_failed_comes_first() -> None:
    whole = document({"a": {}, "b": {}, "c": {}, "d": {}})
    for name, outcome in {"a": "succeeded", "b": "skipped", "c": "failed", "d": "failed"}.items():
        whole["probes"][name]["outcome"] = outcome
    told = rendered(whole).partition("## How far to trust each slice\n\n")[2].splitlines()
    assert told[:3] == ["- **Failed**: c, d", "- **Skipped**: b", "- **High confidence**: a"]


def test_values_of_each_kind_are_told_apart() -> None:
    assert facts(
        {"t": True, "f": False, "zero": 0, "none": None, "empty": "", "list": [], "map": {}, "text": "None"}
    ) == [
        "- **t**: yes",
        "- **f**: no",
        "- **zero**: 0",
        "- **empty**: (empty)",
        "- **text**: `None`",
        "- unknown: none",
        "- none: list, map",
    ]


def test_a_map_of_counts_is_a_table_with_the_largest_first() -> None:
    counts = {"a": {"files": 9, "bytes": 1}, "b": {"files": 1, "bytes": 2000}, "c": {"files": 1, "bytes": 2}}
    assert facts({"languages": counts}) == [
        "**languages**",
        "|  | files | bytes |",
        "|---|---|---|",
        "| b | 1 | 2,000 |",
        "| c | 1 | 2 |",
        "| a | 9 | 1 |",
    ]


def test_a_list_of_mappings_is_a_table_in_its_own_order_without_empty_columns() -> None:
    rows = [
        {"name": "z", "n": 1, "lost": None, "path": "x", "line": None},
        {"name": "a", "n": 2, "lost": [], "line": 3},
    ]
    assert facts({"rows": rows}) == [
        "**rows**",
        "| name | n | path | line |",
        "|---|---|---|---|",
        "| `z` | 1 | `x` |  |",
        "| `a` | 2 |  | 3 |",
    ]


def test_what_is_nested_is_told_briefly_within_a_cell() -> None:
    place = {"path": "p", "line": 1}
    row = {
        "name": "n",
        "many": list("abcdef"),
        "options": [{"name": "strict", "value": True, **place}, {"name": "lib", "value": ["x", "y"], **place}],
        "seen": [{"kind": "file", **place}],
        "deep": {"a": {"b": {"c": 1}}},
    }
    assert facts({"rows": [row | {"deep": {}}]})[3:] == [
        "| `n` | `a`, `b`, `c`, `d`, and more | `strict` = yes, `lib` = (`x`, `y`) | (`file`, `p:1`) |"
    ]
    assert facts({"rows": [row]})[0] == "### rows: `n`"


def test_what_is_too_deep_for_a_row_has_a_heading() -> None:
    project = {"path": ".", "name": "x", "groups": [{"files": [{"path": "f", "extends": [{"value": "v"}]}], "n": 1}]}
    assert facts({"projects": [project, project | {"path": "y"}]}) == [
        "### projects: `.`",
        "- **name**: `x`",
        "**groups**",
        "| files | n |",
        "|---|---|",
        "| `f` | 1 |",
        "### projects: `y`",
        "- **name**: `x`",
        "**groups**",
        "| files | n |",
        "|---|---|",
        "| `f` | 1 |",
    ]


def test_what_is_long_is_cut_with_a_count() -> None:
    assert facts({"list": list(range(15))}) == [f"- **list**: {', '.join(map(str, range(12)))}, and more"]
    assert facts({"rows": [{"n": number} for number in range(14)]})[-2:] == ["| 11 |", "and 2 more"]
    deep = [{"n": number, "a": {"b": {"c": {"d": 1}}}} for number in range(14)]
    assert facts({"parts": deep})[-1] == "and 2 more"
    assert facts({"text": "x" * 161}) == [f"- **text**: `{'x' * 160}...`"]
    skipped = [{"path": str(number), "reason": "r"} for number in range(14)]
    assert "- `11`: r\n- and 2 more\n" in rendered(document({}, skipped=skipped))


def test_what_is_deep_has_no_deeper_heading_than_the_fifth() -> None:
    value: Any = "bottom"
    for _ in range(50):
        value = {"k": [{"n": 1, "v": value}]}
    headings = [line.partition(" ")[0] for line in facts(value) if line.startswith("#")]
    assert headings == ["###", "####", "#####"]


def test_a_strangers_text_stays_text() -> None:
    """No link, image, heading, table or element of HTML comes of a file name; nor an escape of a terminal."""
    name = "</details>[x](javascript:1)\n# H\n![i](http://e/x)|`\x1b[2J\u202e"
    deep = {"a": {"b": {"c": {"d": name}}}}
    said = facts({name: {name: name}, "list": [name], "rows": [{name: name}], "map": {name: {name: 1}}, "s": [deep]})
    text = "\n".join(said)
    assert "\x1b" not in text and "\u202e" not in text
    outside = re.sub(r"(`+) .*? \1", "", text)  # what is not inline code
    assert not re.search(r"(?<!\\)[<\[`!]", outside)
    tables = [line for line in said if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in tables} <= {2, 3}
    assert not [line for line in said if not re.match(r"- \*\*|\*\*|\| |\|--|### ", line)]


def test_no_address_is_made_a_link() -> None:
    assert facts({"http://x.y": {"www.x.y": 1, "ann@x.y": 2, "$x$": 3, "a:b": 4}}) == [
        "- **http\\://x.y**: www\\.x.y 1, ann\\@x.y 2, \\$x\\$ 3, a:b 4"
    ]


def test_marks_within_words_stay_readable() -> None:
    assert facts({"build_system": {"C#": 1, "_x_": 2, "#x": 3, "4.2 - x": 4}}) == [
        "- **build_system**: C# 1, \\_x\\_ 2, \\#x 3, 4.2 - x 4"
    ]


def test_code_is_fenced_by_more_backticks_than_it_holds() -> None:
    assert facts({"a": "`", "b": "``x`", "c": "plain"}) == [
        "- **a**: `` ` ``",
        "- **b**: ``` ``x` ```",
        "- **c**: `plain`",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=14) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_any_slice_is_rendered_and_the_same_again(value: dict[str, Any]) -> None:
    whole = document({"one": value})
    text = rendered(whole)
    assert text == rendered(json.loads(json.dumps(whole)))
    assert text.encode().decode() == text
    assert not [line for line in facts(value) if not re.match(r"- |\*\*|\||#{3,5} |and \d", line)]
