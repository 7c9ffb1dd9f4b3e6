"""The window of a probe: what is declared, and nothing else."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from codegenie.beneath import Root
from codegenie.errors import Refused, UndeclaredInput
from codegenie.formats.unparsable import Unparsable
from codegenie.probe import GIT, PATHS, Probe, ProbeInputs, ProbeOutput


def probe(*globs: str, **options: Any) -> Probe:
    return Probe("sample", "1.0.0", lambda _inputs: ProbeOutput({}), globs, **options)


class Notebook:
    """A memo that lives in memory, of files that have not moved."""

    def __init__(self, **known: Any) -> None:
        self.findings: Mapping[str, Any] = known

    def known(self, paths: Sequence[str]) -> Mapping[str, Any]:
        return {path: self.findings[path] for path in paths if path in self.findings}

    def keep(self, findings: Mapping[str, Any]) -> None:
        self.findings = findings


@pytest.fixture
def look(repo: Path) -> Callable[..., ProbeInputs]:
    """The inputs of a probe over files made for the test."""

    def through(declared: Probe, files: Mapping[str, bytes], **options: Any) -> ProbeInputs:
        for path, content in files.items():
            (repo / path).parent.mkdir(parents=True, exist_ok=True)
            (repo / path).write_bytes(content)
        sizes = {path: len(content) for path, content in files.items()}
        return ProbeInputs(declared, sizes, Root(str(repo)), **options)

    return through


Look = Callable[..., ProbeInputs]


def test_declared_files_are_seen_sorted_and_read(look: Look) -> None:
    inputs = look(probe("**/*.txt"), {"b.txt": b"two", "a/x.txt": b"one"})
    assert inputs.files == ("a/x.txt", "b.txt")
    assert [inputs.read(path) for path in inputs.files] == [b"one", b"two"]
    assert inputs.head("b.txt", 2) == b"tw"
    assert inputs.size("b.txt") == 3
    assert inputs.matching("*.txt", "z/**") == ("b.txt",)


@pytest.mark.parametrize(
    "path", ["undeclared.md", "declared_but_absent.txt", "../secret.txt", "/etc/passwd", "a.txt/..", PATHS]
)
def test_what_is_not_among_the_inputs_cannot_be_read(look: Look, repo: Path, path: str) -> None:
    (repo / "undeclared.md").write_text("x")
    (repo.parent / "secret.txt").write_text("x")
    inputs = look(probe("*.txt", PATHS), {"a.txt": b"x"})
    for read in (inputs.read, inputs.size, lambda one: inputs.head(one, 1), lambda one: inputs.parse(one, bytes)):
        with pytest.raises(UndeclaredInput):
            read(path)
    with pytest.raises(UndeclaredInput):
        inputs.scan(lambda _path, _content: None, [path])


def test_whether_a_declared_file_exists_may_be_asked(look: Look) -> None:
    inputs = look(probe("*.txt", "lock.{json,yaml}"), {"a.txt": b""})
    assert ["a.txt" in inputs, "b.txt" in inputs, "lock.yaml" in inputs] == [True, False, False]
    with pytest.raises(UndeclaredInput, match="not among the declared inputs of sample; add a glob for it"):
        assert "a.md" in inputs


def test_paths_slices_catalogues_and_tools_must_be_declared(look: Look) -> None:
    inputs = look(probe("*.txt"), {}, paths=("a",), catalogues=lambda name: name, tool=lambda name: name.encode())
    with pytest.raises(UndeclaredInput, match="sample must declare PATHS to see all paths"):
        assert inputs.paths
    with pytest.raises(UndeclaredInput, match="sample must declare GIT to see the state of git"):
        assert inputs.git
    with pytest.raises(UndeclaredInput, match="sample must declare the catalogue 'names'"):
        inputs.catalogue("names")
    with pytest.raises(UndeclaredInput, match="sample must declare the tool 'git'"):
        inputs.tool("git")
    assert inputs.slices == {}


def test_what_is_declared_is_handed_over(look: Look) -> None:
    declared = probe(GIT, PATHS, catalogues=("names",), tools=("git",), requires=("other",))
    inputs = look(
        declared,
        {},
        paths=("a", "b"),
        git={"branch": "main"},
        slices={"other": {"x": 1}},
        catalogues=lambda name: {name: 1},
        tool=lambda name, *arguments: " ".join((name, *arguments)).encode(),
    )
    assert (inputs.paths, inputs.slices, inputs.files) == (("a", "b"), {"other": {"x": 1}}, ())
    assert inputs.git == {"branch": "main"}
    assert (inputs.catalogue("names"), inputs.tool("git", "a", "b")) == ({"names": 1}, b"git a b")


@pytest.mark.parametrize(("cap", "most", "asked", "reads"), [(9, 9, 5, 5), (9, 3, 9, 3), (4, 9, 9, 4), (9, 9, 9, 6)])
def test_the_smallest_of_the_caps_holds(look: Look, cap: int, most: int, asked: int, reads: int) -> None:
    """The user's, the probe's, and that of the call."""
    inputs = look(probe("*", max_file_bytes=most), {"f": b"123456"}, cap=cap)
    assert inputs.head("f", asked) == b"123456"[:reads]
    if reads < 6:
        with pytest.raises(Refused, match=f"over {reads} bytes"):
            inputs.read("f", asked)
    else:
        assert inputs.read("f", asked) == b"123456"


def shout(content: bytes) -> str:
    if content == b"broken":
        raise Unparsable("not at all")
    return content.decode().upper()


def test_what_cannot_be_parsed_is_noted_once_and_none(look: Look, repo: Path) -> None:
    inputs = look(probe("*"), {"good": b"x", "broken": b"broken", "big": b"x" * 50, "gone": b"", "link": b""})
    (repo / "gone").unlink()
    (repo / "link").unlink()
    (repo / "link").symlink_to("good")
    for _ in range(2):
        assert [inputs.parse(path, shout, 10) for path in inputs.files] == [None, None, None, "X", None]
    assert inputs.unparsed == [
        {"path": "big", "reason": "over 10 bytes"},
        {"path": "broken", "reason": "not at all"},
        {"path": "gone", "reason": "does not exist"},
        {"path": "link", "reason": "a symbolic link"},
    ]


def test_many_broken_files_are_noted_in_no_time(look: Look) -> None:
    inputs = look(probe("*"), {})
    began = time.process_time()
    for number in range(30_000):
        inputs._note(str(number), "broken")
    assert time.process_time() - began < 1


def test_a_defect_of_a_parser_is_not_hidden(look: Look) -> None:
    def parse(_content: bytes) -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        look(probe("*"), {"f": b""}).parse("f", parse)


def test_what_the_memo_knows_is_not_looked_into(look: Look) -> None:
    seen: list[str] = []

    def count(path: str, content: bytes) -> dict[str, Any]:
        seen.append(path)
        return {"lines": content.count(b"\n"), "pair": (1, 2)}

    notebook = Notebook()
    files = {"a": b"\n\n", "b": b"\n"}
    first = look(probe("*"), files, memo=notebook).scan(count)
    assert first == {"a": {"lines": 2, "pair": [1, 2]}, "b": {"lines": 1, "pair": [1, 2]}}
    assert look(probe("*"), files, memo=notebook).scan(count) == first
    assert seen == ["a", "b"]
    changed = look(probe("*"), files | {"b": b"\n\n\n"}, memo=Notebook(a=first["a"])).scan(count)
    assert changed == {"a": first["a"], "b": {"lines": 3, "pair": [1, 2]}}
    assert seen == ["a", "b", "b"]


@pytest.mark.parametrize("finding", [None, 0, "", [], {}, False])
def test_a_finding_of_nothing_is_remembered_too(look: Look, finding: Any) -> None:
    calls: list[str] = []

    def find(path: str, _content: bytes) -> Any:
        calls.append(path)
        return finding

    notebook = Notebook()
    for _ in range(2):
        found = look(probe("*"), {"a": b""}, memo=notebook).scan(find)
        assert found == {"a": finding}
    assert calls == ["a"]


def test_a_scan_gives_the_beginning_of_the_files_asked_for(look: Look, repo: Path) -> None:
    inputs = look(probe("*", max_file_bytes=4), {"a": b"123456", "b": b"1", "c": b"123456", "gone": b""})
    (repo / "gone").unlink()
    assert inputs.scan(lambda _path, content: content.decode(), ["a", "gone"], limit=3) == {"a": "123"}
    assert inputs.scan(lambda _path, content: content.decode(), ["b", "c"]) == {"b": "1", "c": "1234"}
    with pytest.raises(AssertionError, match=r"must scan [ab] once"):
        inputs.scan(lambda _path, _content: None, ["a", "b"])
    assert inputs.unparsed == [{"path": "gone", "reason": "does not exist"}]


def test_with_and_without_a_memo_the_findings_are_the_same(look: Look) -> None:
    def odd(_path: str, _content: bytes) -> Any:
        return {"a": {1: ("a", None)}, "b": {"c": (1,)}, "\ud83d\ude00": "\ud83d\ude00"}

    files = {"a": b""}
    with_memo = look(probe("*"), files, memo=Notebook()).scan(odd)
    expected = {"a": {"1": ["a", None]}, "b": {"c": [1]}, "\N{GRINNING FACE}": "\N{GRINNING FACE}"}
    assert with_memo == look(probe("*"), files).scan(odd) == {"a": expected}
