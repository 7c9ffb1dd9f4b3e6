"""What requirements files are for, by the names that they usually have."""

from posixpath import basename, splitext

from codegenie.formats.patterns import lazily
from codegenie.formats.requirements_txt import Requirements

from ._manifest import Scope
from ._paths import parent
from ._python_purposes import scope_of_words

_DIRECTORIES = lazily(r"docs?|documentation|\.?binder|\.?devcontainer|benchmarks?|bench|\.?ci|\.github|tools?|scripts")


def scope_of(path: str, project: str) -> Scope:
    """What the file of a project is for: by convention, for the file itself does not say."""
    scope = scope_of_words(splitext(basename(path))[0])
    if scope not in (None, "runtime"):
        return scope
    between = [name.lower() for name in parent(path[len(project) :].lstrip("/")).split("/")]
    for name in between:
        if name in ("test", "tests", "testing"):
            return "test"
        if _DIRECTORIES.fullmatch(name):
            return "development"
    return scope or "unknown"


def is_compiled(found: Requirements) -> bool:
    """Whether a program wrote the file from others: it says so, or why each package is there, or pins all by hash."""
    if found.compiler:
        return True
    pinned = [entry for entry in found.entries if entry.requirement.source == "registry"]
    return bool(pinned) and (any(entry.via for entry in pinned) or all(entry.hashes for entry in pinned))
