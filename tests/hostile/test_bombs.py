"""Files that are made to hang, crash or starve their reader cost themselves: each is listed, all else is as it was.

What is tried is derived from the declared inputs of every probe: a new probe is held to this without a word here.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from codegenie.formats import json_text, toml_text, xml_text, yaml_text
from codegenie.formats.unparsable import Unparsable
from codegenie.globs import compiled
from codegenie.registry import all_probes
from tests.conftest import Figures
from tests.hostile.bombs import BOMBS, LARGE, MIB, baits
from tests.hostile.measure import Measured, measured
from tests.house import PROJECT, House, document
from tests.torture.harness import rounds

MOST_SECONDS = 60  # for a gather of some hundred bad files; a quiet machine needs two, for the bait ten
MOST_MIB = 300  # of memory, for any process
MOST_MIB_WITH_LARGE_FILES = 512  # a lockfile of 30 MiB, once as bytes and once as text, is a fifth of that
# What globs like `**/*` stand for, as far as it matters to who reads heads and tells languages apart.
NAMES = (
    *(".gitattributes", "a.js", "a.jsx", "a.ts", "a.py", "a.rb", "a.pl", "a.pm", "a.h", "a.m", "a.cs", "a.sql"),
    *("a.html", "a.md", "a.txt", "a.xml", "a.r", "a.v", "a.t", "a.inc", "a.php", "a.css", "a.f", "a.s", "a.bas", "a"),
    *("Makefile", "Dockerfile", "Gemfile", "requirements.txt", "setup.py", "setup.cfg", "pyproject.toml", "Cargo.toml"),
    *("pom.xml", "a.csproj", "build.gradle", "go.mod", "composer.json", "pubspec.yaml", ".github/workflows/a.yml"),
    *("Chart.yaml", "compose.yaml", "openapi.yaml", ".gitlab-ci.yml", "README.md", "CODEOWNERS", ".editorconfig"),
)  # fmt: skip
FORMATS = {
    **dict.fromkeys((".json", ".jsonc", ".json5"), "json"),
    **dict.fromkeys((".yml", ".yaml"), "yaml"),
    **dict.fromkeys((".toml",), "toml"),
    **dict.fromkeys((".xml", ".csproj", ".props", ".targets", ".config", ".nuspec"), "xml"),
}
PARSERS = {"json": json_text.load, "yaml": yaml_text.load_all, "toml": toml_text.load, "xml": xml_text.parse}
HEALTHY = {
    "package.json": '{"name": "shop", "workspaces": ["api"], "scripts": {"test": "vitest"}}',
    "package-lock.json": '{"lockfileVersion": 3}',
    "tsconfig.json": '{"compilerOptions": {"outDir": "dist", "target": "es2022"}}',
    "api/package.json": '{"name": "@shop/api", "dependencies": {"express": "^4.18.0"}}',
    "api/index.ts": "export const one = 1;\n",
    "tool/go.mod": "module example.org/tool\n\ngo 1.22\n",
    "tool/main.go": "package main\n\nfunc main() {}\n",
    "job/main.py": "import os\n",
}
GARBAGE = (b"\0[{<%", b"\0- services: on: [\n{<\n")
"""What no reader of any format takes, whatever it looks for first: those who say so are those who read the file."""

Facts = frozenset[str]


@cache
def samples() -> tuple[str, ...]:
    """What is declared, and the names that globs for all files stand for."""
    return tuple(sorted({*declared(), *(f"bad/{name}" for name in NAMES)}))


@cache
def declared() -> frozenset[str]:
    """A path for every glob that a probe declares; those that may lie anywhere lie in `bad/`."""
    found: set[str] = set()
    for probe in all_probes():
        matches = compiled(probe.declared_inputs).fullmatch
        for pattern in probe.declared_inputs:
            if not pattern.startswith(("!", "<")):
                places = {_example(one).replace("**/", "bad/", 1).replace("**/", "") for one in _unbraced(pattern)}
                found |= {place for place in places if matches(place)}
    return frozenset(path for path in found if path.rpartition("/")[2] not in (".gitignore", "**"))


def _unbraced(pattern: str) -> Iterator[str]:
    if choice := re.search(r"\{([^{}]*)\}", pattern):
        for one in choice[1].split(","):
            yield from _unbraced(pattern[: choice.start()] + one + pattern[choice.end() :])
    else:
        yield pattern


def _example(pattern: str) -> str:
    """A path that the glob matches; `**` stays where it is a whole component before another."""
    kept = re.sub(r"\[!?(.)[^\]]*\]", r"\1", pattern)
    kept = re.sub(r"/\*\*\Z", "/x.txt", kept)
    return re.sub(r"(?<!\*)\*(?!\*)|\?", "x", kept)


def format_of(path: str) -> str:
    """By the end of the name."""
    return FORMATS.get(os.path.splitext(path)[1], "")


def fill(repo: Path, contents: Mapping[str, bytes]) -> None:
    """A healthy project in `ok/`, and the bad files; equal contents are one file with many names."""
    for name, text in HEALTHY.items():
        (repo / "ok" / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / "ok" / name).write_text(text)
    first: dict[bytes, Path] = {}
    for path, content in contents.items():
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        if content in first:
            os.link(first[content], repo / path)
        else:
            (repo / path).write_bytes(content)
            first[content] = repo / path


def healthy(repo: Path) -> Facts:
    """Everything in the slices that says where in `ok/` it was read; not who is among the largest files."""
    found: set[str] = set()
    waiting: list[Any] = [document(repo)]
    while waiting:
        match waiting.pop():
            case dict() as holder:
                if str(holder.get("path")).startswith("ok/") and "bytes" not in holder:
                    found.add(json.dumps(holder, sort_keys=True))
                waiting += holder.values()
            case list() as items:
                waiting += items
    return frozenset(found)


def skipped(repo: Path) -> dict[str, set[str]]:
    """The reasons why each file was left out."""
    found: dict[str, set[str]] = {}
    for item in document(repo)["snapshot"]["skipped"]:
        found.setdefault(item["path"], set()).add(item["reason"])
    return found


def assert_survived(repo: Path, done: Measured, expected: Facts, most_mib: int = MOST_MIB) -> dict[str, set[str]]:
    """The gather ended well and in bounds, and the healthy project's facts are all there; what was left out."""
    assert (done.run.code, done.run.err) == (0, "")
    found = document(repo)
    assert {name: about["errors"] for name, about in found["probes"].items() if about["outcome"] != "succeeded"} == {}
    assert expected - healthy(repo) == set()
    left_out = skipped(repo)
    # The clock and the memory limit are the last guards; a format has its own, and bad files by the hundred are cheap.
    saved = {path: reasons for path, reasons in left_out.items() if re.search("not parsed in|memory", str(reasons))}
    assert saved == {}
    assert done.seconds < MOST_SECONDS
    assert done.mib < most_mib
    return left_out


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> tuple[frozenset[str], Facts]:
    """The files that some probe parses, and the facts of the healthy project."""
    parsed, facts = (
        set(declared()),
        frozenset[str](),
    )  # of other files a probe may tell by a look that it need not parse
    for garbage in GARBAGE:
        repo = tmp_path_factory.mktemp("garbage")
        fill(repo, dict.fromkeys(samples(), garbage))
        assert House(PROJECT).gather(repo).code == 0
        parsed &= skipped(repo).keys()
        facts = healthy(repo)
    return frozenset(parsed), facts


