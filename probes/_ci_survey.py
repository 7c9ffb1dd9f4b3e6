"""What all pipelines say, counted together."""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import (
    Asked,
    Image,
    Job,
    Pairs,
    Pipeline,
    Secret,
    Step,
    Stored,
    Use,
    is_computed,
    short,
)
from codegenie.formats.shell_lines import Command
from codegenie.formats.shell_lines import commands as commands_in
from codegenie.probe import ProbeInputs

from ._ci_actions import Actions, Entry
from ._ci_commands import KINDS, Commands, Does, ordered
from ._ci_facts import job_facts, pin, pipeline_facts
from ._ci_matrix import values_of
from ._ci_scripts import Scripts
from ._ci_tally import Tally
from ._paths import under

PIPELINES = 300  # that are listed; the count says how many there are
MOST_TEXT = 1_000_000  # characters of all pipelines as JSON: some 2,000 jobs
LISTED = 300  # commands of one kind, things used, images, secrets
OTHERS = 100  # commands that the table does not know
NOT_RESOLVED = 200
_DEEPEST = 3  # scripts that run scripts
_PATHS = 20  # of one cache or artifact

_ELSEWHERE = ("project pipeline", "generated pipeline", "project child pipeline", "remote child pipeline",
              "template child pipeline", "component child pipeline")  # fmt: skip

_INPUT = lazily(r"\$\{\{\s*inputs\s*\.\s*([\w-]+)\s*\}\}", re.ASCII)

_THIS = "${{ github.repository }}"
_NO_CHECKOUTS: Mapping[str, bool] = {}

_Ran = tuple[dict[str, Any] | None, tuple[str, ...]]
"""A script's place and text, and what it does."""

Given = dict[str, tuple[str, int]]
"""What is handed to an action: the value and its line, by the name of the input."""


class _Here(NamedTuple):
    """The job at hand, and the file it stands in."""

    path: str
    job: Job


