"""Which files pytest takes for tests, as it is configured."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from codegenie.formats.plain import text_of

from ._test_globs import glob
from ._test_rules import Rule, matching

CONFIGS = (
    "**/pytest.ini",
    "**/.pytest.ini",
    "**/pyproject.toml",
    "**/tox.ini",
    "**/setup.cfg",
    "**/pytest.toml",
)


class Ini(NamedTuple):
    """The values under one section of an ini file, by name: their words and their line."""

    values: Mapping[str, tuple[list[str], int]]


def section_of(content: bytes) -> Ini | None:
    """Pytest's own section in pytest.ini, tox.ini or setup.cfg; None without one."""
    found: dict[str, tuple[list[str], int]] = {}
    section = name = ""
    seen = False
    for number, line in enumerate(text_of(content).splitlines(), start=1):
        stripped = line.strip()
        if line.startswith("["):
            section, name = stripped.strip("[]"), ""
            seen = seen or section in ("pytest", "tool:pytest")
        elif section in ("pytest", "tool:pytest") and stripped and stripped[0] not in "#;":
            if line[0].isspace() and name:
                found[name][0].extend(stripped.split())
            elif "=" in stripped or ":" in stripped:
                name, _, value = stripped.partition("=" if "=" in stripped else ":")
                name = name.strip()
                found[name] = (value.split(), number)
    return Ini(found) if seen else None


def rule_of(directory: str, path: str | None, values: Mapping[str, tuple[list[str], int]]) -> Rule:
    """The rule of pytest with these settings."""
    named = values.get("python_files", (["test_*.py", "*_test.py"], None))
    roots, at = values.get("testpaths", ([], None))
    compiled = [glob(pattern if "/" in pattern else f"**/{pattern}") for pattern in named[0]]
    wanted = [glob(root.rstrip("/")) for root in roots]
    line = named[1] or at

    def matches(rel: str) -> bool:
        if wanted and not any(_is_below(rel, one) for one in wanted if one):
            return False
        return any(one.fullmatch(rel) for one in compiled if one)

    unresolved = [p for p, one in zip([*named[0], *roots], [*compiled, *wanted], strict=True) if one is None]
    return Rule(
        "pytest",
        directory,
        matches,
        configured="python_files" in values or "testpaths" in values,
        path=path,
        line=line,
        patterns=(*(roots or []), *(named[0] if named[1] else [])),
        unresolved=tuple(unresolved),
    )


def unittest_rule() -> Rule:
    """What Django's runner takes and pytest does not: `tests.py`, which `startapp` makes."""
    return Rule("unittest", "", matching(("**/tests.py",)), configured=False)


def _is_below(rel: str, root: re.Pattern[str]) -> bool:
    if root.pattern in ("\\.", ""):
        return True
    parts = rel.split("/")
    return any(root.fullmatch("/".join(parts[:end])) for end in range(1, len(parts) + 1))


def of_toml(value: Mapping[str, Any], lines: Mapping[Any, int]) -> Mapping[str, tuple[list[str], int]] | None:
    """Pytest's settings in a pyproject.toml; None without any."""
    tool = value.get("tool")
    table = tool.get("pytest") if isinstance(tool, dict) else None
    way: tuple[str, ...] = ("tool", "pytest")
    if isinstance(table, dict) and isinstance(table.get("ini_options"), dict):
        table, way = table["ini_options"], ("tool", "pytest", "ini_options")
    if not isinstance(table, dict):
        return None
    found = {}
    for name in ("python_files", "testpaths"):
        said = table.get(name)
        words = said.split() if isinstance(said, str) else [one for one in said or () if isinstance(one, str)]
        if words:
            found[name] = (words, lines.get((*way, name), 1))
    return found
