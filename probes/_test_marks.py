"""Marks that say of which kind the tests of a file are: pytest's, tags of JUnit, categories of .NET."""

from codegenie.formats.patterns import lazily

from ._test_kinds import Name, name_of_words

ENDINGS = (".py", ".java", ".kt", ".groovy", ".cs", ".fs", ".vb")

# https://docs.pytest.org/en/stable/how-to/mark.html, https://junit.org/junit5/docs/current/user-guide/#writing-tests-tagging-and-filtering
# (JUnit 4 has @Category), https://learn.microsoft.com/dotnet/core/testing/selective-unit-tests
_OF_THE_FILE = (
    lazily(rb"\npytestmark[ \t]*=[^\n]{0,80}?\bmark\.(\w{1,40})"),
    lazily(
        rb"\n@(?:Tag|Category)\([{\"]{0,2}([\w.-]{1,60})[^\n]{0,80}\n"
        rb"(?:@[^\n]{0,200}\n){0,9}(?:[a-z]{1,20} ){0,4}class\b"
    ),
    lazily(
        rb"\n[ \t]*+\[(?:Category|TestCategory|Trait)\((?:\"Category\",[ \t]{0,9})?\"([\w. -]{1,60})\"\)\][ \t\r]*\n"
        rb"(?:[ \t]*\[[^\n]{0,200}\n){0,9}[ \t]*(?:[a-z]{1,20} ){0,4}class\b"
    ),
)
_OF_A_CASE = lazily(rb"\n[ \t]*+@pytest\.mark\.(\w{1,40})")
_WORD = lazily(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def kind_marked(content: bytes, cases: int) -> Name | None:
    """What a mark says of the file, or of its class, or one alike on each of its cases."""
    content = b"\n" + content  # as in `_cases`
    for pattern in _OF_THE_FILE:
        for found in pattern.finditer(content):
            if name := _kind(found[1]):
                return name
    of_cases = [name for found in _OF_A_CASE.finditer(content) if (name := _kind(found[1]))]
    return of_cases[0] if cases and len(of_cases) >= cases and len(set(of_cases)) == 1 else None


def _kind(word: bytes) -> Name | None:
    return name_of_words([each.lower() for each in _WORD.findall(word.decode("utf-8", "replace").rpartition(".")[2])])