class Survey:
    """What all pipelines say, counted together."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._actions = Actions(inputs.catalogue("ci_actions"))
        self._commands = Commands(inputs.catalogue("ci_commands"))
        self._scripts = Scripts(inputs)
        self._ran: dict[tuple[Does, str | None, int], _Ran] = {}
        self._by_kind = {kind: Tally() for kind in KINDS}
        self._other, self._plumbing = Tally(), 0
        self._uses, self._images, self._runners = Tally(), Tally(), Tally()
        self._runtimes, self._secrets, self._environments = Tally(), Tally(), Tally()
        self._caches, self._artifacts = Tally(), Tally()
        self._handed: dict[str, list[dict[str, list[str] | None]]] = {}
        self._left_open_at: list[dict[str, Any]] = []
        self._pipelines: list[dict[str, Any]] = []

    def hand_over(self, found: Pipeline | tuple[Pipeline, ...] | None) -> None:
        """Remember what the jobs of one file hand to the workflows that they call; of all files before any is taken."""
        for pipeline in (found,) if isinstance(found, Pipeline) else found or ():
            for job in pipeline.jobs:
                if job.calls and job.calls.kind == "local" and (called := self._local(job.calls, {})):
                    handed = {name: values_of(value, job.matrix) for name, value in job.handed}
                    self._handed.setdefault(called, []).append(handed)

    def take(self, provider: str, path: str, found: Pipeline | tuple[Pipeline, ...] | None) -> None:
        """Add what one file says."""
        for pipeline in (found,) if isinstance(found, Pipeline) else found or ():
            jobs = [self._job(job, job.path or path) for job in pipeline.jobs]
            for use in pipeline.uses:
                self._use(use, path)
            for secret in pipeline.secrets:
                self._secret(secret, path)
            for left in pipeline.not_resolved:
                self._left_open(left.what, left.written, left.file or path, left.line)
            self._pipelines.append(pipeline_facts(path, provider, pipeline, jobs))

    def facts(self) -> dict[str, Any]:
        """What goes into the slice."""
        pipelines = sorted(self._pipelines, key=lambda each: (each["path"], each["name"] or ""))
        left_open = sorted(self._left_open_at, key=lambda each: (each["path"], each["line"] or 0, each["written"]))
        return {
            "pipeline_count": len(pipelines),
            "pipelines": _affordable(pipelines[:PIPELINES]),
            "commands": {kind: _listed(tally, LISTED) for kind, tally in self._by_kind.items()}
            | {"other": _listed(self._other, OTHERS), "plumbing_count": self._plumbing},
            "uses": _listed(self._uses, LISTED),
            "runners": _listed(self._runners, LISTED),
            "images": _listed(self._images, LISTED),
            "runtimes": _listed(self._runtimes, LISTED),
            "secrets": _listed(self._secrets, LISTED),
            "environments": _listed(self._environments, LISTED),
            "caches": _listed(self._caches, LISTED),
            "artifacts": _listed(self._artifacts, LISTED),
            "not_resolved_count": len(left_open),
            "not_resolved": left_open[:NOT_RESOLVED],
        }

    def _job(self, job: Job, path: str) -> dict[str, Any]:
        here = _Here(path, job)
        does: set[str] = set()
        checkouts: dict[str, bool] = {}
        for step in job.steps:
            directory: str | None = step.directory or ""
            for command in step.commands:
                does.update(self._command(command, step, directory, path))
                directory = self._scripts.directory_after(command.text, directory)
            if step.uses:
                does.update(self._step_use(step, step.uses, here, checkouts))
                checkouts |= _checkout(step)
        for image in job.images:
            self._image(image, here)
        for label in job.runner:
            self._runner(label, here)
        for asked in job.asked:
            self._asked(asked, here)
        for kept, tally in ((job.caches, self._caches), (job.artifacts, self._artifacts)):
            for each in kept:
                _store(tally, each, path)
        if job.environment:
            self._environments.add(job.environment, path, job.environment_line or job.line, name=job.environment)
        calls = self._use(job.calls, path) if job.calls else None
        return job_facts(job, path, ordered(does), calls)

    def _command(self, command: Command, step: Step, directory: str | None, path: str) -> tuple[str, ...]:
        does = self._commands.does(command.text, step.variables)
        script = None
        if does and does.how in ("task name", "script"):
            script, followed = self._runs(does, directory, _DEEPEST)
            named = "typecheck" in does.kinds or self._commands.is_for("typecheck", does.named)
            if named and "build" in followed:  # `tsc` alone does not say whether it emits
                followed = tuple(ordered({*followed, "typecheck"} - {"build"}))
            does = Does(followed, "script", does.program, does.named) if followed else does
        if not does or not does.kinds:
            if self._commands.is_plumbing(command.text):
                self._plumbing += 1
            else:
                self._other.add(command.text, command.file or path, command.line, command=command.text, cut=command.cut)
            return ()
        key = command.text, does.how, does.program, (script or {}).get("path", "")
        for kind in does.kinds:
            self._by_kind[kind].add(
                key, command.file or path, command.line,
                command=command.text, cut=command.cut, how=does.how, program=does.program, script=script,
            )  # fmt: skip
        return does.kinds

    def _runs(self, does: Does, directory: str | None, depth: int) -> _Ran:
        """The script that a command runs, and what the programs in it do, and in the scripts that those are."""
        key = does, directory, depth  # scripts may name one another any number of times
        if key not in self._ran:
            self._ran[key] = self._runs_anew(does, directory, depth)
        return self._ran[key]

    def _runs_anew(self, does: Does, directory: str | None, depth: int) -> _Ran:
        if does.how == "task name":
            if (found := self._scripts.script(does, directory)) is None:
                return None, ()
            return found[0], self._followed(commands_in(found[1]), directory, depth)
        if not does.named:
            script = self._scripts.default_task(directory)
            known = self._commands.does(f"{does.program} {script['text']}") if script else None
            return script, known.kinds if known else ()
        shell = self._scripts.shell(does.named[0], directory)
        if shell is None:
            return None, ()
        return {"path": shell[0], "line": None, "text": None}, self._followed(shell[1], directory, depth)

    def _followed(self, commands: Iterable[Command], directory: str | None, depth: int) -> tuple[str, ...]:
        kinds: set[str] = set()
        for command in commands:
            found = self._commands.does(command.text)
            if found and found.how == "program":
                kinds.update(found.kinds)
            elif found and depth:
                kinds.update(self._runs(found, directory, depth - 1)[1])
            directory = self._scripts.directory_after(command.text, directory)
        return tuple(ordered(kinds))

    def _step_use(self, step: Step, use: Use, here: "_Here", checkouts: Mapping[str, bool]) -> tuple[str, ...]:
        self._use(use, here.path, checkouts)
        given = {name: (value, line) for name, value, line in step.inputs}
        if use.kind == "local" and (action := self._local(use, checkouts)):
            handed = {name: self._values(value, here, step.variables) for name, (value, _) in given.items()}
            self._handed.setdefault(action, []).append(handed)
        if use.kind == "docker":
            self._image(Image("action", use.name, use.line), here)
        entry = self._actions.find(use.kind, use.name)
        for asked in _setup(entry, use, given):
            self._asked(asked, here, step.variables)
        for tally, what in ((self._caches, "cache"), (self._artifacts, "artifact")):
            if kept := entry.get(what):
                name, line = given.get(kept["name"] or "", (None, use.line))
                if name is not None or kept.get("always", True):
                    paths = given.get(kept["paths"] or "", ("", 0))[0].split("\n")
                    _store(tally, Stored(use.name, name, tuple(paths), line), here.path)
        kinds = self._use_does(entry, given)
        written = f"{use.name}@{use.ref}" if use.ref else use.name
        for kind in kinds:
            self._by_kind[kind].add(
                (written, "action", use.name, ""), here.path, use.line,
                command=written, cut=False, how="action", program=use.name, script=None,
            )  # fmt: skip
        return kinds

    def _use_does(self, entry: Entry, given: Given) -> tuple[str, ...]:
        if known := entry.get("command"):
            value = given.get(known["input"], (known["default"], 0))[0]
            if value and "program" in known:
                found = self._commands.does(f"{known['program']} {value}")
                return found.kinds if found else ()
            return tuple(known["does"].get(value, ()))
        return tuple(entry.get("does", ()))

    def _asked(self, asked: Asked, here: "_Here", variables: Pairs = ()) -> None:
        values = self._values(asked.version, here, variables) if asked.version else []
        version, file = short(asked.version), short(asked.file)
        self._runtimes.add(
            (asked.runtime, version or "", file or "", asked.how, tuple(values or ())), here.path, asked.line,
            runtime=asked.runtime, how=asked.how, written=version, versions=values, file=file,
        )  # fmt: skip

    def _values(self, text: str, here: "_Here", variables: Pairs = ()) -> list[str] | None:
        """What the text stands for: of an input, what is handed to the action or workflow at hand."""
        values = values_of(text, here.job.matrix, variables)
        if values is None and (named := _INPUT.fullmatch(text.strip())):
            return self._handed_values(named[1], here)
        return values

    def _handed_values(self, name: str, here: "_Here") -> list[str] | None:
        """What those who use the action at hand give it as this input; None where one of them leaves that open."""
        default = dict(here.job.defaults).get(name)
        found: dict[str, None] = {}
        for handed in self._handed.get(here.path, ()):
            values = handed.get(name, None if default is None else [default])
            if values is None or is_computed(" ".join(values)):
                return None
            found.update(dict.fromkeys(values))
        return list(found) or None

    def _use(self, use: Use, path: str, checkouts: Mapping[str, bool] = _NO_CHECKOUTS) -> dict[str, Any]:
        local = self._local(use, checkouts) if use.kind == "local" else use.found
        facts = {
            "kind": use.kind,
            "name": use.name,
            "ref": use.ref,
            "pin": pin(use),
            "version": use.note,
            "file": local,
        }
        self._uses.add((use.kind, use.name, use.ref or "", use.note or ""), use.file or path, use.line, **facts)
        if use.kind == "local" and local is None:
            others = any(not own and _below(use.name, at) for at, own in checkouts.items())
            what = "local file of another repository's checkout" if others else "local file that is not there"
            self._left_open(what, use.name, path, use.line)
        elif use.kind in _ELSEWHERE and not local:
            self._left_open(use.kind, f"{use.name}@{use.ref}" if use.ref else use.name, use.file or path, use.line)
        elif use.kind == "workflow":
            self._left_open("workflow of another repository", f"{use.name}@{use.ref}", path, use.line)
        return facts

    def _local(self, use: Use, checkouts: Mapping[str, bool]) -> str | None:
        """The file of this repository, in the workspace itself or in a second checkout of it (at whatever ref)."""
        at = under("", use.name.removeprefix("./"))
        if at is None:
            return None
        for place, own in checkouts.items():
            if _below(use.name, place):
                if not own:
                    return None
                at = at[len(place) + 1 :]
                break
        candidates = (at, *(posixpath.join(at, name) for name in ("action.yml", "action.yaml")))
        return next((each for each in candidates if each.endswith((".yml", ".yaml")) and each in self._inputs), None)

    def _secret(self, secret: Secret, path: str) -> None:
        self._secrets.add(
            (secret.kind, secret.name or ""), secret.file or path, secret.line, kind=secret.kind, name=secret.name
        )

    def _image(self, image: Image, here: "_Here") -> None:
        values = values_of(image.name, here.job.matrix)
        self._images.add(
            (image.role, image.name, tuple(values or ())), image.file or here.path, image.line,
            role=image.role, written=image.name, images=values,
        )  # fmt: skip

    def _runner(self, label: str, here: "_Here") -> None:
        values = values_of(label, here.job.matrix)
        line = here.job.runner_line or here.job.line
        path = here.job.runner_file or here.path
        if values is None:
            self._runners.add((label, ""), path, line, label=None, written=label)
        for value in values or ():
            self._runners.add((value, ""), path, line, label=value, written=None)

    def _left_open(self, what: str, written: str, path: str, line: int) -> None:
        self._left_open_at.append({"what": what, "written": written, "path": path, "line": line or None})


def _checkout(step: Step) -> dict[str, bool]:
    """The directory that a step checks a repository out into, and whether it is this repository."""
    given = {name: value.strip() for name, value, _ in step.inputs}
    if step.uses is None or step.uses.name != "actions/checkout" or is_computed(given.get("path", "")):
        return {}
    at = under("", given.get("path", "")) or ""
    return {at: given.get("repository", _THIS) == _THIS} if at else {}


def _below(name: str, directory: str) -> bool:
    return f"{under('', name.removeprefix('./')) or ''}/".startswith(f"{directory}/")


def _setup(entry: Entry, use: Use, given: Given) -> Iterator[Asked]:
    for runtime, (version_input, file_input) in entry.get("setup", {}).items():
        version, line = given.get(version_input, (None, use.line))
        file, at = given.get(file_input or "", (None, use.line))
        if version is None and use.name == "dtolnay/rust-toolchain" and use.ref not in ("master", "v1"):
            version = None if pin(use) == "sha" else use.ref  # the action's branches are named like toolchains
        several = [each.strip() for each in version.split("\n") if each.strip()] if version else [None]
        for each in several:
            yield Asked(runtime, use.name, each, file or None, line if version else at)


def _affordable(pipelines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many of the pipelines, and of their jobs, as have room; a pipeline's own facts before its jobs."""
    left = MOST_TEXT
    kept = []
    for pipeline in pipelines:
        left -= len(json.dumps(pipeline | {"jobs": []}))
        if left < 0:
            break
        jobs = []
        for job in pipeline["jobs"]:
            left -= len(json.dumps(job))
            if left < 0:
                break
            jobs.append(job)
        kept.append(pipeline | {"jobs": jobs})
        left = max(left, 0)
    return kept


def _listed(tally: Tally, most: int) -> dict[str, Any]:
    return {"count": len(tally), "occurrences": tally.total, "listed": tally.listed(most)}


def _store(tally: Tally, stored: Stored, path: str) -> None:
    paths = [short(each) or "" for each in stored.paths if each.strip()][:_PATHS]
    name = short(stored.key)
    tally.add(
        (stored.how, name or "", tuple(paths)), stored.file or path, stored.line, how=stored.how, name=name, paths=paths
    )
