"""Which files a test runner takes for tests: as it is configured, else as it does by default."""

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from codegenie.formats import js_literals, yaml_text
from codegenie.formats.js_literals import Entry
from codegenie.formats.plain import text_of
from codegenie.formats.xml_text import parse as parse_xml
from codegenie.probe import ProbeInputs

from ._paths import parent, under
from ._test_globs import expression, glob

Match = Callable[[str], bool]


class Rule(NamedTuple):
    """Which files below a directory belong to a framework.  `path` and `line` are where that is configured.

    `patterns` and `excluded` are as written, `unresolved` those that are computed or not understood.
    """

    framework: str
    directory: str
    matches: Match
    configured: bool
    path: str | None = None
    line: int | None = None
    patterns: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()

    def takes(self, path: str) -> bool:
        """Whether a path below the directory is one of its tests."""
        return self.matches(path[len(self.directory) :].lstrip("/"))


_JS = r"\.(?:c|m)?[jt]sx?"
_BY_DEFAULT: dict[str, tuple[tuple[str, ...], str]] = {
    "Jest": (("**/__tests__/**/*.?([mc])[jt]s?(x)", "**/?(*.)+(spec|test).?([mc])[jt]s?(x)"), ""),
    "Vitest": (("**/*.{test,spec}.?(c|m)[jt]s?(x)",), ""),
    "Mocha": (("./test/*.{js,cjs,mjs}",), ""),
    "AVA": (
        (
            *("test.{js,cjs,mjs}", "src/test.{js,cjs,mjs}", "source/test.{js,cjs,mjs}", "**/test-*.{js,cjs,mjs}"),
            *("**/*.spec.{js,cjs,mjs}", "**/*.test.{js,cjs,mjs}", "**/test/**/*.{js,cjs,mjs}"),
            *("**/tests/**/*.{js,cjs,mjs}", "**/__tests__/**/*.{js,cjs,mjs}"),
        ),
        r"(?:^|/)(?:_|helpers?/|fixtures?/)",
    ),
    "tap": (
        (
            *("**/test/**/*.{js,cjs,mjs,ts,mts,cts,jsx,tsx}", "**/tests/**/*.{js,cjs,mjs,ts,mts,cts,jsx,tsx}"),
            *(
                "**/__tests__/**/*.{js,cjs,mjs,ts,mts,cts,jsx,tsx}",
                "**/*.{test,tests,spec}.{js,cjs,mjs,ts,mts,cts,jsx,tsx}",
            ),
            "{test,tests,spec}.{js,cjs,mjs,ts,mts,cts,jsx,tsx}",
        ),
        r"(?:^|/)(?:fixtures?|helpers?|tap-snapshots|tap-testdir[^/]*)/",
    ),
    "node:test": (
        (
            *("**/*.test.?(c|m)[jt]s", "**/*-test.?(c|m)[jt]s", "**/*_test.?(c|m)[jt]s", "**/test-*.?(c|m)[jt]s"),
            *("**/test.?(c|m)[jt]s", "**/test/**/*.?(c|m)[jt]s"),
        ),
        "",
    ),
    "Jasmine": (("spec/**/*[sS]pec.?(m)[jt]s",), ""),
    "Karma": (("**/*.{test,spec}.?(c|m)[jt]s?(x)", "**/*_test.[jt]s"), ""),
    "Playwright": (("**/*.@(spec|test).?(c|m)[jt]s?(x)",), ""),
    "Cypress": (("cypress/e2e/**/*.cy.{js,jsx,ts,tsx}", "**/*.cy.{js,jsx,ts,tsx}"), ""),
    "bun test": (("**/*{.,_}{test,spec}.{js,jsx,ts,tsx}",), ""),
    "Deno test": (("**/{*_,*.,}test.{ts,tsx,mts,js,mjs,jsx}", "**/__tests__/**/*.{ts,tsx,mts,js,mjs,jsx}"), ""),
    "WebdriverIO": (("**/*.{e2e,spec,test}.[jt]s",), ""),
    "QUnit": (("test/**/*.{js,mjs}", "tests/**/*-test.{js,ts,gjs,gts}"), ""),
    "tape": (("test/**/*.js", "test.js"), ""),
    "uvu": (("**/*{.,_}{test,spec}.[jt]s", "test?(s)/**/*.?(c|m)[jt]s"), ""),
    "Web Test Runner": (("test/**/*.test.[jt]s", "**/*.{test,spec}.[jt]s"), ""),
    "Nightwatch": (("tests/**/*.[jt]s",), ""),
    "TestCafe": (("{test,tests}/**/*.[jt]s",), ""),
    # What most name their tests, where no framework is known.
    "": (("**/*{.,_,-}{test,spec}.?(c|m)[jt]s?(x)", "**/__tests__/**/*.?(c|m)[jt]s?(x)"), ""),
}
BY_CASES = frozenset(
    {
        "",
        "Karma",
        "Nightwatch",
        "QUnit",
        "TestCafe",
        "Web Test Runner",
        "WebdriverIO",
        "node:test",
        "tape",
        "unittest",
        "uvu",
    }
)
"""Runners whose defaults are wide, or that are mostly told what to run: only files with a case are theirs."""
_SPECIFIC_FIRST = ("Playwright", "Cypress", "WebdriverIO", "Nightwatch", "TestCafe", "Vitest", "Jest", "AVA", "Mocha")


