"""Scripts of package.json, found where a CI step that names one runs."""

import posixpath
from typing import Any

from codegenie.formats import package_json
from codegenie.formats.package_json import PackageJson
from codegenie.formats.pipelines import is_computed, short
from codegenie.probe import ProbeInputs

from ._ci_commands import Does
from ._paths import under


class Scripts:
    """The manifests, each read once."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._read: dict[str, PackageJson | None] = {}

    def script(self, does: Does, directory: str | None) -> dict[str, Any] | None:
        """The script's text and place; None where it is not plain which script it is."""
        if does.program not in ("npm", "pnpm", "yarn", "bun") or len(does.named) != 1:
            return None
        if directory and is_computed(directory):
            return None
        at = under("", directory or "")
        manifest = None if at is None else self._manifest(posixpath.join(at, "package.json"))
        text = manifest.scripts.get(does.named[0]) if manifest else None
        if manifest is None or text is None or at is None:
            return None
        line = manifest.lines.get(("scripts", does.named[0]))
        return {"path": posixpath.join(at, "package.json"), "line": line, "text": short(text) or ""}

    def _manifest(self, path: str) -> PackageJson | None:
        if path not in self._read:
            known = path in self._inputs
            self._read[path] = self._inputs.parse(path, package_json.parse) if known else None
        return self._read[path]
