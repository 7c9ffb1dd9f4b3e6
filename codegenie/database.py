"""doit's database, which no fact hangs on: a damaged row is as if it were not there, a failing disk is done without."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from doit.dependency import DatabaseException, Dependency, JSONCodec, SqliteDB

from codegenie.hashing import sealed, unsealed
from codegenie.text import say

MEMORY = ":memory:"
_FAILURES = (sqlite3.Error, DatabaseException, UnicodeDecodeError)


def attach(manager: Dependency, name: str, *, secret: bytes, may_write: bool, ending: Callable[[], None]) -> None:
    """Give doit's dependency manager the database in a file, or one in memory; DOIT_CONFIG cannot name our class.

    `ending` is called when it is about to be written, after the last task.
    """
    ours = partial(Database, may_write=may_write, ending=ending)
    manager.__init__(ours, name, type(manager.checker), partial(Codec, secret))


class Codec(JSONCodec):  # type: ignore[misc]
    """Rows as JSON under the user's seal: a database can arrive with a `git pull`, long after the first gather."""

    def __init__(self, secret: bytes) -> None:
        super().__init__()
        self._secret = secret

    def encode(self, data: Any) -> str:
        """A row to a text."""
        return sealed(super().encode(data), self._secret)

    def decode(self, data: str) -> dict[str, Any]:
        """A text to a row, empty where it is not what was written."""
        try:
            row = super().decode(unsealed(data, self._secret) or "{}")
        except ValueError:
            return {}
        return row if isinstance(row, dict) else {}


class Database(SqliteDB):  # type: ignore[misc]
    """doit's SQLite backend over a file that may be anything; never raises for what the disk does.

    In a run that may write, a file that cannot be used is made anew.
    """

    def __init__(
        self,
        name: str,
        codec: Codec,
        *,
        module_name: str | None = None,
        may_write: bool,
        ending: Callable[[], None],
    ) -> None:
        self._ending = ending
        self._failed = False
        self._remedy = "the next gather looks into the cache" if may_write else "a gather makes it anew"
        try:
            self._open(name, codec, module_name)
        except _FAILURES as error:
            if may_write and os.path.lexists(name):
                _remove(name)
                say(f"{name} cannot be used ({_told(error)}); it is made anew")
                self._failed = True
            else:
                self._fail(error)
            try:
                self._open(name if may_write else MEMORY, codec, module_name)
            except _FAILURES as again:
                self._fail(again)
                self._open(MEMORY, codec, module_name)

    def in_(self, task_id: str) -> bool:
        """Whether there is a row of this task."""
        return bool(self._cache.get(task_id) or self._get_task_data(task_id))

    def remove(self, task_id: str) -> None:
        """Drop the row of a task."""
        self._tried(super().remove, task_id)

    def remove_all(self) -> None:
        """Drop all rows."""
        self._tried(super().remove_all)

    def dump(self) -> None:
        """Write what is new, and close."""
        self._ending()
        self._tried(super().dump)
        with suppress(sqlite3.Error):
            self._conn.close()

    def _get_task_data(self, task_id: str) -> dict[str, Any]:
        row: dict[str, Any] = self._tried(super()._get_task_data, task_id) or {}
        return row

    def _tried(self, act: Callable[..., Any], *arguments: str) -> Any:
        try:
            return act(*arguments)
        except _FAILURES as error:
            self._fail(error)
            return None

    def _fail(self, error: Exception) -> None:
        if not self._failed:
            say(f"{self.name} cannot be used ({_told(error)}); {self._remedy}")
        self._failed = True

    def _open(self, name: str, codec: Codec, module_name: str | None) -> None:
        """Raises one of _FAILURES for what SQLite cannot read or is not doit's."""
        self.name = name
        if os.path.islink(name):
            raise sqlite3.OperationalError("it is a link")
        super().__init__(name, codec, module_name=module_name)
        if name == MEMORY:
            return
        try:
            sound = self._conn.execute("pragma quick_check(1)").fetchone() == {"quick_check": "ok"}
            self._conn.execute("select task_id, task_data from doit limit 1").fetchone()
            if not sound:
                raise sqlite3.DatabaseError("it is damaged")
        except _FAILURES:
            self._conn.close()
            raise


def _told(error: Exception) -> str:
    """What SQLite said, also where doit has wrapped it."""
    return str(error.__context__ or error).strip().splitlines()[0]


def _remove(path: str) -> None:
    for name in (path, f"{path}-journal", f"{path}-wal", f"{path}-shm"):
        with suppress(OSError):
            os.unlink(name)