def test_the_files_tried_are_those_that_probes_declare(readers: tuple[frozenset[str], Facts]) -> None:
    parsed, facts = readers
    for probe in all_probes():
        declared = [pattern for pattern in probe.declared_inputs if not pattern.startswith(("!", "<"))]
        untried = [pattern for pattern in declared if not any(map(compiled((pattern,)).fullmatch, samples()))]
        assert untried == [], probe.name
    known = {"package.json", "pnpm-workspace.yaml", ".yarnrc.yml", "lerna.json", "rush.json"}
    assert {f"bad/{name}" for name in known} <= parsed
    assert len(facts) > 10


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_no_value_of_its_formats(name: str) -> None:
    bomb = BOMBS[name]
    refused = set()
    for kind, parser in PARSERS.items():
        try:
            parser(bomb.content)
        except Unparsable:
            refused.add(kind)
    assert refused == bomb.refused
    assert len(bomb.content) <= MIB  # else it would not be parsed at all


@pytest.mark.parametrize("turn", range(rounds(4, len(BOMBS))))
def test_bombs_in_all_files_cost_those_files(
    real: House, repo: Path, turn: int, readers: tuple[frozenset[str], Facts], figures: Figures
) -> None:
    """Each file holds another bomb in each turn; after all turns of the night, every file has held every bomb."""
    parsed, facts = readers
    kinds = list(BOMBS.values())
    held = {path: kinds[(at + turn) % len(kinds)] for at, path in enumerate(samples())}
    fill(repo, {path: bomb.content for path, bomb in held.items()})

    left_out = assert_survived(repo, measured(real, "gather", str(repo), "--json"), facts)

    told_by_their_heads = {path for path in parsed if "lock" in path}
    refused = {path for path in parsed - told_by_their_heads if format_of(path) in held[path].refused}
    assert refused - left_out.keys() == set()
    figures["bombs survived"] += len(held)


