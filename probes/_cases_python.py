"""The test cases of Python, by the names that pytest and unittest go by."""

import re

from codegenie.formats.patterns import lazily

from ._cases import Cases
from ._code_text import bare

_PY_LINE = lazily(r"\n([ \t]*+)(?:(@)|(?:async[ ]+)?def[ ]+(\w+)|class[ ]+(\w+)[ ]*(\([^\n]*)?)")
_PY_IMPORT = lazily(
    # Mocks are for any runner, and no sign of one.
    r"\n[ \t]*+(?:import|from)[ ]+"
    r"(pytest|unittest(?!\.mock\b|[ ]+import[ ]+mock[ ]*$)|nose|testtools|ward|django\.test)\b",
    re.MULTILINE,
)
_PY_PARAMETERS = lazily(r"parametri[sz]e|parameterized|@given|ddt|@data\b|expand\(")


def python(text: str) -> Cases:
    """Those of a file."""
    text = "\n" + text
    imported = {found[1].replace("django.test", "unittest") for found in _PY_IMPORT.finditer(text)}
    framework = next((name for name in ("pytest", "unittest", "nose", "ward") if name in imported), None)
    code = bare(text, "python")
    count = parameterised = skipped = 0
    holders: list[tuple[int, bool]] = []  # the indent of each open class or function, and whether tests may be in it
    decorators = ""
    for found in _PY_LINE.finditer(code):
        indent = len(found[1].expandtabs())
        if found[2]:
            end = code.find("\n", found.end())
            decorators += text[found.start() + 1 : end if end >= 0 else len(text)][:500]
            continue
        while holders and holders[-1][0] >= indent:
            holders.pop()
        if found[4]:
            is_holder = found[4].lower().startswith("test") or found[4].endswith(("Test", "Tests", "TestCase"))
            is_holder = is_holder or "Test" in (found[5] or "")
            holders.append((indent, is_holder))
        elif found[3]:
            if found[3].startswith("test") and all(may for _, may in holders):
                count += 1
                parameterised += bool(_PY_PARAMETERS.search(decorators))
                skipped += bool(re.search(r"\bskip(?:If|Unless)?\b|mark\.skip", decorators))
            holders.append((indent, False))
        decorators = ""
    return Cases(count, parameterised, skipped, framework)
