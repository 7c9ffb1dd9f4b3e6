"""The needs of a shell at run time: of each command that is told, whether a shell runs it, and for what."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.shell import SHELLS

from ._dockerfile_facts import masked
from ._shell_commands import Asked, asked_by
from ._shell_files import ScriptFiles
from ._shell_packages import PACKAGE_TOOLS, runs_script
from ._shell_replacements import Replacements
from ._shell_templates import BLANK
from ._shell_told import FILLED, Told
from ._shell_wrappers import inner_script, script_file, unwrapped

Facts = dict[str, Any]

_LONGEST = 200  # characters of a text
_MOST = 60  # programs of a need
_FILLED = lazily(FILLED.format("([A-Za-z0-9_]+)"))
_KUBERNETES_VALUE = lazily(r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")


class Found(NamedTuple):
    """Why a command needs a shell: the way to it, the script, if it is at hand, and whether that is beyond doubt."""

    way: str
    text: str | None
    file: str | None
    is_certain: bool


def need(told: Told, replacements: Replacements, files: ScriptFiles) -> Facts | None:
    """The need of a shell; None where the command needs none, as far as one can see."""
    found = _found(told) or _script_without_name(told, files)
    if found is None:
        return None
    asked = _asked(told, found)
    scripts = files.follow(told, _scripts(found, asked), _packages(told, found, asked))
    is_followed = bool(scripts) and all(script["path"] for script in scripts)
    is_known_file = found.file is not None and scripts[0]["path"] is not None
    is_known = is_known_file or (found.way == "package_script" and is_followed)
    verdicts = [] if found.file else replacements.verdicts(found.way, asked, told.phase)
    verdicts += [_not_read(script["file"]) for script in scripts if script["path"] is None]
    is_read = is_known or (asked is not None and asked.problems == 0)
    written = found.text if found.text is not None else " ".join(told.words)
    return {
        "phase": told.phase,
        "way": "script" if is_known_file else found.way,
        "path": told.path,
        "line": told.line,
        "text": _shown(written),
        "scripts": scripts,
        "shell": list(told.shell) if told.shell else None,
        "is_certain": found.is_certain or is_known_file,
        "is_read": is_read and not written.endswith("…") and (is_followed or not scripts),
        "reasons": sorted({reason for reason, _ in asked.reasons}) if asked else [],
        "programs": asked.programs[:_MOST] if asked else [],
        "computed": sum(step.is_computed for step in asked.steps) if asked else 0,
        "verdicts": [each | {"line": told.line} for each in verdicts],
        "classes": sorted({verdict["class"] for verdict in verdicts} | files.classes(scripts, told.phase)),
        "runs_in": told.runs_in,
    }


def _script_without_name(told: Told, files: ScriptFiles) -> Found | None:
    """A program whose name does not tell that it is a script of the repository."""
    words = unwrapped(told.words)[-1]
    file = files.program(told, words[0]) if words and words[0] and not words[0].startswith("-") else None
    return Found("script", None, file, is_certain=True) if file else None


def _scripts(found: Found, asked: Asked | None) -> list[str]:
    """The files of scripts that are run, the one that is the need itself first."""
    inner = sorted({step.script for step in asked.steps if step.script}) if asked else []
    return [file[:_LONGEST] for file in (found.file, *inner) if file][:_MOST]


def _packages(told: Told, found: Found, asked: Asked | None) -> list[tuple[str, ...]]:
    """The words by which package managers are told to run scripts."""
    if found.way == "package_script":
        return [tuple(unwrapped(told.words)[-1])]
    return [step.package_words for step in asked.steps if step.package_words] if asked else []


def _not_read(file: str) -> Facts:
    return {"what": file, "class": "unknown", "replacement": None, "line": None, "count": 1}


def without_shell(told: Told) -> Facts | None:
    """A command whose words are run as they are, by the program that it calls in the end."""
    words = unwrapped(told.words)[-1]
    if not words or not words[0] or words[0].startswith("-") or _is_open(words[0]):
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


def _is_open(word: str) -> bool:
    """Whether something is filled in."""
    return BLANK in word or _FILLED.search(word) is not None


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
    if runs_script(words):
        return Found("package_script", None, None, is_certain=PACKAGE_TOOLS[name])
    file = script_file(words)
    return Found("script_by_name", None, file, is_certain=False) if file else None


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
    line = _FILLED.sub(r"${\1}", line.replace(BLANK, "{{…}}"))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def needs(tolds: Iterator[Told], replacements: Replacements, files: ScriptFiles) -> tuple[list[Facts], list[Facts]]:
    """The needs, and the commands that need no shell, each in the order of phases and places."""
    found: list[Facts] = []
    others: list[Facts] = []
    for told in tolds:
        if one := need(told, replacements, files):
            found.append(one)
        elif other := without_shell(told):
            others.append(other)
    return sorted(found, key=placed), sorted(others, key=placed)


_PHASES = ("start", "health_check", "job", "hook", "build")


def placed(one: Facts) -> tuple[int, str, int, str]:
    """How needs are sorted."""
    return _PHASES.index(one["phase"]), one["path"], one["line"] or 0, str(one["runs_in"]["container"])
