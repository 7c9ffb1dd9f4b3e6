"""A checkout of the tool with probes of the test's own, and the ways to run it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent.parent
OPEN_SCHEMA = '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}'


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        """What `--json` printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcome of each probe, from `--json`."""
        return {name: row["outcome"] for name, row in self.summary["probes"].items()}


@dataclass
class House:
    """A checkout of the tool with probes of the test's own; the engine in it is the one under test."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def probe(
        self, name: str, body: str, *, inputs: str = '("**/*.txt",)', options: str = "", schema: str = ""
    ) -> None:
        """Add or replace a probe; `body` is the function's, with `inputs` in reach."""
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        (self.path / "probes" / f"{name}.py").write_text(
            "import os, sys, time, signal, subprocess, json, ctypes\n"
            "from codegenie.probe import GIT, PATHS, ProbeInputs, ProbeOutput, register_probe\n"
            f'@register_probe(**({{"version": "1.0.0"}} | dict(declared_inputs={inputs}, {options})))\n'
            f'def {name}(inputs: ProbeInputs) -> ProbeOutput:\n    """Say {name}."""\n{indented}\n'
        )
        (self.path / "schemas" / f"{name}.json").write_text(schema or OPEN_SCHEMA)

    def doit(self, *arguments: str, cwd: Path | None = None, **options: Any) -> Run:
        """Run plain doit with this house's dodo.py."""
        dodo = str(self.path / "dodo.py")
        return self._run([sys.executable, "-m", "doit", *_with_dodo(arguments, dodo)], cwd=cwd or self.path, **options)

    def codegenie(self, *arguments: str, cwd: Path | None = None, **options: Any) -> Run:
        """Run the console script of this house."""
        boot = f"import sys; sys.path[0] = {str(self.path)!r}; from codegenie.__main__ import main; sys.exit(main())"
        return self._run([sys.executable, "-c", boot, *arguments], cwd=cwd or self.path, **options)

    def gather(self, repo: Path, *arguments: str) -> Run:
        """Gather through doit, with the JSON summary."""
        return self.doit("gather", f"repo={repo}", "json=1", *arguments)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start plain doit in a session of its own, and do not wait."""
        command = [sys.executable, "-m", "doit", *arguments]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=self.path, env=self._env(), start_new_session=True, **pipes)

    def _run(self, command: list[str], *, cwd: Path, env: dict[str, str] | None = None, timeout: float = 60) -> Run:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=self._env() | (env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def _env(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


def _with_dodo(arguments: tuple[str, ...], dodo: str) -> list[str]:
    """doit wants -f after the name of a command, where there is one."""
    commands = ("list", "info", "clean", "forget", "run")
    head = list(arguments[:1]) if arguments and arguments[0] in commands else []
    return [*head, "-f", dodo, *arguments[len(head) :]]


def document(repo: Path) -> dict[str, Any]:
    """The published document."""
    found: dict[str, Any] = yaml.safe_load((repo / ".codegenie/context/repo-context.yaml").read_text())
    return found
