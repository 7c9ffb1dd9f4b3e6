"""The trail from a container's first words to what runs in the end: through inits, shells, scripts and packages."""

import posixpath
from collections.abc import Sequence
from typing import Any

from codegenie.formats.shell import SHELLS
from codegenie.formats.shell_parts import Script

from ._arguments import Arguments, known
from ._image_files import Origin
from ._package_commands import ScriptCall, executed, script_call
from ._run_files import in_directory
from ._script_moves import Move, moves
from ._shell_wrappers import inner_script
from ._trail_files import Sources
from ._trail_place import Place
from ._trail_programs import (
    APPLICATION_SERVERS,
    INITS,
    RUNTIMES,
    Runtime,
    Target,
    application_of,
    behind_wrapper,
    target_of,
)
from ._trail_steps import Call, Steps
from ._trail_supervisors import SUPERVISORS, processes, s6_services

Facts = dict[str, Any]

DEEPEST = 12  # steps behind one another
_MOST_LOOKED_FOR = 200  # scripts on the way
_OPEN = frozenset({"image", "image_or_run", "unknown"})
_ENDS = {
    "archive": "fetched",
    "built": "built_artifact",
    "fetched": "fetched",
    "ignored": "ignored",
    "image": "in_base_image",
    "image_or_run": "in_base_image_or_installed",
    "inline": "program_in_dockerfile",
    "not_in_repository": "not_in_repository",
    "nothing": "not_found",
    "repository": "program_in_repository",
    "run": "built_artifact",
    "unknown": "not_followed",
}


