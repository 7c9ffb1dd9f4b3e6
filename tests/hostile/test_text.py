"""Text is data: whatever a repository's names and values hold, no output carries a command, a secret or a place."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from codegenie.report import SECTIONS
from codegenie.text import restored
from tests.house import PROJECT, House, Run, document

TITLE = "\x1b]0;owned\x07"
NAMES = [
    b"plain",
    b"two\nlines",
    b"tab\tand\rreturn",
    b"clear\x1b[2J",
    TITLE.encode(),
    b"\x7f\x01\x08",
    "csi\x9b31m".encode(),
    "bidi\u202egnp.exe".encode(),
    "isolate\u2066x\u2069".encode(),
    "line\u2028and\u2029paragraph".encode(),
    "zero\u200bwidth\ufeff".encode(),
    "tags\U000e0041".encode(),
    "next\x85line".encode(),
    b"latin \xe9\xff",
    b"\xff",
    b"\\xff",
    b"\\x5cxff",
    b"\\udcff",
    b"\\n",
    "中文 é 🎉".encode(),
    b"<img src=x onerror=alert(1)>",
    b"[a](javascript:alert(1))",
    b"![i](http:&#47;&#47;evil.example)",
    b"`code` | cell",
    b"# heading",
    b"- item",
    b"> quote",
    b"a: b #c",
    b"!!python&object *alias &anchor",
    b"%YAML 1.1",
    b"'\"{}[]",
    b" lead and trail ",
    b"$(touch owned)",
    b"-rf",
    b"x" * 255,
]
# Made of pieces, so that nothing here is taken for a secret itself.
MIXED = "aB3dE6gH9"
ASCII = {"PYTHONIOENCODING": "ascii"}
SHAPED = {
    "github": "ghp_" + MIXED * 4,
    "npm": "npm_" + MIXED[::-1] * 4,
    "jwt": "eyJ" + MIXED * 2 + ".eyJ" + MIXED * 3 + "." + MIXED * 4,
    "aws": "AKIA" + "QWERTY234567ASDF",
}
SECRETS = SHAPED | {
    "address": "s3cr3t-of-an-address",
    "assigned": "s3cr3t-of-a-command",
    "key": "MIIE" + MIXED * 9,
}
VALUES = [
    "plain",
    "two\nlines\r\n\t",
    f"{TITLE}\x1b[31mred\x9b0m",
    "user\u202egnp\u2066",
    "\ud800 and \udfff",
    "\x00\x7f\x85\u2028",
    "\\ud800 \\xff \\x5c",
    "</details><script>alert(1)</script>\n# H\n[x](javascript:1) ![i](http://evil.example/x) `a` | b\n---",
    "https://evil.example www.evil.example x@evil.example ~~gone~~ &lt; $x$",
    "!!python/object/apply:os.system ['x']",
    "*alias",
    "a" * 5000,
]


@pytest.fixture
def names(house: House) -> House:
    """A house whose probe `names` gives all paths, and `known` those of them that it knows again."""
    house.probe("names", 'return ProbeOutput({"paths": list(inputs.paths)})', inputs="(PATHS,)")
    house.probe(
        "known",
        'return ProbeOutput({"paths": [p for p in inputs.slices["names"]["paths"] if p in inputs.files]})',
        inputs='("**/*",)',
        options='requires=("names",)',
    )
    return house


def named(repo: Path, names: list[bytes]) -> list[str]:
    """Files of such names; the paths."""
    for name in names:
        with open(os.path.join(os.fsencode(repo), name), "wb") as file:
            file.write(b"x")
    return sorted(map(os.fsdecode, names))


def hostile(repo: Path) -> None:
    """A repository of Node.js packages, each in a directory of a hostile name, with hostile values and secrets."""
    for number, name in enumerate([*NAMES, SECRETS["github"].encode()]):
        directory = os.path.join(os.fsencode(repo), name)
        os.mkdir(directory)
        value = VALUES[number % len(VALUES)]
        manifest: dict[str, Any] = {
            "name": value,
            "version": value,
            "scripts": {"build": value, value: "tsc", "test": f"jest {value}"},
            "engines": {"node": value, value: value},
            "workspaces": [value],
            "dependencies": {"react": value, value: value},
            "packageManager": value,
            "publishConfig": {"registry": f"https://ann:{SECRETS['address']}@example.org/{value}"},
        }
        for key, secret in SHAPED.items():
            manifest["scripts"][f"{key}{number}"] = f"TOKEN={secret} x"
            manifest["scripts"][f"{key} {secret}"] = f"x --password={SECRETS['assigned']} {secret}"
        manifest["scripts"]["start"] = f"curl https://ann:{SECRETS['address']}@example.org; echo {SECRETS['github']}"
        manifest["scripts"]["lint"] = f"-----BEGIN PRIVATE {'KEY'}-----\n{SECRETS['key']}\n"
        Path(os.fsdecode(directory), "package.json").write_text(json.dumps(manifest))
        Path(os.fsdecode(directory), "broken.json").write_text("{")
        Path(os.fsdecode(directory), "tsconfig.json").write_text(
            json.dumps({"extends": value, "compilerOptions": {"outDir": value}})
        )
        Path(os.fsdecode(directory), ".npmrc").write_text(
            f"//example.org/:_authToken={SECRETS['npm']}\nregistry=https://ann:{SECRETS['address']}@example.org/\n"
        )
    named(repo, [b"name of a file\n" + TITLE.encode() + b".js", SECRETS["npm"].encode() + b".ts"])
    os.symlink("/etc/passwd", repo / "link\x1b[2J.ts")


def written(repo: Path) -> Iterator[tuple[Path, bytes]]:
    """All that a gather leaves for others: the document, the report, the raw slices and the logs."""
    for directory in ("context", "runs"):
        for path in sorted((repo / ".codegenie" / directory).rglob("*")):
            if path.is_file():
                yield path, path.read_bytes()


def obeyed(text: str) -> list[str]:
    """The characters that a terminal would obey, or a reader could not see."""
    return sorted(
        {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n"}
    )


def assert_harmless(repo: Path, *runs: Run) -> None:
    for path, content in written(repo):
        assert obeyed(content.decode("utf-8")) == [], path.name
        if path.suffix != ".md":
            assert content.isascii(), path.name
        if path.suffix == ".json":
            json.dumps(json.loads(content), ensure_ascii=False).encode("utf-8")
    for run in runs:
        assert obeyed(run.out + run.err) == []
    found = document(repo)
    slices = {f"{name}.json" for name in found["probes"]}
    raw = {path.stem: json.loads(content) for path, content in written(repo) if path.name in slices}
    assert {name: found[name] for name in raw} == {name: envelope["slice"] for name, envelope in raw.items()}
    found_as_json = json.dumps(found, ensure_ascii=False).encode("utf-8")
    assert json.loads(found_as_json) == found


def assert_plain(report: str) -> None:
    """Only the marks of Markdown that the report itself makes; nothing that a reader could follow or load."""
    tokens = [
        token
        for block in MarkdownIt("gfm-like", {"linkify": False}).parse(report)
        for token in (block, *(block.children or ()))
    ]
    assert {token.type for token in tokens} <= {
        *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "text_special"),
        *("code_inline", "softbreak", "strong_open", "strong_close"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
        *("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"),
        *("tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"),
    }
    linked = re.compile(r"\w://|www\.|\w@\w")  # what GitHub makes a link of, outside of inline code
    bare = re.sub(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", "", report)
    assert linked.findall(bare) == []


def test_every_name_is_a_name_of_its_own_and_reads_back(names: House, repo: Path) -> None:
    paths = named(repo, NAMES)

    runs = [names.doit("gather", f"repo={repo}"), names.gather(repo)]

    assert [run.code for run in runs] == [0, 0]
    told = document(repo)["names"]["paths"]
    assert sorted(restored(told)) == paths
    assert len(set(told)) == len(NAMES)
    assert document(repo)["known"]["paths"] == told
    assert_harmless(repo, *runs)


def test_a_name_is_told_like_this(names: House, repo: Path) -> None:
    named(repo, [b"\xe9", b"\\xe9", b"\\x5c", b"C:\\new", "中\x1b".encode()])

    names.gather(repo)

    assert document(repo)["names"]["paths"] == [r"C:\new", r"\x5cx5c", r"\x5cxe9", "中\x1b", r"\xe9"]
    assert rb'"\u4E2D\e"' in (repo / ".codegenie/context/repo-context.yaml").read_bytes()


def test_the_real_probes_publish_nothing_that_a_terminal_obeys(real: House, repo: Path) -> None:
    hostile(repo)

    runs = [
        real.doit("gather", f"repo={repo}"),
        real.gather(repo),
        real.codegenie("explain", "build_system", "--repo", str(repo)),
        real.codegenie("explain", "language_stack", "--repo", str(repo), "--json"),
        real.codegenie("explain", "build_system.projects.nothing", "--repo", str(repo)),
    ]

    assert [run.code for run in runs] == [0, 0, 0, 0, 2], [run.err for run in runs]
    assert document(repo)["build_system"]["projects"]
    assert_harmless(repo, *runs)


def test_no_secret_and_no_place_leaves(real: House, repo: Path, home: Path) -> None:
    hostile(repo)

    runs = [
        real.gather(repo),
        real.codegenie("explain", "build_system", "--repo", str(repo)),
        real.codegenie("explain", "language_stack", "--repo", str(repo), "--json"),
    ]

    kept = [*written(repo), *((path, path.read_bytes()) for path in (repo / ".codegenie/cache").rglob("*.json"))]
    assert len(kept) > 5
    for secret in SECRETS.values():
        assert [path.name for path, content in kept if secret.encode() in content] == []
        assert not [run for run in runs if secret in run.out + run.err]
    for place in (str(repo), str(home), str(PROJECT), os.path.expanduser("~")):
        assert [path.name for path, content in kept if place.encode() in content] == []
    assert b"<redacted:github-token>" in dict(kept)[repo / ".codegenie/context/repo-context.yaml"]
    assert b"<redacted:url-credentials>" in dict(kept)[repo / ".codegenie/context/raw/build_system.json"]


def test_the_report_holds_no_link_image_element_or_heading_of_a_stranger(real: House, repo: Path) -> None:
    hostile(repo)

    real.gather(repo)

    report = (repo / ".codegenie/context/CONTEXT_REPORT.md").read_text()
    assert_plain(report)
    slices = {f"## {name}" for name in document(repo)["probes"]}
    headings = {line for line in report.splitlines() if line.startswith(("# ", "## "))}
    own = {"# What is known of this repository", "## Read with care", "## How far to trust each slice", "## Left out"}
    assert headings <= own | slices | {f"## {heading}" for heading in SECTIONS.values()}


def test_the_same_is_told_cold_and_warm_where_there_are_secrets(real: House, repo: Path, tmp_path: Path) -> None:
    hostile(repo)
    real.gather(repo)
    (repo / "plain/package.json").write_text("{}")
    real.gather(repo)

    real.gather(repo, f"out={tmp_path / 'cold'}")

    for name in ("repo-context.yaml", "CONTEXT_REPORT.md"):
        assert (tmp_path / "cold/context" / name).read_bytes() == (repo / ".codegenie/context" / name).read_bytes()


def test_the_reason_why_a_probe_ran_is_escaped_and_redacted(house: House, repo: Path) -> None:
    house.probe("alpha", "return ProbeOutput({})", inputs='("**/*",)')
    for name, told in {
        "中文": "inputs changed: 中文",
        os.fsdecode(b"a\n\x1b[2J\xff"): "inputs changed)",
        SECRETS["github"]: "inputs changed: <redacted:github-token>",
    }.items():
        (repo / name).write_text("x")
        house.gather(repo)
        (repo / name).write_text("y")
        looks = [
            house.doit("list", "--all", "--deps", f"repo={repo}"),
            house.doit("info", f"repo={repo}", "probe:alpha"),
        ]

        run = house.doit("gather", f"repo={repo}")

        assert told in run.out
        assert_harmless(repo, run, *looks)
        logs = [content for path, content in written(repo) if path.parent.name == "runs"]
        assert SECRETS["github"] not in run.out + b"".join(logs).decode()
        (repo / name).unlink()


def test_rows_on_a_terminal_hold_nothing_to_obey_but_our_own(house: House, tmp_path: Path) -> None:
    house.probe("alpha", "return ProbeOutput({})", inputs='("**/*",)')
    name = os.fsdecode(TITLE.encode() + "\u202e".encode() + b"\x1b[5m\xff")
    repo = tmp_path / name
    repo.mkdir()
    (repo / name).write_text("x")

    shown = on_a_terminal(house, "gather", f"repo={repo}")

    assert "\\x1b]0;owned\\x07\\u202e\\x1b[5m\\xff" in shown
    assert not re.search("\x1b\\]|\x1b\\[5m|\x07|\u202e|\udcff", shown)


def test_an_output_that_knows_only_ascii_is_written_to(house: House, repo: Path) -> None:
    house.probe("alpha", 'return ProbeOutput({"paths": list(inputs.files)})', inputs='("**/*",)')
    (repo / "中文").write_text("x")
    house.gather(repo)
    (repo / "中文").write_text("y")

    runs = [
        house.codegenie("list", str(repo), env=ASCII),
        house.doit("gather", f"repo={repo}", env=ASCII),
        house.codegenie("explain", "alpha.paths.0", "--repo", str(repo), env=ASCII),
    ]

    assert [(run.code, run.err) for run in runs] == [(0, "")] * 3
    assert "inputs changed: \\u4e2d\\u6587" in runs[1].out
    assert "value      \\u4e2d\\u6587" in runs[2].out


def test_what_was_left_out_and_what_explains_a_fact_is_escaped_and_redacted(house: House, repo: Path) -> None:
    house.probe("alpha", "return ProbeOutput({})", inputs='("**/*",)')
    deep = os.path.join(os.fsencode(repo), *[b"d"] * 64)
    os.makedirs(deep)
    for name in (b"\xff", b"\\xff", SECRETS["github"].encode()):
        Path(os.fsdecode(deep), os.fsdecode(name)).write_text("x")
        os.symlink("plain", os.path.join(os.fsencode(repo), name))

    run = house.gather(repo)
    explained = house.codegenie("explain", "alpha", "--repo", str(repo), "--json")

    left_out = [item["path"].replace("d/" * 64, "") for item in document(repo)["snapshot"]["skipped"]]
    assert sorted(left_out) == sorted(["<redacted:github-token>", "\\x5cxff", "\\xff"] * 2)
    assert sorted(json.loads(explained.out)["inputs"]) == ["<redacted:github-token>", "\\x5cxff", "\\xff"]
    assert_harmless(repo, run, explained)
    assert not [path.name for path, content in written(repo) if SECRETS["github"].encode() in content]


def test_names_in_slices_and_warnings_are_as_harmless_as_values(house: House, repo: Path) -> None:
    odd = {value: {value: [value, {value: value}]} for value in VALUES}
    house.probe("alpha", f"return ProbeOutput({odd!r}, warnings=({', '.join(map(repr, VALUES))},))")
    house.probe("beta", f"raise ValueError({''.join(VALUES[:-1])!r})")

    run = house.gather(repo)

    assert run.outcomes == {"alpha": "ran", "beta": "failed"}
    found = document(repo)
    assert restored(found["alpha"]) == json.loads(json.dumps(odd))
    assert restored(found["probes"]["alpha"]["warnings"]) == VALUES
    assert_harmless(repo, run)
    assert_plain((repo / ".codegenie/context/CONTEXT_REPORT.md").read_text())


def test_a_fact_is_explained_in_lines_of_our_own(house: House, repo: Path) -> None:
    house.probe("alpha", f"return ProbeOutput({{'texts': {VALUES!r}, 'names': {dict.fromkeys(VALUES, 1)!r}}})")
    house.gather(repo)

    asked = ["alpha", *(f"alpha.texts.{number}" for number in range(len(VALUES))), "alpha.names.x", f"alpha.{TITLE}"]
    runs = [house.codegenie("explain", fact, "--repo", str(repo)) for fact in asked]

    assert {run.code for run in runs} == {0, 2}
    assert_harmless(repo, *runs)
    assert [len(run.err.splitlines()) for run in runs] == [0] * (len(VALUES) + 1) + [1, 1]


def test_an_error_of_a_probe_names_no_place_of_this_machine(house: House, repo: Path, home: Path) -> None:
    odd = repo / os.fsdecode(b"odd '\xff")
    odd.mkdir()
    (odd / "a.txt").write_text("x")
    for name, place in {
        "in_repo": f"{odd}/sub/x",
        "in_home": f"{home}/.ssh/id",
        "in_house": f"{house.path}/probes/none.json",
        "in_temp": "/tmp/none/x",
    }.items():
        house.probe(name, f"open({place!r})")
    house.probe("elsewhere", 'raise ValueError("WORKDIR /home/node/app is in /etc/ssl/certs")')
    house.probe("leaks", f'raise ValueError("x" * 280 + " {SECRETS["github"]}")')

    run = house.gather(odd)

    assert run.code == 2
    told = {name: about["errors"][0].partition(" (probes/")[0] for name, about in document(odd)["probes"].items()}
    missing = "FileNotFoundError: [Errno 2] No such file or directory: "
    assert told == {
        "in_repo": f"{missing}'sub/x'" if '"' not in told["in_repo"] else f'{missing}"sub/x"',
        "in_home": f"{missing}'<home>/.ssh/id'",
        "in_house": told["in_house"],
        "in_temp": f"{missing}'<temp>/none/x'",
        "elsewhere": "ValueError: WORKDIR /home/node/app is in /etc/ssl/certs",
        "leaks": told["leaks"],
    }
    for path, content in written(odd):
        for place in (str(odd), str(home), str(house.path), SECRETS["github"][:12]):
            assert os.fsencode(place) not in content, path.name


def test_what_git_or_the_system_says_names_no_place(names: House, repo: Path, tmp_path: Path) -> None:
    (repo / ".gitignore").mkdir()
    missing = tmp_path / "no" / "such" / "directory"

    names.environment = {"TMPDIR": str(missing)}
    run = names.gather(repo)

    assert run.code == 0
    for path, content in written(repo):
        assert str(tmp_path).encode() not in content, path.name


LETTERS = st.characters(codec="utf-8", exclude_characters="/\0")
BYTES = st.lists(
    st.one_of(LETTERS.map(str.encode), st.integers(0x80, 0xFF).map(lambda number: bytes([number]))),
    min_size=1,
    max_size=20,
).map(b"".join)
FILE_NAMES = BYTES.filter(lambda name: name not in (b".", b"..", b".git", b".codegenie") and len(name) < 250)
TEXTS = st.text(st.characters(codec=None), max_size=40)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(FILE_NAMES, unique=True, min_size=5, max_size=30), st.lists(TEXTS, min_size=8, max_size=8))
def test_any_names_and_values_leave_as_data(
    real: House, tmp_path_factory: pytest.TempPathFactory, names: list[bytes], values: list[str]
) -> None:
    repo = tmp_path_factory.mktemp("any")
    for name in names:
        directory = os.path.join(os.fsencode(repo), name)
        os.mkdir(directory)
        scripts = dict(zip(values[::2], values[1::2], strict=True))
        manifest = {"name": values[0], "scripts": scripts, "engines": scripts, "packageManager": values[1]}
        Path(os.fsdecode(directory), "package.json").write_text(json.dumps(manifest))
        Path(os.fsdecode(directory), "x.js").write_text("x")

    runs = [real.doit("gather", f"repo={repo}"), real.gather(repo)]

    assert [run.code for run in runs] == [0, 0]
    assert_harmless(repo, *runs)


def on_a_terminal(house: House, *arguments: str) -> str:
    """What doit shows on a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "doit", *arguments]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200", "LINES": "50"}
    with subprocess.Popen(
        command, cwd=house.path, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as run:
        os.close(theirs)
        shown = b""
        while select.select([ours], [], [], 30)[0]:
            try:
                chunk = os.read(ours, 65536)
            except OSError:
                break
            shown += chunk
    os.close(ours)
    assert run.returncode == 0, shown
    return shown.decode("utf-8", "surrogateescape")
