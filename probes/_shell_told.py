"""What is run in containers: the commands of Dockerfiles, workloads, applications and devcontainers, by phase."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from codegenie.formats.patterns import lazily

from ._dockerfile_facts import effective
from ._image_targets import stage_of, targets
from ._shell_wrappers import unwrapped

Facts = dict[str, Any]
Phase = Literal["build", "start", "health_check", "job", "hook"]

_JOBS = frozenset({"CronJob", "Job", "batch", "periodic", "sysbatch"})
_APP_PHASES: dict[str, Phase] = {
    "build": "build", "install": "build", "postdeploy": "hook", "predeploy": "hook", "predestroy": "hook",
    "release": "hook", "test": "hook",
}  # fmt: skip
_WITHOUT_SHELL = frozenset({"fly"})  # fly.io/docs/reference/configuration: what replaces CMD is split into words
FILLED = "⟦{}⟧"
"""What stands for a variable that Compose puts in before a shell sees it."""

_COMPOSE_DOLLAR = lazily(r"\$\$|\$([A-Za-z_][A-Za-z0-9_]*)|\$\{([A-Za-z_][A-Za-z0-9_]*)(?:[^{}]|\{[^{}]*\})*\}")
_HOST = "initializeCommand"  # containers.dev/implementors/json_reference: it is run on the host


class Told(NamedTuple):
    """A command and when it is run: `text` is handed to a shell, `words` are run as they are."""

    phase: Phase
    way: Literal["shell_form", "platform", "exec"]
    text: str | None
    words: tuple[str, ...]
    shell: tuple[str, ...] | None
    path: str
    line: int | None
    runs_in: Facts
    mounts: tuple[tuple[str, str], ...] = ()
    """Directories and files beside the platform's file, and where in the container they are."""
    may_be_arguments: bool = False
    """Whether the image may have an entry point of its own, which is given the words."""
    filled_in: frozenset[str] = frozenset()
    """Names that Kubernetes puts values in for, where `$(NAME)` stands in the words."""


def told(containerization: Facts, more_dockerfiles: Iterable[Facts], workloads: Iterable[Facts],
         apps: Iterable[Facts], entries: Iterable[Facts]) -> Iterator[Told]:  # fmt: skip
    """All commands that run in containers, but for RUN; `entries` are what the slice `entrypoint` says is started."""
    files = {file["path"]: file for file in (*containerization["dockerfiles"], *more_dockerfiles)}
    for file in files.values():
        for stage in final_stages(file):
            yield from _of_image(file, stage)
    started = {(entry["source"], entry["path"], entry["line"]): entry for entry in entries}
    for workload in workloads:
        for container in workload["containers"]:
            entry = started.get((workload["platform"], workload["path"], container["line"]))
            yield from _of_container(workload, container, files, entry)
    for app in apps:
        yield from _of_app(app)
    for one in containerization["devcontainers"]:
        yield from _of_devcontainer(one)


def final_stages(file: Facts) -> list[Facts]:
    """The stages that images are made of: the last, and those that are targets."""
    last = effective(file)
    return [*targets(file), last] if last else []


def place(dockerfile: str | None = None, stage: int | None = None, image: str | None = None, **known: Any) -> Facts:
    """What a command runs in, with all that is not known left empty."""
    empty = dict.fromkeys(("platform", "kind", "workload", "container"))
    return {"dockerfile": dockerfile, "stage": stage, "image": image, **empty} | known


def _of_image(file: Facts, stage: Facts) -> Iterator[Told]:
    """ENTRYPOINT with CMD, and the health check, as a container without other orders runs them."""
    where = place(file["path"], stage["index"])
    config = stage["config"]
    entrypoint, cmd = (
        command if command and command["form"] != "none" else None for command in (config["entrypoint"], config["cmd"])
    )
    if entrypoint and entrypoint["form"] == "exec" and cmd and cmd["form"] == "exec" and _hands_on(entrypoint["words"]):
        joined = {**entrypoint, "words": [*entrypoint["words"], *cmd["words"]]}
        yield _of_instruction("start", joined, file["path"], where)
    elif entrypoint:
        yield _of_instruction("start", entrypoint, file["path"], where)
    if cmd and not (entrypoint and (entrypoint["form"] == "shell" or _is_known_program(entrypoint["words"]))):
        is_open = config["entrypoint"] is None or entrypoint is not None
        yield _of_instruction("start", cmd, file["path"], where, may_be_arguments=is_open)
    check = config["health_check"]
    if check and check["command"] and check["command"]["form"] != "none":
        yield _of_instruction("health_check", check["command"], file["path"], where)


def _hands_on(words: Sequence[str]) -> bool:
    """Whether what is behind the words is run by them: `tini --`."""
    return len(unwrapped([*words, "program"])) > 1 and unwrapped([*words, "program"])[-1] == ["program"]


def _is_known_program(words: Sequence[str]) -> bool:
    """Whether CMD can only be arguments: the entry point is no script, as far as its name tells."""
    if _hands_on(words):
        return True
    name = unwrapped(words)[-1][:1]
    return not (name and re.search(r"\.(?:ba)?sh$|entry-?point|(?:^|/)(?:init|run|start)$", name[0]))


