"""Nothing outside the root is read, and nothing outside `.codegenie/` is written, whatever leads there."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hostile.repositories import IDENTITY, canary, populated
from tests.house import House, Run, document

SENTINEL = "sentinel9f3c"  # in the content, and in the names, of all that lies outside
MANIFESTS = (
    *("package.json", "pnpm-workspace.yaml", "tsconfig.json", "pyproject.toml", "Cargo.toml", "go.mod", "Dockerfile"),
    *("README.md", "Makefile", ".nvmrc", ".tool-versions", "requirements.txt", "pom.xml", "compose.yaml", "main.py"),
    *("index.js", ".github/workflows/ci.yml", "package-lock.json", "turbo.json", "LICENSE", ".env", "openapi.yaml"),
)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What a stranger would like to see: every kind of file that a probe reads, each saying the word."""
    directory = tmp_path / "outside"
    texts = dict.fromkeys(MANIFESTS, f"{SENTINEL}\n")
    texts |= {
        "package.json": json.dumps({"name": SENTINEL, "scripts": {SENTINEL: SENTINEL}, "engines": {"node": SENTINEL}}),
        "tsconfig.json": json.dumps({"compilerOptions": {"target": SENTINEL, "outDir": SENTINEL}}),
        "pyproject.toml": f'[project]\nname = "{SENTINEL}"\nversion = "{SENTINEL}"\ndependencies = ["{SENTINEL}"]\n',
        "Cargo.toml": f'[package]\nname = "{SENTINEL}"\nversion = "1.0.0"\n',
        "go.mod": f"module {SENTINEL}\n",
        "Dockerfile": f"FROM {SENTINEL}\nUSER {SENTINEL}\n",
        ".github/workflows/ci.yml": f"name: {SENTINEL}\non: push\njobs: {{{SENTINEL}: {{runs-on: x, steps: []}}}}\n",
        "compose.yaml": f"services: {{{SENTINEL}: {{image: {SENTINEL}}}}}\n",
        f"{SENTINEL}.py": "x = 1\n",
        f"{SENTINEL}/package.json": json.dumps({"name": SENTINEL}),
        "ignore": f"{SENTINEL}\n*.ignored-{SENTINEL}\n/package.json\n/src\n*.js\n*.txt\n",
        "attributes": "*.js linguist-language=Cobol\n*.ts linguist-vendored\n",
    }
    for name, text in texts.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


@pytest.fixture
def reader(house: House) -> House:
    """A house whose probe reads every file whole, and says all that it hears."""
    house.probe(
        "reader",
        'return ProbeOutput({"files": {path: inputs.read(path).decode("latin-1") for path in inputs.files},\n'
        '    "paths": list(inputs.paths)})',
        inputs='("**/*", PATHS)',
    )
    return house


def leaks(directory: Path) -> list[str]:
    """The files beneath, by content and by name, that say the word."""
    word = SENTINEL.encode()
    found = [path for path in directory.rglob("*") if not path.is_symlink()]
    return sorted(
        str(path.relative_to(directory))
        for path in found
        if word in os.fsencode(path.relative_to(directory)) or (path.is_file() and word in path.read_bytes())
    )


def told(house: House, repo: Path) -> Iterator[Run]:
    """All that says anything of a repository."""
    yield house.doit("gather", f"repo={repo}")
    yield house.codegenie("gather", str(repo), "--json", "--hash-all")
    yield house.doit("list", "--all", "--status", f"repo={repo}")
    name = next(iter(json.loads(house.codegenie("gather", str(repo), "--json").out)["probes"]))
    yield house.codegenie("explain", name, "--repo", str(repo))
    yield house.doit("info", f"repo={repo}", f"probe:{name}")


def assert_silent(house: House, repo: Path) -> None:
    for run in told(house, repo):
        assert SENTINEL not in run.out + run.err
        assert "Traceback" not in run.err
    assert leaks(repo / ".codegenie") == []


# What is read


def last_component(repo: Path, outside: Path) -> None:
    for name in MANIFESTS:
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).unlink(missing_ok=True)
        (repo / name).symlink_to(outside / name)


