"""The test cases of C# and F#, by their attributes."""

import re

from codegenie.formats.patterns import lazily

from ._cases import Cases
from ._code_text import bare

_CS_LINE = lazily(r"\n[ \t]*+(?:(\[<?)([^\n]*)|([^\s/{}][^\n]*))")
_CS_CASE = lazily(
    r"(?:^|[\[,(\s])(?:\w+\.)*(\w*Fact|\w*Theory|Test|TestCase|TestCaseSource|TestMethod|DataTestMethod|Property)(?:Attribute)?\s*"
    r"(?=[\](,>]|$)"
)
_CS_FRAMEWORKS = (
    *(("using Xunit", "xUnit"), ("using NUnit", "NUnit"), ("Microsoft.VisualStudio.TestTools", "MSTest")),
    *(("open Xunit", "xUnit"), ("open NUnit", "NUnit"), ("open Expecto", "Expecto"), ("TUnit", "TUnit")),
)


def csharp(text: str) -> Cases:
    """Those of a file."""
    code = "\n" + bare(text, "csharp")
    count = parameterised = skipped = 0
    kinds: set[str] = set()
    skips = False
    for found in _CS_LINE.finditer(code):
        if found[1]:
            kinds.update(_CS_CASE.findall(found[2]))
            skips = skips or "Skip" in found[2] or "Ignore" in found[2]
            closed = found[2].rpartition("]")[2].strip()
            if not closed or "(" not in closed:
                continue
        if kinds:
            count += 1
            parameterised += any(
                kind.endswith(("Theory", "TestCase", "TestCaseSource", "DataTestMethod")) for kind in kinds
            )
            skipped += skips
        kinds, skips = set(), False
    if "open Expecto" in text:
        count += len(re.findall(r"\b(?:testCase|testCaseAsync|testTask|testProperty|test)\s+\"", code))
    named = _csharp_framework(text)
    by_kind = "xUnit" if re.search(r"\[<?(?:Fact|Theory)\b", code) else "MSTest" if "[TestMethod" in code else None
    return Cases(count, parameterised, skipped, (named or by_kind) if count else None)


def _csharp_framework(text: str) -> str | None:
    return next((name for mark, name in _CS_FRAMEWORKS if mark in text), None)
