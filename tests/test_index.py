"""The index must answer as hashing every file would, and hash as few as it can."""

import inspect
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegenie.beneath import Root
from codegenie.grain import grain_ns
from codegenie.hashing import digest, stream
from codegenie.index import ABSENT, UNREADABLE, Index
from codegenie.looks import Looks
from codegenie.probe import BEGINNING, KINDS, kind_of
from codegenie.recorded import MAGIC, Recorded

CAP = 1 << 20
NOT_UTF_8 = os.fsdecode(b"\xff\n") if sys.platform != "darwin" else "APFS has no such names"
LATER = 10_000_000_000  # ns; past the grain of any file system
DAY = 86_400_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def run(repo: Path, file: Path) -> Iterator[Callable[..., Index]]:
    """A run of its own: an index over a root opened afresh."""
    roots: list[Root] = []

    def start(*, cap: int = CAP, hash_all: bool = False) -> Index:
        roots.append(Root(str(repo)))
        return Index(roots[-1], listed(repo), recorded(file), cap=cap, hash_all=hash_all)

    yield start
    for root in roots:
        root.close()


def listed(repo: Path) -> tuple[str, ...]:
    """What an inventory would list: all paths but directories, sorted."""
    found = [Path(place, name) for place, _, names in os.walk(repo) for name in names]
    return tuple(sorted(str(path.relative_to(repo)) for path in found))


def save(index: Index, repo: Path, *, later: int = LATER) -> None:
    """Save as if the run had started when all files had been at rest for a while."""
    keep(index, repo, time.time_ns() + later)


def keep(index: Index, repo: Path, clock: int) -> None:
    """Save as of a run that started when the file system's clock said this."""
    index.save(str(repo.parent / "index"), clock - grain_ns(str(repo)), below=str(repo.parent), secret=b"")


def recorded(file: Path) -> Recorded:
    """What the last run has saved."""
    return Recorded.load(str(file), below=str(file.parent), secret=b"")


def known(repo: Path, run: Callable[..., Index], *paths: str) -> None:
    """A first run over files at rest."""
    index = run()
    for path in paths:
        index.state(path)
    save(index, repo)


def test_a_path_is_looked_at_once_and_hashed_once_a_run(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"one")
    index = run()
    assert [index.state("f"), index.size("f"), index.state("f")] == [digest(b"one"), 3, digest(b"one")]
    (repo / "f").write_bytes(b"three")
    assert (index.state("f"), index.size("f")) == (digest(b"one"), 3)
    assert [index.state("g"), index.state("g"), index.size("g")] == [ABSENT, ABSENT, 0]
    assert (index.statted, index.hashed) == (2, 1)
    index.forget("f")
    assert (index.state("f"), index.size("f")) == (digest(b"three"), 5)
    assert (index.statted, index.hashed) == (3, 2)


def test_the_second_run_hashes_nothing(repo: Path, run: Callable[..., Index], file: Path) -> None:
    contents = {"f": b"one", "d/g": b"", "d/a\nb": b"x" * 5000, NOT_UTF_8: b"?"}
    for path, content in contents.items():
        (repo / path).parent.mkdir(exist_ok=True)
        (repo / path).write_bytes(content)
    known(repo, run, *contents)
    written = file.stat().st_mtime_ns

    index = run()

    assert {path: index.state(path) for path in contents} == {path: digest(was) for path, was in contents.items()}
    assert {path: index.size(path) for path in contents} == {path: len(was) for path, was in contents.items()}
    assert (index.statted, index.hashed) == (4, 0)
    save(index, repo)
    assert file.stat().st_mtime_ns == written  # nothing new to say


def test_hash_all_hashes_and_gives_the_same(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"one")
    known(repo, run, "f")
    index = run(hash_all=True)
    assert (index.state("f"), index.hashed) == (digest(b"one"), 1)


def rewritten(path: Path) -> None:
    path.write_bytes(b"two")