def inner_component(repo: Path, outside: Path) -> None:
    (repo / "packages").mkdir()
    (repo / "packages/one").symlink_to(outside)
    (repo / ".github").symlink_to(outside / ".github")
    (repo / "lib").symlink_to("../outside")


def inner_component_that_is_tracked(repo: Path, outside: Path) -> None:
    """The index names files beneath a directory that has since become a link."""
    shutil.copytree(outside, repo / "packages/one", ignore=shutil.ignore_patterns(f"*{SENTINEL}*"))
    for path in (repo / "packages/one").rglob("*"):
        if path.is_file():
            path.write_text("{}")
    subprocess.run(["git", "add", "-f", "."], cwd=repo, check=True)
    shutil.rmtree(repo / "packages/one")
    (repo / "packages/one").symlink_to(outside)


def chain(repo: Path, outside: Path) -> None:
    (repo / "a").symlink_to("b")
    (repo / "b").symlink_to("c/../d")
    (repo / "c").mkdir()
    (repo / "d").symlink_to(outside)
    (repo / "package.json").unlink()
    (repo / "package.json").symlink_to("a/package.json")


def loops(repo: Path, outside: Path) -> None:
    (repo / "self").symlink_to("self")
    (repo / "here").symlink_to(".")
    (repo / "up").symlink_to("..")
    (repo / "ping.json").symlink_to("pong.json")
    (repo / "pong.json").symlink_to("ping.json")


def devices(repo: Path, outside: Path) -> None:
    (repo / "package.json").unlink()
    targets = {"package.json": "/dev/zero", "Dockerfile": "/proc/self/environ", "go.mod": "/proc/self/cmdline"}
    targets |= {
        "Makefile": "/dev/stdin",
        "Cargo.toml": "/proc/self/fd/0",
        "x.py": "/proc/self/mem",
        "tty.js": "/dev/tty",
    }
    for name, target in targets.items():
        (repo / name).symlink_to(target)
    os.mkfifo(repo / "pyproject.toml")


def manifests_that_point_up(repo: Path, outside: Path) -> None:
    up = "../outside"
    texts = {
        "package.json": json.dumps({"name": "x", "workspaces": [f"{up}/*", up, f"{outside}/*", "src/../../outside"]}),
        "pnpm-workspace.yaml": f"packages: ['{up}/**', '{up}', '{outside}', '../*']\n",
        "lerna.json": json.dumps({"packages": [f"{up}/*"], "version": "1"}),
        "tsconfig.json": json.dumps({"extends": f"{up}/tsconfig.json", "references": [{"path": up}], "files": [up]}),
        "src/tsconfig.json": json.dumps({"extends": ["../../outside/tsconfig.json", f"{outside}/tsconfig.json"]}),
        "Cargo.toml": f'[workspace]\nmembers = ["{up}", "{outside}"]\n[dependencies]\nx = {{ path = "{up}" }}\n',
        "go.work": f"go 1.22\n\nuse (\n\t{up}\n\t{outside}\n)\n",
        "pyproject.toml": f'[project]\nname = "x"\ndynamic = ["version"]\nreadme = "{up}/README.md"\n'
        f'[tool.uv.workspace]\nmembers = ["{up}"]\n[tool.setuptools.dynamic]\nversion = {{file = "{up}/README.md"}}\n',
        "requirements.txt": f"-r {up}/requirements.txt\n-c {outside}/requirements.txt\n-e {up}\n",
        "pom.xml": f"<project><parent><relativePath>{up}/pom.xml</relativePath></parent><modules><module>{up}</module>"
        "</modules></project>",
        "settings.gradle": f"include '{up}'\nproject(':x').projectDir = file('{outside}')\n",
        "compose.yaml": f"include: [{up}/compose.yaml]\nservices: {{a: {{build: {up}, env_file: {up}/.env, "
        f"extends: {{file: {up}/compose.yaml, service: {'x'}}}}}}}\n",
        "Dockerfile": f"FROM scratch\nCOPY {up}/README.md /\n",
        ".gitlab-ci.yml": f"include: [{{local: '{up}/ci.yml'}}]\n",
        ".gitmodules": f'[submodule "x"]\n path = {up}\n url = {up}\n',
        "nx.json": json.dumps({"extends": f"{up}/tsconfig.json"}),
        "turbo.json": json.dumps({"extends": [up]}),
        ".eslintrc.json": json.dumps({"extends": f"{up}/tsconfig.json"}),
        "CMakeLists.txt": f"add_subdirectory({up})\ninclude({up}/x.cmake)\n",
        "Makefile": f"include {up}/Makefile\n",
        ".nvmrc": f"{up}/.nvmrc\n",
        "openapi.yaml": f"openapi: 3.0.0\npaths: {{$ref: '{up}/openapi.yaml'}}\n",
    }
    for name, text in texts.items():
        (repo / name).write_text(text)


