"""The documentation: links lead somewhere, generated pages are current, and hand-written tables are complete."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegenie import errors, settings
from docs import generate

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / ".github").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_a_page_of_the_site_links_only_to_pages_of_the_site(page: Path) -> None:
    targets = [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
    assert [target for target in targets if not target.is_relative_to(DOCS)] == []


def test_links_and_anchors_that_lead_nowhere_are_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `word`, and more\n\n[here](#a-word-and-more) [no](#no) [no](no.md)\n```\n[not](a.link)\n```\n")
    assert [link for link in links(page) if not leads_somewhere(page, link)] == ["#no", "no.md"]


@pytest.mark.parametrize("name", ["probes.md", "catalogues.md", "cli.md"])
def test_a_generated_page_is_current(name: str) -> None:
    assert generate.pages()[name] == (DOCS / name).read_text(), "run `doit docs`"


def test_every_setting_is_documented_once() -> None:
    assert sorted(rows("settings.md", r"`(\w+)`")) == sorted(settings.VARIABLES)


def test_every_exit_code_is_documented_once() -> None:
    codes = {value for name, value in vars(errors).items() if name.isupper()}
    assert sorted(map(int, rows("exit-codes.md", r"(\d+)"))) == sorted(codes)


def test_every_module_has_a_place_in_the_architecture() -> None:
    modules = {path.stem for path in (ROOT / "codegenie").iterdir() if path.suffix == ".py" or path.name == "formats"}
    named = re.findall(r"`(\w+)`", " ".join(rows("architecture.md", r"\d+ \| (.*?)")))
    assert len(named) == len(set(named))
    assert modules - {"__init__"} <= set(named)


def test_the_decisions_are_numbered_and_listed_in_order() -> None:
    records = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    assert links(DOCS / "decisions/index.md") == records


def test_fields_of_a_schema_are_named_by_their_path() -> None:
    schema = {
        "definitions": {"place": {"type": "object", "properties": {"path": {"type": "string", "description": "P."}}}},
        "properties": {
            "name": {"type": ["string", "null"], "description": "N."},
            "found": {"type": "array", "description": "F.", "items": {"$ref": "#/definitions/place"}},
            "by": {"type": "object", "description": "B.", "additionalProperties": {"enum": [1, "x"]}},
        },
    }
    assert list(generate.fields(schema, schema)) == [
        ("name", "string or null", "N."),
        ("found", "array of object", "F."),
        ("found[].path", "string", "P."),
        ("by", "object", "B."),
        ("by.*", '`1`, `"x"`', ""),
    ]


def rows(page: str, cell: str) -> list[str]:
    """What stands in a first cell of this form, of every row of the page's tables."""
    return re.findall(rf"^\| {cell} \|", (DOCS / page).read_text(), re.MULTILINE)


def links(page: Path) -> list[str]:
    """The targets of the links of a page, code left out, that are not addresses."""
    targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(page)))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> Iterator[str]:
    """What the headings of a page are called: lower case, words joined by hyphens, punctuation gone."""
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
