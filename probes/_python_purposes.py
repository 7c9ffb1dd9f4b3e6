"""What groups, extras and requirements files of Python are for, by the words that their names are made of.

Neither the package index nor the tools know of a purpose: `[dependency-groups]` (PEP 735) and extras have names alone,
and so have files.  A name that says nothing gives the scope `unknown`.
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from codegenie.formats.patterns import lazily

from ._manifest import Scope

_TEST = ("test", "tests", "testing", "pytest")
# Of extras only what cannot be a feature: jsonschema's `format` is one, and so may be `tools`, `release` or `type`.
_DEVELOPMENT = (
    *("dev", "develop", "development", "devel", "lint", "linter", "linting", "mypy", "doc", "docs", "documentation"),
    *("benchmark", "benchmarks", "bench", "hypothesis", "coverage", "sphinx"),
)
_DEVELOPMENT_OF_THE_PROJECT = (
    *("local", "format", "style", "typing", "type", "types", "typecheck", "ci", "ci32", "release", "tools", "tooling"),
    *("typechecking", "formatting", "linters", "commit", "hooks", "tox", "nox", "gha", "github"),
    *("ipython", "examples", "binder", "debug", "build", "notebook", "notebooks", "quality", "checks", "precommit"),
)
_OF_EXTRAS: dict[str, Scope] = {**dict.fromkeys(_DEVELOPMENT, "development"), **dict.fromkeys(_TEST, "test")}
_OF_GROUPS: dict[str, Scope] = {**dict.fromkeys(_DEVELOPMENT_OF_THE_PROJECT, "development"), **_OF_EXTRAS}

# The words that requirements files are named with, in those of https://github.com/search?q=path%3Arequirements*.txt
_OF_FILES: dict[str, Scope] = {
    **_OF_GROUPS,
    **dict.fromkeys(("constraint", "constraints"), "constraint"),
    **dict.fromkeys(("build", "setup", "pkgconf", "delvewheel"), "build"),
}
_NEUTRAL = lazily(
    r"requirements?|reqs?|install|base|common|main|default|core|runtime|run|prod|production|deploy|server|app|lock"
    r"|compiled|pinned|frozen|freeze|all|full|py|python|py?\d+|cp\d+|linux|windows|win|darwin|macos|osx|unix|x86|64|"
)
AGGREGATES = frozenset({"all", "everything", "full"})
"""Names of groups and extras that mostly take in others: what those are for counts, where they say it."""

_INNER = lazily(r"(?:(?:pypi|host|build|extra)-)?dependencies")
_ALWAYS_FOR_DEVELOPMENT = lazily(r"(?:.*\.)?(?:dev-dependencies|dev-packages|hatch\.envs)(?:\..*)?")


Purpose = tuple[Scope, bool]
"""What something is asked for, and whether that is with an extra, which somebody has to choose."""

NEEDED: Purpose = ("runtime", False)
ALWAYS = frozenset({"main", "default"})  # the groups of what is always installed
_DEVELOPING = frozenset({"development", "test"})


class Purposes(NamedTuple):
    """The places that each purpose leads to."""

    reach: Mapping[Purpose, Collection[int]]

    def of(self, at: int) -> list[Purpose]:
        """Those of one package, sorted."""
        return sorted(purpose for purpose, places in self.reach.items() if at in places)

    def development(self, at: int) -> bool | None:
        """False for what is always installed, True for what only tests and tools need; an extra is anybody's choice."""
        found = self.of(at)
        if NEEDED in found:
            return False
        return True if found and all(scope in _DEVELOPING for scope, _ in found) else None

    def is_optional(self, at: int) -> bool:
        """Whether only extras ask for it."""
        found = self.of(at)
        return bool(found) and all(optional for _, optional in found)


def scope_of_extra(name: str) -> Scope:
    """Of an extra: who installs the package chooses it, so what is no test or tool is part of what may run."""
    return _first(name, _OF_EXTRAS) or "runtime"


def scope_of_group(name: str) -> Scope:
    """Of a dependency group, which only the project itself installs."""
    return _first(name, _OF_GROUPS) or "unknown"


def scope_of_field(field: str) -> Scope:
    """Of a group by the field it stands in: `dependency-groups.lint`, `tool.poetry.group.docs.dependencies`."""
    found = scope_of_group(name_in(field))
    return "development" if found == "unknown" and _ALWAYS_FOR_DEVELOPMENT.fullmatch(field) else found


def scope_of_words(name: str) -> Scope | None:
    """Of a requirements file by its name without the ending; None where no word of it tells."""
    return _first(name, _OF_FILES) or ("runtime" if all(map(_NEUTRAL.fullmatch, _words(name))) else None)


def name_in(field: str) -> str:
    """The name of a group or an extra in its field."""
    parts = field.split(".")
    return parts[-2] if len(parts) > 1 and _INNER.fullmatch(parts[-1]) else parts[-1]


def _first(name: str, scopes: dict[str, Scope]) -> Scope | None:
    return next((scope for word in _words(name) if (scope := scopes.get(word))), None)


def _words(name: str) -> list[str]:
    return re.split(r"[-_.\s]+", name.lower())