class Trail:
    """The steps from one command on."""

    def __init__(self, sources: Sources, place: Place) -> None:
        self._sources = sources
        self._place = place
        self.found = Steps()
        self._left = _MOST_LOOKED_FOR

    def follow(self, call: Call) -> None:
        """Add the steps of a command."""
        if self.found.is_full:
            return
        first = call.args[0] if call.args else None
        if first is None or call.depth > DEEPEST:
            self.found.end(call, "unknown", "depth" if first else "no_command")
        elif not first.is_known:
            self.found.end(call, "unknown", "variable_not_resolved")
        else:
            self._program(call, posixpath.basename(first.text), first.text)

    def by_image(self, call: Call, given: Arguments) -> None:
        """Add the steps of a command that the image's own script becomes, unless it begins with an option."""
        of_image = Origin("image", image=self._place.image)
        if not given:
            self.found.end(call, "script", "in_base_image", origin=of_image)
            return
        if given[0].text.startswith("-"):
            self.found.end(call, "script", "arguments_of_image")
            return
        at = self.found.add(call, "script", origin=of_image)
        self.follow(call._replace(args=given, after=at, depth=call.depth + 1))

    def given_to_image(self, call: Call) -> None:
        """Words that an ENTRYPOINT is given, or that are run where there is none: which is not known."""
        self.found.end(call, "unknown", "arguments_of_image")

    def text(self, call: Call, text: str, line: int, given: Arguments = (), zero: str = "sh") -> None:
        """Add the steps of a text that a shell runs, which stands at a line of the call's file."""
        script = self._sources.text(text, line)
        if script is None:
            self.found.end(call, "unknown", "script_not_read")
        else:
            self._script(call, script, given, zero)

    def _program(self, call: Call, name: str, word: str) -> None:
        if word == "/init" and self._place.mentions("s6-overlay"):
            self._s6(call)
        elif name in INITS:
            self._behind(call, "init", behind_wrapper(name, call.args) or ())
        elif (rest := behind_wrapper(name, call.args)) is not None:
            self._behind(call, "wrapper", rest)
        elif name in SHELLS:
            self._shell(call)
        elif (rest := executed(call.args)) is not None:
            self._behind(call._replace(by_package=True), "wrapper", rest)
        elif script := script_call(name, call.args):
            self._package_script(call, script)
        elif name in SUPERVISORS:
            self._supervisor(call, name)
        elif runtime := RUNTIMES.get(name) or RUNTIMES.get(name.rstrip("0123456789.")):
            self._runtime(call, runtime)
        else:
            self._file(call, word)

    def _s6(self, call: Call) -> None:
        """The init of s6-overlay, with the services that it keeps running, and the command behind it."""
        services = s6_services(self._place, self._sources)
        if not services and len(call.args) == 1:
            self.found.end(call, "init", "configuration_not_read")
            return
        at = self.found.add(call, "init")
        inner = call._replace(after=at, depth=call.depth + 1, condition=None, holds=None)
        for each in services:
            path = each.path or ""
            script = self._sources.script(path)
            one = inner._replace(args=known((path.rpartition("/")[2],)), role="supervised", within=(*call.within, path))
            if script is None or not script.is_shell:
                self.found.end(one, "program", _ENDS[each.kind], origin=each)
                continue
            step = self.found.add(one, "script", origin=each)
            self._script(one._replace(path=path, after=step, depth=one.depth + 1), script, (), path)
        if len(call.args) > 1:
            self.follow(inner._replace(args=call.args[1:]))

    def _behind(self, call: Call, kind: str, rest: Arguments) -> None:
        if not rest:
            self.found.end(call, kind, "no_command")
            return
        at = self.found.add(call, kind)
        self.follow(call._replace(args=rest, after=at, depth=call.depth + 1, condition=None, holds=None))

    def _shell(self, call: Call) -> None:
        words = [each.text for each in call.args]
        text = inner_script(words)
        if text is not None:
            start = words.index(text, 1)
            if not call.args[start].is_known:
                self.found.end(call, "shell", "variable_not_resolved")
                return
            at = self.found.add(call, "shell")
            rest = call.args[start + 1 :]
            inner = call._replace(after=at, depth=call.depth + 1, condition=None, holds=None)
            self.text(inner, text, call.line or 1, rest[1:], rest[0].text if rest else "sh")
            return
        script = next((at for at, word in enumerate(words[1:], 1) if not word.startswith("-")), None)
        if script is None:
            self.found.end(call, "shell", "shell_without_command")
            return
        at = self.found.add(call, "shell")
        inner = call._replace(args=call.args[script:], after=at, depth=call.depth + 1, condition=None, holds=None)
        if not inner.args[0].is_known:
            self.found.end(inner, "unknown", "variable_not_resolved")
        else:
            self._file(inner, inner.args[0].text, by_shell=True)

    def _file(self, call: Call, word: str, *, by_shell: bool = False) -> None:
        """A program by its file: a script is followed, anything else is the end."""
        if by_shell and "/" not in word:
            word = f"./{word}"
        origin = self._place.program(word, call.directory)
        name = posixpath.basename(word)
        if name in APPLICATION_SERVERS and self._application(call):
            return
        if origin.kind == "inline" and origin.text is not None:
            path = f"{self._place.dockerfile}:{origin.text_line}"
            script = self._sources.text(origin.text, origin.text_line or 1)
            shown = self._place.dockerfile
        else:
            path = origin.path or ""
            script = self._sources.script(path) if origin.kind == "repository" else None
            shown = origin.path
        if path and path in call.within:
            self.found.end(call, "script", "cycle", origin=origin)
        elif script is None and call.by_package and origin.kind in _OPEN and "/" not in word:
            self.found.end(call, "program", "installed_package")
        elif script is None:
            unread = origin.kind == "repository" and self._sources.is_script_name(path)
            self.found.end(call, "program", "script_not_read" if unread else _ENDS[origin.kind], origin=origin)
        elif not script.is_shell:
            self.found.end(call, "program", _ENDS[origin.kind], origin=origin)
        else:
            at = self.found.add(call, "script", origin=origin)
            inner = call._replace(
                path=shown, after=at, depth=call.depth + 1, condition=None, holds=None, within=(*call.within, path)
            )
            self._script(inner, script, call.args[1:], word)

    def _script(self, call: Call, script: Script, given: Arguments, zero: str) -> None:
        """What a script comes to; it ends with the shell where nothing else is found."""
        before = len(self.found.all)
        for move in moves(script, given, zero, self._place.values, call.directory):
            self._move(call, move)
        if not any(step["after"] == call.after and step["role"] != "before" for step in self.found.all[before:]):
            self.found.end(call._replace(args=()), "shell", "shell_commands_only")

    def _move(self, call: Call, move: Move) -> None:
        if self.found.is_full:
            return
        role = {"background": "background", "source": "sourced", "before": "before"}.get(move.verb, "main")
        if call.role != "main" and role == "main":
            role = call.role
        inner = call._replace(
            by_package=False,
            args=move.args,
            line=move.line,
            role=role,
            condition=move.condition,
            holds=move.holds,
            directory=move.directory,
        )
        match move.verb:
            case "trap":
                self.found.traps.append({"text": move.text, "path": call.path, "line": move.line})
            case "arguments":
                self.found.add(inner, "arguments")
            case "exec" | "last" | "background" if move.holds is False:
                self.found.add(inner, "exec" if move.verb == "exec" else "program", end="condition_does_not_hold")
            case "exec":
                at = self.found.add(inner, "exec")
                self.follow(inner._replace(after=at, depth=call.depth + 1, condition=None, holds=None))
            case "before" | "source":
                self._on_the_way(inner, move)
            case _:
                self.follow(inner)

    def _on_the_way(self, call: Call, move: Move) -> None:
        """A script of the repository that is run, or read, before what comes last."""
        shell = move.verb == "before" and posixpath.basename(call.args[0].text) in SHELLS
        args = call.args[1:] if shell else call.args
        if not args or not args[0].is_known or (move.verb == "before" and not shell and "/" not in args[0].text):
            word = args[0].text if args and args[0].is_known else None
            if word is None or not self._sources.is_script_name(word):
                return
        self._left -= 1
        if self._left < 0:
            self.found.is_cut = True
            return
        word = args[0].text
        origin = self._place.program(word if "/" in word or not shell else f"./{word}", call.directory)
        script = self._sources.script(origin.path) if origin.kind == "repository" and origin.path else None
        if script is None or (origin.path or "") in call.within:
            if move.verb == "source" and move.is_last:
                self.found.end(call._replace(role="main"), "script", _ENDS[origin.kind], origin=origin)
            return
        at = self.found.add(call, "script", origin=origin)
        if move.verb == "source" and script.is_shell:
            path = origin.path or ""
            inner = call._replace(
                path=path, after=at, depth=call.depth + 1, condition=None, holds=None, within=(*call.within, path)
            )
            inner = inner._replace(role="main")
            for each in moves(script, (), word, self._place.values, call.directory):
                if each.verb in ("exec", "trap", "background"):
                    self._move(inner, each)

    def _package_script(self, call: Call, script: ScriptCall) -> None:
        found = self._sources.package_script(self._place, script, call.directory)
        if found is None:
            made = self._sources.made_manifest(self._place, script, call.directory) if script.name else None
            reason = _ENDS[made.kind] if made else "script_not_found" if script.name else "variable_not_resolved"
            self.found.end(call, "package_script", reason, origin=made)
            return
        if found.text is None:
            self.found.end(call, "package_script", "installed_package" if script.may_be_program else "script_not_found")
            return
        key = f"{found.path}#{script.name}"
        if key in call.within:
            self.found.end(call, "package_script", "cycle", file=found.path)
            return
        for name, text, line in found.before:
            self.found.add(call._replace(role="before"), "package_script", file=found.path, words=[name, text], at=line)
        at = self.found.add(call, "package_script", file=found.path, at=found.line)
        inner = call._replace(
            path=found.path, line=found.line, after=at, depth=call.depth + 1, condition=None, holds=None,
            directory=found.directory, within=(*call.within, key),
        )  # fmt: skip
        self.text(inner, _with_given(found.text, script.given), found.line or 1)

    def _supervisor(self, call: Call, name: str) -> None:
        found = processes(name, call.args, self._place, call.directory, self._sources)
        if found.end:
            self.found.end(call, "supervisor", found.end, origin=found.origin)
            return
        at = self.found.add(call, "supervisor", origin=found.origin)
        for process in found.processes:
            inner = call._replace(
                path=process.path or call.path, line=process.line or call.line, after=at, depth=call.depth + 1,
                condition=None, holds=None, role="supervised", directory=process.directory or call.directory,
            )  # fmt: skip
            if process.text is not None:
                self.text(inner, process.text, process.line)
            else:
                self.follow(inner._replace(args=process.args))

    def _runtime(self, call: Call, runtime: Runtime) -> None:
        target = target_of(runtime, call.args)
        if target is None:
            self.found.end(call, "runtime", "no_program")
        elif target.kind == "text":
            self.found.end(call, "runtime", "inline_program")
        elif not target.is_known:
            self.found.end(call, "runtime", "variable_not_resolved")
        elif target.kind == "class":
            self.found.end(call, "runtime", "class_on_class_path")
        elif target.kind == "module":
            self._module(call, target)
        else:
            self._end_at(call, "runtime", [f"{target.name}{suffix}" for suffix in ("", *runtime.suffixes)])

    def _module(self, call: Call, target: Target) -> None:
        place = target.name.replace(".", "/")
        rest = call.args[target.at :]
        found = self._first([f"{place}.py", f"{place}/__main__.py"], call.directory)
        if found:
            self.found.end(call, "runtime", _ENDS[found.kind], origin=found)
        elif not (target.name in APPLICATION_SERVERS and self._application(call._replace(args=rest), kind="runtime")):
            self.found.end(call, "runtime", "installed_package")

    def _application(self, call: Call, kind: str = "program") -> bool:
        """The module that an application server is given, where it is in the repository."""
        module = application_of([each.text for each in call.args])
        place = (module or "").replace(".", "/")
        found = (
            self._first([f"{place}.py", f"{place}/__init__.py", f"src/{place}.py"], call.directory) if place else None
        )
        if found is None:
            return False
        self.found.end(call, kind, "program_in_repository", origin=found)
        return True

    def _end_at(self, call: Call, kind: str, names: Sequence[str]) -> None:
        found = self._first(names, call.directory) or self._place.at(in_directory(call.directory, names[0]))
        self.found.end(call, kind, _ENDS[found.kind], origin=found)

    def _first(self, names: Sequence[str], directory: str) -> Origin | None:
        """The first of the names that is a file of the repository."""
        for name in names:
            origin = self._place.at(in_directory(directory, name))
            if origin.kind == "repository":
                return origin
        return None


def _with_given(text: str, given: Arguments) -> str:
    """A package script with the words behind it, as package managers put them together."""
    return f"{text} {' '.join(each.text for each in given)}" if given else text
