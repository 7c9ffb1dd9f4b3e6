"""State is this user's, of this repository, at this place; or it is set aside unread."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegenie.errors import BUSY, UNUSABLE, Busy, CodegenieError
from codegenie.lock import file_system_clock, lock, release
from codegenie.settings import Settings
from codegenie.state import CACHEDIR_TAG, GENERATED, IGNORE_ALL, look, prepare
from tests.house import PROJECT

Capture = pytest.CaptureFixture[str]


def asked(repo: Path, **places: Path) -> Settings:
    out = places.get("out", repo / ".codegenie")
    return Settings(repo=str(repo), out=str(out), cache_dir=str(places.get("cache_dir", out / "cache")))


def tree(directory: Path) -> dict[str, bytes]:
    files = sorted(path for path in directory.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def warning(out: Path) -> str:
    return f"{out} held state that you did not write here; it was set aside unread in set-aside/ and is made anew\n"


def refusal(settings: Settings) -> str:
    with pytest.raises(CodegenieError) as caught:
        prepare(settings)
    assert caught.value.exit_code == UNUSABLE
    return str(caught.value)


def test_the_directories_are_made_and_ignore_themselves(repo: Path, capsys: Capture) -> None:
    state = prepare(asked(repo))
    owner = (repo / ".codegenie/state/owner").read_bytes()
    assert tree(repo / ".codegenie") == {
        **{f"{name}/.gitignore": IGNORE_ALL for name in GENERATED},
        "cache/CACHEDIR.TAG": CACHEDIR_TAG,
        "state/owner": owner,
    }
    assert os.path.isdir(os.path.dirname(state.raw("x")))
    assert capsys.readouterr() == ("", "")


def test_git_sees_nothing_of_it(repo: Path, git: Callable[..., str]) -> None:
    git("init", "-q")
    prepare(asked(repo))
    assert git("status", "--porcelain", "-uall") == ""


def test_the_second_time_nothing_is_written(repo: Path, home: Path, capsys: Capture) -> None:
    first = prepare(asked(repo))
    before = {path: path.stat().st_mtime_ns for top in (repo, home) for path in top.rglob("*")}
    assert prepare(asked(repo)) == first
    assert {path: path.stat().st_mtime_ns for top in (repo, home) for path in top.rglob("*")} == before
    assert look(asked(repo)) == (first, True)
    assert capsys.readouterr() == ("", "")


def test_a_look_writes_nothing_and_trusts_nothing(repo: Path, home: Path) -> None:
    assert look(asked(repo))[1] is False
    assert list(repo.iterdir()) == list(home.iterdir()) == []


def test_the_users_own_files_stay(repo: Path, capsys: Capture) -> None:
    own = {"config.yaml": b"wait: 1s\n", "notes/a.md": b"note"}
    for name, content in own.items():
        (repo / ".codegenie" / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / ".codegenie" / name).write_bytes(content)
    prepare(asked(repo))
    assert own.items() <= tree(repo / ".codegenie").items()
    assert capsys.readouterr() == ("", "")


def test_the_key_is_the_users_alone(repo: Path, home: Path) -> None:
    state = prepare(asked(repo))
    key = home / ".codegenie/state.key"
    assert (key.read_bytes(), key.stat().st_mode & 0o777, len(state.secret)) == (state.secret, 0o600, 32)
    assert key.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(key.parent) == ["state.key"]


# Whose it is


def forged(repo: Path) -> None:
    """State that a stranger committed; the stamp is a guess."""
    prepare(asked(repo))
    (repo / ".codegenie/state/owner").write_bytes(b"0" * 128)


def without_a_stamp(repo: Path) -> None:
    prepare(asked(repo))
    (repo / ".codegenie/state/owner").unlink()


def with_a_stamp_through_a_link(repo: Path) -> None:
    prepare(asked(repo))
    owner = repo / ".codegenie/state/owner"
    owner.rename(repo / "owner")
    owner.symlink_to(repo / "owner")


def with_a_pipe_for_a_stamp(repo: Path) -> None:
    prepare(asked(repo))
    (repo / ".codegenie/state/owner").unlink()
    os.mkfifo(repo / ".codegenie/state/owner")


def by_another_secret(repo: Path) -> None:
    os.environ["CODEGENIE_STATE_KEY"] = "another"
    prepare(asked(repo))
    del os.environ["CODEGENIE_STATE_KEY"]


def copied_from_elsewhere(repo: Path) -> None:
    other = repo.with_name("other")
    other.mkdir()
    prepare(asked(other))
    shutil.copytree(other / ".codegenie", repo / ".codegenie")


def moved_from_elsewhere(repo: Path) -> None:
    other = repo.with_name("other")
    other.mkdir()
    prepare(asked(other))
    (other / ".codegenie").rename(repo / ".codegenie")


def taken_away_and_copied_back(repo: Path) -> None:
    prepare(asked(repo))
    shutil.copytree(repo / ".codegenie", repo.with_name("copy"))
    (repo / ".codegenie").rename(repo.with_name("away"))
    repo.with_name("copy").rename(repo / ".codegenie")


def made_by_hand(repo: Path) -> None:
    (repo / ".codegenie/context").mkdir(parents=True, exist_ok=True)
    (repo / ".codegenie/context/repo-context.yaml").write_text("lies")


STRANGE = [
    forged,
    without_a_stamp,
    with_a_stamp_through_a_link,
    with_a_pipe_for_a_stamp,
    by_another_secret,
    copied_from_elsewhere,
    moved_from_elsewhere,
    taken_away_and_copied_back,
    made_by_hand,
]


@pytest.mark.parametrize("make", STRANGE, ids=lambda make: make.__name__)
def test_a_strangers_state_is_set_aside_unread_and_told_once(
    repo: Path, capsys: Capture, make: Callable[[Path], None]
) -> None:
    make(repo)
    out = repo / ".codegenie"
    (out / "context/repo-context.yaml").write_bytes(b"forged")
    (out / "config.yaml").write_bytes(b"")
    capsys.readouterr()
    assert look(asked(repo))[1] is False

    prepare(asked(repo))

    assert capsys.readouterr() == ("", warning(out))
    assert "context/repo-context.yaml" not in tree(out)
    (box,) = [entry for entry in (out / "set-aside").iterdir() if entry.is_dir()]
    assert (box / "context/repo-context.yaml").read_bytes() == b"forged"
    assert (out / "set-aside/.gitignore").read_bytes() == IGNORE_ALL
    assert (out / "config.yaml").exists()

    prepare(asked(repo))
    assert look(asked(repo))[1] is True
    assert capsys.readouterr() == ("", "")


def test_the_time_of_another_layout_is_over(repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    prepare(asked(repo))
    monkeypatch.setattr("codegenie.state.LAYOUT", "0")
    prepare(asked(repo))
    assert capsys.readouterr().err == warning(repo / ".codegenie")


def test_another_number_for_the_same_device_makes_no_stranger(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Overlays, NFS and device mappers give another `st_dev` after another mount; path and inode stay."""
    prepare(asked(repo))
    look_at = os.lstat

    def remounted(path: str) -> os.stat_result:
        found = look_at(path)
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:]))

    monkeypatch.setattr(os, "lstat", remounted)
    prepare(asked(repo))
    assert look(asked(repo))[1] is True
    assert capsys.readouterr() == ("", "")


