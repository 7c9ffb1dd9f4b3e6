"""What the README claims, run as a stranger would: a fresh clone, an empty environment, nothing but Python and git."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house import PROJECT

README = (PROJECT / "README.md").read_text()
SHELL = [block.strip() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)]
KEPT_TESTS = ("conftest.py", "house.py", "watched.py", "test_globs.py")  # for the nested check; itself it must not run


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone with a small repository beside it, set up by the README's first command."""
    directory = tmp_path_factory.mktemp("stranger")
    clone = directory / "codegenie"
    subprocess.run(["git", "clone", "-q", str(PROJECT), str(clone)], check=True)
    for changed in _uncommitted():  # a test run before the commit is about what will be committed
        (clone / changed).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / changed, clone / changed)
    shop = directory / "shop"
    shop.mkdir()
    (shop / "package.json").write_text('{"name": "shop", "scripts": {"build": "tsc"}}')
    (shop / "index.js").write_text("console.log(1)\n")
    ran = _run(SHELL[0], clone)
    assert ran.returncode == 0, ran.stderr
    return clone


def test_the_first_command_gathers(clone: Path) -> None:
    assert _document(clone)["language_stack"]["primary"] == "JavaScript"


def test_the_second_command_sets_up_and_passes_the_tests(clone: Path) -> None:
    nested = clone.parent / "nested"
    shutil.copytree(clone, nested, ignore=shutil.ignore_patterns(".venv"))
    for test in (nested / "tests").iterdir():
        if test.name not in KEPT_TESTS:
            shutil.rmtree(test) if test.is_dir() else test.unlink()

    ran = _run(SHELL[1], nested)

    assert re.search(r"^=+ \d+ passed", ran.stdout, re.MULTILINE), ran.stdout + ran.stderr
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("command", [line for block in SHELL[2:] for line in block.splitlines()])
def test_the_everyday_commands_work(clone: Path, command: str) -> None:
    ran = _run(command, clone)
    assert (ran.returncode, "Traceback" in ran.stderr) == (0, False), ran.stdout + ran.stderr


def test_the_document_has_the_shape_that_is_shown(clone: Path) -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    published = clone.parent / "shop/.codegenie/context/repo-context.yaml"
    assert published.read_text().splitlines()[0] == shown.splitlines()[0]
    _is_shape_of(yaml.safe_load(shown), _document(clone))


def test_the_table_has_every_slice() -> None:
    from codegenie import registry

    assert sorted(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)) == [one.name for one in registry.all_probes()]


def test_the_exit_codes_are_those_of_the_code() -> None:
    from codegenie import errors

    (paragraph,) = re.findall(r"The end says what happened: (.*?)\[More", README, re.DOTALL)
    codes = {errors.SUCCESS, errors.UNUSABLE, errors.INVALID, errors.BUSY, errors.INTERRUPTED}
    assert {int(code) for code in re.findall(r"\b(\d+),", paragraph)} == codes


def test_the_wheel_works_from_an_empty_environment(clone: Path) -> None:
    built = _run(".venv/bin/pip wheel -q --no-deps -w dist .", clone)
    assert built.returncode == 0, built.stderr
    ran = _run(
        "python3 -m venv ../empty && ../empty/bin/pip install -q dist/*.whl && cd ../shop && rm -rf .codegenie"
        " && ../empty/bin/codegenie gather . && ../empty/bin/codegenie --version",
        clone,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1].startswith("codegenie ")


def _run(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the README with this Python first on an otherwise plain PATH, and an empty home."""
    home = cwd.parent / "home"
    (home / "bin").mkdir(parents=True, exist_ok=True)
    if not (home / "bin/python3").exists():
        (home / "bin/python3").symlink_to(os.path.realpath(sys.executable))
    path = [cwd / ".venv/bin", home / "bin", "/usr/local/bin", "/usr/bin", "/bin"]
    environment = {"HOME": str(home), "PATH": ":".join(map(str, path))}
    return subprocess.run(
        command, shell=True, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=600
    )


def _uncommitted() -> list[str]:
    listing = ["git", "ls-files", "-m", "-o", "--exclude-standard"]
    found = subprocess.run(listing, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [path for path in found if (PROJECT / path).is_file()]


def _document(clone: Path) -> dict[str, Any]:
    published = clone.parent / "shop/.codegenie/context/repo-context.yaml"
    found: dict[str, Any] = yaml.safe_load(published.read_text())
    return found


def _is_shape_of(shown: Any, found: Any) -> None:
    """Every key that is shown is there, with a value of the same type, or null."""
    if isinstance(shown, dict) and found is not None:
        for name, value in shown.items():
            assert name in found
            _is_shape_of(value, found[name])
    elif isinstance(shown, list) and isinstance(found, list):
        for value, other in zip(shown, found, strict=False):
            _is_shape_of(value, other)
    else:
        assert type(shown) is type(found) or found is None
