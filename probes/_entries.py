"""What a container is started with: ENTRYPOINT and CMD of an image, and what deployments put in their place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ._arguments import Argument, Arguments, known
from ._container_facts import is_open
from ._image_targets import stage_of, targets
from ._paths import parent, under

Facts = Mapping[str, Any]

_SKIPPED = frozenset({
    "build", "install", "postdeploy", "pr-predeploy", "pr-predestroy", "predeploy", "predestroy", "release", "test",
})  # fmt: skip
"""Commands of platforms that are not what keeps running."""
_DEFAULT_SHELL = ("/bin/sh", "-c")


class Words(NamedTuple):
    """A command: the words that are run, or a text that a platform's shell runs."""

    source: str
    path: str | None
    """The file that says it; None where the catalogue of images does."""
    line: int | None
    args: Arguments
    text: str | None = None
    form: str = "exec"


class Entry(NamedTuple):
    """One thing that is started.  `entrypoint` and `command` are None where the image's own count, which is not known.

    An `entrypoint` or `command` without words is one that was taken away.
    """

    source: str
    path: str
    line: int | None
    name: str | None
    kind: str | None = None
    role: str = "main"
    dockerfile: str | None = None
    stage: int = 0
    contexts: tuple[str, ...] | None = None
    image: str | None = None
    base: tuple[str, str] | None = None
    """The repository and the tag of the image that says what this entry leaves open."""
    entrypoint: Words | None = None
    command: Words | None = None
    directory: str = "."
    init: tuple[str, str, int | None] | None = None
    mounts: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, str] = {}
    stop_signal: Facts | None = None
    text: Words | None = None
    """What a platform runs in the repository itself, by a shell."""


def image_entries(files: Iterable[Facts]) -> Iterator[Entry]:
    """The last stage of each Dockerfile, and those that are targets."""
    for file in files:
        stages = file["stages"]
        if not stages or len(stages) != file["stage_count"]:
            continue
        for stage in [*targets(file), stages[-1]]:
            yield image_entry(file, stage["index"])


def image_entry(file: Facts, index: int) -> Entry:
    """What the image that a stage ends with is started with."""
    stage = file["stages"][index]
    config = stage["config"]
    workdir = config["workdir"]
    root = file["stages"][stage["root"]]["base"]
    return Entry(
        "image",
        file["path"],
        stage["line"],
        stage["name"],
        dockerfile=file["path"],
        stage=index,
        image=None if root["is_scratch"] else root["resolved"] or root["written"],
        base=_named(root),
        entrypoint=_of_dockerfile(config["entrypoint"], file["path"], is_base_scratch=root["is_scratch"]),
        command=_of_dockerfile(config["cmd"], file["path"], is_base_scratch=root["is_scratch"]),
        directory=(workdir["value"] or workdir["written"]) if workdir else ".",
        values={each["name"]: each["value"] for each in config["env"] if each["value"] is not None},
        stop_signal=config["stop_signal"],
    )


def _named(image: Facts | None) -> tuple[str, str] | None:
    """The name to look an image up by: one without a tag is `latest`, unless its digest says which."""
    if image is None or not image["repository"]:
        return None
    return f"{image['registry']}/{image['repository']}", image["tag"] or ("" if image["digest"] else "latest")


def _of_dockerfile(command: Facts | None, path: str, *, is_base_scratch: bool) -> Words | None:
    if command is None:
        return Words("image", path, None, ()) if is_base_scratch else None
    if command["form"] == "shell":
        shell = command["shell"] or _DEFAULT_SHELL
        text = command["text"] or ""
        args = (*known(shell), Argument(text, is_known=not text.endswith("…")))
        return Words("image", path, command["line"], args, form="shell")
    return Words("image", path, command["line"], known(command["words"]), form=command["form"])


def workload_entries(workloads: Iterable[Facts], images: "Images") -> Iterator[Entry]:
    """Containers of deployments that are started with something else than their image is, or with files over it."""
    for workload in workloads:
        pod = next((each for each in workload["pod_security"] if each["setting"] == "shareProcessNamespace"), None)
        for container in workload["containers"]:
            init = next((each for each in container["security"] if each["setting"] == "init" and each["value"]), None)
            entry = images.entry_of(workload, container)
            found = _overridden(entry, workload, container)
            if container["command"] is None and container["args"] is None and init is None and not _is_covered(found):
                continue
            if init:
                found = found._replace(init=("docker-init", workload["path"], init["line"]))
            elif pod and pod["value"] is True:
                found = found._replace(init=("pause", workload["path"], pod["line"]))
            yield found


