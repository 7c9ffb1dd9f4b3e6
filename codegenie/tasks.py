"""The task graph, in doit's words: one task a probe, the merge, and gather over all of them."""

import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NoReturn

from doit.globals import Globals

from codegenie import fingerprints, inventory, listing, matches, registry
from codegenie.adapters import Action, Checker, Current
from codegenie.beneath import Root
from codegenie.cache import UNUSED_DAYS
from codegenie.database import MEMORY, attach
from codegenie.declarations import declarations
from codegenie.document import Merge
from codegenie.errors import INTERRUPTED, CodegenieError
from codegenie.gather import Gather, Step
from codegenie.grain import ahead_ns, settled_ns
from codegenie.index import Index
from codegenie.interrupts import Interrupts
from codegenie.lifetime import lives_shortly
from codegenie.lock import file_system_clock, lock, release
from codegenie.probe import Probe
from codegenie.recorded import Recorded
from codegenie.reporter import Reporter
from codegenie.settings import VARIABLES, Settings, resolve
from codegenie.state import look, prepare, remove_old_boxes
from codegenie.text import say
from codegenie.uptodate import Work, is_current
from codegenie.workers import Workers

Task = dict[str, Any]
Mode = Literal["write", "read", "none"]

GATHERING = frozenset({"gather", "merge", "probe", "cache_gc"})
READING = frozenset({"list", "info", "help", "tabcompletion"})
WRITING = frozenset({"clean", "forget"})
UNSUPPORTED = frozenset({"ignore", "reset-dep", "strace"})  # they would record or skip work that was not done
# Past this many files a task depends on one key over all of them: doit's own loop and its database cost twice as much
# again for each file (docs/decisions/0013, 0023).
MOST_FILE_DEPS = 100
# Each further worker imports the readers anew, for 0.2 s: what the probes of a repository of this size take.
FILES_FOR_A_WORKER = 2000


