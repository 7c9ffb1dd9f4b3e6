"""What a Dockerfile's instructions come to: the stages, what each is built on, and the configuration it ends with.

The rules are those of BuildKit (moby/buildkit, frontend/dockerfile/dockerfile2llb, Apache-2.0).  What only the build
can tell, like the platform or what a base image sets, is unknown here, and never filled in.
"""

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from codegenie.formats.dockerfile import Dockerfile, Instruction
from codegenie.formats.dockerfile_words import Expansion, Inexpansible, expanded
from codegenie.formats.patterns import lazily

_NUMBER = lazily(r"[0-9]{1,4}")
_UNIX_SHELL = ("/bin/sh", "-c")
_WINDOWS_SHELL = ("cmd", "/S", "/C")
_WINDOWS = lazily(r"(?:^|[/:-])(?:nanoserver|(?:windows)?servercore)|(?:^|/)windows(?:/|:|$)")
_LISTS = {"EXPOSE": "exposed", "VOLUME": "volumes"}
_PAIRS = {"ENV": "env", "LABEL": "labels"}
_TEXTS = {"STOPSIGNAL": "stop_signal", "USER": "user"}
_OF_THE_BUILD = lazily(r"\$\{?((?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT))\b")
"""The variables of the platform, which BuildKit sets in every build: what is written for want of them never counts."""


class Text(NamedTuple):
    """A text of an instruction.  `value` is None where a variable in it is not known; `unset` names which."""

    written: str
    value: str | None
    line: int
    unset: tuple[str, ...] = ()


class Command(NamedTuple):
    """What ENTRYPOINT, CMD, RUN or a health check runs.

    In the exec form `words` are run as they are.  In the shell form `text` is run by `shell`, or by the shell that the
    base image has set, where that is None.  The form none is of an instruction that takes away what was there.
    """

    form: Literal["exec", "none", "shell"]
    words: tuple[str, ...]
    text: str | None
    shell: tuple[str, ...] | None
    line: int
    stage: int


class HealthCheck(NamedTuple):
    """A health check; `command` is None for NONE, which switches off that of the base image.

    Options are as written.
    """

    command: Command | None
    options: tuple[tuple[str, str | None], ...]
    line: int
    stage: int


class Base(NamedTuple):
    """What a stage is built on: an earlier stage, `scratch`, or the image that `image` names where that is known."""

    image: Text
    platform: Text | None
    stage: int | None
    is_scratch: bool


class Config(NamedTuple):
    """The configuration of an image.  What is None or not there is what the base image has, or of `scratch` nothing."""

    env: Mapping[str, Text] = {}
    args: Mapping[str, Text] = {}
    labels: Mapping[str, Text] = {}
    exposed: tuple[Text, ...] = ()
    volumes: tuple[Text, ...] = ()
    user: Text | None = None
    workdir: Text | None = None
    stop_signal: Text | None = None
    shell: tuple[str, ...] | None = None
    entrypoint: Command | None = None
    cmd: Command | None = None
    healthcheck: HealthCheck | None = None
    onbuild: tuple[Instruction, ...] = ()


class Stage(NamedTuple):
    """One stage, and `at` its index; `root` is that of the first stage that it goes back to, whose base is no other."""

    at: int
    name: str | None
    line: int
    end_line: int
    base: Base
    root: int
    config: Config
    instructions: tuple[Instruction, ...]
    before: tuple[Config, ...]
    """The configuration that each of the instructions finds."""


class Build(NamedTuple):
    """The stages in order, and the ARGs before the first of them."""

    args: Mapping[str, Text]
    stages: tuple[Stage, ...]

    def stage_named(self, name: str, before: int) -> int | None:
        """The index of the stage before another that `--from` means, by name or number."""
        known = [stage for stage in self.stages[:before] if stage.name and stage.name.lower() == name.lower()]
        if known:
            return known[-1].at
        return int(name) if _NUMBER.fullmatch(name) and int(name) < before else None


