"""What requirements files are for, by the names that they usually have."""

import re
from posixpath import basename, splitext

from codegenie.formats.requirements_txt import Requirements

from ._manifest import Scope
from ._paths import parent

# The words that such names are made of, in the files of https://github.com/search?q=path%3Arequirements*.txt
_WORDS: dict[str, Scope] = {
    **dict.fromkeys(("constraint", "constraints"), "constraint"),
    **dict.fromkeys(("test", "tests", "testing", "pytest"), "test"),
    **dict.fromkeys(("build", "setup", "pkgconf", "delvewheel"), "build"),
    **dict.fromkeys(
        (
            *(
                "dev",
                "develop",
                "development",
                "devel",
                "local",
                "lint",
                "linter",
                "linting",
                "format",
                "style",
                "mypy",
            ),
            *("typing", "type", "doc", "docs", "documentation", "ci", "ci32", "release", "tools", "benchmark", "bench"),
            *("benchmarks", "hypothesis", "ipython", "examples", "binder", "debug"),
        ),
        "development",
    ),
}
_DIRECTORIES = re.compile(
    r"docs?|documentation|\.?binder|\.?devcontainer|benchmarks?|bench|\.?ci|\.github|tools?|scripts"
)


def scope_of(path: str, project: str) -> Scope:
    """What the file of a project is for: by convention, for the file itself does not say."""
    words = re.split(r"[-_.]+", splitext(basename(path))[0].lower())
    for word in words:
        if scope := _WORDS.get(word):
            return scope
    between = [name.lower() for name in parent(path[len(project) :].lstrip("/")).split("/")]
    for name in between:
        if name in ("test", "tests", "testing"):
            return "test"
        if _DIRECTORIES.fullmatch(name):
            return "development"
    return "runtime"


def is_compiled(found: Requirements) -> bool:
    """Whether a program wrote the file from others: it says so, or why each package is there, or pins all by hash."""
    if found.compiler:
        return True
    pinned = [entry for entry in found.entries if entry.requirement.source == "registry"]
    return bool(pinned) and (any(entry.via for entry in pinned) or all(entry.hashes for entry in pinned))
