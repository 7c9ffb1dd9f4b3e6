"""The report says what the document says, to a person, and its values stay values."""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codegenie.report import rendered

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
    """What is said of one slice."""
    text = rendered(document({"one": value}))
    return text.partition("## one\n\n")[2].rstrip("\n").split("\n")


def test_a_report_reads_like_this() -> None:
    whole = document(
        {"alpha": {"language": "Python", "share": 0.5}, "beta": None},
        commit="c0ffee",
        skipped=[{"path": "a`b", "reason": "a *link*"}],
        warnings=["git_is <old>"],
    )
    whole["probes"]["alpha"]["warnings"] = ["mind the [gap]"]
    whole["probes"]["beta"]["errors"] = ["raised | fell"]
    assert rendered(whole) == (
        "# What is known of this repository\n"
        "\n"
        "commit `c0ffee`, 3 files. The facts with their evidence are in `repo-context.yaml`.\n"
        "\n> git\\_is \\<old\\>\n"
        "\n1 paths were left out:\n\n"
        "- `` a`b ``: a \\*link\\*\n"
        "\n"
        "| slice | outcome | confidence |\n"
        "|---|---|---|\n"
        "| beta | failed | high |\n"
        "| alpha | succeeded | high |\n"
        "\n"
        "## alpha\n"
        "\n"
        "> mind the \\[gap\\]\n"
        "- **language**: `Python`\n"
        "- **share**: `0.5`\n"
        "\n"
        "## beta\n"
        "\n"
        "> failed: raised \\| fell\n"
        "Nothing is known.\n"
    )


def test_what_failed_comes_first() -> None:
    whole = document({"a": {}, "b": {}, "c": {}, "d": {}})
    for name, outcome in {"a": "succeeded", "b": "skipped", "c": "failed", "d": "failed"}.items():
        whole["probes"][name]["outcome"] = outcome
    rows = [line.split(" | ")[0][2:] for line in rendered(whole).splitlines() if line.startswith("| ")]
    assert rows == ["slice", "c", "d", "b", "a"]


def test_values_of_each_kind_are_told_apart() -> None:
    assert facts(
        {"t": True, "f": False, "zero": 0, "none": None, "empty": "", "list": [], "map": {}, "text": "None"}
    ) == [
        "- **t**: yes",
        "- **f**: no",
        "- **zero**: `0`",
        "- **none**: unknown",
        "- **empty**: (empty)",
        "- **list**: none",
        "- **map**: none",
        "- **text**: `None`",
    ]


def test_lists_and_maps_are_nested_and_flat_ones_stand_in_a_line() -> None:
    assert facts({"names": ["a", "b"], "pairs": {"x": 1, "y": None}, "rows": [{"k": [{"deep": 1}]}, {"k": 2}]}) == [
        "- **names**: `a`, `b`",
        "- **pairs**: x `1`",
        "- **rows**:",
        "  -",
        "    - **k**:",
        "      - deep `1`",
        "  - k `2`",
    ]


def test_what_is_long_is_cut_with_a_count() -> None:
    assert facts({"rows": list(range(15))}) == [
        "- **rows**:",
        *(f"  - `{number}`" for number in range(12)),
        "  - and 3 more",
    ]
    assert facts({"text": "x" * 161}) == [f"- **text**: `{'x' * 160}...`"]
    skipped = [{"path": str(number), "reason": "r"} for number in range(14)]
    assert "- `11`: r\n- and 2 more\n" in rendered(document({}, skipped=skipped))


def test_what_is_deep_is_told_in_a_line() -> None:
    value: Any = "bottom"
    for _ in range(50):
        value = {"k": [value, "x"]}
    said = facts(value)
    assert "`bottom`" in "\n".join(said)
    assert max(len(line) - len(line.lstrip()) for line in said) <= 12


def test_a_strangers_text_stays_text() -> None:
    """No link, image, heading, table or element of HTML comes of a file name; nor an escape of a terminal."""
    name = "</details>[x](javascript:1)\n# H\n![i](http://e/x)|`\x1b[2J\u202e"
    said = facts({name: {name: name}, "list": [[name], name]})
    text = "\n".join(said)
    assert "\x1b" not in text and "\u202e" not in text
    outside = re.sub(r"(`+) .*? \1", "", text)  # what is not inline code
    assert not re.search(r"(?<!\\)[<\[|`]", outside)
    assert not [line for line in said if not line.lstrip().startswith("-")]


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
    assert not [line for line in facts(value) if line and not re.match(r" *-( |$)", line)]
