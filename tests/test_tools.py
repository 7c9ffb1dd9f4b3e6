"""Tools run bounded and leave nothing behind; what is known of them is asked for once a day."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from codegenie.tools import READY_SECONDS, Tool, ToolFailed, ToolUnavailable, find, ready, run

SHELL = "/bin/sh"
ENV = {"PATH": os.defpath}


def shell(script: str, *arguments: str, seconds: float = 20, cap: int = 1 << 20, cwd: str = "/") -> bytes:
    return run([SHELL, "-c", script, *arguments], env=ENV, seconds=seconds, cap=cap, cwd=cwd)


def failure(script: str, *, seconds: float = 20, cap: int = 1 << 20) -> str:
    with pytest.raises(ToolFailed) as caught:
        shell(script, seconds=seconds, cap=cap)
    return str(caught.value)


def program(path: Path, body: str = "echo 1.0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{SHELL}\n{body}\n")
    path.chmod(0o755)
    return path


def descriptors() -> int:
    return len(os.listdir("/dev/fd"))


def lasting(script: str) -> tuple[str, str]:
    """The script with its `sleep 50` made one that no other process says, and that."""
    sleep = f"sleep 50.{os.getpid()}{time.monotonic_ns()}"
    return script.replace("sleep 50", sleep), sleep


def none_is_left(sleep: str) -> bool:
    """True once no process says `sleep` any more; a killed one may take a moment."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        said = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
        if not [line for line in said.splitlines() if line.startswith(sleep)]:
            return True
    return False


# run


def test_the_output_comes_back_whole() -> None:
    assert shell("printf 'a\\0b\\n'; echo error >&2") == b"a\0b\n"
    assert shell(":") == b""
    assert len(shell("head -c 300000 /dev/zero")) == 300_000


def test_arguments_are_not_seen_by_a_shell(tmp_path: Path) -> None:
    odd = ["a b", "$(touch canary)", "; touch canary", "*", "--", "", "'\"", "\udcff"]
    echo = program(tmp_path / "echo", 'for one in "$@"; do printf "%s|" "$one"; done')
    said = run([str(echo), *odd], env=ENV, cwd=str(tmp_path))
    assert said == b"".join(os.fsencode(one) + b"|" for one in odd)
    assert not (tmp_path / "canary").exists()


def test_a_tool_sees_only_the_environment_it_is_given_and_no_input() -> None:
    assert shell("cat; echo $HOME$SECRET") == b"\n"


def test_the_directory_is_the_one_asked_for(tmp_path: Path) -> None:
    assert shell("pwd -P", cwd=str(tmp_path)) == f"{tmp_path.resolve()}\n".encode()
    assert shell("pwd") == b"/\n"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 3", "sh ended with 3"),
        ("echo out; exit 1", "sh ended with 1"),
        ("kill -9 $$", "sh ended with -9"),
        ("yes", "sh printed more than 1000 bytes"),
        ("head -c 1001 /dev/zero", "sh printed more than 1000 bytes"),
    ],
)
def test_what_goes_wrong_is_said(script: str, said: str) -> None:
    assert failure(script, cap=1000) == said


def test_output_up_to_the_cap_is_kept() -> None:
    assert len(shell("head -c 1000 /dev/zero", cap=1000)) == 1000


@pytest.mark.parametrize("missing", ["nothing", "directory", "not executable"])
def test_what_cannot_be_started_is_said(tmp_path: Path, missing: str) -> None:
    (tmp_path / "directory").mkdir()
    (tmp_path / "not executable").write_text("x")
    with pytest.raises(ToolFailed, match=f"{missing} could not be started"):
        run([str(tmp_path / missing)], env=ENV)
    with pytest.raises(ToolFailed, match="could not be started"):
        run([SHELL], env=ENV, cwd=str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    "script",
    [
        "sleep 50",
        "sleep 50 & sleep 50 & wait",
        "(trap '' TERM INT HUP; sleep 50) & sleep 50",
        "exec >&-; sleep 50",  # closes its output and stays
        "sleep 50 &",  # ends, and leaves a child that holds the output
        "while :; do echo x; sleep 0.05; done",
    ],
)
def test_a_hung_tool_is_ended_with_all_it_started(script: str) -> None:
    script, sleep = lasting(script)
    began = time.monotonic()
    with pytest.raises(ToolFailed, match="did not end"):
        shell(script, seconds=0.5)
    assert time.monotonic() - began < 3
    assert none_is_left(sleep)


def test_a_tool_that_ends_leaves_no_child_behind() -> None:
    script, sleep = lasting("sleep 50 >/dev/null & echo done")
    assert shell(script) == b"done\n"
    assert none_is_left(sleep)


def test_descriptors_are_closed_however_it_ends(tmp_path: Path) -> None:
    shell(":")
    before = descriptors()
    for script in (":", "exit 1", "yes"):
        try:
            shell(script, cap=10)
        except ToolFailed:
            continue
    with pytest.raises(ToolFailed):
        run([str(tmp_path / "nothing")], env=ENV)
    assert descriptors() == before


# find


