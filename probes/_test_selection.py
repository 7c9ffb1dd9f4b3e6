"""The test files of a repository: each with the rule that makes it one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from codegenie.formats import js_literals, package_json, toml_lines, toml_text
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.probe import ProbeInputs

from . import _test_configs as configs
from . import _test_defaults as defaults
from . import _test_mocha as mocha
from . import _test_pytest as pytest
from ._frameworks import MANIFESTS, framework_of
from ._path_patterns import matcher
from ._paths import Directory, ancestors, directories, parent, per_directory
from ._test_cases import language_of
from ._test_conventions import BY_CONTENT, CONVENTIONS
from ._test_phpunit import phpunit_rules
from ._test_rules import Rule

_APART = lazily(
    r"(?:^|/)(?:(?:[^/]*[-_.])?fixtures?|__fixtures__|__mocks__|__snapshots__|__testfixtures__|testdata|test[-_]data"
    r"|node_modules|vendor|vendored|third[-_]?party|\.yarn|templates?|template-[^/]*)/",
    re.IGNORECASE,
)


def is_apart(path: str) -> bool:
    """Whether a path lies among fixtures, templates or vendored code, by the names on the way."""
    return _is_directory_apart(path[: path.rfind("/") + 1])


@per_directory
def _is_directory_apart(directory: str) -> bool:
    return _APART.search(directory) is not None


class Evidence(NamedTuple):
    """Where a framework shows: a dependency, a configuration file, a script."""

    framework: str
    ecosystem: str
    how: str
    path: str
    line: int | None


class Selected(NamedTuple):
    """A test file: its language, and the rule that it comes under.  Those by content are tests only with a case."""

    path: str
    language: str
    rule: Rule
    by_content: bool = False


class Selection:
    """What the manifests and configurations of the repository say of its tests."""

    def __init__(self, inputs: ProbeInputs, catalogue: Mapping[str, Mapping[str, Any]]) -> None:
        self._inputs = inputs
        self._own: list[Directory] = []
        self._apart: list[Directory] = []
        for directory in directories(inputs.files):
            (self._apart if _is_directory_apart(directory.path) else self._own).append(directory)
        self.evidence: list[Evidence] = []
        self.rules: list[Rule] = []
        self.suites: dict[Rule, str] = {}
        self.projects: set[str] = set()
        self._read_manifests(catalogue)
        self._read_javascript()
        self._read_python()
        self._read_phpunit()
        self._by_directory: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.rules:
            key = (_language(rule.framework), rule.directory)
            self._by_directory.setdefault(key, []).append(rule)
        for found in self._by_directory.values():
            found.sort(key=defaults.rank)
        self._has_php = any(rule.framework == "PHPUnit" for rule in self.rules)

    def files(self) -> Iterator[Selected]:
        """Every test file, those of a directory and a language together."""
        for directory in self._own:
            by_language: dict[str, list[str]] = {}
            for path in directory.files:
                if language := language_of(path):
                    by_language.setdefault(language, []).append(path)
            for language, paths in by_language.items():
                yield from self._tests_among(directory, language, paths)

    def set_apart(self) -> int:
        """How many files are named like tests among fixtures, templates and vendored code."""
        named = re.compile(r"(?:.*/)?(?:[^/]*[._-](?:test|spec)\.\w+|test_[^/]*\.py|[^/]*Tests?\.(?:java|kt|cs|php))")
        return sum(named.fullmatch(path) is not None for directory in self._apart for path in directory.files)

    def project_of(self, path: str) -> str:
        """The nearest directory with a manifest."""
        return next((above for above in ancestors(path) if above in self.projects), "")

    def is_left_out(self, file: Selected, imported: str | None) -> bool:
        """Whether a file that is only named like a test is passed over by the configuration of what would run it."""
        if file.rule.framework or file.language != "javascript":
            return False
        around = set(ancestors(file.path))
        return any(
            rule.configured and rule.directory in around and imported in (None, rule.framework)
            for rule in self.rules
            if _language(rule.framework) == "javascript"
        )

    def _tests_among(self, directory: Directory, language: str, paths: Sequence[str]) -> Iterator[Selected]:
        """The tests among those files of a directory that are of one language."""
        if language in ("javascript", "python") or (language == "php" and self._has_php):
            rules = self._rules_around(language, parent(paths[0]))
            if not any(word in directory.path or word in directory.names for word in defaults.IN_A_TEST):
                rules = [rule for rule in rules if rule.configured]
            for path in paths if rules else ():
                if rule := next((rule for rule in rules if rule.takes(path)), None):
                    by_content = not rule.configured and rule.framework in defaults.BY_CASES
                    yield Selected(path, language, rule, by_content)
            return
        home = self.project_of(paths[0])
        if language in BY_CONTENT:
            framework, pattern = BY_CONTENT[language]
            rule = _convention(framework, home)
            yield from (Selected(path, language, rule, by_content=True) for path in paths if pattern.fullmatch(path))
        for path in paths if language in CONVENTIONS else ():
            if framework := next((name for name, pattern in CONVENTIONS[language] if pattern.fullmatch(path)), ""):
                yield Selected(path, language, _convention(framework, home))

    def _rules_around(self, language: str, directory: str) -> list[Rule]:
        """Those that a file of the directory can come under, the nearest first."""
        places = (directory, *ancestors(directory))
        return [rule for above in places for rule in self._by_directory.get((language, above), ())]

    def _read_manifests(self, catalogue: Mapping[str, Mapping[str, Any]]) -> None:
        of_interest = matcher(f"(^|/){end}$" for end, *_ in MANIFESTS)
        own = [path for directory in self._own for path in of_interest.among(directory)]
        for end, ecosystem, _, reader in MANIFESTS:
            for path in filter(re.compile(f"(^|/){end}$").search, own):
                manifest = self._inputs.parse(path, reader)
                self.projects.add(parent(path))
                seen = set()
                for name, line in manifest.dependencies if manifest else ():
                    framework = framework_of(catalogue, ecosystem, name)
                    if framework and framework not in seen:
                        seen.add(framework)
                        self.evidence.append(Evidence(framework, ecosystem, "dependency", path, line))

    def _read_javascript(self) -> None:
        for path in self._inputs.matching(*configs.JS_CONFIGS):
            if not is_apart(path) and (rule := configs.of_config(self._inputs, path)):
                self._add(rule, "npm")
        for path in self._inputs.matching("**/package.json"):
            if not is_apart(path):
                self._read_package(path)
        configured = {(rule.framework, rule.directory) for rule in self.rules}
        homes = {rule.directory for rule in self.rules}
        for found in list(self.evidence):
            key = (found.framework, parent(found.path))
            told = found.how == "script" and key[1] in homes  # the script is told what to run
            if (
                found.ecosystem == "npm"
                and defaults.has_default(found.framework)
                and key not in configured
                and not told
            ):
                configured.add(key)
                self.rules.append(defaults.default(*key))
        for path in self._inputs.matching("**/deno.json", "**/deno.jsonc"):
            beside_package_json = f"{parent(path)}/package.json".lstrip("/") in self._inputs.files
            if not is_apart(path) and not beside_package_json:
                self.rules.append(defaults.default("Deno test", parent(path)))
                self.evidence.append(Evidence("Deno test", "npm", "configuration", path, None))
        self.rules.append(defaults.default("", ""))

    def _read_package(self, path: str) -> None:
        manifest = self._inputs.parse(path, package_json.parse)
        if manifest is None:
            return
        named = {"jest": "Jest", "mocha": "Mocha", "ava": "AVA", "tap": "tap"}
        if not manifest.keys.isdisjoint(named):
            entries = self._inputs.parse(path, js_literals.parse) or ()
            for key, framework in named.items():
                if key in manifest.keys and (rule := configs.of_package_json(framework, key, path, entries)):
                    self._add(rule, "npm")
        for name, script in manifest.scripts.items():
            line = manifest.lines.get(("scripts", name))
            if "mocha" in script and (rule := mocha.of_command(parent(path), script, path, line)):
                self._add(rule, "npm", how="script")
            for pattern, framework in defaults.SCRIPTED:
                if pattern.search(script):
                    self.evidence.append(Evidence(framework, "npm", "script", path, line))

    def _read_python(self) -> None:
        for path in self._inputs.matching(*pytest.CONFIGS):
            if is_apart(path):
                continue
            if path.endswith(".toml"):
                values = self._inputs.parse(path, _pytest_in_toml)
            else:
                ini: pytest.Ini | None = self._inputs.parse(path, pytest.section_of)
                values = ini.values if ini else None
                if values is None and path.endswith("pytest.ini"):
                    values = {}
            if values is not None:
                self._add(pytest.rule_of(parent(path), path, values), "pypi")
        self.rules.append(pytest.rule_of("", None, {}))
        self.rules.append(pytest.unittest_rule())

    def _read_phpunit(self) -> None:
        for path in self._inputs.matching("**/phpunit.xml", "**/phpunit.xml.dist", "**/phpunit.dist.xml"):
            if not is_apart(path):
                for name, rule in phpunit_rules(self._inputs, path):
                    self._add(rule, "composer")
                    self.suites[rule] = name

    def _add(self, rule: Rule, ecosystem: str, how: str = "configuration") -> None:
        self.rules.append(rule)
        assert rule.path is not None
        self.evidence.append(Evidence(rule.framework, ecosystem, how, rule.path, rule.line))


def _pytest_in_toml(content: bytes) -> Mapping[str, tuple[list[str], int]] | None:
    return pytest.of_toml(toml_text.load(content), toml_lines.lines_of(text_of(content)))


def _convention(framework: str, directory: str) -> Rule:
    return Rule(framework, directory, _always, configured=False)


def _always(_path: str) -> bool:
    return True


def _language(framework: str) -> str:
    return {"pytest": "python", "unittest": "python", "PHPUnit": "php"}.get(framework, "javascript")
