"""The test cases of JavaScript and TypeScript, and the framework that a file imports."""

from codegenie.formats.patterns import lazily

from ._cases import Cases
from ._code_text import bare

# A table `each` stands before the call, as in `it.each([...])("adds %i", ...)`: the line with the name counts.
_JS_CASE = lazily(
    r"""\n[ \t]*+(?:await[ ]|void[ ])?(?P<skips>x)?(?P<name>(?:Deno|QUnit|jest)\.test|it|fit|test|ftest|specify)"""
    r"""(?P<mods>(?:\.(?:only|skip|concurrent|sequential|serial|failing|fails|fixme|fail|slow|skipIf|runIf|if|each|for"""
    r"""|always|macro|cb)(?:\([^()\n]*\))?)*)\s*[(`]\s*(?P<first>[^\s)])"""
)
_JS_SUBTEST = lazily(r"\n[ \t]*+(?:await[ ])?\w{1,6}\.test\s*\(\s*[\"'`]")
_JS_IMPORT = lazily(
    r"""(?:from\s*|require\(\s*|import\s*)["'](@playwright/test|playwright/test|vitest|@jest/globals|node:test|ava"""
    r"""|bun:test|mocha|tap|tape|cypress|uvu|qunit|jasmine|@japa/runner|zora|webdriverio|@wdio/globals|testcafe)["']"""
)
_JS_FRAMEWORKS = {
    "@playwright/test": "Playwright",
    "playwright/test": "Playwright",
    "vitest": "Vitest",
    "@jest/globals": "Jest",
    "node:test": "node:test",
    "ava": "AVA",
    "bun:test": "bun test",
    "mocha": "Mocha",
    "tap": "tap",
    "tape": "tape",
    "cypress": "Cypress",
    "uvu": "uvu",
    "qunit": "QUnit",
    "jasmine": "Jasmine",
    "@japa/runner": "Japa",
    "zora": "zora",
    "webdriverio": "WebdriverIO",
    "@wdio/globals": "WebdriverIO",
    "testcafe": "TestCafe",
}
_SUBTESTS = frozenset({"tap", "node:test", "tape"})


def javascript(text: str) -> Cases:
    """Those of a file, with subtests where the framework counts them as tests."""
    imported = _JS_IMPORT.search(text)
    framework = _JS_FRAMEWORKS[imported[1]] if imported else None
    code = "\n" + bare(text, "javascript")
    count = parameterised = skipped = 0
    for found in _JS_CASE.finditer(code):
        mods, first = found["mods"], found["first"]
        skips = bool(found["skips"]) or ".skip" in mods or ".fixme" in mods
        if skips and not found["skips"] and first not in "\"'`" and ".each" not in mods:
            continue  # Playwright's `test.skip(condition)` within a test
        count += 1
        parameterised += ".each" in mods or ".for" in mods
        skipped += skips
        if found["name"] == "Deno.test":
            framework = "Deno test"
        elif found["name"] == "QUnit.test":
            framework = "QUnit"
    if framework in _SUBTESTS:
        count += len(_JS_SUBTEST.findall(code))
    return Cases(count, parameterised, skipped, framework)
