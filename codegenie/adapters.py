"""doit's view of our work: what its loader, its file checker, its `uptodate` and its actions are here."""

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Any

from doit.cmd_base import TaskLoader2
from doit.dependency import FileChangedChecker
from doit.exceptions import TaskFailed
from doit.globals import Globals
from doit.loader import generate_tasks
from doit.task import Task as DoitTask

from codegenie.document import Merge
from codegenie.errors import CodegenieError
from codegenie.gather import Step
from codegenie.index import Index
from codegenie.reporter import Reporter
from codegenie.uptodate import Values, is_current

SHOWN_CHANGES = 3


class Loader(TaskLoader2):  # type: ignore[misc]
    """The tasks that a creator of tasks yields.  doit's own loader parses the creator's source to put it in order."""

    def __init__(self, config: Mapping[str, Any], creator: Callable[[], Iterable[dict[str, Any]]]) -> None:
        super().__init__()
        self._config = config
        self._creator = creator

    def load_doit_config(self) -> Mapping[str, Any]:
        """What DOIT_CONFIG is in a build file."""
        return self._config

    def load_tasks(self, cmd: object, pos_args: list[str]) -> list[DoitTask]:  # noqa: ARG002 - doit's signature
        """The tasks, in the order in which they come."""
        return list(generate_tasks("gathering", self._creator()))


class Checker(FileChangedChecker):  # type: ignore[misc]
    """doit's view of an input, "./path": our digest of it.  Total: whatever stands there is a state, never an error."""

    index: Index

    def info(self, file_path: str) -> None:
        """Nothing: the index has looked already, or will."""

    def check_modified(self, file_path: str, file_stat: None, state: str) -> bool:  # noqa: ARG002 - doit's signature
        """Whether the file is another than it was."""
        return self.index.state(file_path[2:]) != state

    def get_state(self, dep: str, current_state: str | None) -> str | None:
        """What doit is to remember of the file; None where that has not changed."""
        found = self.index.state(dep[2:])
        return None if found == current_state else found


class Current:
    """The `uptodate` of a task; its text is what `doit info` gives as the reason."""

    def __init__(self, work: Step | Merge) -> None:
        self._work = work

    def __call__(self, task: DoitTask, values: Values) -> bool:  # doit passes these by their names
        """Whether the task is current, and why not."""
        current = is_current(values, self._work)
        if not current and (names := _changed_files(task, self._work)):
            self._work.why += f": {names}"
        return current

    def __repr__(self) -> str:
        return self._work.why

    __signature__ = signature(__call__).replace(parameters=list(signature(__call__).parameters.values())[1:])
    """What doit asks `inspect` for before each call; to find it out takes longer than the call."""


class Action:
    """The action of a task; an error for the user is kept for the end of the run, where it sets the exit code."""

    def __init__(self, reporter: Reporter, work: Callable[[], Values]) -> None:
        self._reporter = reporter
        self._work = work

    def __call__(self) -> Values | TaskFailed:
        """Do the work; what doit keeps of it."""
        try:
            return self._work()
        except CodegenieError as error:
            self._reporter.error = error
            return TaskFailed(str(error), report=False)


def _changed_files(task: DoitTask, work: Step | Merge) -> str:
    """Which inputs differ from when the task last succeeded, as doit remembers them: the first few, and how many.

    Of many, for which doit has one key, those that differ from the last run.
    """
    if isinstance(work, Merge):
        return ""
    index = work.gather.index
    remembered = Globals.dep_manager.backend.get
    before, now = set(remembered(task.name, "deps:") or ()), set(task.file_dep)
    if before and (now or not work.files):
        changed = {path for path in now & before if remembered(task.name, path) != index.state(path[2:])}
        marks = [(changed, ""), (now - before, "+"), (before - now, "-")]
        marked = sorted((path[2:], sign) for paths, sign in marks for path in paths)
    else:
        marked = sorted((path, "") for path in index.changed.intersection(work.files) if path.isprintable())
    if not marked:
        return ""
    more = f" and {len(marked) - SHOWN_CHANGES} more" if len(marked) > SHOWN_CHANGES else ""
    return ", ".join(f"{sign}{path}" for path, sign in marked[:SHOWN_CHANGES]) + more