def _takes(entry: Facts) -> bool:
    """Whether an image's own program takes the words that a container gives it for arguments, and runs none of them."""
    given, first, steps = entry["command"], entry["entrypoint"], entry["steps"]
    if not given or not given["words"] or not first or not first["words"] or not steps:
        return False
    if first["form"] == "shell":
        return True  # what is behind `sh -c text` is `$0` and the following, which the text has to ask for
    is_handed_on = any(step["words"] == given["words"] for step in steps)
    return not is_handed_on and steps[0]["kind"] in ("program", "runtime") and _is_known_program(first["words"])


def _of_instruction(phase: Phase, command: Facts, path: str, where: Facts, *, may_be_arguments: bool = False) -> Told:
    shell = None if command["shell"] is None else tuple(command["shell"])
    way: Literal["shell_form", "exec"] = "shell_form" if command["form"] == "shell" else "exec"
    words = tuple(command["words"])
    return Told(
        phase, way, command["text"], words, shell, path, command["line"], where, may_be_arguments=may_be_arguments
    )


def _of_container(workload: Facts, container: Facts, files: Mapping[str, Facts], entry: Facts | None) -> Iterator[Told]:
    build, image = container["build"], container["image"]
    file = files.get(build.get("file")) if build else None
    platform = workload["platform"]
    where = place(
        file["path"] if file else None,
        stage_of(file, build["target"]) if file else None,
        (image["normalized"] or image["written"]) if image else None,
        platform=platform,
        kind=workload["kind"],
        workload=workload["name"],
        container=container["name"],
    )
    mounts = tuple(
        (mount["source"], mount["target"])
        for mount in container["mounts"]
        if mount["kind"] == "bind" and mount["source"] and mount["target"]
    )
    base = Told("start", "exec", None, (), None, workload["path"], container["line"], where, mounts)
    kind, _, hook = workload["kind"].partition(" (")
    phase: Phase = "hook" if hook else "job" if kind in _JOBS or workload["schedule"] is not None else "start"
    names = frozenset(variable["name"] for variable in container["env"] if platform == "kubernetes")
    commands = [command for command in (container["command"], container["args"]) if command]
    words = tuple(word for command in commands for word in _words(platform, command))
    if words and not (container["command"] is None and entry and _takes(entry)):
        yield base._replace(
            phase=phase,
            words=words,
            line=commands[0]["line"] or base.line,
            may_be_arguments=container["command"] is None,
            filled_in=names,
        )
    for probe in container["probes"]:
        yield from _of_command(base._replace(phase="health_check"), probe)
    for hook in container["hooks"]:
        yield from _of_command(base._replace(phase="hook"), hook)


def _of_command(base: Told, one: Facts) -> Iterator[Told]:
    command, platform = one["command"], base.runs_in["platform"]
    if not command or one["method"] not in ("exec", "shell"):
        return
    told = base._replace(line=command["line"] or one["line"])
    if one["method"] == "shell":
        text = command["text"] or " ".join(command["words"])
        yield told._replace(way="platform", text=_undoubled(platform, text))
    elif words := _words(platform, command):
        yield told._replace(words=tuple(words))


def _words(platform: str, command: Facts) -> list[str]:
    return [_undoubled(platform, word) for word in command["words"] or _split(command["text"] or "")]


def _undoubled(platform: str, text: str) -> str:
    """What Compose hands on: two dollars stand for one, and a variable after one is put in by Compose itself."""
    return _COMPOSE_DOLLAR.sub(_handed_on, text) if platform == "compose" else text


def _handed_on(found: re.Match[str]) -> str:
    name = found[1] or found[2]
    return FILLED.format(name) if name else "$"


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _of_app(app: Facts) -> Iterator[Told]:
    image = app["image"]
    where = place(
        None,
        None,
        (image["normalized"] or image["written"]) if image else None,
        platform=app["platform"],
        kind=app["kind"],
        workload=app["name"],
    )
    for command in app["commands"]:
        name = re.split(r"[:_-]", command["name"])
        phase: Phase = _APP_PHASES.get(name[0]) or _APP_PHASES.get(name[-1]) or ("job" if app["schedule"] else "start")
        own = where if where["workload"] else where | {"workload": command["name"]}
        if app["platform"] in _WITHOUT_SHELL:
            words = tuple(_split(command["command"]))
            yield Told(phase, "exec", None, words, None, app["path"], command["line"], own)
        else:
            yield Told(phase, "platform", command["command"], (), None, app["path"], command["line"], own)


def _of_devcontainer(one: Mapping[str, Any]) -> Iterator[Told]:
    where = place(one["dockerfile_path"], None, one["image"], platform="devcontainer", workload=one["name"])
    for command in one["commands"]:
        for run in command["runs"] if command["event"] != _HOST else ():
            if not run["text"] and not run["words"]:
                continue  # "postCreateCommand": "" does nothing
            way: Literal["platform", "exec"] = "platform" if run["text"] else "exec"
            own = where | {"kind": command["event"]}
            yield Told("hook", way, run["text"], tuple(run["words"]), None, one["path"], command["line"], own)
