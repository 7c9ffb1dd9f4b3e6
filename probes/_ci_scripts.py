"""Scripts of manifests, shell scripts and Rakefiles, found where a CI step that names one runs."""

import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from codegenie.formats import composer_json, deno_json, package_json, shell_script
from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import is_computed, short
from codegenie.formats.shell_lines import Command
from codegenie.probe import ProbeInputs

from ._ci_commands import Does
from ._paths import under

_MOVES = lazily(r"(?:cd|pushd|popd|Set-Location)\b(?:\s+(\S+)\s*\Z)?", re.ASCII)


class Script(NamedTuple):
    """A script of a manifest as written, its line, and what it runs, as a shell would be told it."""

    text: str
    line: int | None
    runs: str


def _of_package_json(content: bytes) -> Mapping[str, Script]:
    found = package_json.parse(content)
    return {name: Script(text, found.lines.get(("scripts", name)), text) for name, text in found.scripts.items()}


def _of_composer_json(content: bytes) -> Mapping[str, Script]:
    """`@test` runs another script, `@php` and `@composer` the programs; a callback of PHP is no command."""
    found = composer_json.parse(content)
    return {
        name: Script(
            " && ".join(texts),
            found.lines.get(("scripts", name)),
            " && ".join(_as_command(each, found.scripts) for each in texts),
        )
        for name, texts in found.scripts.items()
    }


def _as_command(text: str, scripts: Collection[str]) -> str:
    if not text.startswith("@"):
        return "true" if _CALLBACK.fullmatch(text) else text
    first, _, rest = text[1:].partition(" ")
    if first == "putenv":
        return "true"
    if first == "php" and rest.startswith(("vendor/bin/", "./vendor/bin/")):
        return rest
    return f"composer run-script {text[1:]}" if first in scripts else text[1:]


def _of_deno_json(content: bytes) -> Mapping[str, Script]:
    """The tasks that a task needs run before it."""
    return {
        task.name: Script(
            task.command or f": {' '.join(task.needs)}",
            task.line,
            " && ".join([*(f"deno task {each}" for each in task.needs), *([task.command] if task.command else [])]),
        )
        for task in deno_json.parse(content).tasks
    }


_CALLBACK = lazily(r"[\w\\\\]+(?:::\w+)", re.ASCII)
_Reader = Callable[[bytes], Mapping[str, Script]]
_NODE: tuple[tuple[str, _Reader], ...] = (("package.json", _of_package_json),)
_MANIFESTS: dict[str, tuple[tuple[str, _Reader], ...]] = {
    **dict.fromkeys(("npm", "pnpm", "yarn", "bun"), _NODE),
    "composer": (("composer.json", _of_composer_json),),
    # Deno runs the scripts of a package.json as well
    "deno": (("deno.json", _of_deno_json), ("deno.jsonc", _of_deno_json), *_NODE),
}


class Scripts:
    """The manifests, each read once."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._read: dict[str, Mapping[str, Script] | None] = {}
        self._shell: dict[str, tuple[Command, ...]] = {}

    def script(self, does: Does, directory: str | None) -> tuple[dict[str, Any], str] | None:
        """The script's text and place, and what it runs; None where it is not plain which script it is."""
        if does.program not in _MANIFESTS or len(does.named) != 1 or does.scoped:
            return None
        if directory is None or is_computed(directory):
            return None
        at = under("", directory)
        for name, reader in _MANIFESTS[does.program] if at is not None else ():
            path = posixpath.join(at or "", name)
            if path not in self._read:
                self._read[path] = self._inputs.parse(path, reader) if path in self._inputs else None
            if found := (self._read[path] or {}).get(does.named[0]):
                return {"path": path, "line": found.line, "text": short(found.text) or ""}, found.runs
        return None

    def shell(self, named: str, directory: str | None) -> tuple[str, tuple[Command, ...]] | None:
        """The path and the commands of a shell script that is a list of them; None where it is not, or not known."""
        at = None if directory is None or is_computed(directory) else under("", directory)
        path = None if at is None else under(at, named)
        if path is None or path not in self._inputs:
            return None
        if path not in self._shell:
            script = self._inputs.parse(path, shell_script.parse)
            self._shell[path] = script.commands if script and not script.chooses else ()
        return path, self._shell[path]

    def default_task(self, directory: str | None) -> dict[str, Any] | None:
        """What `rake` runs there without being told, and where that stands."""
        at = None if directory is None or is_computed(directory) else under("", directory)
        path = None if at is None else posixpath.join(at, "Rakefile")
        if not path or path not in self._inputs:
            return None
        from codegenie.formats import rakefile  # with it comes a reader of Ruby, which few repositories need

        found = self._inputs.parse(path, rakefile.parse)
        if found is None or not found.default:
            return None
        line = next((task.line for task in found.tasks if task.name == "default"), None)
        return {"path": path, "line": line, "text": short(" ".join(found.default)) or ""}

    def directory_after(self, command: str, directory: str | None) -> str | None:
        """Where the next command runs; None where that is not plain."""
        moved = _MOVES.match(command)
        if moved is None or directory is None:
            return directory
        to = moved[1].strip("\"'") if moved[1] else ""
        return None if not to or to == "-" or is_computed(to) else under(directory, to)