def test_a_tool_is_found_on_the_path_and_relative_entries_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program(tmp_path / "stranger" / "tool")
    program(tmp_path / "tool")
    wanted = program(tmp_path / "bin" / "tool")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "tool").write_text("not executable")
    (tmp_path / "odd" / "tool").mkdir(parents=True)
    entries = [
        "",
        ".",
        "stranger",
        "./stranger",
        *(str(tmp_path / name) for name in ("odd", "plain", "nowhere", "bin")),
    ]
    monkeypatch.setenv("PATH", os.pathsep.join(entries))
    assert find("tool") == str(wanted)
    wanted.unlink()
    assert find("tool") is None


def test_without_a_path_the_systems_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PATH")
    assert find("sh") in ("/bin/sh", "/usr/bin/sh")
    monkeypatch.setenv("PATH", "")
    assert find("sh") is None


# ready


@pytest.fixture
def fake_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git that counts how often it was asked for its version."""
    counting = f'echo x >> "{tmp_path}/asked"\necho "git version 1.2.3"\necho more'
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return program(tmp_path / "bin" / "git", counting)


def asked(fake_git: Path) -> int:
    counted = fake_git.parent.parent / "asked"
    return len(counted.read_text().split()) if counted.exists() else 0


def kept(home: Path) -> Path:
    return home / ".codegenie/tool-cache.json"


def age(home: Path, seconds: float) -> None:
    known = json.loads(kept(home).read_text())
    for entry in known.values():
        entry["checked_at"] -= seconds
    kept(home).write_text(json.dumps(known))


def test_a_tool_is_asked_for_its_version_once(fake_git: Path) -> None:
    before = time.time()
    first = ready("git")
    assert first == Tool(str(fake_git), "git version 1.2.3", fake_git.stat().st_mtime_ns, first.checked_at)
    assert before <= first.checked_at <= time.time()
    assert ready("git") == first
    assert asked(fake_git) == 1
    assert ready("git", refresh=True).version == first.version
    assert asked(fake_git) == 2


def test_a_day_later_it_is_asked_again(fake_git: Path, home: Path) -> None:
    ready("git")
    age(home, READY_SECONDS - 60)
    ready("git")
    assert asked(fake_git) == 1
    age(home, 120)
    ready("git")
    assert asked(fake_git) == 2
    age(home, -1000)  # a clock that was set back
    ready("git")
    assert asked(fake_git) == 3


def test_another_program_or_path_is_asked_again(
    fake_git: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready("git")
    os.utime(fake_git, (1.0, 1.0))
    assert ready("git").mtime_ns == 10**9
    assert asked(fake_git) == 2
    before = os.environ["PATH"]
    other = program(tmp_path / "other" / "git", "echo git version 9")
    monkeypatch.setenv("PATH", f"{other.parent}{os.pathsep}{before}")
    assert ready("git").version == "git version 9"
    monkeypatch.setenv("PATH", before)
    assert ready("git").version == "git version 1.2.3"
    assert asked(fake_git) == 2


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"x": 1}',
        None,
        {"path": 1},
        {"version": 5},
        {"mtime_ns": "x"},
        {"checked_at": None},
        {"checked_at": "now"},
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_damaged_answer_is_asked_for_again(
    fake_git: Path, home: Path, damage: bytes | dict[str, object] | None
) -> None:
    ready("git")
    known = json.loads(kept(home).read_text())
    match damage:
        case None:
            kept(home).unlink()
            kept(home).mkdir()
        case bytes():
            kept(home).write_bytes(damage)
        case _:
            kept(home).write_text(json.dumps({name: entry | damage for name, entry in known.items()}))
    assert ready("git").version == "git version 1.2.3"
    assert asked(fake_git) == 2


def test_what_is_kept_is_the_users_alone_and_nothing_else_is_lost(fake_git: Path, home: Path) -> None:
    kept(home).parent.mkdir()
    kept(home).write_text('{"another": {"x": 1}}')
    ready("git")
    assert json.loads(kept(home).read_text())["another"] == {"x": 1}
    assert os.listdir(kept(home).parent) == ["tool-cache.json"]


def test_without_a_home_a_tool_is_ready_all_the_same(
    fake_git: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert ready("git").version == ready("git").version == "git version 1.2.3"
    assert asked(fake_git) == 2


def unavailable(name: str, allowed: tuple[str, ...] | None = None) -> str:
    with pytest.raises(ToolUnavailable) as caught:
        ready(name, allowed)
    return str(caught.value)


def test_what_is_not_allowed_is_not_run(fake_git: Path) -> None:
    assert unavailable("rm") == "rm is not among the allowed tools"
    assert unavailable("git", ()) == "git is not among the allowed tools"
    assert unavailable("git", ("node",)) == "git is not among the allowed tools"
    assert unavailable("sh", ("sh",)) == "sh is not among the allowed tools"
    assert asked(fake_git) == 0
    assert ready("git", ("git", "node")).version == "git version 1.2.3"


def test_what_is_not_there_or_does_not_answer_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert unavailable("git") == "git is not installed"
    program(tmp_path / "git", "exit 1")
    assert unavailable("git") == "git does not answer: git ended with 1"
    program(tmp_path / "git", "while :; do echo x; done")
    assert unavailable("git") == "git does not answer: git printed more than 4096 bytes"
    assert not kept(home).exists()


def test_a_version_that_is_not_text_is_still_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "git", "printf 'v\\377 \\n2'")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ready("git").version == "v\ufffd"
