"""What an image runs once it is started: by itself, for its health check, and where it is deployed."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from ._beside import SHELLS, Beside, has_program
from ._final_images import FinalImage
from ._image_files import ImageFiles, Origin
from ._shell_commands import asked_by
from ._shell_wrappers import inner_script

Facts = dict[str, Any]

_OWN = frozenset({"repository", "inline", "ignored", "not_in_repository", "fetched", "archive", "built"})
_INITS = frozenset({"catatonit", "docker-init", "dumb-init", "s6-svscan", "supervisord", "tini"})


class Asked(NamedTuple):
    """A command, by what it is run, and where that stands; the words of an exec form, or the text for a shell."""

    by: str
    words: tuple[str, ...]
    text: str | None
    path: str
    line: int | None


def asked_of(image: FinalImage, runners: Iterable[Mapping[str, Any]]) -> Iterator[Asked]:
    """The commands that an image runs: those of its Dockerfile, and those of the workloads that are built from it."""
    config, path = image.stage["config"], image.file["path"]
    entrypoint, cmd, check = config["entrypoint"], config["cmd"], config["health_check"]
    if entrypoint and entrypoint["form"] != "none":
        yield _of_image("entrypoint", entrypoint, path)
    elif cmd and cmd["form"] != "none":
        yield _of_image("cmd", cmd, path)
    if check and check["command"] and check["command"]["form"] != "none":
        yield _of_image("health_check", check["command"], path)
    for workload in runners:
        for container in workload["containers"]:
            yield from _of_container(container, workload["path"])


def needs(image: FinalImage, commands: Iterable[Asked], files: ImageFiles, beside: Beside) -> Iterator[Facts]:
    """The programs that these call, once for each that calls it, with what is known of where each comes from."""
    for each in commands:
        for program, line in _programs(each):
            origin = files.program(image.file["path"], image.stage["index"], program)
            from_image = origin.kind not in _OWN and not (origin.kind == "run" and "/" in program)
            none: Facts = {"had_by": [], "not_had_by": [], "not_known_of": []}
            yield {
                "program": program,
                "by": each.by,
                "path": each.path,
                "line": line,
                "comes_from": _from(origin),
                "from_line": origin.line,
                **(beside.split(partial(has_program, program)) if from_image else none),
            }


def shells(commands: Iterable[Asked]) -> Iterator[Facts]:
    """Where a shell is started, and what only a shell can do of what it is asked."""
    for each in commands:
        text = each.text if each.text is not None else inner_script(each.words)
        is_script = each.text is None and bool(each.words) and each.words[0].rpartition("/")[2] in SHELLS
        if text is None and not is_script:
            continue
        found = asked_by(text, each.line or 1) if text else None
        yield {
            "by": each.by,
            "written": (text if text is not None else " ".join(each.words))[:200],
            "reasons": sorted({reason for reason, _ in found.reasons}) if found else [],
            "path": each.path,
            "line": each.line,
        }


def init_of(commands: Iterable[Asked]) -> Facts | None:
    """The program made for being process 1, where one is named."""
    for each in commands:
        if each.by in ("entrypoint", "cmd", "command"):
            for program, line in _programs(each):
                if program.rpartition("/")[2] in _INITS:
                    return {"program": program, "path": each.path, "line": line}
    return None


def _of_image(by: str, command: Mapping[str, Any], path: str) -> Asked:
    text = command["text"] if command["form"] == "shell" else None
    return Asked(by, tuple(command["words"]) if text is None else (), text, path, command["line"])


def _of_container(container: Mapping[str, Any], path: str) -> Iterator[Asked]:
    command = container["command"] or container["args"]
    if command:
        yield _deployed("command", command, path, is_shell=False)
    for probe in container["probes"]:
        if probe["command"]:
            yield _deployed(probe["kind"], probe["command"], path, is_shell=probe["method"] == "shell")
    for hook in container["hooks"]:
        if hook["command"]:
            yield _deployed(hook["kind"], hook["command"], path, is_shell=False)


def _deployed(by: str, command: Mapping[str, Any], path: str, *, is_shell: bool) -> Asked:
    text = command["text"] if is_shell or not command["words"] else None
    return Asked(by, tuple(command["words"]) if text is None else (), text, path, command["line"])


def _programs(command: Asked) -> Iterator[tuple[str, int | None]]:
    """The programs of a command, with the shell that runs it."""
    text = command.text if command.text is not None else inner_script(command.words)
    if command.text is not None:
        yield "/bin/sh", command.line
    elif command.words and "$" not in command.words[0]:
        yield command.words[0], command.line
    found = asked_by(text, command.line or 1) if text else None
    seen = set()
    for step in found.steps if found else ():
        for program in step.programs:
            if program not in seen:
                seen.add(program)
                yield program, step.line if command.line else None
    if text is None and command.words and command.words[0].rpartition("/")[2] in _INITS:
        rest = [word for word in command.words[1:] if not word.startswith("-")]
        if rest:
            yield rest[0], command.line


def _from(origin: Origin) -> str:
    """In a word: copied in, made or installed by a RUN, of the base image, or not known."""
    if origin.kind in _OWN:
        return "copied"
    if origin.kind == "run":
        return "run"
    if origin.kind == "image" and origin.line is not None:
        return "other_image"
    if origin.kind == "nothing":
        return "nothing"
    return "base" if origin.kind == "image" else "base_or_run" if origin.kind == "image_or_run" else "unknown"
