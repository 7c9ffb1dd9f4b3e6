"""What has gone wrong in programs of this kind, each held by a test; docs/correctness.md tells them one by one."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegenie import registry
from tests.house import PROJECT, House, document

Git = Callable[..., str]

LISTS = 'listed = inputs.tool("git", "ls-files").decode().split()\nreturn ProbeOutput({"listed": listed})'
LISTS_OR_SAYS_WHY_NOT = (
    f"try:\n    {LISTS.splitlines()[0]}\n"
    'except Exception as error:\n    listed = f"{type(error).__name__}: {error}"\n'
    'return ProbeOutput({"listed": listed})'
)
NOT_INSTALLED = "ToolUnavailable: git is not installed"


@pytest.fixture
def shop(repo: Path) -> Path:
    """A small repository of several languages, workspaces and manifests."""
    files = {
        "package.json": '{"name": "shop", "workspaces": ["packages/*"], "scripts": {"build": "tsc", "test": "vitest"}}',
        "package-lock.json": '{"lockfileVersion": 3}',
        "tsconfig.json": '{"compilerOptions": {"strict": true, "outDir": "dist", "target": "es2022"}}',
        "packages/cart/package.json": '{"name": "cart", "dependencies": {"react": "19", "express": "5", "vue": "3"}}',
        "packages/cart/index.ts": "export const cart = 1\n",
        "packages/pay/package.json": '{"name": "pay", "scripts": {"lint": "eslint ."}}',
        "packages/pay/index.js": "module.exports = 1\n",
        "docs-site/package.json": '{"name": "docs", "scripts": {"start": "docusaurus start"}}',
        "docs-site/yarn.lock": "# yarn lockfile v1\n",
        "svc/go.mod": "module svc\n",
        "svc/main.go": "package main\n",
        "svc/tool.py": "print(1)\n",
        "svc/run.sh": "#!/bin/sh\ntrue\n",
        "svc/style.css": "a { color: red }\n",
    }
    for path, content in files.items():
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text(content)
    return repo


def test_an_edit_that_keeps_the_size_and_the_time_is_seen(texts: House, repo: Path) -> None:
    """A cache key of paths and sizes, or of times that a tool can set, would keep the old answer."""
    note = repo / "a.txt"
    note.write_text("one")
    then = note.stat()
    texts.gather(repo)

    note.write_text("two")
    os.utime(note, ns=(then.st_atime_ns, then.st_mtime_ns))

    assert texts.gather(repo).outcomes["alpha"] == "ran"
    assert document(repo)["alpha"] == {"texts": {"a.txt": "two"}}


def test_what_was_said_without_a_tool_is_not_said_again_once_it_is_there(
    house: House, repo: Path, git: Git, tmp_path: Path
) -> None:
    house.probe("alpha", LISTS_OR_SAYS_WHY_NOT, options='tools=("git",)')
    (repo / "a.txt").write_text("one")
    git("init", "-q")
    git("add", ".")
    there, not_there = dict(house.environment), {"PATH": str(tmp_path / "empty")}
    for environment, listed in ((not_there, NOT_INSTALLED), (there, ["a.txt"]), (not_there, NOT_INSTALLED)):
        house.environment = environment
        house.gather(repo)
        assert document(repo)["alpha"] == {"listed": listed}


def test_a_tool_that_did_not_run_is_no_success(house: House, repo: Path, tmp_path: Path) -> None:
    house.probe("alpha", LISTS, options='tools=("git",)')
    house.environment = {"PATH": str(tmp_path / "empty")}

    run = house.gather(repo)

    assert (run.code, run.outcomes) == (2, {"alpha": "failed"})
    assert document(repo)["alpha"] is None
    (error,) = document(repo)["probes"]["alpha"]["errors"]
    assert error.startswith(NOT_INSTALLED)


def test_files_that_are_not_what_their_names_say_cost_only_themselves(real: House, shop: Path) -> None:
    (shop / "dir.js").mkdir()
    (shop / "dir.js/inside.js").write_text("1\n")
    (shop / "odd/package.json").mkdir(parents=True)
    (shop / "odd/package.json/index.js").write_text("2\n")
    os.mkfifo(shop / "pipe.js")
    (shop / "nowhere.js").symlink_to("no-such-file")
    (shop / "round.ts").symlink_to("round.ts")
    (shop / "away.js").symlink_to("/etc/passwd")
    (shop / "broken").mkdir()
    (shop / "broken/package.json").write_text('{"name": ')
    (shop / "broken/package-lock.json").write_bytes(b"\xff\xfe\x00")
    (shop / "broken/yarn.lock").write_bytes(b"\x00" * 100)
    (shop / "huge").mkdir()
    (shop / "huge/package.json").write_text('{"name": "huge", "x": "' + "x" * (2 << 20) + '"}')

    run = real.gather(shop)

    assert (run.code, set(run.outcomes.values())) == (0, {"ran"})
    found = document(shop)
    assert found["language_stack"]["languages"]["JavaScript"]["files"] == 3
    assert found["build_system"]["projects"][0]["name"] == "shop"
    unparsed = {entry["path"] for entry in found["build_system"]["unparsed"]}
    assert {"broken/package.json", "huge/package.json"} <= unparsed
    left_out = {entry["path"]: entry["reason"] for entry in found["snapshot"]["skipped"]}
    assert {"away.js", "nowhere.js", "round.ts"} <= left_out.keys()
    assert "root:" not in (shop / ".codegenie/context/repo-context.yaml").read_text()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_costs_only_itself(real: House, shop: Path) -> None:
    (shop / "svc/secret.py").write_text("x = 1\n")
    (shop / "svc/secret.py").chmod(0)

    run = real.gather(shop)

    assert (run.code, set(run.outcomes.values())) == (0, {"ran"})
    assert document(shop)["language_stack"]["languages"]["Python"]["files"] == 1
    assert "svc/secret.py" in {entry["path"] for entry in document(shop)["snapshot"]["skipped"]}


def test_image_names_and_paths_are_published_as_they_stand(real: House, shop: Path) -> None:
    """A redaction that matches "long words with slashes" would eat what a migration needs to know."""
    commands = {
        "image": "docker build -t ghcr.io/acme/shop-frontend:1.2.3 .",
        "digest": f"docker run node:22-bookworm-slim@sha256:{'0123456789abcdef' * 4}",
        "path": "cp -r dist /home/node/app && cd /usr/src/app/packages/cart/node_modules/.bin",
        "commit": "git checkout a3714473feb3d2908add734d340e7755fd85e0a3",
        "registry": "crane copy 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v1 gcr.io/distroless/nodejs22",
    }
    (shop / "package.json").write_text(json.dumps({"name": "shop", "scripts": commands}))

    real.gather(shop)

    project = document(shop)["build_system"]["projects"][0]
    assert {script["name"]: script["command"] for script in project["scripts"]} == commands


def test_every_manifest_counts_not_only_the_one_at_the_root(real: House, shop: Path) -> None:
    (shop / "app").mkdir()
    (shop / "app/build.sbt").write_text("")

    real.gather(shop)

    found = document(shop)
    projects = {project["path"]: project for project in found["build_system"]["projects"]}
    tools = {path: project["tool"]["name"] for path, project in projects.items()}
    assert tools == {".": "npm", "docs-site": "yarn", "svc": "go"}
    assert [member["path"] for member in projects["."]["workspaces"]["members"]] == ["packages/cart", "packages/pay"]
    assert [framework["name"] for framework in found["language_stack"]["frameworks"]] == ["Express", "React", "Vue"]
    assert found["build_system"]["not_read"] == [{"ecosystem": "sbt", "count": 1, "paths": ["app/build.sbt"]}]


def test_no_command_is_guessed(real: House, repo: Path) -> None:
    (repo / "package.json").write_text('{"name": "x", "scripts": {"pretest": "a", "test-ci": "b", "rebuild": "c"}}')

    real.gather(repo)

    commands = document(repo)["build_system"]["projects"][0]["commands"]
    assert {name for name, command in commands.items() if command} == {"runner", "install"}


def test_a_gather_needs_no_network(real: House, shop: Path) -> None:
    """The engine's process ends at the first socket; that probes open none, their cases hear (tests/test_cases.py)."""
    boot = (
        "import os, sys\n"
        "def hook(event, arguments):\n"
        "    if event.startswith('socket.'):\n"
        "        os.write(2, event.encode()); os._exit(99)\n"
        "sys.addaudithook(hook)\n"
        f"sys.path[0] = {str(PROJECT)!r}\n"
        "from codegenie.__main__ import main\n"
        "sys.exit(main())\n"
    )
    run = real._run([sys.executable, "-c", boot, "gather", str(shop)], cwd=shop)
    assert (run.code, run.err) == (0, "")


