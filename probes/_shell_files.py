"""The script files that commands run in containers: where each is in the repository, and what it asks of its shell."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codegenie.formats import shell
from codegenie.formats.shell import SHELLS, parse_text
from codegenie.formats.shell_parts import Script
from codegenie.formats.unparsable import Unparsable
from codegenie.probe import ProbeInputs

from ._arguments import known
from ._image_files import ImageFiles, Origin
from ._package_commands import script_call
from ._paths import parent, under
from ._shell_commands import Asked, asked, asked_by
from ._shell_replacements import Replacements
from ._shell_told import Told
from ._trail_files import Sources

Facts = dict[str, Any]

SCRIPTS = (
    "**/package.json",
    "**/*.{sh,bash,ash,dash,ksh,zsh}",
    "**/*{entrypoint,entry-point,entry_point,healthcheck,health-check,health_check}*",
    "**/{boot,cmd,init,launch,run,serve,start,startup,start-*,run-*,wait-*}",
    "!**/node_modules/**",
)
"""Files that may be scripts, or hold some; their first lines say which shell they are for."""

_LONGEST = 200  # characters of a name
_DEEPEST = 5  # scripts that run scripts
_MOST_BYTES = 256 << 10  # of a script; the longest entry points of people have 30 KB
_MOST = 60  # programs, and scripts in a script
_OTHERS = (".py", ".js", ".mjs", ".ts", ".rb", ".go", ".java", ".md", ".json", ".yml", ".yaml", ".toml", ".txt")


class ScriptFiles:
    """The scripts that are run, each read once and told once for each phase."""

    def __init__(
        self, inputs: ProbeInputs, images: ImageFiles, trails: Iterable[Mapping[str, Any]], replacements: Replacements
    ) -> None:
        self._inputs = inputs
        self._trails = {
            (entry["dockerfile"], entry["stage"]): entry["steps"] for entry in trails if entry["source"] == "image"
        }
        self._images = images
        self._replacements = replacements
        self._sources = Sources(inputs)
        self._declared = frozenset(inputs.files)
        self._read: dict[str, Script | None] = {}
        self._own: dict[tuple[str, int | None], Asked] = {}
        self._told: dict[tuple[str, int | None, str], Facts] = {}

    @property
    def facts(self) -> list[Facts]:
        """What is told of all that were read, by path and phase."""
        return [self._told[key] for key in sorted(self._told, key=lambda key: (key[0], key[1] or 0, key[2]))]

    def follow(self, told: Told, files: Sequence[str], packages: Iterable[tuple[str, ...]] = ()) -> list[Facts]:
        """What each file and package script that a command runs comes to, with the scripts that these run in turn."""
        found: dict[str, Facts] = {}
        self._follow(told, files, found, 0)
        for words in packages:
            self._package(told, words, found, 0)
        if told.phase == "start" and told.runs_in["platform"] is None:
            self._take_trail(told, found)
        return list(found.values())

    def _take_trail(self, told: Told, found: dict[str, Facts]) -> None:
        """The scripts that only the arguments of others lead to, as the slice `entrypoint` has followed them."""
        known = {file["path"] for file in found.values()}
        for step in self._trails.get((told.runs_in["dockerfile"], told.runs_in["stage"]), ()):
            path = step["file"]
            script = self._script(Origin("repository", path=path)) if step["kind"] == "script" and path else None
            if script and path not in known and step["words"] and len(found) < _MOST:
                known.add(path)
                found[step["words"][0]] = {
                    "file": step["words"][0][:_LONGEST],
                    "path": path,
                    "line": None,
                    "origin": "repository",
                }
                own = self._asked(path, None, script)
                self._inner(told, own, found, 0)
                self._tell(told.phase, path, None, own, script.interpreter.name if script.interpreter else None)

    def program(self, told: Told, word: str) -> str | None:
        """The word, where the program that it names is a script of the repository; None otherwise."""
        origin = self.origin(told, word, is_program=True)
        return word if origin is not None and self._script(origin) else None

    def _follow(self, told: Told, files: Iterable[str], found: dict[str, Facts], depth: int) -> list[Script]:
        """The scripts that the files are, with those that they run; the innermost are told first."""
        scripts: list[Script] = []
        for file in files:
            if file in found or len(found) >= _MOST:
                continue
            origin = self.origin(told, file, is_program=False)
            script = self._script(origin) if origin else None
            if script is None and "/" not in file:
                origin = self.origin(told, file, is_program=True)
                script = self._script(origin) if origin else None
            inline = origin is not None and origin.kind == "inline"
            path = (told.runs_in["dockerfile"] if inline else origin.path) if origin and script else None
            line = origin.text_line if origin and inline and script else None
            found[file] = {
                "file": file,
                "path": path,
                "line": line,
                "origin": origin.kind if origin else None,
            }
            if script and path:
                scripts.append(script)
                own = self._asked(path, line, script)
                scripts += self._inner(told, own, found, depth)
                functions = frozenset(function.name for each in scripts for function in each.functions)
                if (
                    functions - {function.name for function in script.functions}
                    and (path, line, told.phase) not in self._told
                ):
                    own = asked(script, functions)
                self._tell(told.phase, path, line, own, script.interpreter.name if script.interpreter else None)
        return scripts

    def _asked(self, path: str, line: int | None, script: Script) -> Asked:
        """What a script asks by itself, worked out once."""
        if (path, line) not in self._own:
            self._own[path, line] = asked(script)
        return self._own[path, line]

    def _inner(self, told: Told, own: Asked, found: dict[str, Facts], depth: int) -> list[Script]:
        """What a script runs in turn."""
        if depth == _DEEPEST:
            return []
        for step in own.steps:
            if step.package_words:
                self._package(told, step.package_words, found, depth + 1)
        return self._follow(told, sorted({step.script for step in own.steps if step.script}), found, depth + 1)

    def _package(self, told: Told, words: tuple[str, ...], found: dict[str, Facts], depth: int) -> None:
        """A script of a package's manifest, and the one that is run before it."""
        call = script_call(words[0].rpartition("/")[2], known(words))
        name = " ".join(words)[:_LONGEST]
        if name in found or len(found) >= _MOST or call is None:
            return
        files, directory = _InImage(self, told), self._directory(told)
        script = self._sources.package_script(files, call, directory)
        is_known = script is not None and script.text is not None
        made = self._sources.made_manifest(files, call, directory) if script is None else None
        found[name] = {
            "file": name,
            "path": script.path if script and is_known else None,
            "line": script.line if script and is_known else None,
            "origin": "repository" if is_known else made.kind if made else None,
        }
        if script is None or script.text is None:
            return
        for text, line in (*((text, line) for _, text, line in script.before), (script.text, script.line)):
            own = asked_by(text, line or 1)
            if own:
                self._inner(told, own, found, depth)
                self._tell(told.phase, script.path, line, own, "sh")

    def _directory(self, told: Told) -> str:
        dockerfile, index = told.runs_in["dockerfile"], told.runs_in["stage"]
        if dockerfile is None or index is None or told.runs_in["platform"] in _IN_REPOSITORY:
            return "."
        return self._images.absolute(dockerfile, index, ".")

    def _tell(self, phase: str, path: str, line: int | None, own: Asked, interpreter: str | None) -> None:
        key = (path, line, phase)
        if key not in self._told:
            verdicts = self._replacements.verdicts("script", own, phase)
            self._told[key] = {
                "path": path,
                "line": line,
                "phase": phase,
                "shell": interpreter,
                "is_read": not own.problems,
                "reasons": _counted(own),
                "programs": own.programs[:_MOST],
                "computed": sum(step.is_computed for step in own.steps),
                "computed_lines": sorted({step.line for step in own.steps if step.is_computed})[:_MOST],
                "scripts": sorted({step.script for step in own.steps if step.script})[:_MOST],
                "verdicts": verdicts,
                "classes": sorted({verdict["class"] for verdict in verdicts}),
            }

    def classes(self, files: Iterable[Mapping[str, Any]], phase: str) -> set[str]:
        """The classes of the parts of files, as `follow` gives them."""
        keys = [(file["path"], file["line"], phase) for file in files]
        return {name for key in keys if key in self._told for name in self._told[key]["classes"]}

    def origin(self, told: Told, word: str, *, is_program: bool) -> Origin | None:
        """Where the file comes from: the repository that a platform runs, a directory that is mounted, or the image."""
        if told.runs_in["platform"] in _IN_REPOSITORY:
            place = under("", posixpath.normpath(word))
            return Origin("repository", path=place) if place in self._declared else None
        for source, target in told.mounts:
            if word == target or word.startswith(f"{target.rstrip('/')}/"):
                place = under(parent(told.path), source + word[len(target.rstrip("/")) :])
                return Origin("repository", path=place) if place in self._declared else None
        dockerfile, index = told.runs_in["dockerfile"], told.runs_in["stage"]
        if dockerfile is None or index is None:
            return None
        if is_program:
            return self._images.program(dockerfile, index, word)
        return self._images.at(dockerfile, index, self._images.absolute(dockerfile, index, word))

    def _script(self, origin: Origin) -> Script | None:
        """The shell script that an origin is; None where it is none, or not one of the repository's."""
        if origin.kind == "inline" and origin.text is not None:
            return _parsed(origin.text, origin.text_line or 1)
        path = origin.path
        if path is None or path not in self._declared or path.endswith(_OTHERS):
            return None
        if path not in self._read:
            self._read[path] = self._inputs.parse(path, _script_of, _MOST_BYTES)
        found = self._read[path]
        is_meant = found is not None and (found.interpreter is not None or path.rpartition(".")[2] in SHELLS)
        return found if is_meant else None


class _InImage:
    """The files of what a command runs in."""

    def __init__(self, files: ScriptFiles, told: Told) -> None:
        self._files = files
        self._told = told

    def at(self, path: str) -> Origin:
        """The origin of the file at a path."""
        return self._files.origin(self._told, path, is_program=False) or Origin("unknown")


_IN_REPOSITORY = frozenset({"devcontainer", "heroku", "procfile", "render"})
# What these run they run in the directory of the repository.


def _script_of(content: bytes) -> Script | None:
    found = None if content.startswith(b"\x7fELF") else shell.parse(content)
    return found if found and found.is_shell else None


def _parsed(text: str, line: int) -> Script | None:
    first = text.partition("\n")[0]
    if first.startswith("#!") and not any(name in first for name in SHELLS):
        return None
    try:
        return parse_text(text, line)
    except Unparsable:
        return None


def _counted(own: Asked) -> list[Facts]:
    return [{"reason": reason, "line": line} for reason, line in sorted(own.reasons)]