def default(framework: str, directory: str) -> Rule:
    """What a JavaScript runner takes without a configuration."""
    patterns, exclude = _BY_DEFAULT[framework]
    return Rule(framework, directory, _any(patterns, exclude), configured=False)


def has_default(framework: str) -> bool:
    """Whether it is a JavaScript runner whose rules are known."""
    return framework in _BY_DEFAULT


def rank(rule: Rule) -> tuple[int, bool, int]:
    """The order in which rules of one directory are asked: the special before the general, the configured first."""
    first = _SPECIFIC_FIRST.index(rule.framework) if rule.framework in _SPECIFIC_FIRST[:5] else len(_SPECIFIC_FIRST)
    return first, not rule.configured, len(rule.patterns)


def _any(patterns: Iterable[str], exclude: str = "") -> Match:
    compiled = [one for pattern in patterns if (one := glob(pattern)) is not None]
    unwanted = re.compile(exclude) if exclude else None

    def matches(path: str) -> bool:
        return any(one.fullmatch(path) for one in compiled) and not (unwanted and unwanted.search(path))

    return matches


JS_CONFIGS = (
    "**/jest.config*.{js,cjs,mjs,ts,cts,mts,json}",
    "**/jest-*.json",
    "**/{vitest,vite}.config*.{js,cjs,mjs,ts,cts,mts}",
    "**/{vitest,vite}.*.config.{js,cjs,mjs,ts,cts,mts}",
    "**/playwright*.config*.{js,cjs,mjs,ts,cts,mts}",
    "**/cypress*.config*.{js,cjs,mjs,ts,cts,mts}",
    "**/cypress.json",
    "**/.mocharc*.{js,cjs,json,jsonc,yml,yaml}",
    "**/.mocharc",
    "**/ava.config.{js,cjs,mjs}",
    "**/jasmine.{json,js,mjs}",
    "**/karma.conf*.{js,cjs,ts}",
    "**/.taprc",
)


@dataclass(slots=True)
class _Config:
    """What a configuration says of files, gathered key by key."""

    include: list[str] = field(default_factory=list)
    expressions: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)
    """Expressions of what is left out."""
    roots: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    line: int | None = None


