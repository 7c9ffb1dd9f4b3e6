"""No code of the repository runs: not by git, not by Python, not by a YAML tag, not by a tool's own configuration."""

import ast
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codegenie.inventory import take
from tests.hostile.repositories import CONTENTS, PLACES, TRAPS, Canary, canary, everything, on_top, populated
from tests.house import PROJECT, House, Run

STARTS_PROCESSES = {
    "os": {"system", "popen", "fork", "forkpty", "startfile", "posix_spawn", "posix_spawnp"},
    "subprocess": {"run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput"},
}


@pytest.fixture
def trap(tmp_path: Path) -> Canary:
    return canary(tmp_path / "attacker")


def every_command(house: House, repo: Path) -> Iterator[Run]:
    """All that people run over a repository, through both doors; the console script within the repository itself."""
    yield house.doit("gather", f"repo={repo}")
    yield house.codegenie("gather", cwd=repo)
    (repo / "src").mkdir(exist_ok=True)
    (repo / "src/more.txt").write_text("more")
    yield house.codegenie("gather", "--hash-all", "--refresh-tools", "--json", cwd=repo)
    yield house.doit("list", "--all", "--status", f"repo={repo}")
    yield house.doit("info", f"repo={repo}", "probe:build_system")
    yield house.codegenie("list", str(repo), cwd=repo)
    yield house.codegenie("explain", "build_system", cwd=repo)
    yield house.codegenie("schema", cwd=repo)
    yield house.codegenie("cache", "gc", cwd=repo)
    yield house.doit("forget", f"repo={repo}")
    yield house.doit("clean", f"repo={repo}")
    yield house.doit("gather", f"repo={repo}", "task=distroless_migration")


# By git


@pytest.mark.parametrize("name", TRAPS)
def test_no_setting_of_git_runs_anything(repo: Path, trap: Canary, name: str) -> None:
    plant, takes = TRAPS[name]
    clean = take(str(populated(repo.with_name("clean"), trap).work))
    place = populated(repo, trap)
    os.mkfifo(repo / "pipe")  # of which git is asked whether it is ignored
    plant(place)
    trap.forget()

    found = take(str(repo))

    assert trap.seen == []
    assert ("pipe", "not a regular file") in found.skipped
    assert (found.listed_by, found.warnings) == ("git", ())
    assert set(clean.paths) <= set(found.paths)
    assert found.commit is not None
    if takes:
        place.run(*takes)
        assert trap.seen, "the bait must be one that git takes"


@pytest.mark.parametrize("where", PLACES, ids=lambda place: place.__name__)
def test_all_traps_at_once_run_nothing_wherever_they_lie(
    real: House, repo: Path, trap: Canary, where: Callable[..., None]
) -> None:
    where(repo, trap, everything)
    trap.forget()

    for run in every_command(real, repo):
        assert trap.seen == []
        assert "Traceback" not in run.err


def test_git_is_asked_for_listings_alone(real: House, repo: Path, trap: Canary, tmp_path: Path) -> None:
    on_top(repo, trap, everything)
    os.mkfifo(repo / "pipe")
    log = tmp_path / "asked"
    shim = tmp_path / "bin/git"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nprintf "%s\\n" "$4" >> "{log}"\nexec {shutil.which("git")} "$@"\n')
    shim.chmod(0o755)
    path = {"PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}"}

    assert real.doit("gather", f"repo={repo}", env=path).code == 0
    assert real.codegenie("gather", str(repo), env=path).code == 0
    assert real.codegenie("explain", "build_system", "--repo", str(repo), env=path).code == 0

    assert set(log.read_text().split()) == {"check-ignore", "ls-files"}


def test_one_module_starts_git_and_two_start_processes() -> None:
    """By the sources: nobody can begin to, and not be asked why."""
    starting: dict[str, set[str]] = {}
    naming_git: set[str] = set()
    for path in sorted((PROJECT / "codegenie").rglob("*.py")) + sorted((PROJECT / "probes").glob("*.py")):
        name = path.relative_to(PROJECT).with_suffix("").as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=function)):
                    if function in STARTS_PROCESSES.get(module, ()) or (
                        module == "os" and function[:4] in ("exec", "spaw")
                    ):
                        starting.setdefault(name, set()).add(f"{module}.{function}")
                    if (module, function) == ("tools", "find") or (module, function) == ("tools", "run"):
                        naming_git.add(name)
                case ast.ImportFrom(module="subprocess") | ast.ImportFrom(module="pty" | "multiprocessing"):
                    starting.setdefault(name, set()).add(f"from {node.module}")
    assert starting.keys() <= {"codegenie/tools", "codegenie/workers", "codegenie/keeper"}, starting
    assert starting["codegenie/tools"] == {"subprocess.Popen"}
    assert naming_git == {"codegenie/git", "codegenie/worker"}


# By Python, YAML and other tools


@pytest.mark.parametrize("fill", CONTENTS, ids=lambda fill: fill.__name__)
def test_nothing_in_the_tree_is_run_or_obeyed(
    real: House, repo: Path, trap: Canary, fill: Callable[[Path, Canary], None]
) -> None:
    populated(repo, trap)
    fill(repo, trap)
    for directory in (repo, repo / "packages/one"):
        directory.mkdir(parents=True, exist_ok=True)
        fill(directory, trap)
    trap.forget()
    first = real.codegenie("gather", cwd=repo)
    assert (first.code, first.err) == (0, "")

    for run in every_command(real, repo):
        assert trap.seen == []
        assert "Traceback" not in run.err
    assert real.codegenie("list", cwd=repo).out == real.codegenie("list", cwd=repo.parent).out
    assert trap.seen == []


@pytest.mark.parametrize("path", ["{here}", ".", "", "node_modules/.bin", "./"])
def test_programs_of_the_repository_are_not_taken_for_tools(real: House, repo: Path, trap: Canary, path: str) -> None:
    """A PATH with the current directory in it, as some people have."""
    for fill in CONTENTS:
        fill(repo, trap)
    if path == "{here}":
        (repo / "env").unlink()
    others = os.pathsep.join(["", path.format(here=""), os.environ["PATH"]])

    run = real.codegenie("gather", cwd=repo, env={"PATH": others})

    assert (run.code, trap.seen) == (0, [])


def test_variables_that_steer_python_do_not_reach_the_workers(real: House, repo: Path, trap: Canary) -> None:
    """The caller's own Python is the caller's; the process that reads the stranger's files is bare."""
    for fill in CONTENTS:
        fill(repo, trap)
    boot = "import os; os.environ['PYTHONPATH'] = os.getcwd(); os.environ['PYTHONSTARTUP'] = 'dodo.py'\n"
    arguments = ["gather", str(repo)]
    code = (
        f"{boot}import sys; sys.path[0] = {str(PROJECT)!r}; sys.argv = ['codegenie', *{arguments!r}]\n"
        "from codegenie.__main__ import main; sys.exit(main())"
    )
    run = real._run([sys.executable, "-c", code], cwd=repo)

    assert (run.code, run.err, trap.seen) == (0, "", [])
