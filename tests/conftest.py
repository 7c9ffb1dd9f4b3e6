"""What every test may use; the time of day, the user's home and the network are out of reach."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codegenie.formats import parsed_once as parsers
from tests.house import PROJECT, House
from tests.watched import check_all, watched

parsers.lru_cache = watched  # type: ignore[assignment, attr-defined]  # what several probes are given, none of them may change
pytest.register_assert_rewrite("tests.torture.harness")  # it asserts for the tests; before anything imports it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="rewrite the expectations of the probes' cases; read the diff"
    )


Figures = Counter[str]
"""What a test counted, by what it is called in the table at the end of a run."""


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Iterator[Figures]:
    """Counters that the end of the run adds up and prints."""
    counted: Figures = Counter()
    yield counted
    for name, number in counted.items():
        record_property(name, number)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests counted, in one table."""
    total: Figures = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                total.update(dict(report.user_properties))
    if total:
        terminalreporter.section("figures")
        for name, number in sorted(total.items()):
            terminalreporter.write_line(f"{number:8}  {name}")


@pytest.fixture(scope="session", autouse=True)
def _parsed_values() -> Iterator[None]:
    """What is parsed once for several probes is at last what it was at first."""
    yield
    check_all()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for every test, and none of the caller's settings."""
    directory = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("CODEGENIE_", "XDG_", "GIT_"))]:
        monkeypatch.delenv(name)
    for name, value in {"HOME": str(directory), "NO_COLOR": "1", "GIT_CONFIG_NOSYSTEM": "1"}.items():
        monkeypatch.setenv(name, value)
    return directory


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """An empty directory to build a repository in."""
    directory = tmp_path / "repo"
    directory.mkdir()
    return directory


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's directory after a first gather: the validators of all slices take longer to compile than to use."""
    home, repo = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("nothing")
    assert House(PROJECT, {"HOME": str(home)}).codegenie("gather", str(repo)).code == 0
    return home / ".codegenie"


@pytest.fixture
def real(home: Path, compiled: Path) -> House:
    """The project itself, with its own probes, which a user has run before."""
    shutil.copytree(compiled, home / ".codegenie", symlinks=True)
    return House(PROJECT)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house with no probes yet."""
    path = tmp_path / "house"
    (path / "probes").mkdir(parents=True)
    (path / "schemas").mkdir()
    (path / "codegenie").symlink_to(PROJECT / "codegenie")
    (path / "probes" / "__init__.py").write_text("")
    shutil.copy(PROJECT / "dodo.py", path)
    shutil.copy(PROJECT / "schemas" / "document.json", path / "schemas")
    return House(path)


@pytest.fixture
def texts(house: House) -> House:
    """A house with two probes: `alpha` copies every text, `beta` counts paths and requires alpha."""
    house.probe("alpha", 'return ProbeOutput({"texts": {path: inputs.read(path).decode() for path in inputs.files}})')
    house.probe(
        "beta",
        'return ProbeOutput({"names": len(inputs.paths), "texts": len(inputs.slices["alpha"]["texts"])})',
        inputs='("**/*.md", PATHS)',
        options='requires=("alpha",)',
    )
    return house


@pytest.fixture
def git(repo: Path) -> Callable[..., str]:
    """Run git in the repository."""

    def run(*arguments: str) -> str:
        identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"]
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=repo, check=True, capture_output=True, text=True).stdout

    return run