def build_of(dockerfile: Dockerfile, args: Mapping[str, str] | None = None) -> Build:
    """The stages of a file, with `args` as `--build-arg` gives them."""
    return _Builder(dockerfile.escape, args or {}).build(dockerfile.instructions)


class _Builder:
    """Goes through the instructions once."""

    def __init__(self, escape: str, given: Mapping[str, str]) -> None:
        self._escape = escape
        self._given = given
        self._global: dict[str, Text] = {}
        self._stages: list[Stage] = []

    def build(self, instructions: Sequence[Instruction]) -> Build:
        starts = [at for at, one in enumerate(instructions) if one.keyword == "FROM"]
        for one in instructions[: starts[0] if starts else None]:
            if one.keyword == "ARG":
                self._global |= self._args(one, _values(self._global), {})
        for start, end in zip(starts, [*starts[1:], len(instructions)], strict=False):
            self._stages.append(self._stage(instructions[start], instructions[start + 1 : end]))
        return Build(self._global, tuple(self._stages))

    def _stage(self, start: Instruction, rest: Sequence[Instruction]) -> Stage:
        base = self._base(start)
        named = len(start.words) == 3 and start.words[1].upper() == "AS"
        inherited = self._stages[base.stage].config if base.stage is not None else Config()
        config = inherited._replace(
            onbuild=(),
            args={},
            shell=inherited.shell or (_shell_of(base) if base.stage is None else None),
        )
        triggers = [one for one in inherited.onbuild if one.keyword not in ("ONBUILD", "FROM", "MAINTAINER")]
        index = len(self._stages)
        cmd_is_own = False
        before: list[Config] = []
        for one in (*triggers, *rest):
            before.append(config)
            config, cmd_is_own = self._applied(one, config, index, cmd_is_own=cmd_is_own)
        return Stage(
            at=index,
            name=start.words[2] if named else None,
            line=start.line,
            end_line=rest[-1].end_line if rest else start.end_line,
            base=base,
            root=self._stages[base.stage].root if base.stage is not None else index,
            config=config,
            instructions=tuple(rest),
            before=tuple(before[len(triggers) :]),
        )

    def _base(self, start: Instruction) -> Base:
        image = self._text(start.words[0] if start.words else "", start.line, _values(self._global))
        platform = start.flag("platform")
        name = (image.value or "").lower()
        known = [stage for stage in self._stages if stage.name and stage.name.lower() == name]
        return Base(
            image=image,
            platform=None if platform is None else self._platform(platform, start.line),
            stage=known[-1].at if known else None,
            is_scratch=not known and image.value == "scratch",
        )

    def _platform(self, written: str, line: int) -> Text:
        found = self._text(written, line, _values(self._global))
        names = dict.fromkeys(name for name in _OF_THE_BUILD.findall(written) if name not in self._global)
        return Text(written, None, line, tuple(dict.fromkeys((*found.unset, *names)))) if names else found

    def _applied(self, one: Instruction, config: Config, stage: int, *, cmd_is_own: bool) -> tuple[Config, bool]:
        """The configuration after an instruction, and whether the stage has a CMD of its own so far."""
        values = _values(config.args) | _values(config.env)
        match one.keyword:
            case "ARG":
                config = config._replace(args={**config.args, **self._args(one, values, self._global)})
            case "ENV" | "LABEL":
                name = _PAIRS[one.keyword]
                config = _changed(config, **{name: {**getattr(config, name), **self._pairs(one, values)}})
            case "EXPOSE" | "VOLUME":
                name = _LISTS[one.keyword]
                config = _changed(config, **{name: (*getattr(config, name), *self._texts(one, values))})
            case "USER" | "STOPSIGNAL":
                config = _changed(config, **{_TEXTS[one.keyword]: self._text(one.text, one.line, values)})
            case "WORKDIR":
                config = config._replace(workdir=_below(config.workdir, self._text(one.text, one.line, values)))
            case "SHELL" if one.is_json:
                config = config._replace(shell=one.words)
            case "CMD":
                config, cmd_is_own = config._replace(cmd=_command(one, config, stage)), True
            case "ENTRYPOINT":
                kept = config.cmd if cmd_is_own else _taken_away(one, stage)
                config = config._replace(entrypoint=_command(one, config, stage), cmd=kept)
            case "HEALTHCHECK" if one.words:
                config = config._replace(healthcheck=_health_check(one, config, stage))
            case "ONBUILD" if one.trigger:
                config = config._replace(onbuild=(*config.onbuild, one.trigger))
        return config, cmd_is_own

    def _args(self, one: Instruction, values: Mapping[str, str | None], outer: Mapping[str, Text]) -> dict[str, Text]:
        """What an ARG declares: as given, its default, or what was declared before the first stage."""
        found: dict[str, Text] = {}
        for name, default in one.pairs:
            if name in self._given:
                found[name] = Text(default or "", self._given[name], one.line)
            elif default is not None:
                found[name] = self._text(default, one.line, values)
            elif name in outer:
                found[name] = outer[name]._replace(line=one.line)
            else:
                found[name] = Text("", None, one.line, (name,))
        return found

    def _pairs(self, one: Instruction, values: Mapping[str, str | None]) -> dict[str, Text]:
        """All values of one ENV see what was there before it."""
        return {
            self._text(name, one.line, values).value or name: self._text(value or "", one.line, values)
            for name, value in one.pairs
        }

    def _texts(self, one: Instruction, values: Mapping[str, str | None]) -> list[Text]:
        """In the JSON form quotes and escapes have been read already; variables count in it as well."""
        return [
            Text(word, word, one.line) if one.is_json and "$" not in word else self._text(word, one.line, values)
            for word in one.words
        ]

    def _text(self, written: str, line: int, values: Mapping[str, str | None]) -> Text:
        known = {name: value for name, value in values.items() if value is not None}
        try:
            found = expanded(written, known, self._escape)
        except Inexpansible:
            found = Expansion("", ("?",))
        unset = tuple(name for name in found.unset if name != "?")
        return Text(written, None if found.unset else found.text, line, unset)


