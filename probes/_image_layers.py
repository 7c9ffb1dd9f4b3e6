"""What COPY, ADD and RUN do to an image's files, in full: the artifact layers.json, for those who follow a file."""

from collections.abc import Mapping
from typing import Any

from codegenie.formats.dockerfile import Instruction
from codegenie.formats.dockerfile_stages import Config
from codegenie.formats.dockerfile_words import Inexpansible, expanded

from ._dockerfile_runs import Run
from ._run_files import Blank, file_commands, in_directory

Facts = dict[str, Any]

_LONGEST = 1 << 16  # characters of a here-document
_MOST = 200  # sources of a COPY


def run_layer(run: Run, config: Config, blank: Blank) -> Facts:
    """A RUN, with what its commands do to files as far as plain words say it."""
    one = run.instruction
    commands = run.script.commands if run.script else ()
    return {
        "keyword": "RUN",
        "line": one.line,
        "end_line": one.end_line,
        "commands": list(file_commands(commands, _workdir(config), blank)),
    }


def copy_layer(one: Instruction, config: Config, facts: Facts, escape: str, blank: Blank) -> Facts:
    """A COPY or ADD.  A path is null where a variable in it has no value.

    The destination is relative to the working directory that the base image has where this file sets none.
    `is_directory` says that the destination is written as one, or takes several sources.
    """
    values = {name: text.value for texts in (config.args, config.env) for name, text in texts.items()}
    written = facts["destination"]
    to = _expanded(written, values, escape)
    sources = [
        {"written": source["written"], "value": _expanded(source["written"], values, escape), "kind": source["kind"]}
        for source in facts["sources"][:_MOST]
    ]
    return {
        "keyword": one.keyword,
        "line": one.line,
        "end_line": one.end_line,
        "from": facts["from"],
        "sources": sources,
        "destination": None if to is None else in_directory(_workdir(config), to),
        "is_directory": len(sources) > 1 or (to or written).endswith(("/", "/.")) or to in (".", ".."),
        "exclude": [value for name, value in one.flags if name == "exclude" and value],
        "keeps_parents": any(name == "parents" and value in (None, "true") for name, value in one.flags),
        "chmod": facts["chmod"],
        "documents": _documents(one, blank),
    }


def _workdir(config: Config) -> str:
    """The working directory; relative, with its variables as written, where only the base or the build can tell."""
    if config.workdir is None:
        return "."
    return config.workdir.value or config.workdir.written


def _expanded(text: str, values: Mapping[str, str | None], escape: str) -> str | None:
    if "$" not in text:
        return text
    try:
        found = expanded(text, {name: value for name, value in values.items() if value is not None}, escape)
    except Inexpansible:
        return None
    return None if found.unset else found.text


def _documents(one: Instruction, blank: Blank) -> list[Facts]:
    return [
        {
            "name": each.name,
            "line": each.line,
            "content": blank(each.content)[:_LONGEST],
            "is_cut": len(each.content) > _LONGEST,
            "expands": each.expands,
        }
        for each in one.heredocs
    ]
