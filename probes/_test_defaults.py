"""Which files a JavaScript test runner takes for tests without a configuration."""

from codegenie.formats.patterns import lazily

from ._test_rules import Rule, matching

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
IN_A_TEST = ("cy", "e2e", "spec", "test")
"""One of them is in each path that a rule takes which nobody has configured, also of Python's."""
_SPECIFIC_FIRST = ("Playwright", "Cypress", "WebdriverIO", "Nightwatch", "TestCafe", "Vitest", "Jest", "AVA", "Mocha")


def default(framework: str, directory: str) -> Rule:
    """What a JavaScript runner takes without a configuration."""
    patterns, exclude = _BY_DEFAULT[framework]
    return Rule(framework, directory, matching(patterns, exclude), configured=False)


def has_default(framework: str) -> bool:
    """Whether it is a JavaScript runner whose rules are known."""
    return framework in _BY_DEFAULT


def rank(rule: Rule) -> tuple[int, bool, int]:
    """The order in which rules of one directory are asked: the special before the general, the configured first."""
    first = _SPECIFIC_FIRST.index(rule.framework) if rule.framework in _SPECIFIC_FIRST[:5] else len(_SPECIFIC_FIRST)
    return first, not rule.configured, len(rule.patterns)


SCRIPTED = (
    (lazily(r"(?:^|[\s/;&|])node\s[^;&|]*--test\b"), "node:test"),
    (lazily(r"(?:^|[\s;&|])bun\s+test\b"), "bun test"),
    (lazily(r"(?:^|[\s;&|])deno\s+test\b"), "Deno test"),
    (lazily(r"(?:^|[\s/;&|])uvu\b"), "uvu"),
)
"""Runners that need no dependency, as a script calls them."""
