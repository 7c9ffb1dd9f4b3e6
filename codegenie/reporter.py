"""What people see of a run: rows on a terminal, plain lines in a pipe, one JSON document; and the run log."""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

from doit.exceptions import BaseFail, InvalidTask
from doit.reporter import ConsoleReporter
from doit.task import Task

from codegenie import __version__
from codegenie.cache import remove
from codegenie.errors import INTERRUPTED, SUCCESS, UNUSABLE, CodegenieError
from codegenie.gather import Gather
from codegenie.redaction import publishable
from codegenie.settings import Settings
from codegenie.state import State
from codegenie.text import escaped, lined, say, show_any_letter

KEPT_RUNS = 20
FAILED = ("failed", "skipped")


class Reporter(ConsoleReporter):  # type: ignore[misc]
    """doit's reporter.  Tasks that are not of a gather are shown as doit shows them."""

    def __init__(self, gather: Gather, *, began: float, may_write: bool, close: Callable[[], None]) -> None:
        show_any_letter()
        super().__init__(sys.stdout, {})
        self.error: CodegenieError | None = None
        """What a task could not do, for the user; it decides the exit code."""
        self._gather = gather
        self._may_write = may_write
        self._close = close
        self._began = began
        self._began_at = datetime.fromtimestamp(gather.started_at, UTC)
        self._tasks: dict[str, Task] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._output = Output()
        self._screen: Screen = Quiet()

    def initialize(self, tasks: dict[str, Task], selected_tasks: list[str]) -> None:
        """Before anything runs: refuse what the mode does not allow, and open the screen."""
        ours = [name for name in _with_dependencies(tasks, selected_tasks) if _is_ours(tasks[name])]
        if ours and not self._may_write:
            raise InvalidTask(f"name what to run, like: doit gather repo=<path> ({ours[0]} was not expected here)")
        self._tasks = {name: tasks[name] for name in ours}
        if ours:
            self._screen = _screen(self._gather.settings, [name for name in ours if name != "merge"], self._output)

    def execute_task(self, task: Task) -> None:
        """Called in the thread that is about to run the task."""
        if _is_ours(task):
            if task.name != "merge":
                self._screen.began(task.name)
        elif task.name not in ("gather", "cache_gc"):
            super().execute_task(task)

    def add_success(self, task: Task) -> None:
        """Called when a task was executed; for a probe that includes a failure, which is data."""
        if _is_ours(task):
            self._row(task.name, task.values)

    def skip_uptodate(self, task: Task) -> None:
        """Called when there was nothing to do."""
        if _is_ours(task):
            self._row(task.name, {"outcome": "current"})

    def add_failure(self, task: Task, fail: BaseFail) -> None:
        """Called when an action broke; our own errors are told at the end."""
        if _is_ours(task):
            self._row(task.name, {"outcome": "failed", "why": ""})
            if self.error is None and fail.report:
                reason = (fail.get_msg() or "unknown").strip().splitlines()[-1]
                self.error = CodegenieError(f"{task.name} broke: {reason}; please report this as a bug")
        else:
            super().add_failure(task, fail)

    def complete_run(self) -> None:
        """The end, however it came: close everything, write the log, give the verdict and the exit code.

        Raises SystemExit where the code is not doit's own to give.
        """
        broken = sys.exc_info()[1]
        interrupted = isinstance(broken, KeyboardInterrupt)
        self.error = self.error or _unexpected(broken)
        with suppress(OSError):  # a terminal that has gone
            self._screen.close()
        error = None if interrupted else self.error  # what a worker that we end says is nobody's error
        code = INTERRUPTED if interrupted else self._exit_code()
        log = self._log(code)
        if self._may_write and self._tasks:
            with self._gather.if_it_can():
                _keep_log(self._gather.state, self._began_at, log)
        self._close()
        if not self._tasks:
            super().complete_run()
            if interrupted:
                raise SystemExit(INTERRUPTED)
            return
        self._tell(code, log, error)
        if self._output.failure and code == SUCCESS:
            code = UNUSABLE
            say(f"codegenie: cannot write to standard output ({self._output.failure})")
        if broken and not interrupted and error is None:
            return  # a defect of ours: it keeps its traceback
        if code or self.runtime_errors:
            raise SystemExit(code)

    def _row(self, name: str, values: dict[str, Any]) -> None:
        keep = ("outcome", "why", "milliseconds", "key")
        row = self._rows[name] = {field: values[field] for field in keep if values.get(field)}
        if "why" in row:
            row["why"] = publishable(row["why"])  # it names files
        if name != "merge":
            self._screen.ended(name, self._rows[name])

    def _probes(self) -> dict[str, dict[str, Any]]:
        return {name.partition(":")[2]: row for name, row in sorted(self._rows.items()) if name != "merge"}

    def _exit_code(self) -> int:
        if self.error is not None:
            return self.error.exit_code
        outcomes = [row["outcome"] for row in self._probes().values()]
        all_failed = outcomes and all(outcome in FAILED for outcome in outcomes)
        return UNUSABLE if all_failed or self.runtime_errors else SUCCESS

    def _log(self, code: int) -> dict[str, Any]:
        gather = self._gather
        return {
            "started_at": self._began_at.isoformat(timespec="milliseconds"),
            "milliseconds": round((time.monotonic() - self._began) * 1000, 1),
            "exit_code": code,
            "task": gather.settings.task,
            "commit": gather.inventory.commit,
            "probes": self._probes(),
            "merge": self._rows.get("merge"),
            "files": {
                "listed": len(gather.inventory.paths),
                "statted": gather.index.statted,
                "hashed": gather.index.hashed,
            },
            "versions": {"codegenie": __version__, "python": sys.version.split()[0]},
        }

    def _tell(self, code: int, log: dict[str, Any], error: CodegenieError | None) -> None:
        settings = self._gather.settings
        if settings.json:
            told = log | {"document": self._gather.state.document, "error": str(error) if error else None}
            self._output.write(lined(told, 2))
        elif code == SUCCESS and not settings.quiet:
            self._output.write(escaped(self._verdict(log)))
        if error is not None:
            for line in f"codegenie: {error}".splitlines():
                say(line)
        elif code == INTERRUPTED:
            say("codegenie: interrupted; what was finished is kept")
        elif code != SUCCESS or (self._failed() and settings.quiet):
            say(f"codegenie: {self._verdict(log)}")
        for message in self.runtime_errors:
            say(f"codegenie: {message}")

    def _failed(self) -> list[str]:
        return [name for name, row in self._probes().items() if row["outcome"] in FAILED]

    def _verdict(self, log: dict[str, Any]) -> str:
        """One line: how many probes came about how, which failed, and where the document is."""
        outcomes = [row["outcome"] for row in self._probes().values()]
        counts = [
            f"{outcomes.count(kind)} {kind}" for kind in ("ran", "restored", "current", *FAILED) if kind in outcomes
        ]
        failed = f" [{', '.join(self._failed())}]" if self._failed() else ""
        seconds = log["milliseconds"] / 1000
        where = f" -> {self._gather.state.document}" if "merge" in self._rows else ""
        return f"{len(outcomes)} probes: {', '.join(counts)}{failed} in {seconds:.2f} s{where}"


