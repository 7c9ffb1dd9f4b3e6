"""The needs of a shell at run time: of each command that is told, whether a shell runs it, and for what."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from codegenie.formats.shell import SHELLS

from ._dockerfile_facts import masked
from ._shell_commands import Asked, asked_by
from ._shell_replacements import Replacements
from ._shell_told import Told
from ._shell_wrappers import inner_script, script_file, unwrapped

Facts = dict[str, Any]

_LONGEST = 200  # characters of a text
_MOST = 60  # programs of a need
_KUBERNETES_VALUE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
# docs.npmjs.com/cli/v9/commands/npm-run-script and pnpm.io/settings#scriptshell: both run scripts by /bin/sh.  yarn
# does so up to version 1; later ones have a shell of their own (yarnpkg.com/features/scripting).
_PACKAGE_TOOLS = {"npm": True, "npx": True, "pnpm": True, "pnpx": True, "yarn": False}
_SHORT = frozenset({"start", "stop", "restart", "test", "t"})  # scripts that npm runs without `run`
_NO_SCRIPTS = frozenset({"add", "audit", "cache", "ci", "config", "i", "install", "list", "ls", "prune", "version"})
_MORE_WORDS = frozenset({"run", "run-script", "rum", "urn", "exec", "dlx", "x"})


class Found(NamedTuple):
    """Why a command needs a shell: the way to it, the script, if it is at hand, and whether that is beyond doubt."""

    way: str
    text: str | None
    file: str | None
    is_certain: bool


def need(told: Told, replacements: Replacements) -> Facts | None:
    """The need of a shell; None where the command needs none, as far as one can see."""
    found = _found(told)
    if found is None:
        return None
    asked = _asked(told, found)
    verdicts = [each | {"line": told.line} for each in replacements.verdicts(found.way, asked, told.phase)]
    scripts = _scripts(found, asked)
    written = found.text if found.text is not None else " ".join(told.words)
    return {
        "phase": told.phase,
        "way": found.way,
        "path": told.path,
        "line": told.line,
        "text": _shown(written),
        "scripts": scripts,
        "shell": list(told.shell) if told.shell else None,
        "is_certain": found.is_certain,
        "is_read": asked is not None and asked.problems == 0 and not written.endswith("…") and not scripts,
        "reasons": sorted({reason for reason, _ in asked.reasons}) if asked else [],
        "programs": asked.programs[:_MOST] if asked else [],
        "computed": sum(step.is_computed for step in asked.steps) if asked else 0,
        "verdicts": verdicts,
        "classes": sorted({verdict["class"] for verdict in verdicts}),
        "runs_in": told.runs_in,
    }


def _scripts(found: Found, asked: Asked | None) -> list[str]:
    """The files of scripts that are run and not read."""
    inner = [step.script for step in asked.steps if step.script] if asked else []
    return sorted({file[:_LONGEST] for file in (found.file, *inner) if file})[:_MOST]


def without_shell(told: Told) -> Facts | None:
    """A command whose words are run as they are, by the program that it calls in the end."""
    words = unwrapped(told.words)[-1]
    if not words or not words[0] or words[0].startswith("-"):
        return None
    name = words[0].rpartition("/")[2]
    return {
        "phase": told.phase,
        "program": name[:100],
        "is_certain": not told.may_be_arguments,
        "path": told.path,
        "line": told.line,
        "runs_in": told.runs_in,
    }


def _found(told: Told) -> Found | None:
    if told.text is not None:
        return Found(told.way, told.text, None, is_certain=True)
    words = unwrapped(told.words)[-1]
    name = words[0].rpartition("/")[2] if words else ""
    if name in SHELLS:
        text, file = inner_script(words), script_file(words)
        if text is not None:
            return Found("shell_named", text, None, is_certain=True)
        return Found("script" if file else "interactive", None, file, is_certain=True)
    if name in _PACKAGE_TOOLS and _runs_script(name, words[1:]):
        return Found("package_script", None, None, is_certain=_PACKAGE_TOOLS[name])
    file = script_file(words)
    return Found("script_by_name", None, file, is_certain=False) if file else None


def _runs_script(name: str, words: list[str]) -> bool:
    plain = [word for word in words if not word.startswith("-")]
    if name in ("npx", "pnpx"):
        return bool(plain)
    first = plain[0] if plain else ""
    if name == "npm":
        return first in _SHORT or first in _MORE_WORDS
    return bool(first) and first not in _NO_SCRIPTS


def _asked(told: Told, found: Found) -> Asked | None:
    """What the script asks of its shell, where that is one of Unix."""
    shell = told.shell[0].rpartition("/")[2].lower().removesuffix(".exe") if told.shell else "sh"
    if found.text is None or shell not in SHELLS:
        return None
    text = _KUBERNETES_VALUE.sub(lambda each: each[1] if each[1] in told.filled_in else each[0], found.text)
    return asked_by(text, told.line or 1)


def _shown(text: str) -> str:
    lines = [" ".join(line.split()) for line in masked(text.strip()).split("\n")]
    line = " ⏎ ".join(line for line in lines if line)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def needs(tolds: Iterator[Told], replacements: Replacements) -> tuple[list[Facts], list[Facts]]:
    """The needs, and the commands that need no shell, each in the order of phases and places."""
    found: list[Facts] = []
    others: list[Facts] = []
    for told in tolds:
        if one := need(told, replacements):
            found.append(one)
        elif other := without_shell(told):
            others.append(other)
    return sorted(found, key=placed), sorted(others, key=placed)


_PHASES = ("start", "health_check", "job", "hook", "build")


def placed(one: Facts) -> tuple[int, str, int, str]:
    """How needs are sorted."""
    return _PHASES.index(one["phase"]), one["path"], one["line"] or 0, str(one["runs_in"]["container"])