def git_points_elsewhere(repo: Path, outside: Path) -> None:
    other = _their_repository(outside)
    shutil.rmtree(repo / ".git")
    (repo / ".git").write_text(f"gitdir: {other}/.git\n")


def git_is_a_link(repo: Path, outside: Path) -> None:
    other = _their_repository(outside)
    shutil.rmtree(repo / ".git")
    (repo / ".git").symlink_to(other / ".git")


def git_has_a_commondir(repo: Path, outside: Path) -> None:
    (repo / ".git/commondir").write_text(f"{_their_repository(outside)}/.git\n")


def git_borrows_objects(repo: Path, outside: Path) -> None:
    """A sparse index that names a tree of the other repository, which lists what the user has there."""
    other = _their_repository(outside)
    tree = _git(other, "rev-parse", "HEAD^{tree}")
    (repo / ".git/objects/info/alternates").write_text(f"{other}/.git/objects\n")
    _git(repo, "read-tree", f"--prefix={'taken'}", tree)
    _git(repo, "sparse-checkout", "set", "--cone", "--sparse-index", "src")
    assert b"sdir" in (repo / ".git/index").read_bytes()[-256:]


def git_has_links(repo: Path, outside: Path) -> None:
    other = _their_repository(outside)
    for name in ("objects", "refs"):
        shutil.rmtree(repo / ".git" / name)
        (repo / ".git" / name).symlink_to(other / ".git" / name)


def index_is_a_link(repo: Path, outside: Path) -> None:
    other = _their_repository(outside)
    (repo / ".git/index").unlink()
    (repo / ".git/index").symlink_to(other / ".git/index")


def the_shared_index_is_a_link(repo: Path, outside: Path) -> None:
    other = _their_repository(outside)
    for place in (other, repo):
        _git(place, "update-index", "--split-index")
    (theirs,) = (other / ".git").glob("sharedindex.*")
    for ours in (repo / ".git").glob("sharedindex.*"):
        ours.unlink()
    shutil.copy(other / ".git/index", repo / ".git/index")
    (repo / ".git" / theirs.name).symlink_to(theirs)


def work_tree_elsewhere(repo: Path, outside: Path) -> None:
    with (repo / ".git/config").open("a") as config:
        config.write(f"[core]\n worktree = {outside}\n")


def configuration_from_elsewhere(repo: Path, outside: Path) -> None:
    (outside / "config").write_text(f"[core]\n worktree = {outside}\n excludesFile = {outside}/ignore\n[{SENTINEL}\n")
    with (repo / ".git/config").open("a") as config:
        config.write(f"[include]\n path = {outside}/config\n[core]\n excludesFile = {outside}/ignore\n")


READ = [
    *(last_component, inner_component, inner_component_that_is_tracked, chain, loops, devices),
    *(manifests_that_point_up, git_points_elsewhere, git_is_a_link, git_has_a_commondir, git_borrows_objects),
    *(git_has_links, index_is_a_link, the_shared_index_is_a_link, work_tree_elsewhere, configuration_from_elsewhere),
]


@pytest.mark.parametrize("lead", READ, ids=lambda lead: lead.__name__)
@pytest.mark.parametrize("probes", ["real", "reader"])
def test_nothing_that_lies_outside_is_said(
    request: pytest.FixtureRequest,
    repo: Path,
    outside: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lead: Callable[[Path, Path], None],
    probes: str,
) -> None:
    populated(repo, canary(tmp_path / "attacker"))
    lead(repo, outside)
    monkeypatch.setenv("A_TOKEN_OF_THE_USER", SENTINEL)  # for what leads to /proc/self/environ
    began = time.monotonic()

    assert_silent(request.getfixturevalue(probes), repo)

    assert time.monotonic() - began < 60


