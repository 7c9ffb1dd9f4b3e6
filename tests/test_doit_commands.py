"""What people type: doit's own commands over the tasks of a repository, the console script, and their exit codes."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house import PROJECT, House, Run, document

LIES = "import pathlib; pathlib.Path('CANARY').write_text('ran')\n"


def test_the_document_is_the_same_through_doit_and_the_console_script(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    assert texts.doit("gather", f"repo={repo}").code == 0
    first = (repo / ".codegenie/context/repo-context.yaml").read_bytes()

    run = texts.codegenie("gather", str(repo))

    assert run.code == 0
    assert [line.split()[0] for line in run.out.splitlines()[:2]] == ["current", "current"]
    assert (repo / ".codegenie/context/repo-context.yaml").read_bytes() == first


def test_a_cold_gather_equals_a_warm_one_byte_for_byte(texts: House, repo: Path, tmp_path: Path) -> None:
    for number in range(5):
        (repo / f"{number}.txt").write_text("x")
        texts.gather(repo)
    texts.codegenie("gather", str(repo), "--out", str(tmp_path / "cold"))

    for name in ("repo-context.yaml", "CONTEXT_REPORT.md", "raw/alpha.json", "raw/beta.json"):
        assert (tmp_path / "cold/context" / name).read_bytes() == (repo / ".codegenie/context" / name).read_bytes()


@pytest.mark.parametrize("name", ["plain", "with space", "quo'te\"s", "a=b", "dollar$(x)", "ünï"])
def test_a_repository_is_found_whatever_its_name(texts: House, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()

    assert texts.doit("gather", f"repo={name}", cwd=tmp_path).code == 0

    assert (tmp_path / name / ".codegenie/context/repo-context.yaml").exists()


def test_the_repository_is_the_current_directory_or_beneath_home(texts: House, repo: Path, home: Path) -> None:
    assert texts.doit("gather", cwd=repo).code == 0
    assert texts.codegenie("gather", cwd=repo).out.startswith("current")
    (home / "mine").mkdir()
    assert texts.doit("gather", "repo=~/mine").code == 0
    assert (home / "mine/.codegenie/context/repo-context.yaml").exists()


def test_doit_list_says_what_would_run_and_writes_nothing(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    assert not (repo / ".codegenie").exists()
    assert _statuses(texts, repo) == {"gather": "R", "merge": "R", "probe:alpha": "R", "probe:beta": "R"}
    assert not (repo / ".codegenie").exists()
    texts.gather(repo)
    assert _statuses(texts, repo) == {"gather": "U", "merge": "U", "probe:alpha": "U", "probe:beta": "U"}
    (repo / "a.txt").write_text("two")
    assert _statuses(texts, repo) == {"gather": "R", "merge": "U", "probe:alpha": "R", "probe:beta": "U"}


def test_doit_info_says_why_a_probe_would_run(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)
    assert texts.doit("info", f"repo={repo}", "probe:alpha").code == 0
    (repo / "a.txt").write_text("two")

    run = texts.doit("info", f"repo={repo}", "probe:alpha")

    assert run.code == 1
    assert "inputs changed: a.txt" in run.out


def test_a_single_probe_runs_with_what_it_requires_and_publishes_nothing(texts: House, repo: Path) -> None:
    texts.probe("gamma", "return ProbeOutput({})")

    run = texts.doit("probe:beta", f"repo={repo}", "json=1")

    assert run.outcomes == {"alpha": "ran", "beta": "ran"}
    assert not (repo / ".codegenie/context/repo-context.yaml").exists()
    assert texts.gather(repo).outcomes == {"alpha": "current", "beta": "current", "gamma": "ran"}


def test_a_task_type_selects_its_probes_and_what_they_require(texts: House, repo: Path) -> None:
    texts.probe("gamma", "return ProbeOutput({})", options='requires=("alpha",), applies_to_tasks=("migration",)')
    texts.probe("delta", "return ProbeOutput({})", options='applies_to_tasks=("other",)')
    run = texts.gather(repo, "task=migration")
    assert set(run.outcomes) == {"alpha", "beta", "gamma"}
    assert document(repo)["task"] == "migration"
    assert "delta" not in document(repo)

    wrong = texts.gather(repo, "task=migratoin")

    assert wrong.code == 2
    assert wrong.err == "codegenie: no probe serves the task 'migratoin'; there are: migration, other\n"


def test_doit_clean_removes_the_targets_and_forget_the_memory(texts: House, repo: Path) -> None:
    texts.gather(repo)
    assert texts.doit("clean", f"repo={repo}").code == 0
    assert sorted(path.name for path in (repo / ".codegenie/context").rglob("*") if path.is_file()) == [".gitignore"]
    assert texts.gather(repo).outcomes == {"alpha": "restored", "beta": "restored"}
    assert texts.doit("forget", f"repo={repo}").code == 0
    assert texts.gather(repo).outcomes == {"alpha": "restored", "beta": "restored"}


@pytest.mark.parametrize("command", ["ignore", "reset-dep", "strace"])
def test_commands_of_doit_that_would_make_stale_facts_are_refused(texts: House, repo: Path, command: str) -> None:
    run = texts._run([sys.executable, "-m", "doit", command, f"repo={repo}", "probe:alpha"], cwd=texts.path)
    assert run.code == 2
    assert f"`doit {command}` cannot be used" in run.err


def test_cache_gc_says_what_it_freed(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)
    for blob in (repo / ".codegenie/cache/blobs").rglob("*.json"):
        os.utime(blob, (0, 0))
    assert texts.doit("cache_gc", f"repo={repo}").out.startswith("removed 2 blobs, freed ")
    assert texts.codegenie("cache", "gc", str(repo)).out == "removed 0 blobs, freed 0 bytes\n"


UNUSABLE = {
    "no such directory": ("nowhere", "there is no directory 'nowhere'; give an existing one as repo=<path>"),
    "a file": ("file", "'file' is a file; give the directory of a repository as repo=<path>"),
}


@pytest.mark.parametrize(("path", "message"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_request_that_cannot_be_met_ends_with_2(texts: House, repo: Path, path: str, message: str) -> None:
    (repo / "file").write_text("")
    for run in (texts.doit("gather", f"repo={path}", cwd=repo), texts.codegenie("gather", path, cwd=repo)):
        assert (run.code, run.out, run.err) == (2, "", f"codegenie: {message}\n")


def test_wrong_usage_ends_with_2(texts: House, repo: Path) -> None:
    assert texts.codegenie("gahter").code == 2
    assert texts.codegenie().code == 2
    assert texts.codegenie("gather", "--wiat", "3", str(repo)).code == 2
    wrong = texts.doit("gather", f"repo={repo}", "wiat=3")
    assert (wrong.code, wrong.err) == (
        2,
        "codegenie: wiat= sets 'wiat', which is not a setting; did you mean 'wait'?\n",
    )


def test_a_gather_in_which_every_probe_failed_ends_with_2(house: House, repo: Path) -> None:
    house.probe("alpha", "raise ValueError()")

    for run in (house.doit("gather", f"repo={repo}"), house.codegenie("gather", str(repo))):
        assert run.code == 2
        assert "1 failed [alpha]" in run.err
    assert document(repo)["alpha"] is None


def test_a_partial_failure_is_on_the_last_line(texts: House, repo: Path) -> None:
    texts.probe("gamma", "raise ValueError()")
    run = texts.doit("gather", f"repo={repo}")
    assert run.code == 0
    assert "3 probes: 2 ran, 1 failed [gamma]" in run.out.splitlines()[-1]
    quiet = texts.codegenie("gather", "-q", str(repo))
    assert (quiet.code, quiet.out) == (0, "")
    assert "1 failed [gamma]" in quiet.err


def test_an_invalid_document_replaces_nothing_and_ends_with_3(texts: House, repo: Path) -> None:
    texts.gather(repo)
    published = repo / ".codegenie/context/repo-context.yaml"
    before = published.read_bytes()
    schema = json.loads((texts.path / "schemas/document.json").read_text())
    schema["properties"]["snapshot"]["properties"]["files"]["minimum"] = 5
    schema["properties"]["task"]["type"] = "string"
    (texts.path / "schemas/document.json").write_text(json.dumps(schema))

    for run in (texts.doit("gather", f"repo={repo}"), texts.codegenie("gather", str(repo))):
        assert run.code == 3
        assert "snapshot.files must be bigger than or equal to 5" in run.err
        assert "task must be string" in run.err
    assert published.read_bytes() == before
    assert yaml.safe_load(Path(f"{published}.invalid").read_text())["task"] is None

    (texts.path / "schemas/document.json").write_text((PROJECT / "schemas/document.json").read_text())
    assert texts.gather(repo).code == 0
    assert not Path(f"{published}.invalid").exists()


def test_a_second_gather_waits_and_then_ends_with_75(texts: House, repo: Path) -> None:
    texts.gather(repo)
    with open(repo / ".codegenie/state/lock", "r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for run in (
            texts.doit("gather", f"repo={repo}", "wait=0.2"),
            texts.codegenie("gather", str(repo), "--wait", "0.2"),
        ):
            assert run.code == 75
            assert "holds" in run.err.splitlines()[-1]
            assert "Traceback" not in run.err


def test_two_gathers_at_once_both_end_well(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.probe("slow", "time.sleep(0.3)\nreturn ProbeOutput({})")
    runs = [texts.start("gather", f"repo={repo}", "json=1") for _ in range(3)]
    ended = [run.communicate(timeout=30) for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    outcomes = [json.loads(out)["probes"]["slow"]["outcome"] for out, _ in ended]
    assert sorted(outcomes) == ["current", "current", "ran"]


@pytest.mark.parametrize("damage", [b"", b"garbage " * 100, None], ids=["emptied", "garbage", "truncated"])
def test_a_damaged_database_is_made_anew_with_one_warning(texts: House, repo: Path, damage: bytes | None) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)
    database = repo / ".codegenie/state/doit.db"
    database.write_bytes(database.read_bytes()[:5000] if damage is None else damage)

    run = texts.gather(repo)

    assert run.code == 0
    assert set(run.outcomes.values()) <= {"restored", "current"}
    assert len(run.err.splitlines()) <= 1
    assert "Traceback" not in run.err


def test_a_look_at_a_damaged_database_says_so_and_leaves_it(texts: House, repo: Path) -> None:
    texts.gather(repo)
    database = repo / ".codegenie/state/doit.db"
    database.write_bytes(b"garbage")
    said = f"{database} cannot be used (file is not a database); a gather makes it anew\n"

    for run in (texts.doit("list", "--all", "--status", f"repo={repo}"), texts.codegenie("list", str(repo))):
        assert (run.code, run.err) == (0, said)
    assert texts.doit("info", f"repo={repo}", "probe:alpha").err == said
    assert database.read_bytes() == b"garbage"


def test_the_run_log_says_what_happened_and_twenty_are_kept(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    texts.gather(repo)
    (log,) = (repo / ".codegenie/runs").glob("*.json")
    said = json.loads(log.read_text())
    assert said["files"]["listed"] == 1
    assert said["probes"]["alpha"].keys() == {"outcome", "why", "milliseconds", "key"}
    for number in range(25):
        (repo / f".codegenie/runs/2000010{number:02}T000000.000000Z.json").write_text("{}")
    texts.gather(repo)
    assert len(list((repo / ".codegenie/runs").glob("*.json"))) == 20
    assert log.exists()


def test_generated_folders_ignore_themselves_and_the_users_own_files_stay(texts: House, repo: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=repo, check=True)
    (repo / ".gitignore").write_text("*.log\n")
    (repo / ".codegenie/notes").mkdir(parents=True)
    (repo / ".codegenie/notes/a.md").write_text("mine")
    (repo / ".codegenie/config.yaml").write_text("skip_probes: [beta]\n")

    assert texts.gather(repo).outcomes == {"alpha": "ran"}

    listed = subprocess.run(
        ["git", "ls-files", "-o", "--exclude-standard"], cwd=repo, check=True, capture_output=True, text=True
    )
    assert listed.stdout.split() == [".codegenie/config.yaml", ".codegenie/notes/a.md", ".gitignore"]
    assert (repo / ".gitignore").read_text() == "*.log\n"
    assert (
        (repo / ".codegenie/cache/CACHEDIR.TAG").read_bytes().startswith(b"Signature: 8a477f597d28d172789f06886806bc55")
    )


def test_nothing_of_a_hostile_current_directory_is_imported_or_obeyed(texts: House, repo: Path, home: Path) -> None:
    for name in ("dodo.py", "conftest.py", "sitecustomize.py", "yaml.py", "doit.py", "json.py", "rich.py", "xxhash.py"):
        (repo / name).write_text(LIES)
    for package in ("codegenie", "probes", "schemas", "fastjsonschema"):
        (repo / package).mkdir()
        (repo / package / "__init__.py").write_text(LIES)
        (repo / package / "worker.py").write_text(LIES)
    (repo / "pyproject.toml").write_text(
        '[tool.doit]\nreporter = "evil"\n[tool.doit.plugins.reporter]\nevil = "dodo:X"\n'
    )
    (repo / "doit.cfg").write_text("[GLOBAL]\nverbosity = 2\nbackend = evil\n[REPORTER]\nevil = dodo:X\n")

    run = texts.codegenie("gather", cwd=repo)

    assert (run.code, run.err) == (0, "")
    assert not (repo / "CANARY").exists()


def test_explain_gives_value_probe_key_inputs_and_when(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    assert texts.codegenie("explain", "alpha", "--repo", str(repo)).code == 2
    key = texts.gather(repo).summary["probes"]["alpha"]["key"]

    run = texts.codegenie("explain", "alpha.texts", "--repo", str(repo), "--json")

    said = json.loads(run.out)
    assert (said["value"], said["key"], said["inputs"]) == ({"a.txt": "one"}, key, ["a.txt"])
    assert said["when"].startswith("20")
    wrong = texts.codegenie("explain", "alpha.txets", "--repo", str(repo))
    assert (wrong.code, wrong.err) == (2, "codegenie: alpha has no 'txets': at 'txets' there is texts\n")


def test_schema_prints_the_published_schema(texts: House) -> None:
    whole = json.loads(texts.codegenie("schema").out)
    assert whole["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert {"alpha", "beta"} <= whole["properties"].keys()
    assert json.loads(texts.codegenie("schema", "alpha").out)["type"] == "object"
    assert texts.codegenie("schema", "omega").code == 2


def test_help_and_version_import_next_to_nothing(texts: House) -> None:
    for option, beginning in (("--help", "usage: codegenie"), ("--version", "codegenie ")):
        boot = (
            f"import sys; sys.path[0] = {str(texts.path)!r}; sys.argv = ['codegenie', {option!r}]\n"
            "before = set(sys.modules)\n"
            "from codegenie.__main__ import main\n"
            "main()\n"
            "sys.stderr.write(' '.join(sorted(set(sys.modules) - before)))"
        )
        run = texts._run([sys.executable, "-c", boot], cwd=texts.path)
        assert run.out.startswith(beginning)
        assert run.err.split() == ["codegenie", "codegenie.__main__"]


def test_the_console_script_loads_no_plugins_of_doit(texts: House, repo: Path) -> None:
    boot = (
        f"import sys; sys.path[0] = {str(texts.path)!r}; sys.argv = ['codegenie', 'gather', {str(repo)!r}, '-q']\n"
        "from codegenie.__main__ import main\n"
        "code = main()\n"
        "sys.exit(code or 'importlib.metadata' in sys.modules)"
    )
    assert texts._run([sys.executable, "-c", boot], cwd=texts.path) == Run(0, "", "")


def test_a_gather_with_nothing_to_do_imports_no_more_than_it_needs(texts: House, repo: Path) -> None:
    """Each module costs a quarter of a millisecond; those named here cost several, for work there is none of."""
    texts.gather(repo)
    boot = (
        f"import sys; sys.path[0] = {str(texts.path)!r}; sys.argv = ['codegenie', 'gather', {str(repo)!r}, '-q']\n"
        "from codegenie.__main__ import main\n"
        "code = main()\n"
        "print(*sys.modules)\n"
        "sys.exit(code)"
    )
    found = texts._run([sys.executable, "-c", boot], cwd=texts.path).out.split()
    heavy = {"bz2", "email", "fastjsonschema", "lzma", "rich", "shutil", "unittest", "yaml", "codegenie.report"}
    assert heavy.intersection(found) == set()
    assert [name for name in found if name.startswith(("codegenie.probes", "codegenie.worker."))] == []
    assert len([name for name in found if name.startswith("codegenie")]) <= 50


def test_every_option_of_the_parser_is_in_the_help() -> None:
    from codegenie.__main__ import HELP
    from codegenie.cli import _parser
    from codegenie.settings import VALUED

    commands: dict[str, Any] = dict(_parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr, arg-type]
    options = {
        option for command in commands.values() for action in command._actions for option in action.option_strings
    }
    settings = {f"--{setting.replace('_', '-')}" for setting in VALUED}
    assert sorted(option for option in options if option not in HELP and option not in settings) == []


def test_every_setting_is_an_option_of_the_console_script(texts: House, repo: Path) -> None:
    (repo / "a.txt").write_text("one")
    run = texts.codegenie("gather", str(repo), "--max-files", "1", "--max-probe-seconds", "9s", "--json")
    assert (run.code, run.err) == (0, "")
    wrong = texts.codegenie("gather", str(repo), "--max-files", "none")
    assert (wrong.code, wrong.err) == (2, "codegenie: max_files= must be a whole number from 1, not 'none'\n")


def test_an_output_directory_elsewhere_leaves_a_read_only_repository_alone(
    texts: House, repo: Path, tmp_path: Path
) -> None:
    (repo / "a.txt").write_text("one")
    out = tmp_path / "elsewhere"
    before = sorted(repo.rglob("*"))
    assert texts.doit("gather", f"repo={repo}", f"out={out}").code == 0
    assert sorted(repo.rglob("*")) == before
    assert (out / "context/repo-context.yaml").exists()
    assert texts.codegenie("gather", str(repo), "--out", str(out)).out.startswith("current")


def test_on_a_terminal_rows_are_live_and_colour_can_be_switched_off(texts: House, repo: Path) -> None:
    command = f"{sys.executable} -m doit gather repo={repo}"
    for colour in (False, True):
        env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
        env.pop("NO_COLOR")
        env |= {} if colour else {"NO_COLOR": "1"}
        ran = subprocess.run(
            ["script", "-qec", command, "/dev/null"],
            cwd=texts.path,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "alpha" in ran.stdout
        assert "2 probes: 2" in ran.stdout
        assert ("\x1b[32m" in ran.stdout or "\x1b[2;32m" in ran.stdout) == colour


def _statuses(house: House, repo: Path) -> dict[str, str]:
    """What `doit list --all --status` says of the tasks of a gather: R(un) or U(p to date)."""
    run = house.doit("list", "--all", "--status", f"repo={repo}")
    assert (run.code, run.err) == (0, "")
    found = {line.split()[1]: line[0] for line in run.out.splitlines()}
    return {name: found[name] for name in ("gather", "merge", *sorted(name for name in found if ":" in name))}