class Gathering:
    """One doit run over one repository: its configuration, its tasks, and what they share.

    `mode` says what the run may do: gather (and write), look only, or nothing of ours at all (a developer's target).
    """

    def __init__(self, settings: Settings, mode: Mode) -> None:
        self.settings = settings
        self.mode = mode
        began, started_at = time.monotonic(), time.time()
        trusted = True
        self.interrupts = Interrupts()
        if mode == "write":
            self.interrupts.listen()
            self.state = prepare(settings)
            self._lock = lock(self.state, settings.wait)
        else:
            self.state, trusted = look(settings)
        ends_at = time.monotonic() + settings.max_run_seconds
        self.clock_ns, self.ahead_ns = file_system_clock(self.state) if mode == "write" else 0, ahead_ns()
        self.root = Root(settings.repo)
        self.workers = Workers(
            memory=settings.max_worker_memory,
            blobs=self.state.blobs,
            home=self.state.home,
        )
        recorded = self._recorded() if trusted else Recorded()
        self.listed = self._listed(recorded)
        self.index = Index(
            self.root,
            self.listed.paths,
            recorded,
            cap=settings.max_file_bytes,
            hash_all=settings.hash_all,
            ends_at=ends_at,
        )
        fingerprints.recall(self.state.home, keep=mode == "write")
        declared = declarations(self.state.home, keep=mode == "write")
        present = self.listed.present(self.index)
        if trusted and mode != "none":
            matches.recall(self.state, present)
        self.gather = Gather(
            settings,
            self.state,
            present,
            {probe.name: probe for probe in declared},
            index=self.index,
            workers=self.workers,
            started_at=started_at,
            ends_at=ends_at,
        )
        self.steps = tuple(Step(self.gather, probe) for probe in _chosen(settings, declared))
        self.merge = Merge(self.gather, self.steps)
        has_database = mode == "write" or (mode == "read" and trusted and os.path.lexists(self.state.database))
        self.database = self.state.database if has_database else MEMORY
        self.reporter = Reporter(self.gather, began=began, may_write=mode == "write", close=self.close)

    def doit_config(self) -> dict[str, Any]:
        """What dodo.py hands to doit as DOIT_CONFIG."""
        checker = type("Xxh3Checker", (Checker,), {"index": self.index})
        return {
            "default_tasks": ["gather"],
            "backend": "sqlite3",
            "dep_file": MEMORY,
            "check_file_uptodate": checker,
            "reporter": self.reporter,
            "num_process": self._workers_of_use(),
            "par_type": "thread",
            "verbosity": 0,
            "forget_sub": True,
        }

    def tasks(self) -> Iterator[Task]:
        """Every task, as a doit task creator yields them; none where the mode is none."""
        if self.mode == "none":
            return
        attach(
            Globals.dep_manager,
            self.database,
            secret=self.state.secret,
            may_write=self.mode == "write",
            ending=self.interrupts.end,
        )
        yield {
            "basename": "gather",
            "doc": "Bring repo-context.yaml up to date: doit gather repo=<path> [task=<type>].",
            "actions": None,
            "task_dep": ["merge"],
            "uptodate": [self._all_current],
        }
        yield self._task(self.merge) | {
            "basename": "merge",
            "doc": "Merge the slices, validate the document and publish it.",
            "task_dep": [f"probe:{step.probe.name}" for step in sorted(self.steps, key=_patience)],
        }
        doc = "The probes, one slice each: doit probe:<name> repo=<path>."
        yield {"basename": "probe", "name": None, "doc": doc, "uptodate": [True]}
        for step in self.steps:
            shown = step.files if len(step.files) <= MOST_FILE_DEPS else ()
            yield self._task(step) | {
                "file_dep": [f"./{path}" for path in shown if path.isprintable()],  # doit prints them as they are
                "basename": "probe",
                "name": step.probe.name,
                "doc": step.probe.summary,
                "task_dep": [f"probe:{name}" for name in step.probe.requires],
            }
        yield {
            "basename": "cache_gc",
            "doc": "Remove cached answers that can no longer be of use, and say what that freed.",
            "actions": [self._collect],
            "verbosity": 2,
        }

    def _workers_of_use(self) -> int:
        """How many probes at once are worth their workers; doit's `-n` overrules it."""
        if self.mode == "none":
            return 0
        of_use = 1 + len(self.gather.inventory.paths) // FILES_FOR_A_WORKER
        return min(self.settings.max_concurrent_probes, len(self.steps), of_use)

    def close(self) -> None:
        """End the run: nothing of it stays alive, the index is kept, and others may gather."""
        self.interrupts.end()
        self.workers.close()
        if self.mode == "write":
            with self.gather.if_it_can():
                self._keep()
            litter = self.interrupts.heard or self.workers.died or self.gather.did_without or self.reporter.error
            release(self._lock, in_order=not litter)
        self.root.close()
        self.interrupts.release()

    def _recorded(self) -> Recorded:
        return Recorded.load(self.state.index_file, below=self.state.out, secret=self.state.secret)

    def _listed(self, recorded: Recorded) -> inventory.Inventory:
        """The repository: as the last run has listed it, if that still holds."""
        if self.mode == "none":
            return inventory.NOTHING
        if not self.settings.hash_all and (recalled := listing.recalled(self.state, self.settings, recorded)):
            return recalled
        bounds: Any = {name: getattr(self.settings, name) for name in ("exclude", *inventory.BOUNDS)}
        return inventory.take(self.settings.repo, **bounds)

    def _keep(self) -> None:
        """Write down for the next run what this one has seen of the work tree.  Raises OSError."""
        settled = settled_ns(self.settings.repo, self.clock_ns, self.ahead_ns)
        self.index.save(self.state.index_file, settled, below=self.state.out, secret=self.state.secret)
        listing.keep(self.state, self.settings, self.listed, settled)
        matches.keep(self.state, self.gather.inventory)

    def _collect(self) -> None:
        removed, freed = self.state.blobs.collect(time.time(), self.settings.cache_ttl)
        sys.stdout.write(f"removed {removed} blobs, freed {freed} bytes\n")
        if boxes := remove_old_boxes(self.state, time.time()):
            sys.stdout.write(
                f"removed {boxes} box{'es' * (boxes > 1)} of what was set aside over {UNUSED_DAYS} days ago\n"
            )

    def _all_current(self) -> bool:
        """For `doit list --status`; in a run the tasks that gather depends on have just been brought up to date."""
        if self.mode == "write":
            return True
        works: dict[str, Work] = {f"probe:{step.probe.name}": step for step in self.steps}
        works["merge"] = self.merge
        return all(is_current(Globals.dep_manager.get_values(name), work) for name, work in works.items())

    def _task(self, work: Step | Merge) -> Task:
        return {
            "actions": [Action(self.reporter, work)],
            "targets": list(work.targets),
            "uptodate": [Current(work)],
            "io": {"capture": False},
            "clean": True,
            "meta": {"codegenie": True},
        }