def rewritten_with_the_old_mtime(path: Path) -> None:
    before = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced_by_one_of_the_same_mtime(path: Path) -> None:
    before = path.stat()
    new = path.with_name("new")
    new.write_bytes(b"two")
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(new, path)


def swapped_with_an_older_one(path: Path) -> None:
    """What `mv` of an unpacked file does: nothing is written now."""
    os.replace(path.with_name("old"), path)


def removed_and_made_again(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"two")


def set_back_a_day(path: Path) -> None:
    path.write_bytes(b"two")
    past = time.time_ns() - DAY
    os.utime(path, ns=(past, past))


def set_ahead_a_day(path: Path) -> None:
    path.write_bytes(b"two")
    future = time.time_ns() + DAY
    os.utime(path, ns=(future, future))


EDITS = [
    rewritten,
    rewritten_with_the_old_mtime,
    replaced_by_one_of_the_same_mtime,
    swapped_with_an_older_one,
    removed_and_made_again,
    set_back_a_day,
    set_ahead_a_day,
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edit_of_the_same_size_is_seen(repo: Path, run: Callable[..., Index], edit: Callable[[Path], None]) -> None:
    """Also one that comes at once: the saved look is of a file at rest, by the clock of the file system."""
    (repo / "old").write_bytes(b"two")
    (repo / "f").write_bytes(b"one")
    time.sleep(0.02)  # the clock ticks every 10 ms at most
    known(repo, run, "f", "old")
    edit(repo / "f")
    assert run().state("f") == digest(b"two")


def test_a_change_of_mode_alone_is_hashed_and_is_no_change(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"one")
    time.sleep(0.02)
    known(repo, run, "f")
    (repo / "f").chmod(0o755)
    index = run()
    assert (index.state("f"), index.hashed) == (digest(b"one"), 1)


def test_edits_right_after_a_run_are_never_missed(repo: Path, run: Callable[..., Index]) -> None:
    """With the true clock, as fast as we can: whatever is stored must be of a file that was at rest."""
    clock = repo / "clock"
    for number in range(300):
        clock.write_bytes(b".")
        started = clock.stat().st_mtime_ns
        index = run()
        index.state("f")
        (repo / "f").write_bytes(b"%03d" % number)
        index.forget("f")
        assert index.state("f") == digest(b"%03d" % number)
        keep(index, repo, started)
        (repo / "f").write_bytes(b"%03d" % (number + 500))
        assert run().state("f") == digest(b"%03d" % (number + 500))


def test_a_file_that_was_not_at_rest_is_not_stored(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"one")
    changed = (repo / "f").stat().st_ctime_ns
    for clock, hashed in ((changed, 1), (changed + 9_000_000, 1), (changed + LATER, 1), (changed + LATER, 0)):
        index = run()
        index.state("f")
        assert index.hashed == hashed
        keep(index, repo, clock)


def test_a_file_from_the_future_is_always_hashed(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"one")
    future = time.time_ns() + DAY
    os.utime(repo / "f", ns=(future, future))
    for _ in range(2):
        index = run()
        assert (index.state("f"), index.hashed) == (digest(b"one"), 1)
        save(index, repo)


def test_paths_not_asked_for_are_kept_and_paths_that_went_are_dropped(repo: Path, run: Callable[..., Index]) -> None:
    for name in "fgh":
        (repo / name).write_bytes(name.encode())
    known(repo, run, "f", "g", "h")
    (repo / "h").unlink()
    index = run()
    index.state("f")
    save(index, repo)

    index = run()
    (repo / "h").write_bytes(b"h")
    assert [index.state(name) for name in "fgh"] == [digest(name) for name in (b"f", b"g", b"h")]
    assert index.hashed == 1


def test_a_damaged_index_is_as_if_there_were_none(repo: Path, run: Callable[..., Index], file: Path) -> None:
    """Any byte, changed to any of a few: the count and the digest itself too."""
    names = [f"f{number}" for number in range(12)]
    for name in names:
        (repo / name).write_bytes(name.encode())
    known(repo, run, *names)
    whole = file.read_bytes()
    header = whole.index(b"\n") + 6
    for at in [*range(header), *range(header, len(whole), 7), *range(len(whole) - 5, len(whole))]:
        for other in {whole[at] ^ 1, whole[at] ^ 3, 0, 10, 32, 57} - {whole[at]}:
            file.write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
            index = run()
            assert (index.state("f0"), index.hashed) == (digest(b"f0"), 1)


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:0],
        lambda whole: bytes(len(whole)),
        lambda whole: whole + b"\0f2",
        lambda whole: whole + whole,
        lambda whole: whole[1:],
    ],
)
def test_an_index_cut_or_grown_is_as_if_there_were_none(
    repo: Path, run: Callable[..., Index], file: Path, damage: Callable[[bytes], bytes]
) -> None:
    (repo / "f").write_bytes(b"one")
    known(repo, run, "f")
    file.write_bytes(damage(file.read_bytes()))
    index = run()
    assert (index.state("f"), index.hashed) == (digest(b"one"), 1)
    save(index, repo)
    assert run().state("f") == digest(b"one")