@pytest.mark.parametrize("name", [".gitignore", ".git/info/exclude", ".gitattributes", "src/.gitignore"])
def test_rules_that_lie_outside_are_not_obeyed(
    real: House, repo: Path, outside: Path, tmp_path: Path, name: str
) -> None:
    """What git ignores, or linguist overrides, would tell what such a file says."""
    populated(repo, canary(tmp_path / "attacker"))
    (repo / ".gitattributes").unlink()
    (repo / name).unlink(missing_ok=True)
    before = _facts(real, repo)
    (repo / name).symlink_to(outside / ("attributes" if name == ".gitattributes" else "ignore"))

    after = _facts(real, repo)

    assert after["language_stack"] == before["language_stack"]
    assert after["build_system"] == before["build_system"]
    assert leaks(repo / ".codegenie") == []
    warned = [".git/info/exclude is a link and was not considered"] if name == ".git/info/exclude" else []
    assert after["snapshot"]["warnings"] == warned


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("lead", READ, ids=lambda lead: lead.__name__)
def test_nothing_that_lies_outside_is_opened(
    reader: House, repo: Path, outside: Path, tmp_path: Path, lead: Callable[[Path, Path], None]
) -> None:
    populated(repo, canary(tmp_path / "attacker"))
    lead(repo, outside)
    log = tmp_path / "calls"
    watch = ["strace", "-f", "-qq", "-y", "-e", "trace=open,openat,openat2", "-e", "status=successful", "-o", str(log)]
    boot = f"import sys; sys.path[0] = {str(reader.path)!r}; from codegenie.__main__ import main; sys.exit(main())"
    run = reader._run([*watch, sys.executable, "-c", boot, "gather", str(repo)], cwd=reader.path)
    assert run.code == 0
    opened = [
        line for line in log.read_text(errors="replace").splitlines() if f"<{outside}" in line.partition(" = ")[2]
    ]
    assert opened == []


# What is swapped while it is read


SWAPS = {
    "a file": ("os.rename('{repo}/d/f.txt', '{repo}/kept'); os.symlink('{outside}/README.md', '{repo}/d/f.txt')"),
    "a directory": ("os.rename('{repo}/d', '{repo}/kept'); os.symlink('{outside}', '{repo}/d')"),
    "a directory and its parent": (
        "os.rename('{repo}/d', '{repo}/kept'); os.makedirs('{repo}/d'); os.symlink('{outside}', '{repo}/d/e')"
    ),
    "the repository": ("os.rename('{repo}', '{repo}-kept'); os.symlink('{outside}', '{repo}')"),
}


@pytest.mark.parametrize("swap", SWAPS.values(), ids=SWAPS.keys())
@pytest.mark.parametrize("size", [1, 9_000_000])
def test_a_link_swapped_in_between_listing_and_reading_is_not_followed(
    house: House, repo: Path, outside: Path, swap: str, size: int
) -> None:
    (repo / "d/e").mkdir(parents=True)
    for name in ("README.md", "f.txt", "e/README.md", "e/f.txt"):
        (repo / "d" / name).write_text("x" * size)
        (outside / name).parent.mkdir(exist_ok=True)
        (outside / name).write_text(SENTINEL)
    house.probe(
        "reader",
        f"if not os.path.lexists('{repo}/kept') and not os.path.lexists('{repo}-kept'):\n"
        f"    {swap.format(repo=repo, outside=outside)}\n"
        "said = {}\n"
        "for path in inputs.files:\n"
        "    try:\n"
        "        said[path] = inputs.read(path)[:100].decode()\n"
        "    except Exception as error:\n"
        "        said[path] = str(error)\n"
        'return ProbeOutput({"said": said})',
        inputs='("d/**/*",)',
    )

    run = house.doit("gather", f"repo={repo}", "json=1")

    assert SENTINEL not in run.out + run.err
    assert "Traceback" not in run.err
    for directory in (repo / ".codegenie", repo.with_name("repo-kept") / ".codegenie"):
        assert not directory.exists() or leaks(directory) == []


# What is written