# For each framework the keys (from their ends) with what they say.
_KEYS: dict[str, dict[tuple[str, ...], str]] = {
    "Jest": {
        ("testMatch",): "include",
        ("testRegex",): "expressions",
        ("testPathIgnorePatterns",): "not",
        ("roots",): "roots",
        ("rootDir",): "base",
    },
    "Vitest": {
        ("test", "include"): "include",
        ("test", "exclude"): "exclude",
        ("test", "dir"): "roots",
        ("test", "root"): "roots",
    },
    "Playwright": {("testDir",): "roots", ("testMatch",): "either", ("testIgnore",): "exclude"},
    "Cypress": {("specPattern",): "include", ("excludeSpecPattern",): "exclude", ("testFiles",): "include"},
    "Mocha": {("spec",): "include", ("ignore",): "exclude", ("exclude",): "exclude"},
    "AVA": {("files",): "include"},
    "Jasmine": {("spec_files",): "include", ("specFiles",): "include", ("spec_dir",): "roots", ("specDir",): "roots"},
    "tap": {("include",): "include", ("exclude",): "exclude"},
    "Karma": {},
}
_BY_NAME = (
    (re.compile(r"jest[.-]"), "Jest"),
    (re.compile(r"vite(?:st)?\."), "Vitest"),
    (re.compile(r"playwright"), "Playwright"),
    (re.compile(r"cypress"), "Cypress"),
    (re.compile(r"\.mocharc"), "Mocha"),
    (re.compile(r"ava\."), "AVA"),
    (re.compile(r"jasmine"), "Jasmine"),
    (re.compile(r"karma"), "Karma"),
    (re.compile(r"\.taprc"), "tap"),
)


def of_config(inputs: ProbeInputs, path: str) -> Rule | None:
    """The rule of a configuration file; None where it configures no tests, or cannot be read."""
    name = path.rpartition("/")[2]
    framework = next(framework for pattern, framework in _BY_NAME if pattern.match(name))
    is_yaml = name.endswith((".yml", ".yaml", ".taprc")) or name == ".mocharc"
    entries: Sequence[Entry] | None = inputs.parse(path, _yaml_entries if is_yaml else js_literals.parse)
    if entries is None:
        return None
    if framework == "Vitest" and name.startswith("vite.") and not any("test" in entry.path for entry in entries):
        return None
    if framework == "Jest" and name.startswith("jest-") and not any(one.path[-1:] in _KEYS["Jest"] for one in entries):
        return None
    home = parent(path)
    if framework == "Jasmine":
        home = home.removesuffix("spec/support").rstrip("/")
    return _rule(framework, home, path, entries)


def of_package_json(framework: str, key: str, path: str, entries: Sequence[Entry]) -> Rule | None:
    """The rule of a field of package.json; None where there is none."""
    own = [
        Entry(entry.path[1:], entry.texts, entry.resolved, entry.line) for entry in entries if entry.path[:1] == (key,)
    ]
    return _rule(framework, parent(path), path, [one for one in own if one.path]) if own else None


def _yaml_entries(content: bytes) -> list[Entry]:
    found = yaml_text.documents(content, depth=1)
    value = found[0].value if found else None
    if not isinstance(value, dict):
        return []
    return [
        Entry((str(key),), tuple(str(one) for one in (item if isinstance(item, list) else [item])), True, 1)
        for key, item in value.items()
        if isinstance(item, str | list)
    ]


def _rule(framework: str, home: str, path: str, entries: Sequence[Entry]) -> Rule:
    config = _Config()
    keys = _KEYS[framework]
    base = home
    for entry in entries:
        what = next((what for key, what in keys.items() if entry.path[-len(key) :] == key), None)
        if what is None or "coverage" in entry.path or "typecheck" in entry.path:
            continue
        config.line = min(config.line or entry.line, entry.line)
        if not entry.resolved:
            config.unresolved.append(".".join(entry.path))
        if what == "base":
            base = (under(home, entry.texts[0].replace("<rootDir>", ".")) if entry.texts else None) or home
        else:
            _note(config, what, entry)
    return _made(framework, base, path, config)