def test_an_index_through_a_link_is_not_read(repo: Path, run: Callable[..., Index], file: Path) -> None:
    (repo / "f").write_bytes(b"one")
    known(repo, run, "f")
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")
    index = run()
    assert (index.state("f"), index.hashed) == (digest(b"one"), 1)


def test_an_index_of_nothing_is_written_and_read(
    repo: Path, run: Callable[..., Index], file: Path, tmp_path: Path
) -> None:
    (repo / "f").write_bytes(b"one")
    known(repo, run, "f")
    (repo / "f").rename(tmp_path / "f")
    save(run(), repo)
    (tmp_path / "f").rename(repo / "f")
    assert file.exists()
    index = run()
    assert (index.state("f"), index.hashed) == (digest(b"one"), 1)


def test_without_a_file_nothing_is_kept(repo: Path) -> None:
    (repo / "f").write_bytes(b"one")
    for _ in range(2):
        with Root(str(repo)) as root:
            index = Index(root, ("f",), cap=CAP)
            assert (index.state("f"), index.hashed) == (digest(b"one"), 1)
            save(index, repo)


def test_of_a_file_over_the_cap_the_beginning_and_the_size_count(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"0123456789")

    def expected(beginning: bytes, size: int) -> str:
        state = stream()
        state.update(beginning + b"%d" % size)
        return state.hexdigest()

    assert run(cap=4).state("f") == expected(b"0123", 10)
    assert run(cap=11).state("f") == digest(b"0123456789")
    (repo / "f").write_bytes(b"0123abcdef")
    assert run(cap=4).state("f") == expected(b"0123", 10)
    (repo / "f").write_bytes(b"0123abcde")
    assert run(cap=4).state("f") == expected(b"0123", 9)
    assert run(cap=4).size("f") == 9


def test_a_digest_under_another_cap_is_not_trusted(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"0123456789")
    index = run(cap=4)
    small = index.state("f")
    save(index, repo)
    assert run(cap=4).state("f") == small
    assert run(cap=20).state("f") == digest(b"0123456789")


def test_what_is_no_regular_file_has_a_word(repo: Path, run: Callable[..., Index], tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"secret")
    (repo / "out").symlink_to(tmp_path)
    (repo / "link").symlink_to("../outside")
    (repo / "odd").symlink_to(NOT_UTF_8)
    (repo / "directory").mkdir()
    os.mkfifo(repo / "fifo")
    paths = ["link", "odd", "directory", "fifo", "nothing", "out/outside", "..", ""]
    words = [
        f"link:{digest(b'../outside')}",
        f"link:{digest(os.fsencode(NOT_UTF_8))}",
        "directory",
        "special",
        *[ABSENT] * 4,
    ]
    for _ in range(2):
        index = run()
        assert [index.state(path) for path in paths] == words
        assert {index.size(path) for path in paths} == {0}
        assert [index.moved(path) for path in paths] == [False] * len(paths)
        save(index, repo)
    assert index.hashed == 0


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"x")
    (repo / "f").chmod(0)
    index = run()
    assert (index.state("f"), index.moved("f")) == (UNREADABLE, False)


