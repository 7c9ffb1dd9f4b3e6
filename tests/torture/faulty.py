"""Gathers in forked processes, each with a fault at its N-th call that changes or opens a file of the engine's own.

Run as `python faulty.py <checkout>`, it answers requests, one a line of JSON on standard input: see `harness`.  It has
everything imported, so that a gather costs what it does and not what Python does to begin.
"""

import builtins
import errno
import json
import mmap
import os
import sqlite3
import struct
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

_COUNTED = struct.Struct("<qq")  # calls made, and the number of the call at which the fault came (0: it did not)
_ON_PATHS = ("open", "mkdir", "rmdir", "unlink", "remove", "rename", "replace", "utime", "chmod", "link", "symlink")
_ON_DESCRIPTORS = ("write", "pwrite", "fsync", "ftruncate")
_SAID_BY_SQLITE = {
    "EIO": "disk I/O error",
    "ENOSPC": "database or disk is full",
    "EROFS": "attempt to write a readonly database",
}


class Faults:
    """Counts the calls on what lies beneath `roots`, and lets the one numbered `at` fail, or that and all later ones.

    Of the paths only those count that contain `on`.
    `how` is an errno's name, `short` (half is written), `torn` (half is written, and then the disk is full), `die`
    (the process is gone before the call), `die torn` (after half of a write) or `die after`.
    """

    def __init__(self, roots: list[str], at: int, how: str, *, persist: bool, on: str, counted: mmap.mmap) -> None:
        self._roots = tuple(os.path.realpath(root) for root in roots)
        self._at = at
        self._how = how
        self._persist = persist
        self._on = on
        self._counted = counted
        self._calls = 0
        self._lock = threading.Lock()

    def install(self) -> None:
        """Put ourselves before the functions of `os`, wherever they were imported to, and before SQLite."""
        for name in _ON_PATHS:
            self._wrap(name, self._path_of)
        for name in _ON_DESCRIPTORS:
            self._wrap(name, lambda arguments, _options: self._descriptor_path(arguments[0]))
        connect = sqlite3.connect
        sqlite3.connect = lambda name, *arguments, **options: connect(  # type: ignore[assignment]
            name, *arguments, factory=self._connection(str(name)), **options
        )

    def due(self, path: str) -> bool:
        """Count a call on a path; True if it is the one to fail."""
        if not path.startswith(self._roots) or self._on not in path:
            return False
        with self._lock:
            self._calls += 1
            now = self._calls == self._at or (self._persist and self._calls > self._at)
            self._counted[:] = _COUNTED.pack(self._calls, self._at if self._calls >= self._at else 0)
            return now

    def _wrap(self, name: str, path_of: Callable[[tuple[Any, ...], dict[str, Any]], str]) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:
            if not self.due(path_of(arguments, options)):
                return real(*arguments, **options)
            return self._fail(real, name, arguments, options)

        for module in [module for key, module in list(sys.modules.items()) if key.startswith("codegenie")] + [os]:
            for alias, value in list(vars(module).items()):
                if value is real:
                    setattr(module, alias, call)
        if name == "open":
            self._wrap_builtin()

    def _wrap_builtin(self) -> None:
        real = builtins.open

        def call(file: Any, *arguments: Any, **options: Any) -> Any:
            if isinstance(file, str) and self.due(os.path.abspath(file)):
                return self._fail(real, "open", (file, *arguments), options)
            return real(file, *arguments, **options)

        builtins.open = call

    def _fail(self, real: Callable[..., Any], name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        half = (
            (arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2], *arguments[2:]) if "write" in name else None
        )
        match self._how:
            case "die":
                _die()
            case "die after":
                try:
                    real(*arguments, **options)
                finally:
                    _die()
            case "die torn":
                if half:
                    real(*half)
                _die()
            case "short":
                return real(*half) if half and half[1] else real(*arguments, **options)
            case "torn":
                if half:
                    real(*half)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        number = getattr(errno, self._how)
        raise OSError(number, os.strerror(number), arguments[0] if isinstance(arguments[0], str) else None)

    def _path_of(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> str:
        path = arguments[0]
        if isinstance(path, int):
            return self._descriptor_path(path)
        directory = options.get("dir_fd") if options.get("dir_fd") is not None else options.get("src_dir_fd")
        below = self._descriptor_path(directory) if directory is not None else os.getcwd()
        return os.path.join(below, os.fsdecode(path))

    def _descriptor_path(self, descriptor: int) -> str:
        try:
            return os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            return ""

    def _connection(self, name: str) -> type[sqlite3.Connection]:
        faults = self

        class Connection(sqlite3.Connection):
            def execute(self, *arguments: Any) -> Any:
                faults.query(name, super().execute, arguments)
                return super().execute(*arguments)

            def commit(self) -> None:
                faults.query(name, super().commit, ())
                super().commit()

        return Connection

    def query(self, name: str, real: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Count what SQLite is asked, and fail in its words."""
        if self.due(os.path.abspath(name)):
            if self._how == "die after":
                with suppress(sqlite3.Error):
                    real(*arguments)
            if self._how.startswith("die"):
                _die()
            if self._how != "short":
                raise sqlite3.OperationalError(_SAID_BY_SQLITE.get(self._how, "database or disk is full"))


def _die() -> NoReturn:
    os._exit(137)


def _gather(request: dict[str, Any], counted: mmap.mmap) -> NoReturn:
    """In the child: the console script's own entry, and out."""
    from codegenie.cli import run

    if fault := request.get("fault"):
        Faults(**fault, counted=counted).install()
    code = 99
    try:
        code = run(request["arguments"])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - what would be a traceback of the console script's
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def main() -> None:
    """Answer requests until standard input ends."""
    sys.path[0] = sys.argv[1]
    _import_all()
    for line in sys.stdin:
        request = json.loads(line)
        counted = mmap.mmap(-1, _COUNTED.size)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                _gather(request, counted)
            _, status = os.waitpid(child, 0)
            calls, failed_at = _COUNTED.unpack(counted[:])
            answer = {"code": os.waitstatus_to_exitcode(status), "calls": calls, "failed_at": failed_at}
            for name, file in (("out", out), ("err", err)):
                file.seek(0)
                answer[name] = file.read().decode("utf-8", "replace")
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _import_all() -> None:
    from codegenie.unplugged import unplug

    unplug()
    import doit.cmd_base
    import doit.doit_cmd  # noqa: F401

    import codegenie.cli
    import codegenie.document_yaml
    import codegenie.report
    import codegenie.tasks  # noqa: F401


if __name__ == "__main__":
    main()