def requested(argv: list[str], variables: Mapping[str, str], cwd: str) -> Gathering:
    """What a `doit` command line asks for.  Ends the process with a message where it cannot be had."""
    lives_shortly()
    try:
        mode = _mode(argv)
        if mode == "write":
            _refuse_unknown(argv)
        asked = {name: value for name, value in variables.items() if name in VARIABLES}
        return begun(resolve(asked, os.environ, cwd), mode)
    except CodegenieError as error:
        end(error)
    except KeyboardInterrupt:
        say("codegenie: interrupted")
        raise SystemExit(INTERRUPTED) from None


def begun(settings: Settings, mode: Mode) -> Gathering:
    """A gathering that holds what it needs.  Raises CodegenieError where the system does not give it."""
    try:
        return Gathering(settings, mode)
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        raise CodegenieError(f"cannot begin ({what}{error.strerror}); mend that, or use out= elsewhere") from None


def end(error: CodegenieError) -> NoReturn:
    """Say what is wrong, and end the process with the code that stands for it."""
    for line in f"codegenie: {error}".splitlines():
        say(line)
    raise SystemExit(error.exit_code)


def _mode(argv: list[str]) -> Mode:
    """What the command line is about, by its words; doit itself parses it only after it has loaded the tasks."""
    words = [word for word in argv if not word.startswith("-") and "=" not in word and not word.isdigit()]
    commands = [word for word in words if word in READING | WRITING | UNSUPPORTED | {"run"}]
    if commands and commands[0] in UNSUPPORTED:
        raise CodegenieError(f"`doit {commands[0]}` cannot be used here: it would leave facts that are not true")
    if commands and commands[0] in READING:
        return "read"
    if commands and commands[0] in WRITING:
        return "write"
    rest = [word for word in words if word != "run"]
    ours = not rest or any(word.partition(":")[0] in GATHERING for word in rest)
    return "write" if ours else "none"


def _refuse_unknown(argv: list[str]) -> None:
    for word in argv:
        name, equals, _ = word.partition("=")
        if equals and re.fullmatch(r"\w+", name) and name not in VARIABLES:
            resolve({name: ""}, {}, "/")


def _patience(step: Step) -> float:
    """What may take long is begun first, so that at the end no worker waits for another."""
    return -step.probe.timeout_seconds


def _chosen(settings: Settings, declared: tuple[Probe, ...]) -> tuple[Probe, ...]:
    """The probes of this run: those of the task type, without the skipped ones and whatever requires them."""
    known = registry.task_types(declared)
    if settings.task is not None and known and settings.task not in known:
        raise CodegenieError(f"no probe serves the task {settings.task!r}; there are: {', '.join(known)}")
    skipped = set(settings.skip_probes)
    chosen = registry.selected(declared, settings.task)
    while more := {probe.name for probe in chosen if skipped.intersection(probe.requires)} - skipped:
        skipped |= more
    return tuple(probe for probe in chosen if probe.name not in skipped)