def test_cold_warm_restored_and_elsewhere_the_bytes_are_the_same(real: House, shop: Path, tmp_path: Path) -> None:
    real.environment = {"PYTHONHASHSEED": "1"}
    real.gather(shop)
    cold = _published(shop)

    real.gather(shop)
    assert _published(shop) == cold

    shutil.rmtree(shop / ".codegenie/context")
    assert set(real.gather(shop).outcomes.values()) == {"restored"}
    assert _published(shop) == cold

    copy = tmp_path / "another name"
    shutil.copytree(shop, copy, ignore=shutil.ignore_patterns(".codegenie"))
    home = tmp_path / "another home"
    home.mkdir()
    real.environment = {"PYTHONHASHSEED": "2", "HOME": str(home), "TZ": "Asia/Tokyo", "COLUMNS": "40"}
    assert real.codegenie("gather", str(copy)).code == 0
    assert _published(copy) == cold
    assert not [name for name, content in cold.items() if str(tmp_path).encode() in content]


def test_standard_output_is_an_answer_in_lines_for_people(real: House, shop: Path) -> None:
    run = real.codegenie("gather", str(shop))

    *rows, last = run.out.splitlines()
    assert run.err == ""
    names = [probe.name for probe in registry.all_probes()]
    assert sorted((row.split()[0], row.split()[3]) for row in rows) == [("ran", name) for name in names]
    assert last.startswith(f"{len(names)} probes: {len(names)} ran in ")
    assert last.endswith("repo-context.yaml")
    assert not [line for line in run.out.splitlines() if line.lstrip().startswith(("{", "["))]
    assert real.codegenie("gather", str(shop), "-q").out == ""
    assert sorted(json.loads(real.codegenie("gather", str(shop), "--json").out)["probes"]) == names


def _published(repo: Path) -> dict[str, bytes]:
    context = repo / ".codegenie/context"
    return {str(path.relative_to(context)): path.read_bytes() for path in context.rglob("*") if path.is_file()}
