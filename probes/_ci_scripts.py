"""Scripts of package.json, shell scripts and Rakefiles, found where a CI step that names one runs."""

import posixpath
import re
from typing import Any

from codegenie.formats import package_json, rakefile, shell_script
from codegenie.formats.package_json import PackageJson
from codegenie.formats.pipelines import is_computed, short
from codegenie.formats.shell_lines import Command
from codegenie.probe import ProbeInputs

from ._ci_commands import Does
from ._paths import under

_MOVES = re.compile(r"(?:cd|pushd|popd|Set-Location)\b(?:\s+(\S+)\s*\Z)?", re.ASCII)


class Scripts:
    """The manifests, each read once."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._read: dict[str, PackageJson | None] = {}
        self._shell: dict[str, tuple[Command, ...]] = {}

    def script(self, does: Does, directory: str | None) -> dict[str, Any] | None:
        """The script's text and place; None where it is not plain which script it is."""
        if does.program not in ("npm", "pnpm", "yarn", "bun") or len(does.named) != 1 or does.scoped:
            return None
        if directory is None or is_computed(directory):
            return None
        at = under("", directory)
        manifest = None if at is None else self._manifest(posixpath.join(at, "package.json"))
        text = manifest.scripts.get(does.named[0]) if manifest else None
        if manifest is None or text is None or at is None:
            return None
        line = manifest.lines.get(("scripts", does.named[0]))
        return {"path": posixpath.join(at, "package.json"), "line": line, "text": short(text) or ""}

    def shell(self, named: str, directory: str | None) -> tuple[str, tuple[Command, ...]] | None:
        """The path and the commands of a shell script that is a list of them; None where it is not, or not known."""
        path = None if directory is None or is_computed(directory) else under(directory, named)
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
        found = self._inputs.parse(path, rakefile.parse) if path and path in self._inputs else None
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

    def _manifest(self, path: str) -> PackageJson | None:
        if path not in self._read:
            known = path in self._inputs
            self._read[path] = self._inputs.parse(path, package_json.parse) if known else None
        return self._read[path]
