"""Which files a JavaScript test runner is configured to take for tests."""

import re
from collections.abc import Sequence

from codegenie.formats import js_literals, yaml_text
from codegenie.formats.js_literals import Entry
from codegenie.formats.patterns import lazily
from codegenie.probe import ProbeInputs

from ._paths import parent, under
from ._test_defaults import default, has_default
from ._test_globs import expression, glob, is_directory
from ._test_rules import Rule

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


class _Config:
    """What a configuration says of files, gathered key by key."""

    def __init__(self) -> None:
        self.include: list[str] = []
        self.expressions: list[str] = []
        self.exclude: list[str] = []
        self.away: list[str] = []
        """Expressions of what is left out."""
        self.roots: list[str] = []
        self.unresolved: list[str] = []
        self.line: int | None = None


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
    (lazily(r"jest[.-]"), "Jest"),
    (lazily(r"vite(?:st)?\."), "Vitest"),
    (lazily(r"playwright"), "Playwright"),
    (lazily(r"cypress"), "Cypress"),
    (lazily(r"\.mocharc"), "Mocha"),
    (lazily(r"ava\."), "AVA"),
    (lazily(r"jasmine"), "Jasmine"),
    (lazily(r"karma"), "Karma"),
    (lazily(r"\.taprc"), "tap"),
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
        if framework == "Mocha" and is_directory(pattern)
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
    by_default = default(framework, base).matches if has_default(framework) else _never
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


def _never(_path: str) -> bool:
    return False


def _unwanted(pattern: str) -> re.Pattern[str] | None:
    """What is left out: an expression between slashes, or a glob over what follows the first slash."""
    if pattern.startswith("/") and len(pattern) > 1 and pattern.endswith("/"):
        return expression(pattern[1:-1])
    found = glob(pattern)
    return re.compile(f"\\A/_/(?:{found.pattern})\\Z") if found else None