def test_every_stranger_gets_a_box(repo: Path, capsys: Capture) -> None:
    for number in range(1, 4):
        made_by_hand(repo)
        (repo / ".codegenie/state/owner").unlink(missing_ok=True)
        prepare(asked(repo))
        assert len([entry for entry in (repo / ".codegenie/set-aside").iterdir() if entry.is_dir()]) == number


def test_a_key_from_the_environment_lets_a_cache_move(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, home: Path
) -> None:
    """As a CI system does it: saved on one machine, restored on another, with no home in common."""
    monkeypatch.setenv("CODEGENIE_STATE_KEY", "a secret of the CI system")
    prepare(asked(repo)).blobs.put("ab" * 16, b"payload", 1.0)
    moved = tmp_path / "another machine"
    shutil.copytree(repo, moved)
    monkeypatch.setenv("HOME", str(tmp_path / "another home"))

    assert prepare(asked(moved)).blobs.get("ab" * 16) == b"payload"
    assert capsys.readouterr() == ("", "")
    assert list(home.iterdir()) == []

    monkeypatch.setenv("CODEGENIE_STATE_KEY", "another secret")
    assert prepare(asked(moved)).blobs.get("ab" * 16) is None
    assert capsys.readouterr().err == warning(moved / ".codegenie")