@pytest.fixture
def written(texts: House, repo: Path) -> tuple[str, ...]:
    """Every path below `.codegenie/` that a gather leaves, directories too."""
    model = repo.with_name("model")
    _filled(model)
    for arguments in ((), ("hash_all=1",)):
        assert texts.gather(model, *arguments).code == 0
    shutil.rmtree(model / ".codegenie/set-aside", ignore_errors=True)
    left = {str(path.relative_to(model / ".codegenie")) for path in (model / ".codegenie").rglob("*")}
    assert {"state/doit.db", "state/index", "state/owner", "state/lock", "state/clock", "context/raw"} <= left
    others = {"state/doit.db-journal", "state/doit.db-wal", "state/doit.db-shm", "set-aside", "set-aside/.gitignore"}
    return tuple(sorted(left | others | {"context/repo-context.yaml.invalid"}))


def snapshot_of(directory: Path) -> dict[str, tuple[int, bytes]]:
    """Everything beneath: when it was changed, and what it says."""
    found = sorted(path for path in directory.rglob("*") if path.name != "attacker")
    return {
        str(path.relative_to(directory)): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in [directory, *found]
    }


def _put(place: Path, kind: str, outside: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    match kind:
        case "file":
            place.symlink_to(outside / "README.md")
        case "directory":
            place.symlink_to(outside / "directory")
        case "nowhere":
            place.symlink_to(outside / "nothing" if place.suffix else outside / "nothing/deeper")
        case _:
            os.link(outside / "README.md", place)


def _directories(written: tuple[str, ...]) -> list[str]:
    names = {path.rpartition("/")[0] for path in written} | {"set-aside"}
    return ["", *sorted(name for name in names if name)]


@pytest.mark.parametrize("kind", ["file", "directory", "nowhere", "second name"])
@pytest.mark.parametrize("when", ["committed", "pulled"])
def test_files_of_ours_that_are_links_are_not_written_through(
    texts: House, repo: Path, outside: Path, written: tuple[str, ...], kind: str, when: str
) -> None:
    """All at once, found in a clone, or put there by git after the first gather; then each of those that stay open."""
    (outside / "directory").mkdir()
    _filled(repo)
    files = [path for path in written if path not in _directories(written)]
    if when == "pulled":
        assert texts.gather(repo).code == 0
    for path in files:
        if when == "committed" or path != "state/owner":
            _put(repo / ".codegenie" / path, kind, outside)
    before = snapshot_of(outside)

    for run in _all_commands(texts, repo):
        assert run.code in (0, 2)
        assert "Traceback" not in run.err
        assert snapshot_of(outside) == before

    assert document(repo)["alpha"] == {"texts": {"a.txt": "one"}}


@pytest.mark.parametrize("name", ["lock", "clock", "doit.db", "doit.db-journal", "doit.db-wal", "index", "owner"])
@pytest.mark.parametrize("kind", ["file", "nowhere", "second name"])
def test_each_file_that_is_written_in_place_is_no_link(
    texts: House, repo: Path, outside: Path, name: str, kind: str
) -> None:
    _filled(repo)
    assert texts.gather(repo).code == 0
    _put(repo / ".codegenie/state" / name, kind, outside)
    before = snapshot_of(outside)

    looks = [
        texts.doit("list", "--all", "--status", f"repo={repo}"),
        texts.codegenie("explain", "alpha", "--repo", str(repo)),
    ]
    assert snapshot_of(outside) == before
    run = texts.gather(repo)

    assert run.code == 0
    assert snapshot_of(outside) == before
    assert not any("Traceback" in one.err for one in (*looks, run))
    assert document(repo)["alpha"] == {"texts": {"a.txt": "one"}}


@pytest.mark.parametrize("when", ["committed", "pulled"])
@pytest.mark.parametrize("kind", ["directory", "nowhere"])
def test_directories_of_ours_that_are_links_are_not_written_through(
    texts: House, repo: Path, outside: Path, written: tuple[str, ...], kind: str, when: str
) -> None:
    (outside / "directory").mkdir()
    for path in written:
        name = path.rpartition("/")[2]
        if "." in name or name in ("index", "lock", "clock", "owner"):
            (outside / "directory" / name).write_text(SENTINEL)
    directories = _directories(written)
    for directory in directories if when == "pulled" else [name for name in directories if "/" not in name]:
        shutil.rmtree(repo)
        repo.mkdir()
        _filled(repo)
        if when == "pulled":
            assert texts.gather(repo).code == 0
        elif directory:
            (repo / ".codegenie").mkdir()
        if kind == "directory" and when == "pulled" and directory == "state":
            shutil.copy(repo / ".codegenie/state/owner", outside / "directory/owner")
        _put(repo / ".codegenie" / directory, kind, outside)
        before = snapshot_of(outside)

        run = texts.gather(repo)

        assert snapshot_of(outside) == before, directory
        assert "Traceback" not in run.err
        if run.code:
            assert run.code == 2
            assert "remove it" in run.err or "cannot write" in run.err or "choose another place" in run.err, run.err
        else:
            assert document(repo)["alpha"] == {"texts": {"a.txt": "one"}}


SWAPPED_PLACES = (
    ".codegenie",
    ".codegenie/context",
    ".codegenie/context/raw",
    ".codegenie/cache",
    ".codegenie/cache/blobs",
)


@pytest.mark.parametrize("place", [*SWAPPED_PLACES, ".codegenie/runs", ".codegenie/state"])
def test_directories_swapped_for_links_during_a_gather_are_not_written_through(
    house: House, repo: Path, outside: Path, place: str
) -> None:
    """At the worst moment: after everything was looked at, before the first answer is written."""
    (outside / "directory").mkdir()
    _filled(repo)
    house.probe(
        "swapper",
        f"if not os.path.lexists('{repo}/kept'):\n"
        f"    os.rename('{repo}/{place}', '{repo}/kept'); os.symlink('{outside}/directory', '{repo}/{place}')\n"
        'return ProbeOutput({"sizes": len(list(inputs.scan(lambda path, content: len(content))))})',
        options="timeout_seconds=20.0",
    )
    (repo / ".codegenie/cache/blobs").mkdir(parents=True)
    before = snapshot_of(outside)

    run = house.doit("gather", f"repo={repo}")

    assert snapshot_of(outside) == before
    assert run.code in (0, 2)
    assert "Traceback" not in run.err


def test_clean_and_collecting_remove_nothing_outside(texts: House, repo: Path, outside: Path) -> None:
    _filled(repo)
    assert texts.gather(repo).code == 0
    shutil.copytree(repo / ".codegenie", outside / "state")
    for old in (outside / "state").rglob("*"):
        os.utime(old, (1, 1))
    (outside / "state/context/raw/.x.1.abcd.tmp").write_text("")
    for path in ("context/raw", "cache/blobs", "runs"):
        shutil.rmtree(repo / ".codegenie" / path)
        (repo / ".codegenie" / path).symlink_to(outside / "state" / path)
    before = snapshot_of(outside)
    for run in _all_commands(texts, repo):
        assert run.code in (0, 2)
    assert snapshot_of(outside) == before


def _all_commands(house: House, repo: Path) -> Iterator[Run]:
    yield house.codegenie("explain", "alpha", "--repo", str(repo))
    yield house.doit("list", "--all", "--status", f"repo={repo}")
    yield house.doit("gather", f"repo={repo}")
    yield house.codegenie("cache", "gc", str(repo))
    yield house.doit("clean", f"repo={repo}")
    yield house.doit("forget", f"repo={repo}")
    yield house.codegenie("gather", str(repo))


def _filled(repo: Path) -> None:
    repo.mkdir(exist_ok=True)
    (repo / "a.txt").write_text("one")
    os.utime(repo / "a.txt", (1, 1))


def _facts(house: House, repo: Path) -> dict[str, dict[str, object]]:
    assert house.codegenie("gather", str(repo)).code == 0
    return document(repo)


def _their_repository(outside: Path) -> Path:
    """A repository of the user's, elsewhere."""
    if not (outside / ".git").exists():
        _git(outside, "init", "-q")
        _git(outside, "add", "-f", ".")
        _git(outside, "commit", "-qm", SENTINEL)
    return outside


def _git(directory: Path, *arguments: str) -> str:
    command = ["git", *IDENTITY, *arguments]
    return subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True).stdout.strip()
