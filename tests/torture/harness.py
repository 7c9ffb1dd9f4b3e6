"""What torture tests share: a repository with two contents, clean gathers to compare with, and what must hold after."""

import json
import os
import random
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.house import PROJECT, House

LONG = os.environ.get("TORTURE") == "long"
SEED = int(os.environ.get("TORTURE_SEED", "1"))
DOCUMENTED = (0, 2)
DOORS = ("doit", "codegenie")
CONTENTS = {
    "A": {"a.txt": "one", "b.txt": "two", "c.md": "three"},
    "B": {"a.txt": "uno", "b.txt": "two", "d.md": "three", "e/f.txt": "x" * 3000},
}


def rounds(short: int, long: int) -> int:
    """How many times: a figure for every change, and one for the night."""
    return long if LONG else short


def chance(*name: object) -> random.Random:
    """Random numbers that are the same in every run with the same TORTURE_SEED."""
    return random.Random(f"{SEED} {name}")


class Ended(NamedTuple):
    """How a gather in a forked process ended; `failed_at` is the number of the call that a fault came at, 0 if none."""

    code: int
    out: str
    err: str
    calls: int
    failed_at: int


class Fault(NamedTuple):
    """What is to go wrong, and at which call; see `faulty.Faults`."""

    at: int
    how: str
    persist: bool = False
    on: str = ""


@dataclass
class Bench:
    """A house, a repository that has one of two contents, and a process that gathers it."""

    house: House
    repo: Path
    home: Path
    elsewhere: Path
    _engine: "subprocess.Popen[str] | None" = None
    clean: dict[str, dict[str, bytes]] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        """The state of the repository."""
        return self.repo / ".codegenie"

    @property
    def document(self) -> Path:
        """The published document."""
        return self.out / "context/repo-context.yaml"

    def put(self, content: str) -> None:
        """Give the repository one of its contents."""
        for path in self.repo.iterdir():
            if path.name != ".codegenie":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name, text in CONTENTS[content].items():
            (self.repo / name).parent.mkdir(parents=True, exist_ok=True)
            (self.repo / name).write_text(text)

    def gather(self, *options: str, fault: Fault | None = None) -> Ended:
        """Gather in a forked process."""
        request: dict[str, Any] = {"arguments": ["gather", str(self.repo), "-n", "1", *options]}
        if fault:
            roots = [str(self.out), str(self.home / ".codegenie")]
            request["fault"] = {**fault._asdict(), "roots": roots}
        engine = self._started()
        assert engine.stdin is not None and engine.stdout is not None
        engine.stdin.write(json.dumps(request) + "\n")
        engine.stdin.flush()
        waiting = select.poll()  # which takes any descriptor, and not only the first thousand
        waiting.register(engine.stdout, select.POLLIN)
        assert waiting.poll(60_000), f"hung: {request}"
        return Ended(**json.loads(engine.stdout.readline()))

    def start(
        self, *variables: str, door: str, marker: str = "", within: str = "", output: int = subprocess.PIPE
    ) -> "subprocess.Popen[str]":
        """Start a gather in a session of its own, by `doit` or `codegenie`; all that it starts inherits a marker.

        `within` is a shell's command to be run first.
        """
        if door == "doit":
            command = [sys.executable, "-m", "doit", "gather", f"repo={self.repo}", *variables]
        else:
            words = [word.partition("=")[::2] for word in variables]
            options = ["--json" if name == "json" else f"--{name.replace('_', '-')}={value}" for name, value in words]
            boot = "import sys; sys.path[0] = sys.argv.pop(1); from codegenie.__main__ import main; sys.exit(main())"
            command = [sys.executable, "-c", boot, str(self.house.path), "gather", str(self.repo), *options]
        if within:
            command = ["bash", "-c", f'{within}; exec "$@"', "bash", *command]
        environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/{marker}"}
        pipes: Mapping[str, Any] = {"stdout": output, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=self.house.path, env=environment, start_new_session=True, **pipes)

    def learn(self) -> None:
        """Gather each content cold, into a directory of its own, to know what is right."""
        for content in CONTENTS:
            self.put(content)
            ended = self.gather("--out", str(self.elsewhere / content))
            assert (ended.code, ended.err) == (0, ""), ended
            self.clean[content] = published(self.elsewhere / content)

    def whole(self) -> str | None:
        """Which of the contents the document on disk is of, whole; None if there is none.  Raises for anything else."""
        if not self.document.exists():
            return None
        found = self.document.read_bytes()
        (content,) = (name for name, files in self.clean.items() if files["repo-context.yaml"] == found)
        return content

    def check_recovery(self, content: str, *, aside: bool = False) -> None:
        """The next gather equals a clean one, complains of nothing, leaves no litter; `aside`, a stranger's state."""
        ended = self.gather()
        assert ended.code == 0, ended
        assert aside or ended.err == "", ended
        assert published(self.out) == self.clean[content]
        assert [path for path in litter(self.out, self.home) if not (aside and path.name == "set-aside")] == []

    def close(self) -> None:
        """End the process."""
        if self._engine is not None:
            self._engine.communicate()

    def _started(self) -> "subprocess.Popen[str]":
        if self._engine is None:
            command = [sys.executable, str(PROJECT / "tests/torture/faulty.py"), str(self.house.path)]
            pipes: Mapping[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            self._engine = subprocess.Popen(command, env={**os.environ, **self.house.environment}, **pipes)
        return self._engine


def published(out: Path) -> dict[str, bytes]:
    """Everything that a gather publishes, by path."""
    context = out / "context"
    files = (path for path in context.rglob("*") if path.is_file() and path.name != ".gitignore")
    return {str(path.relative_to(context)): path.read_bytes() for path in files}


def litter(*directories: Path) -> list[Path]:
    """What gathers that were killed left, or set aside as if it were a stranger's."""
    found = (path for directory in directories for path in directory.rglob("*"))
    return [path for path in found if path.suffix == ".tmp" or path.name in ("set-aside", "repo-context.yaml.invalid")]


def complaint(err: str) -> None:
    """Standard error holds lines for people, and nothing that Python says of itself."""
    for sign in ("Traceback", "Error:", "Exception", "Errno", "most recent call"):
        assert sign not in err, err


def alive(marker: str) -> list[int]:
    """The processes with a word in their environment or command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if marker.encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return [pid for pid in found if pid != os.getpid()]


def dead_within(seconds: float, survivors: Callable[[], list[int]]) -> list[int]:
    """Who is still alive after so long; as soon as nobody is, nobody."""
    deadline = time.monotonic() + seconds
    while (found := survivors()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found