def test_bait_for_expressions_is_read_in_time(
    real: House, repo: Path, readers: tuple[frozenset[str], Facts], figures: Figures
) -> None:
    every = list(baits(8 << 10))
    contents: dict[str, bytes] = {}
    for number in range(rounds(3, len(every))):
        bad = [path for path in samples() if path.startswith("bad/")]
        contents |= {f"bad{number}/{path[4:]}": every[(at + number) % len(every)] for at, path in enumerate(bad)}
    fill(repo, contents)

    assert_survived(repo, measured(real, "gather", str(repo), "--json"), readers[1])

    figures["bait left"] += len(contents)


@pytest.mark.parametrize("name", sorted(LARGE)[: rounds(2, len(LARGE))])
def test_large_files_are_refused_or_read_within_the_memory(
    real: House, repo: Path, name: str, readers: tuple[frozenset[str], Facts], figures: Figures
) -> None:
    """One with as many names as there are samples: on the disk it is one file."""
    fill(repo, dict.fromkeys(samples(), LARGE[name]))

    assert_survived(repo, measured(real, "gather", str(repo), "--json"), readers[1], MOST_MIB_WITH_LARGE_FILES)

    figures["bombs survived"] += len(samples())


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", ".git/info/exclude", ".git/info/attributes"])
def test_a_hundred_thousand_patterns_cost_seconds(
    real: House, repo: Path, git: Callable[..., str], name: str, readers: tuple[frozenset[str], Facts]
) -> None:
    fill(repo, {f"bad/{number}.txt": b"x" for number in range(500)})
    git("init", "-q")
    patterns = (
        f"**/*a*b*c*d*{number}*?[a-z]/**/x*{' linguist-vendored' * ('attr' in name)}\n" for number in range(100_000)
    )
    (repo / name).write_text("".join(patterns))

    assert_survived(repo, measured(real, "gather", str(repo), "--json"), readers[1])


def test_memory_is_measured_of_the_workers_too(house: House, repo: Path) -> None:
    house.probe("greedy", "return ProbeOutput({'size': len(bytearray(b'x') * (400 << 20))})")
    (repo / "a.txt").write_text("x")

    done = measured(house, "gather", str(repo))

    assert (done.run.code, done.mib > 400) == (0, True)
