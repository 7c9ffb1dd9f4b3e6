"""What was matched is taken for known over the same list of paths, by the same code, and else never."""

from collections.abc import Callable
from pathlib import Path

import pytest

from codegenie import matches, registry
from codegenie.inventory import Inventory
from codegenie.settings import Settings
from codegenie.state import State, prepare

GLOBS = ("**/*.txt", "!b/**")
PATHS = ("a.txt", "b/c.txt", "d", "e/f.txt", "é.txt")


@pytest.fixture
def state(repo: Path) -> State:
    return prepare(Settings(repo=str(repo), out=f"{repo}/.codegenie", cache_dir=f"{repo}/.codegenie/cache"))


def gathered(state: State, *paths: str) -> tuple[tuple[str, ...], bool]:
    """What the globs match in a run, and whether it was searched for."""
    inventory = Inventory(paths, "walk")
    matches.recall(state, inventory)
    found = inventory.matching(GLOBS)
    matches.keep(state, inventory)
    return found, inventory.lookup.searched


def test_nothing_is_searched_for_twice_in_the_same_paths(state: State) -> None:
    found = ("a.txt", "e/f.txt", "é.txt")
    assert [gathered(state, *PATHS) for _ in range(3)] == [(found, True), (found, False), (found, False)]


def test_another_list_of_paths_is_searched(state: State) -> None:
    gathered(state, *PATHS)
    assert gathered(state, *PATHS[:3]) == (("a.txt",), True)
    assert gathered(state, "a.txt", "b", "c.txt", "d", "e") == (("a.txt", "c.txt"), True)


def test_other_code_searches(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    gathered(state, *PATHS)
    monkeypatch.setattr(registry, "code_fingerprint", lambda: "another")
    assert gathered(state, *PATHS) == (("a.txt", "e/f.txt", "é.txt"), True)


@pytest.mark.parametrize(
    "damage",
    [lambda whole: whole[:-1], lambda whole: whole.replace(b"[0,1", b"[0,2"), lambda _: b"", lambda _: b"\xff [1]"],
)
def test_damaged_or_forged_it_is_as_if_there_were_none(state: State, damage: Callable[[bytes], bytes]) -> None:
    gathered(state, *PATHS)
    kept = Path(state.matches)
    kept.write_bytes(damage(kept.read_bytes()))
    assert gathered(state, *PATHS) == (("a.txt", "e/f.txt", "é.txt"), True)