def test_a_file_becomes_a_link_and_a_file_again(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"one")
    known(repo, run, "f")
    (repo / "f").rename(repo / "g")
    (repo / "f").symlink_to("g")
    assert run().state("f") == f"link:{digest(b'g')}"
    (repo / "g").replace(repo / "f")
    assert run().state("f") == digest(b"one")


def test_a_file_that_moved_since_it_was_hashed_is_told(repo: Path, run: Callable[..., Index]) -> None:
    for name in "abcde":
        (repo / name).write_bytes(b"one")
    index = run()
    for name in "abcdef":
        index.state(name)
    time.sleep(0.02)
    rewritten_with_the_old_mtime(repo / "b")
    (repo / "c").unlink()
    (repo / "d").unlink()
    (repo / "d").symlink_to("a")
    (repo / "e").chmod(0o600)
    (repo / "f").write_bytes(b"new")
    assert {name: index.moved(name) for name in "abcdefg"} == {
        "a": False,
        "b": True,
        "c": True,
        "d": True,
        "e": True,
        "f": True,
        "g": False,
    }
    index.forget("b")
    assert index.state("b") == digest(b"two")
    assert not index.moved("b")


def test_all_are_looked_at_afresh_where_it_is_asked_what_is_present(repo: Path, run: Callable[..., Index]) -> None:
    (repo / "f").write_bytes(b"one")
    index = run()
    before = index.digest_of(("f",))
    (repo / "f").write_bytes(b"three")
    assert index.present() == ("f",)
    assert index.digest_of(("f",)) != before


def test_a_file_edited_while_it_is_hashed_is_unstable_and_not_stored(
    repo: Path, run: Callable[..., Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    (repo / "f").write_bytes(b"one")
    time.sleep(0.02)

    def edit_then_read(descriptor: int, size: int, read: Callable[[int, int], bytes] = os.read) -> bytes:
        content = read(descriptor, size)
        if content == b"one":
            (repo / "f").write_bytes(b"two")
        return content

    index = run()
    with monkeypatch.context() as patch:
        patch.setattr(os, "read", edit_then_read)
        index.state("f")
    assert index.moved("f")
    files, records = index.regular(("f",))
    seen = Looks(files, b"".join(records), CAP)
    with Root(str(repo), watch=seen.watch) as root:
        assert (root.read("f", CAP), seen.moved) == (b"two", True), "this is not what the digest is of"
    save(index, repo)
    later = run()
    assert (later.state("f"), later.hashed) == (digest(b"two"), 1)

    index.forget("f")
    assert (index.state("f"), index.moved("f")) == (digest(b"two"), False)


def test_of_a_file_written_all_the_time_no_wrong_digest_is_kept(repo: Path, run: Callable[..., Index]) -> None:
    """A read can be torn while all times stay the same, so that only a file at rest before the run may be kept."""
    file, clock = repo / "f", repo / "clock"
    file.write_bytes(b"0" * 200_000)
    for number in range(1, 30):
        writer = threading.Thread(target=overwrite, args=(file, number))
        writer.start()
        while writer.is_alive():
            clock.write_bytes(b".")
            index = run()
            index.state("f")
            keep(index, repo, clock.stat().st_mtime_ns)
        assert run().state("f") == digest(file.read_bytes())


def overwrite(file: Path, number: int) -> None:
    for _ in range(5):
        with file.open("r+b") as opened:
            opened.write(b"%d" % (number % 10) * 200_000)


def test_threads_share_one_look(repo: Path, run: Callable[..., Index]) -> None:
    paths = [f"d{number % 7}/f{number}" for number in range(200)]
    for path in paths:
        (repo / path).parent.mkdir(exist_ok=True)
        (repo / path).write_text(path)
    index = run()
    found: list[dict[str, str]] = []
    threads = [threading.Thread(target=lambda: found.append({p: index.state(p) for p in paths})) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{path: digest(path.encode()) for path in paths}] * 8
    assert (index.statted, index.hashed) == (200, 200)


NAMES = st.sampled_from(["a", "b", "d/a", "d/e/b"])
ACTIONS = st.one_of(
    st.tuples(st.just("write"), NAMES, st.sampled_from([b"", b"one", b"two", b"three"])),
    st.tuples(st.sampled_from(["remove", "link", "touch back", "keep the mtime"]), NAMES, st.sampled_from([b"new"])),
    st.tuples(st.just("rename"), NAMES, st.sampled_from([b"a", b"b", b"d/a"])),
    st.tuples(st.sampled_from(["run", "run later"]), NAMES, st.just(b"")),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTIONS, max_size=20))
def test_the_index_answers_as_hashing_everything_does(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, str, bytes]]
) -> None:
    """Whatever happens between runs.  The clock is the true one, so that most files are too young to be stored, or
    is ahead after a pause, so that all are stored.
    """
    place = tmp_path_factory.mktemp("index")
    repo, file = place / "repo", place / "index"
    (repo / "d" / "e").mkdir(parents=True)
    paths = ["a", "b", "d/a", "d/e/b"]
    for action, name, argument in [*actions, ("run", "a", b"")]:
        if not action.startswith("run"):
            act(repo, action, repo / name, argument)
            continue
        if action == "run later":
            time.sleep(0.02)
        clock = place / "clock"
        clock.write_bytes(b".")
        with Root(str(repo)) as root:
            known_ = Index(root, listed(repo), recorded(file), cap=CAP)
            fresh = Index(root, (), cap=CAP, hash_all=True)
            assert [known_.state(path) for path in paths] == [fresh.state(path) for path in paths]
            keep(known_, repo, clock.stat().st_mtime_ns)