def _overridden(entry: Entry, workload: Facts, container: Facts) -> Entry:
    source, path = workload["platform"], workload["path"]
    entrypoint, command = entry.entrypoint, entry.command
    if container["command"] is not None:
        entrypoint, command = _of_workload(container["command"], source, path), Words(source, path, None, ())
    if container["args"] is not None:
        command = _of_workload(container["args"], source, path)
    is_main = len(workload["containers"]) == 1
    written = container["image"]["written"] if container["image"] else entry.image
    return entry._replace(
        source=source,
        path=path,
        line=container["line"],
        name=workload["name"] if is_main else container["name"],
        kind=workload["kind"],
        role=container["role"],
        image=written,
        entrypoint=entrypoint,
        command=command,
        directory=container["working_dir"] or entry.directory,
        mounts=tuple(_mounts(container["mounts"], path)) if source == "compose" else (),
    )


def _is_covered(entry: Entry) -> bool:
    """Whether files of the repository are mounted over what an image that is built here is started in or with."""
    if entry.dockerfile is None:
        return False
    words = (word.text for given in (entry.entrypoint, entry.command) if given for word in given.args)
    return any(f"{path}/".startswith(f"{target}/") for target, _ in entry.mounts for path in (entry.directory, *words))


def _of_workload(fact: Facts, source: str, path: str) -> Words:
    words = fact["words"]
    if fact["form"] == "text" and not words and fact["text"]:
        return Words(source, path, fact["line"], (Argument(fact["text"], is_known=False),), form="text")
    args = tuple(
        Argument(word.replace("$$", "$"), is_known=not is_open(word.replace("$$", "")) or _is_script(words, at))
        for at, word in enumerate(words)
    )
    return Words(source, path, fact["line"], args)


def _is_script(words: Sequence[str], at: int) -> bool:
    """What stands behind `-c` is for a shell, which has variables of its own; but for `{{ }}` it can be read."""
    return at > 0 and words[at - 1].startswith("-") and words[at - 1].endswith("c") and "{{" not in words[at]


def _mounts(mounts: Iterable[Facts], path: str) -> Iterator[tuple[str, str]]:
    """What lies in the repository and is mounted: image path and repository path."""
    for mount in mounts:
        source, target = mount["source"], mount["target"]
        if source and target and source.startswith(".") and target.startswith("/"):
            place = under(parent(path), source)
            if place is not None:
                yield target.rstrip("/") or "/", place


class Images:
    """Which Dockerfile an image of a deployment is built from."""

    def __init__(self, files: Iterable[Facts], builds: Iterable[Facts], workloads: Iterable[Facts]) -> None:
        self._files = {file["path"]: file for file in files}
        self._contexts = {(each["by"], each["path"], each["name"]): each["context"] for each in builds}
        self._named: dict[str, tuple[str, str | None]] = {}
        for each in builds:
            if each["by"] == "skaffold" and each["dockerfile"] and each["name"]:
                self._named.setdefault(each["name"], (each["dockerfile"], each["target"]))
        for workload in workloads:
            for container in workload["containers"]:
                build, image = container["build"], container["image"]
                if build and build["file"] and image and image["repository"]:
                    name, _ = _named(image) or ("", "")
                    self._named.setdefault(name, (build["file"], build["target"]))

    def entry_of(self, workload: Facts, container: Facts) -> Entry:
        """What the container's image is started with; an entry without words where it is not built here."""
        build, image = container["build"], container["image"]
        path, target = (build["file"], build["target"]) if build else (None, None)
        if path is None and image and image["repository"]:
            name, _ = _named(image) or ("", "")
            path, target = self._named.get(name) or self._named.get(image["written"]) or (None, None)
        file = self._files.get(path or "")
        index = stage_of(file, target) if file and file["stages"] else None
        if file is None or index is None:
            here = workload["platform"], workload["path"], container["line"], workload["name"]
            return Entry(*here, base=_named(image))
        context = self._contexts.get((workload["platform"], workload["path"], workload["name"]))
        return image_entry(file, index)._replace(
            contexts=None if context is None else ("" if context == "." else context,)
        )


def app_entries(apps: Iterable[Facts]) -> Iterator[Entry]:
    """What platforms run in the repository itself, without an image of its own."""
    for app in apps:
        for command in app["commands"]:
            if command["name"] in _SKIPPED or app["image"] or app["dockerfile"]:
                continue
            root = under(parent(app["path"]), app["root"] or ".")
            words = Words(app["platform"], app["path"], command["line"], (), command["command"], "text")
            yield Entry(
                app["platform"],
                app["path"],
                command["line"],
                app["name"] or command["name"],
                kind=command["name"],
                directory=root or ".",
                text=words,
            )
