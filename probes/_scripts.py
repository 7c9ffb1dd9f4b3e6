"""Which files of a repository may be shell scripts, and each of them read once."""

from codegenie.formats import shell
from codegenie.formats.shell_parts import Script
from codegenie.probe import ProbeInputs

SUFFIXES = ("sh", "bash", "ash", "dash", "ksh", "zsh")
DECLARED = (f"**/*.{{{','.join(SUFFIXES)}}}", "**/!(*.*)")
"""By their names, or without an extension; the files themselves say which shell they are for."""


class Scripts:
    """The scripts among a probe's files; read when they are asked for."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._files = frozenset(inputs.files)
        self._read: dict[str, Script | None] = {}

    def script(self, path: str) -> Script | None:
        """The script at a path; None where no file that may be one is there, or it cannot be read.

        It is no shell's (`is_shell`) where its first line names another interpreter.
        """
        if path not in self._files or path.rpartition("/")[2].endswith((".json", ".conf", ".ini", "Procfile")):
            return None
        if path not in self._read:
            self._read[path] = self._inputs.parse(path, _script_of)
        found = self._read[path]
        is_meant = found and (found.interpreter or is_script_name(path))
        return found if is_meant else None


def is_script_name(path: str) -> bool:
    """Whether a path is named as a shell script."""
    return path.rpartition(".")[2] in SUFFIXES and "." in path


def _script_of(content: bytes) -> Script | None:
    return None if content.startswith(b"\x7fELF") else shell.parse(content)