def _note(config: _Config, what: str, entry: Entry) -> None:
    texts = [text.replace("<rootDir>/", "").replace("<rootDir>", "") for text in entry.texts]
    for text in texts:
        is_expression = text.startswith("/") and text.rpartition("/")[0] and what in ("either", "exclude")
        if what == "not":
            config.away.append(text)
        elif what == "expressions" or (is_expression and what == "either"):
            inner = text[1 : text.rindex("/")] if is_expression else text
            config.expressions.append(inner)
        elif what in ("either", "include"):
            (config.exclude if text.startswith("!") else config.include).append(text.removeprefix("!"))
        elif what == "roots":
            config.roots.append(text.removeprefix("./").rstrip("/"))
        else:
            config.exclude.append(text)


def _made(framework: str, base: str, path: str, config: _Config) -> Rule:
    globs = {
        pattern: glob(pattern if "/" in pattern or framework != "Playwright" else f"**/{pattern}")
        for pattern in config.include
    }
    globs |= {
        pattern: glob(f"{pattern.rstrip('/')}/*.{{js,cjs,mjs}}")
        for pattern in config.include
        if framework == "Mocha" and _is_directory(pattern)
    }
    expressions = {pattern: expression(pattern) for pattern in config.expressions}
    unwanted = {pattern: _unwanted(pattern) for pattern in config.exclude}
    unwanted |= {pattern: expression(pattern) for pattern in config.away}
    unresolved = [
        *config.unresolved,
        *(p for found in (globs, expressions, unwanted) for p, one in found.items() if one is None),
    ]
    chosen = [one.fullmatch for one in globs.values() if one]
    searched = [one.search for one in expressions.values() if one]
    by_default = default(framework, base).matches if framework in _BY_DEFAULT else _never
    away = [one.search for one in unwanted.values() if one]
    roots = [root for root in config.roots if root not in ("", ".")]

    def matches(rel: str) -> bool:
        below = rel
        if roots:
            found = next((root for root in roots if rel.startswith(f"{root}/")), None)
            if found is None:
                return False
            below = rel[len(found) + 1 :]
        if any(search(f"/_/{rel}") for search in away):
            return False
        if not (chosen or searched):
            return by_default(below) or by_default(rel)
        return any(match(rel) or match(below) for match in chosen) or any(search(f"/_/{rel}") for search in searched)

    return Rule(
        framework,
        base,
        matches,
        configured=True,
        path=path,
        line=config.line,
        patterns=(*config.include, *config.expressions),
        excluded=(*config.exclude, *config.away),
        unresolved=tuple(sorted(set(unresolved))),
    )


def _is_directory(pattern: str) -> bool:
    return "*" not in pattern and "." not in pattern.rpartition("/")[2]


def _never(_path: str) -> bool:
    return False


def _unwanted(pattern: str) -> re.Pattern[str] | None:
    """What is left out: an expression between slashes, or a glob over what follows the first slash."""
    if pattern.startswith("/") and len(pattern) > 1 and pattern.endswith("/"):
        return expression(pattern[1:-1])
    found = glob(pattern)
    return re.compile(f"\\A/_/(?:{found.pattern})\\Z") if found else None


_VALUED = frozenset((
    *("-r", "--require", "--import", "-R", "--reporter", "-t", "--timeout", "--slow", "-u", "--ui", "-g", "--grep"),
    *("-f", "--fgrep", "--config", "--opts", "--extension", "--file", "--ignore", "--exclude", "--loader", "-n", "-O"),
    "-j",
))  # fmt: skip


def of_mocha_command(directory: str, script: str, path: str, line: int | None) -> Rule | None:
    """The rule of a script that calls mocha with files or directories."""
    try:
        words = shlex.split(script[:2000])
    except ValueError:
        return None
    at = next((at for at, word in enumerate(words) if word.rpartition("/")[2] in ("mocha", "_mocha")), None)
    if at is None:
        return None
    specs, recursive, words = [], False, words[at + 1 :]
    while words:
        word = words.pop(0)
        if word in ("&&", "||", ";", "|"):
            break
        if word in _VALUED:
            words = words[1:]
        elif word == "--recursive":
            recursive = True
        elif not word.startswith("-"):
            specs.append(word)
    if not specs and not recursive:
        return None
    patterns = [
        f"{spec.rstrip('/')}/{'**/' if recursive else ''}*.{{js,cjs,mjs}}" if _is_directory(spec.rstrip("/")) else spec
        for spec in (specs or ["./test"])
    ]
    return Rule("Mocha", directory, _any(patterns), configured=True, path=path, line=line, patterns=tuple(specs))


