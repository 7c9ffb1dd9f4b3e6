"""The table of CI commands: the usual commands are known for what they are."""

import importlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from codegenie import registry


def table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(registry.catalogue_path(name)).read_text())
    return found


@cache
def known() -> Any:
    package = registry.probe_named("ci").run.__module__.rpartition(".")[0]
    return importlib.import_module(f"{package}._ci_commands").Commands(table("ci_commands"))


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("npm ci", ("install", "program")),
        ("npm test -- --coverage", ("test", "program")),
        ("npm run build --if-present", ("build", "task name")),
        ("yarn", ("install", "program")),
        ("yarn jest", ("test", "program")),
        ("yarn workspace web build", ("build", "task name")),
        ("pnpm -r --filter foo build", ("build", "task name")),
        ("npx -y prettier@3 --check .", ("lint", "program")),
        ("sudo -E apt-get install -y foo", ("install", "program")),
        ("make", ("build", "task name")),
        ("make -j4 test", ("test", "task name")),
        ("./gradlew :app:assembleDebug test", ("build test", "program")),
        ("./mvnw -T1C -e --settings mvn-settings.xml clean install -Dquickly", ("build test", "program")),
        ("mvn -B -DskipTests package", ("build", "program")),
        ("python3.11 -m pytest -x", ("test", "program")),
        ("coverage run --parallel-mode --source app runtests.py x", ("test", "program")),
        ("X=1 python -u runtests.py --parallel=2", ("test", "program")),
        ("uv run --extra dev pytest", ("test", "program")),
        ("uv run tox run -e typing", ("typecheck", "task name")),
        ("tox -e py311", ("test", "program")),
        ("cargo +nightly clippy", ("lint", "program")),
        ("${{ env.CARGO }} build --verbose", ("build", "program")),
        ("FOO=1 docker buildx build --push .", ("image", "program")),
        ("kubectl -n x apply -f y", ("deploy", "program")),
        ("bundle exec rspec", ("test", "program")),
        ("turbo run lint test --filter=x", ("test lint", "task name")),
        ("npx nx affected -t lint test build --parallel=3", ("build test lint", "task name")),
        ("tsc --noEmit", ("typecheck", "program")),
        ("gh release create v1", ("publish", "program")),
    ],
)
def test_a_command_is_known_by_its_program(command: str, expected: tuple[str, str]) -> None:
    found = known().does(command, (("CARGO", "cargo"),))
    assert (" ".join(found.kinds), found.how) == expected


@pytest.mark.parametrize(
    "command", ["./scripts/test.sh", "docker run --rm x npm test", "go run ./cmd/test", "$CARGO test"]
)
def test_a_word_alone_means_nothing(command: str) -> None:
    found = known().does(command)
    assert found is None or not found.kinds
    assert not known().is_plumbing(command)


@pytest.mark.parametrize(
    ("command", "script"),
    [
        ("./scripts/test.sh --all", ("./scripts/test.sh",)),
        ("sudo bash -euo pipefail ci/test.sh", ("ci/test.sh",)),
        ("uv run --no-sync sh test.sh", ("test.sh",)),
        ("test.sh", ()),
        ("bash -c test.sh", ()),
        ("bash -ec test.sh", ()),
        ("bash $SCRIPT", ()),
    ],
)
def test_a_shell_script_is_known_where_it_is_plain_which(command: str, script: tuple[str, ...]) -> None:
    found = known().does(command)
    assert (found.named if found else ()) == script


@pytest.mark.parametrize(
    "command", ["echo run the tests", "cd build", "FOO=test", "$version = 1", "git diff --exit-code"]
)
def test_what_only_moves_things_about_is_plumbing(command: str) -> None:
    assert known().does(command) is None
    assert known().is_plumbing(command)