def test_an_empty_key_is_no_key(repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A CI system sets an unknown secret to nothing: then state must not be free to move."""
    monkeypatch.setenv("CODEGENIE_STATE_KEY", "")
    copied_from_elsewhere(repo)
    prepare(asked(repo))
    assert capsys.readouterr().err == warning(repo / ".codegenie")


# Links, and what stands in the way


@pytest.mark.parametrize("path", ["", *GENERATED, "context/raw", "cache/blobs"])
@pytest.mark.parametrize("kind", ["link", "dangling", "file", "fifo"])
def test_what_is_no_directory_is_refused_and_not_written_through(
    repo: Path, tmp_path: Path, path: str, kind: str, home: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = repo / ".codegenie" / path
    place.parent.mkdir(parents=True, exist_ok=True)
    match kind:
        case "link":
            place.symlink_to(elsewhere)
        case "dangling":
            place.symlink_to(tmp_path / "nowhere")
        case "file":
            place.write_bytes(b"")
        case "fifo":
            os.mkfifo(place)
    said = refusal(asked(repo))
    assert said == f"{place} is a link or not a directory; remove it, or choose another place with out=".replace(
        "/ is", " is"
    )
    assert look(asked(repo))[1] is False
    assert list(elsewhere.iterdir()) == []
    assert not (tmp_path / "nowhere").exists()


def test_a_link_for_the_shelf_is_refused(repo: Path, tmp_path: Path) -> None:
    made_by_hand(repo)
    (repo / ".codegenie/set-aside").symlink_to(tmp_path)
    assert refusal(asked(repo)).startswith(f"{repo}/.codegenie/set-aside is a link or not a directory; remove it")


@pytest.mark.parametrize("name", ["lock", "clock"])
@pytest.mark.parametrize("kind", ["link", "directory"])
def test_a_link_in_the_state_is_not_opened(repo: Path, tmp_path: Path, name: str, kind: str) -> None:
    """Git can place one there after the stamp: what is tracked wins over what is ignored."""
    state = prepare(asked(repo))
    place = repo / ".codegenie/state" / name
    if kind == "link":
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.mkdir()
    with pytest.raises(CodegenieError) as caught:
        lock(state, 0) if name == "lock" else file_system_clock(state)
    assert str(caught.value).startswith(f"cannot write {place} (")
    assert caught.value.exit_code == UNUSABLE
    assert not (tmp_path / "elsewhere").exists()


def test_an_out_that_cannot_be_written_is_refused(repo: Path) -> None:
    (repo / "file").write_bytes(b"")
    assert refusal(asked(repo, out=repo / "file/out")) == (
        f"cannot write {repo}/file/out (Not a directory); choose another place with out=<directory>"
    )
    assert refusal(asked(repo, out=Path("/proc/nothing"))).startswith("cannot write /proc/nothing (")


def test_out_is_elsewhere_and_the_repository_untouched(repo: Path, tmp_path: Path) -> None:
    settings = asked(repo, out=tmp_path / "a b" / "out", cache_dir=tmp_path / "cache")
    state = prepare(settings)
    assert list(repo.iterdir()) == []
    assert (tmp_path / "cache/CACHEDIR.TAG").exists()
    assert state.blobs.directory == str(tmp_path / "cache")
    assert look(settings) == (state, True)
    other = repo.with_name("other")
    other.mkdir()
    assert look(asked(other, out=tmp_path / "a b" / "out"))[1] is False


def test_a_users_own_directories_in_out_are_left_alone(repo: Path, tmp_path: Path) -> None:
    """Someone says out=. in a project that has a `state` of its own."""
    (tmp_path / "out/state").mkdir(parents=True)
    (tmp_path / "out/state/reducers.js").write_bytes(b"mine")
    said = refusal(asked(repo, out=tmp_path / "out"))
    assert said == f"{tmp_path}/out/state is not of codegenie's making; choose an empty directory as out="
    assert tree(tmp_path / "out") == {"state/reducers.js": b"mine"}


def test_state_in_out_that_moved_is_set_aside(repo: Path, tmp_path: Path, capsys: Capture) -> None:
    prepare(asked(repo, out=tmp_path / "out"))
    (tmp_path / "out").rename(tmp_path / "moved")
    prepare(asked(repo, out=tmp_path / "moved"))
    assert capsys.readouterr().err == warning(tmp_path / "moved")


def test_a_directory_shared_with_the_cache_is_not_marked(repo: Path, tmp_path: Path) -> None:
    """Git and backups would pass over what is the user's."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "thesis.tex").write_bytes(b"")
    for _ in range(2):
        prepare(asked(repo, cache_dir=shared))
        assert os.listdir(shared) == ["thesis.tex"]
    (tmp_path / "fresh").mkdir()
    prepare(asked(repo, cache_dir=tmp_path / "fresh"))
    assert sorted(os.listdir(tmp_path / "fresh")) == [".gitignore", "CACHEDIR.TAG"]


def litter(*places: Path, pid: int) -> list[Path]:
    """Temporary files as a process of that id leaves them when it is killed."""
    found = [place / f".half.{pid}.0123abcd.tmp" for place in places]
    for path in found:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    return found


def test_litter_of_a_crash_is_swept_at_once(repo: Path, home: Path, tmp_path: Path) -> None:
    """Of any process where only the holder of the lock writes; elsewhere of one that is no more, or after an hour."""
    settings = asked(repo, cache_dir=tmp_path / "shared")
    os.close(lock(prepare(settings), 0))
    dead = subprocess.Popen(["true"])
    dead.wait()
    ours = litter(repo / ".codegenie/context/raw", repo / ".codegenie/state", pid=os.getppid())
    theirs = litter(home / ".codegenie/validators", tmp_path / "shared/blobs/ab", pid=os.getppid())
    gone = litter(home / ".codegenie/validators", tmp_path / "shared/blobs/ab", pid=dead.pid)
    notes = litter(repo / ".codegenie/notes", pid=dead.pid)

    os.close(lock(prepare(settings), 0))

    assert [path.exists() for path in (*ours, *gone)] == [False] * 4
    assert [path.exists() for path in (*theirs, *notes)] == [True] * 3
    for path in theirs:
        os.utime(path, (time.time() - 3700,) * 2)
    os.close(lock(prepare(settings), 0))
    assert [path.exists() for path in theirs] == [False] * 2


def test_after_a_gather_that_ended_in_order_nothing_is_swept(repo: Path) -> None:
    state = prepare(asked(repo))
    release(lock(state, 0), in_order=True)
    (left,) = litter(repo / ".codegenie/state", pid=1)
    held = lock(state, 0)
    assert left.exists()

    release(held, in_order=False)

    release(lock(state, 0), in_order=True)
    assert not left.exists()


@pytest.mark.parametrize("name", GENERATED)
def test_directories_that_were_made_but_not_stamped_are_not_a_strangers(repo: Path, capsys: Capture, name: str) -> None:
    prepare(asked(repo))
    (repo / ".codegenie/state/owner").unlink()
    for other in set(GENERATED) - {name}:
        shutil.rmtree(repo / ".codegenie" / other)
    litter(repo / ".codegenie" / name, pid=1)

    prepare(asked(repo))

    assert capsys.readouterr().err == ""
    assert sorted(os.listdir(repo / ".codegenie")) == sorted(GENERATED)


@pytest.mark.parametrize("what", ["link", "file", "empty"])
def test_what_lies_in_a_directory_that_was_not_stamped_is_a_strangers(
    repo: Path, capsys: Capture, tmp_path: Path, what: str
) -> None:
    inside = repo / ".codegenie/cache/blobs/ab"
    if what == "link":
        inside.parent.mkdir(parents=True)
        inside.symlink_to(tmp_path)
    else:
        inside.mkdir(parents=True)
        (inside / "x.json").write_bytes(b"" if what == "empty" else b"lies")

    prepare(asked(repo))

    assert capsys.readouterr().err == warning(repo / ".codegenie")


def test_a_key_or_a_stamp_that_the_disk_does_not_give_is_not_made_anew(
    repo: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """It would make a stranger's of all state that there is."""
    prepare(asked(repo))
    before = tree(home), tree(repo)
    opened = os.open
    for name in ("state.key", "owner"):

        def failing(path: Any, *arguments: Any, name: str = name, **options: Any) -> int:
            if str(path).endswith(name):
                raise OSError(errno.EIO, "Input/output error", path)
            return opened(path, *arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", failing)
            assert "(Input/output error)" in refusal(asked(repo))
            assert look(asked(repo))[1] is False
    assert (tree(home), tree(repo)) == before
    assert capsys.readouterr().err == ""


# Without a home


@pytest.mark.parametrize("home_is", ["unset", "relative", "a file", "missing below a file"])
def test_without_a_home_state_is_still_told_from_a_strangers(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, home_is: str
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.chdir(repo)
    if home_is == "unset":  # and no such user: as in a container under a number
        monkeypatch.delenv("HOME")
        monkeypatch.setattr("pwd.getpwuid", nobody)
    else:
        monkeypatch.setenv("HOME", {"relative": "h", "a file": f"{tmp_path}/file"}.get(home_is, f"{tmp_path}/file/h"))
    first = prepare(asked(repo))
    assert prepare(asked(repo)) == first
    assert look(asked(repo)) == (first, True)
    assert os.listdir(repo) == [".codegenie"]
    assert capsys.readouterr() == ("", "")

    copied_from = repo.with_name("other")
    copied_from.mkdir()
    shutil.copytree(repo / ".codegenie", copied_from / ".codegenie")
    prepare(asked(copied_from))
    assert capsys.readouterr().err == warning(copied_from / ".codegenie")


def nobody(_uid: int) -> Any:
    raise KeyError


# Two at once


def script(body: str, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    head = "import sys, time, os\nfrom codegenie.settings import Settings\n"
    head += "from codegenie.lock import *\nfrom codegenie.state import *\n"
    settings = (
        "s = Settings(repo=sys.argv[1], out=sys.argv[1] + '/.codegenie', cache_dir=sys.argv[1] + '/.codegenie/cache')\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", head + settings + body, *arguments],
        env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_first_gathers_at_once_share_one_state_and_one_key(tmp_path: Path) -> None:
    """Eight start at the same moment, over and over: none sets aside what another makes, and all seal alike."""
    body = "while time.time() < float(sys.argv[2]): pass\nprint(prepare(s).secret.hex())\n"
    for number in range(5):
        repo, home = tmp_path / f"repo{number}", tmp_path / f"home{number}"
        repo.mkdir()
        home.mkdir()
        at = str(time.time() + 0.7)
        runs = [script(body, str(repo), at, HOME=str(home)) for _ in range(8)]
        said = [run.communicate() for run in runs]
        assert {err for _, err in said} == {""}
        assert {out.strip() for out, _ in said} == {(home / ".codegenie/state.key").read_bytes().hex()}
        assert sorted(os.listdir(repo / ".codegenie")) == sorted(GENERATED)


HOLD = "lock(prepare(s), 0)\nprint('held', flush=True)\ntime.sleep(60)\n"


def holding(repo: Path) -> "subprocess.Popen[str]":
    holder = script(HOLD, str(repo))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def end(holder: "subprocess.Popen[str]") -> None:
    holder.send_signal(signal.SIGKILL)
    holder.communicate()


def test_a_second_holder_waits_says_so_and_gives_up(repo: Path, capsys: Capture) -> None:
    holder = holding(repo)
    try:
        state = prepare(asked(repo))
        began = time.monotonic()
        with pytest.raises(Busy) as caught:
            lock(state, 0.3)
        assert 0.3 <= time.monotonic() - began < 5
    finally:
        end(holder)
    assert caught.value.exit_code == BUSY
    assert str(caught.value) == (
        f"another gather (process {holder.pid}) holds {repo}/.codegenie; try again when it has ended"
    )
    assert capsys.readouterr().err == f"waiting for another gather (process {holder.pid}) of this repository ...\n"


def test_without_patience_there_is_no_waiting(repo: Path, capsys: Capture) -> None:
    holder = holding(repo)
    try:
        with pytest.raises(Busy):
            lock(prepare(asked(repo)), 0)
    finally:
        end(holder)
    assert capsys.readouterr().err == ""


def test_a_holder_that_is_killed_holds_no_longer(repo: Path) -> None:
    end(holding(repo))
    os.close(lock(prepare(asked(repo)), 0))


def test_the_one_that_waits_goes_on_when_the_holder_dies(repo: Path) -> None:
    holder = holding(repo)
    waiting = script(HOLD.replace("0)", "30)", 1), str(repo))
    assert waiting.stderr is not None and waiting.stdout is not None
    assert waiting.stderr.readline() == f"waiting for another gather (process {holder.pid}) of this repository ...\n"
    end(holder)
    assert waiting.stdout.readline() == "held\n"
    end(waiting)


def test_a_child_of_the_holder_does_not_hold_on(repo: Path) -> None:
    body = (
        "lock(prepare(s), 0)\nimport subprocess\n"
        "print(subprocess.Popen(['sleep', '30'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid)\n"
    )
    holder = script(body, str(repo))
    child = int(holder.communicate()[0])
    try:
        os.close(lock(prepare(asked(repo)), 0))
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_full_disk_does_not_keep_from_the_lock_or_the_clock(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = prepare(asked(repo))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("write", "pwrite", "ftruncate"):
        monkeypatch.setattr(os, name, full)
    before = time.time_ns()
    os.close(lock(state, 0))
    assert abs(file_system_clock(state) - before) < 60_000_000_000


def test_a_clock_that_cannot_be_touched_is_said(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = prepare(asked(repo))

    def failing(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "utime", failing)
    with pytest.raises(CodegenieError, match=r"cannot touch .*/state/clock \(Input/output error\)"):
        file_system_clock(state)


def test_the_clock_is_that_of_files_written_now(repo: Path) -> None:
    state = prepare(asked(repo))
    for _ in range(20):
        (repo / "before").write_bytes(b"x")
        now = file_system_clock(state)
        (repo / "after").write_bytes(b"x")
        assert (repo / "before").stat().st_mtime_ns <= now <= (repo / "after").stat().st_mtime_ns