SCRIPTED = (
    (re.compile(r"(?:^|[\s/;&|])node\s[^;&|]*--test\b"), "node:test"),
    (re.compile(r"(?:^|[\s;&|])bun\s+test\b"), "bun test"),
    (re.compile(r"(?:^|[\s;&|])deno\s+test\b"), "Deno test"),
    (re.compile(r"(?:^|[\s/;&|])uvu\b"), "uvu"),
)
"""Runners that need no dependency, as a script calls them."""

PYTEST_CONFIGS = (
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


def pytest_section(content: bytes) -> Ini | None:
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


def pytest_rule(directory: str, path: str | None, values: Mapping[str, tuple[list[str], int]]) -> Rule:
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
    return Rule("unittest", "", _any(("**/tests.py",)), configured=False)


def _is_below(rel: str, root: re.Pattern[str]) -> bool:
    if root.pattern in ("\\.", ""):
        return True
    parts = rel.split("/")
    return any(root.fullmatch("/".join(parts[:end])) for end in range(1, len(parts) + 1))


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
            match = _any(chosen)
            yield (
                element.attributes.get("name", ""),
                Rule("PHPUnit", parent(path), _except(match, tuple(excluded)), configured=True, path=path,
                     line=element.line, patterns=tuple(names), excluded=tuple(excluded)),
            )  # fmt: skip


def _except(match: Match, excluded: tuple[str, ...]) -> Match:
    return lambda rel: match(rel) and not rel.startswith(excluded) if excluded else match(rel)


# For languages whose runners go by names or directories, without a configuration of their own.
CONVENTIONS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("go", "go test", re.compile(r"(?:(?!testdata/|vendor/|[_.])[^/]+/)*(?![_.])[^/]*_test\.go")),
    ("ruby", "RSpec", re.compile(r"(?:.*/)?spec/.*_spec\.rb")),
    ("ruby", "minitest", re.compile(r"(?:.*/)?test/(?:.*_test\.rb|(?:.*/)?test_[^/]*\.rb)|(?:.*/)?[^/]+_test\.rb")),
    ("php", "PHPUnit", re.compile(r"(?:.*/)?(?:[Tt]ests?|[^/]*Tests?)/.*Test\.php")),
    ("elixir", "ExUnit", re.compile(r"(?:.*/)?test/.*_test\.exs")),
    ("dart", "package:test", re.compile(r"(?:.*/)?(?:test|integration_test)/.*_test\.dart")),
    ("bats", "bats", re.compile(r".*\.bats")),
    ("gherkin", "Cucumber", re.compile(r".*\.feature")),
    ("r", "testthat", re.compile(r"(?:.*/)?tests/testthat/test[^/]*\.[Rr]")),
)
# Files of which only those with a test case in them are tests.
BY_CONTENT: dict[str, tuple[str, re.Pattern[str]]] = {
    "rust": ("cargo test", re.compile(r".*\.rs")),
    "jvm": (
        "",
        re.compile(
            r"(?:.*/)?(?:[^/]*[tT]ests?|it|[^/]*-tests?|[a-z]*benchmarks?)/.*|.*(?:Tests?|Spec|IT|TestCase|Suite)\.\w+"
        ),
    ),
    "csharp": ("", re.compile(r"(?i).*test.*")),
    "c": ("", re.compile(r"(?i).*test.*|(?:.*/)?t/.*")),
    "swift": ("", re.compile(r"(?:.*/)?[^/]*Tests?/.*")),
    "zig": ("zig test", re.compile(r".*")),
    "clojure": ("clojure.test", re.compile(r"(?:.*/)?test/.*")),
}


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