def _changed(config: Config, **fields: Any) -> Config:
    return config._replace(**fields)


def _values(texts: Mapping[str, Text]) -> dict[str, str | None]:
    return {name: text.value for name, text in texts.items()}


def _below(workdir: Text | None, path: Text) -> Text:
    """WORKDIR goes on from where it was, unless it begins with a slash or a drive."""
    if path.value is None or path.value.startswith("/") or re.match(r"[A-Za-z]:|\\", path.value):
        return path if path.value is None else path._replace(value=_normal(path.value))
    if workdir is None or workdir.value is None:
        return path._replace(value=None)
    return path._replace(value=_normal(posixpath.join(workdir.value, path.value)))


def _normal(path: str) -> str:
    return posixpath.normpath(path) if path.startswith("/") else path


def _shell_of(base: Base) -> tuple[str, ...] | None:
    """The shell of an image that sets none; which one a base image sets cannot be known, but Windows is not Unix."""
    if base.is_scratch:
        return _UNIX_SHELL
    return _WINDOWS_SHELL if _WINDOWS.search(base.image.value or base.image.written) else None


def _command(one: Instruction, config: Config, stage: int) -> Command:
    if not one.words:
        return _taken_away(one, stage)
    if one.is_json:
        return Command("exec", one.words, None, None, one.line, stage)
    return Command("shell", (), one.text, config.shell, one.line, stage)


def _taken_away(one: Instruction, stage: int) -> Command:
    return Command("none", (), None, None, one.line, stage)


def _health_check(one: Instruction, config: Config, stage: int) -> HealthCheck:
    kind, *words = one.words
    if kind != "CMD" or not words:
        return HealthCheck(None, one.flags, one.line, stage)
    if one.is_json:
        command = Command("exec", tuple(words), None, None, one.line, stage)
    else:
        command = Command("shell", (), words[0], config.shell, one.line, stage)
    return HealthCheck(command, one.flags, one.line, stage)
