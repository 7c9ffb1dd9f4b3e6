"""The RUN instructions of a Dockerfile: the shell that each has, and what that is asked to do."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from codegenie.formats.dockerfile import Heredoc, Instruction
from codegenie.formats.dockerfile_stages import Build, Stage
from codegenie.formats.shell import SHELLS, parse_text
from codegenie.formats.shell_parts import Script
from codegenie.formats.unparsable import Unparsable

from ._shell_commands import Asked, asked
from ._shell_wrappers import inner_script

Facts = dict[str, Any]

_MOST = 100  # programs of a RUN
_KEPT = 64  # scripts of which it is known what they ask


class Run(NamedTuple):
    """A RUN with the shell in force there (None for that of the base image), and the script that it is.

    The script is None where no shell of Unix runs it, or where it cannot be read.
    """

    instruction: Instruction
    shell: Sequence[str] | None
    script: Script | None


def runs_of(stage: Stage, build: Build) -> list[Run]:
    """The RUN instructions of a stage in order."""
    return [Run(one, shell, _script(one, shell)) for one, shell in _shelled(stage, build)]


def run_facts(run: Run, stage: int) -> Facts:
    """What a RUN asks of a shell; of an exec form that names none, only the program is told."""
    one = run.instruction
    names_shell = one.is_json and bool(one.words) and one.words[0].rpartition("/")[2] in SHELLS
    found = _asked(run.script) if run.script else None
    programs = found.programs if found else []
    return {
        "stage": stage,
        "line": one.line,
        "end_line": one.end_line,
        "form": "exec" if one.is_json else "shell",
        "by_shell": not one.is_json or names_shell,
        "shell": None if run.shell is None or one.is_json else list(run.shell),
        "is_read": found is not None,
        "reasons": sorted({name for name, _ in found.reasons}) if found else [],
        "programs": programs[:_MOST],
        "program_count": len(programs),
    }


@lru_cache(maxsize=_KEPT)
def _asked(script: Script) -> Asked:
    """The Dockerfiles of a family of images have the same RUN in the same line."""
    return asked(script)


def _shelled(stage: Stage, build: Build) -> Iterator[tuple[Instruction, Sequence[str] | None]]:
    """Each RUN with the shell in force there; before the first SHELL of a stage that is what it was built on with."""
    own = any(one.keyword == "SHELL" for one in stage.instructions)
    below = build.stages[stage.base.stage].config.shell if stage.base.stage is not None else None
    shell = below if own else stage.config.shell
    for one in stage.instructions:
        if one.keyword == "SHELL" and one.is_json:
            shell = one.words
        elif one.keyword == "RUN":
            yield one, shell


def _script(run: Instruction, shell: Sequence[str] | None) -> Script | None:
    """What a RUN hands to a shell; an exec form is read as the one command that it is."""
    if not run.is_json and shell is not None and (shell[0] if shell else "").rpartition("/")[2].lower() not in SHELLS:
        return None
    try:
        if run.is_json:
            return _exec_script(run)
        if len(run.heredocs) == 1 and re.fullmatch(r"<<-?\s*\S+", run.text):
            return _document_script(run.heredocs[0])
        documents = "".join(f"{each.content}{each.name}\n" for each in run.heredocs)
        script = parse_text(f"{run.text}\n{documents}", run.line)
    except Unparsable:
        return None
    length = len(run.text)
    placed = [one._replace(line=run.line_at(one.at)) if one.at < length else one for one in script.commands]
    return script._replace(commands=tuple(placed))


def _document_script(document: Heredoc) -> Script | None:
    """A here-document alone is a script, of a shell unless its first line names something else."""
    first = document.content.partition("\n")[0]
    is_other = first.startswith("#!") and not any(shell in first for shell in SHELLS)
    return None if is_other else parse_text(document.content, document.line)


def _exec_script(run: Instruction) -> Script:
    words = run.words
    if (text := inner_script(words)) is not None:
        return parse_text(text, run.line)
    quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
    return parse_text(quoted, run.line)
