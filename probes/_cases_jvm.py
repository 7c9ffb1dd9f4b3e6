"""The test cases of Java, Kotlin, Groovy and Scala."""

import re

from codegenie.formats.patterns import lazily

from ._cases import Cases
from ._code_text import bare

_JVM_CASE = lazily(
    r"@(?:org\.[\w.]+\.)?(Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b(?:\([^()]*\))?"
    r"(?!\s+(?:(?:public|final|abstract|open|internal)\s+)*class\b)"
)
_JVM_IMPORT = lazily(
    r"\nimport\s+(?:static\s+)?(org\.junit\.jupiter|org\.junit|junit\.framework|org\.testng|spock\.|io\.kotest"
    r"|kotlin\.test|org\.scalatest|munit|org\.specs2|net\.jqwik)"
)
_JVM_FRAMEWORKS = {
    "org.junit.jupiter": "JUnit 5",
    "org.junit": "JUnit 4",
    "junit.framework": "JUnit 3",
    "org.testng": "TestNG",
    "spock.": "Spock",
    "io.kotest": "Kotest",
    "kotlin.test": "kotlin.test",
    "org.scalatest": "ScalaTest",
    "munit": "MUnit",
    "org.specs2": "specs2",
    "net.jqwik": "jqwik",
}
_INHERITED = lazily(r"\n[ \t]*+@(?:QuarkusIntegrationTest|NativeImageTest)\b")
"""A class that runs the cases of the class it extends against what was built."""
_SPOCK_CASE = lazily(r"\n[ \t]*+(?:def|void)[ ]+[\"'][^\n]*?[\"'][ ]*\(")
_KOTEST_CASE = lazily(
    r"\n[ \t]*+(?:(?:test|it|should|scenario|expect|then|xtest|xit)[ ]*\([ ]*\""
    r"|\"[^\"\n]*\"[ ]*(?:\.config\([^\n]*\))?[ ]*\{)"
)
_SCALA_CASE = lazily(
    r"\n(?:[ \t]*+(?:test|property)\([ ]*s?\"|[^\n\"]*+\"[^\n\"]*+\"[ ]*+(?:taggedAs\([^)\n]*+\)[ ]*+)?in[ ]*+[{(])"
)


def jvm(text: str) -> Cases:
    """Those of a file."""
    imported = {found[1] for found in _JVM_IMPORT.finditer("\n" + text)}
    framework = next((name for key, name in _JVM_FRAMEWORKS.items() if key in imported), None)
    code = "\n" + bare(text, "jvm")
    kinds = [found[1] for found in _JVM_CASE.finditer(code)]
    more = 0
    if framework == "Spock" or ("Specification" in code and re.search(r"\bextends\s+\w*Specification\b", code)):
        framework, more = "Spock", len(_SPOCK_CASE.findall(code))
    elif framework == "Kotest":
        more = len(_KOTEST_CASE.findall(code))
    elif framework in ("ScalaTest", "MUnit", "specs2"):
        more = len(_SCALA_CASE.findall(code))
    elif framework == "JUnit 3":
        more = len(re.findall(r"\n[ \t]*+public[ ]+void[ ]+test\w*\s*\(\s*\)", code))
    skipped = len(re.findall(r"\n[ \t]*+@(?:Disabled|Ignore)\b", code))
    count = len(kinds) + more
    parameterised = sum(kind in ("ParameterizedTest", "Property", "TestFactory", "TestTemplate") for kind in kinds)
    if not count:
        return Cases(0, 0, 0, "JUnit 5" if _INHERITED.search(code) else None)
    return Cases(count, parameterised, min(skipped, count), framework)