def act(repo: Path, action: str, path: Path, argument: bytes) -> None:
    before: Any = path.lstat() if os.path.lexists(path) else None
    match action:
        case "write":
            path.unlink(missing_ok=True) if path.is_symlink() else None
            path.write_bytes(argument)
        case "remove":
            path.unlink(missing_ok=True)
        case "link":
            path.unlink(missing_ok=True)
            path.symlink_to("a")
        case "rename" if before:
            os.replace(path, repo / os.fsdecode(argument))
        case "touch back" if before:
            os.utime(path, ns=(0, 0), follow_symlinks=False)
        case "keep the mtime" if before and not path.is_symlink():
            path.write_bytes(argument)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "text"),
        (b"text", "text"),
        (b"\0", "binary"),
        (b"x" * 7999 + b"\0", "binary"),
        (b"x" * 8000 + b"\0", "text"),
        (b"x" * (1 << 20) + b"\0", "text"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "pointer"),
    ],
)
def test_the_kind_of_a_content_is_told_with_its_digest(repo: Path, content: bytes, kind: str) -> None:
    (repo / "a").write_bytes(content)
    with Root(str(repo)) as root:
        index = Index(root, ("a",), cap=64 << 20)
        files, records = index.regular(("a",))
        assert Looks(files, b"".join(records), 64 << 20).kind("a") == kind


def test_a_read_that_gives_little_tells_no_other_kind(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "a").write_bytes(b"x" * 50 + b"\0")
    with monkeypatch.context() as patch, Root(str(repo)) as root:
        patch.setattr(os, "read", lambda descriptor, size, read=os.read: read(descriptor, min(size, 20)))
        files, records = Index(root, ("a",), cap=CAP).regular(("a",))
    assert Looks(files, b"".join(records), CAP).kind("a") == "binary"


def test_another_way_to_tell_kinds_needs_another_format_of_the_file() -> None:
    """The kinds that a file of the index tells are of the code that wrote it."""
    told = digest(f"{KINDS} {BEGINNING} {inspect.getsource(kind_of)}".encode())
    assert (told, MAGIC) == ("977c7df66c4abb8268340a69b4669815", b"codegenie-index 3"), "count MAGIC up"