class Screen(Protocol):
    """Where rows appear while the run goes on."""

    def began(self, name: str) -> None:
        """A probe is being worked on."""

    def ended(self, name: str, row: dict[str, Any]) -> None:
        """A probe is done with."""

    def close(self) -> None:
        """Nothing more will come."""


class Quiet:
    """Shows nothing."""

    def began(self, name: str) -> None:
        """Show nothing."""

    def ended(self, name: str, row: dict[str, Any]) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Show nothing."""


class Output:
    """Standard output.  One that breaks does not end a gather; `failure` says how, but of a reader that had enough."""

    def __init__(self) -> None:
        self.failure = ""

    def write(self, text: str) -> None:
        """Print one or more lines, at once."""
        try:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.failure = error.strerror or "failed"
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())  # what is still in the buffer goes there, now or at the end
            os.close(nowhere)


class Lines(Quiet):
    """One plain line a probe, for pipes and logs."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def ended(self, name: str, row: dict[str, Any]) -> None:
        """Print the row."""
        duration = f"{row['milliseconds']:8.0f} ms" if "milliseconds" in row else " " * 11
        line = f"{row['outcome']:8} {duration}  {name.partition(':')[2]}"
        self._output.write(escaped(f"{line}  ({row['why']})" if row.get("why") else line))


def _screen(settings: Settings, names: list[str], output: Output) -> Screen:
    if settings.quiet or settings.json:
        return Quiet()
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        from codegenie.live import Live  # rich costs 60 ms: for terminals only

        return Live(names)
    return Lines(output)


def _unexpected(broken: BaseException | None) -> CodegenieError | None:
    """What has ended the run, where it is no defect of ours: that keeps its traceback."""
    if isinstance(broken, CodegenieError):
        return broken
    if isinstance(broken, OSError | MemoryError):
        what = getattr(broken, "strerror", None) or "out of memory"
        return CodegenieError(f"cannot go on ({what}); what was finished is kept")
    return None


def _is_ours(task: Task) -> bool:
    return bool(task.meta and task.meta.get("codegenie"))


def _with_dependencies(tasks: dict[str, Task], names: list[str]) -> list[str]:
    """The named tasks and all they depend on, in the order of `tasks`."""
    wanted = list(names)
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted.extend(tasks[name].task_dep)
    return [name for name in tasks if name in found]


def _keep_log(state: State, began_at: datetime, log: dict[str, Any]) -> None:
    """Write a run log, and keep the newest 20.  Raises OSError."""
    name = began_at.strftime("%Y%m%dT%H%M%S.%fZ.json")
    state.write(os.path.join(state.runs, name), lined(log, 2).encode() + b"\n")
    logs = sorted(name for name in os.listdir(state.runs) if name.endswith(".json"))
    for old in logs[:-KEPT_RUNS]:
        remove(os.path.join(state.runs, old), below=state.out)
