"""Which files the test suites of a phpunit.xml take for tests."""

from collections.abc import Iterator

from codegenie.formats.xml_text import parse as parse_xml
from codegenie.probe import ProbeInputs

from ._paths import parent
from ._test_rules import Match, Rule, matching


def phpunit_rules(inputs: ProbeInputs, path: str) -> Iterator[tuple[str, Rule]]:
    """The rule of each test suite in a phpunit.xml, with the suite's name."""
    root = inputs.parse(path, parse_xml)
    for element in root.walk() if root else ():
        if element.name != "testsuite":
            continue
        chosen, excluded, names = [], [], []
        for child in element.children:
            place = child.text.strip().removeprefix("./").rstrip("/")
            if child.name == "directory" and place:
                suffix = child.attributes.get("suffix", "Test.php")
                chosen.append(f"{place}/**/*{suffix}" if place != "." else f"**/*{suffix}")
                names.append(place)
            elif child.name == "file" and place:
                chosen.append(place)
                names.append(place)
            elif child.name == "exclude" and place:
                excluded.append(f"{place}/")
        if chosen:
            match = matching(chosen)
            yield (
                element.attributes.get("name", ""),
                Rule("PHPUnit", parent(path), _except(match, tuple(excluded)), configured=True, path=path,
                     line=element.line, patterns=tuple(names), excluded=tuple(excluded)),
            )  # fmt: skip


def _except(match: Match, excluded: tuple[str, ...]) -> Match:
    return lambda rel: match(rel) and not rel.startswith(excluded) if excluded else match(rel)
