"""State of a stranger is never used: it is set aside unread, said once and made anew; what comes later is no better.

Every stranger here knows everything but the user's key: where the repository lies, its files down to their inodes, the
tool's sources, and so the cache keys.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import pytest

from codegenie.cache import Blobs
from codegenie.hashing import digest, digest_of, proof, sealed, unsealed
from codegenie.looks import look_of
from codegenie.recorded import MAGIC
from codegenie.state import GENERATED
from codegenie.uptodate import KEY_FORMAT
from tests.house import House, Run, document

TRUE, FORGED = b"a true word", b"a forged one"
FACTS = {"texts": {"a.txt": TRUE.decode()}}
SAID = "held state that you did not write here; it was set aside unread in set-aside/ and is made anew"
Git = Callable[..., str]


@dataclass(frozen=True)
class Plot:
    """A repository that is about to be gathered, and what a stranger has prepared for it."""

    house: House
    repo: Path
    evil: Path
    git: Git

    @property
    def out(self) -> Path:
        """The state of the repository."""
        return self.repo / ".codegenie"

    def plant(self, *names: str) -> None:
        """Put the stranger's files in place, all or some, as git does it when they are tracked."""
        for name in names or tuple(path.name for path in self.evil.iterdir()):
            source, place = self.evil / name, self.out / name
            if source.is_dir():
                shutil.copytree(source, place, dirs_exist_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, place)

    def owner(self) -> Path:
        """The stamp, gone, to be put anew."""
        path = self.out / "state/owner"
        path.unlink()
        return path


@pytest.fixture
def plot(texts: House, repo: Path, git: Git, tmp_path: Path) -> Plot:
    """The stranger has gathered the same files at the same place, and made everything lie about them."""
    git("init", "-q")
    (repo / "a.txt").write_bytes(TRUE)
    os.utime(repo / "a.txt", (1, 1))
    git("add", "a.txt")
    git("commit", "-qm", "one")
    time.sleep(0.05)  # for the index to trust the file's times
    texts.environment = {"HOME": str(tmp_path / "their-home")}
    assert texts.gather(repo).code == texts.gather(repo, "hash_all=1").code == 0
    texts.environment = {}
    (repo / ".codegenie").rename(tmp_path / "evil")
    evil = Plot(texts, repo, tmp_path / "evil", git)
    secret = (tmp_path / "their-home/.codegenie/state.key").read_bytes()
    lie(evil.evil, secret, secret, repo)
    return evil


def lie(out: Path, made_with: bytes, secret: bytes, repo: Path) -> None:
    """Make all state in a directory say what is not so, and vouch for one another, under the seal of a secret."""
    for path in [
        *(out / "context/raw").iterdir(),
        *(out / "runs").glob("*.json"),
        *(out / "context").glob("[A-Zr]*.*"),
    ]:
        path.write_bytes(path.read_bytes().replace(TRUE, FORGED))
    blobs = Blobs(str(out / "cache"), secret)
    for blob in (out / "cache/blobs").glob("*/*.json"):
        header, _, payload = blob.read_bytes().partition(b"\n")
        blobs.put(blob.stem, payload.replace(TRUE, FORGED), json.loads(header)[2])
    with sqlite3.connect(out / "state/doit.db") as database:
        for task, row in database.execute("select task_id, task_data from doit").fetchall():
            told = json.loads(unsealed(row, made_with) or "null")
            for name in [name for name in told if name.startswith("/")]:
                told[name] = proof((out / Path(name).relative_to(repo / ".codegenie")).read_bytes())
            values = told["_values_:"]
            published = ("repo-context.yaml", "CONTEXT_REPORT.md")
            names = published if task == "merge" else (f"raw/{task.removeprefix('probe:')}.json",)
            values["targets"] = [proof((out / "context" / name).read_bytes()) for name in names]
            raw = {name: proof((out / f"context/raw/{name}.json").read_bytes()) for name in ("alpha", "beta")}
            match task:
                case "probe:beta":
                    values["parts"]["required slices"] = digest_of([raw["alpha"]])
                case "merge":
                    values["parts"]["slices"] = digest_of(raw.values())
            values["key"] = digest_of([KEY_FORMAT, *values["parts"].values()])
            database.execute(
                "update doit set task_data = ? where task_id = ?", (sealed(json.dumps(told), secret), task)
            )
    database.close()
    (out / "state/index").write_bytes(index_saying(TRUE, repo, secret))


def index_saying(content: bytes, repo: Path, secret: bytes) -> bytes:
    """An index that knows how `a.txt` looks now, and says that this is its content."""
    look = (repo / "a.txt").lstat()
    body = b"1\n" + look_of(look, 32 << 20) + bytes.fromhex(digest(content)) + b"\0a.txt\0"
    return MAGIC + b" " + proof(digest(body).encode(), secret).encode() + b"\n" + body


def forged_in(directory: Path) -> list[str]:
    """The files that tell the lie, but for those that were set aside."""
    found = [path for path in directory.rglob("*") if path.is_file() and not path.is_symlink()]
    kept = [path for path in found if "set-aside" not in path.parts]
    return sorted(str(path.relative_to(directory)) for path in kept if FORGED in path.read_bytes())


def looks(plot: Plot, *arguments: str) -> None:
    """A look, before anything is gathered, believes nothing either."""
    listed = plot.house.doit("list", "--all", "--status", f"repo={plot.repo}", *arguments)
    explained = plot.house.codegenie("explain", "alpha.texts", "--repo", str(plot.repo))
    assert FORGED.decode() not in listed.out + listed.err + explained.out + explained.err
    assert "R probe:alpha" in " ".join(listed.out.split())
    assert explained.code == 2


def gathered(plot: Plot, *arguments: str) -> Run:
    """Gather, and see that every fact is true; once more, and see that nothing is said or done again."""
    first = plot.house.gather(plot.repo, *arguments)
    assert first.code == 0, first.err
    assert FORGED.decode() not in first.out + first.err
    assert document(plot.repo)["alpha"] == FACTS
    again = plot.house.codegenie(
        "gather", str(plot.repo), "--json", *(f"--{one}".replace("_", "-") for one in arguments)
    )
    assert (again.code, again.err, set(again.outcomes.values())) == (0, "", {"current"})
    assert document(plot.repo)["alpha"] == FACTS
    assert plot.git("status", "--porcelain", "-uall") == ""
    return first


# What was not ours from the beginning


def as_it_is(plot: Plot) -> None:
    plot.plant()


def without_a_stamp(plot: Plot) -> None:
    plot.plant()
    plot.owner()


def with_an_empty_stamp(plot: Plot) -> None:
    plot.plant()
    plot.owner().write_bytes(b"")


def with_a_guessed_stamp(plot: Plot) -> None:
    plot.plant()
    plot.owner().write_bytes(b"0" * 128)


def with_the_stamp_of_another_repository_of_ours(plot: Plot) -> None:
    plot.plant()
    plot.owner().write_bytes((_another(plot) / "state/owner").read_bytes())


def with_a_link_to_a_stamp_of_ours(plot: Plot) -> None:
    plot.plant()
    plot.owner().symlink_to(_another(plot) / "state/owner")


def with_a_directory_for_a_stamp(plot: Plot) -> None:
    plot.plant()
    plot.owner().mkdir()


def with_a_pipe_for_a_stamp(plot: Plot) -> None:
    plot.plant()
    os.mkfifo(plot.owner())


def with_a_huge_stamp(plot: Plot) -> None:
    plot.plant()
    path = plot.owner()
    path.write_bytes(b"")
    os.truncate(path, 1 << 40)


def copied_from_another_repository_of_ours(plot: Plot) -> None:
    shutil.copytree(_another(plot), plot.out)


def moved_from_another_repository_of_ours(plot: Plot) -> None:
    _another(plot).rename(plot.out)


def from_another_place_of_the_same_repository(plot: Plot) -> None:
    """The whole repository was copied, by the user: the state is not for this place."""
    before = plot.repo.with_name("before")
    plot.repo.rename(before)
    assert plot.house.gather(before).code == 0
    shutil.copytree(before, plot.repo)


def from_the_time_before_the_key_was_lost(plot: Plot) -> None:
    assert plot.house.gather(plot.repo).code == 0
    key = Path(os.environ["HOME"], ".codegenie/state.key")
    lie(plot.out, key.read_bytes(), key.read_bytes(), plot.repo)
    key.unlink()


def of_an_older_layout(plot: Plot) -> None:
    """Sealed with the user's own key, as an older version of the tool did it."""
    assert plot.house.gather(plot.repo).code == 0
    secret = Path(os.environ["HOME"], ".codegenie/state.key").read_bytes()
    lie(plot.out, secret, secret, plot.repo)
    plot.owner().write_bytes(_stamp(plot, secret, layout="0"))


def with_a_stamp_by_the_users_number(plot: Plot) -> None:
    """Anybody knows the number, also where there is no home to keep a key in."""
    secret = blake2b(f"codegenie without a home, uid {os.getuid()}".encode()).digest()
    plot.plant()
    made_with = (plot.evil.parent / "their-home/.codegenie/state.key").read_bytes()
    lie(plot.out, made_with, secret, plot.repo)
    plot.owner().write_bytes(_stamp(plot, secret))


def the_cache_alone(plot: Plot) -> None:
    plot.plant("cache")


def the_database_alone(plot: Plot) -> None:
    plot.plant("state/doit.db")


def the_document_alone(plot: Plot) -> None:
    plot.plant("context")


def tracked_in_a_clone(plot: Plot) -> None:
    plot.plant()
    plot.git("add", "-f", ".codegenie")
    plot.git("commit", "-qm", "state")
    subprocess.run(["git", "clone", "-q", str(plot.repo), f"{plot.repo}-clone"], check=True)
    shutil.rmtree(plot.repo)
    Path(f"{plot.repo}-clone").rename(plot.repo)
    plot.git("rm", "-rq", "--cached", ".codegenie")
    plot.git("commit", "-qm", "gone again")


STRANGE = [
    *(as_it_is, without_a_stamp, with_an_empty_stamp, with_a_guessed_stamp),
    *(with_the_stamp_of_another_repository_of_ours, with_a_link_to_a_stamp_of_ours, with_a_directory_for_a_stamp),
    *(with_a_pipe_for_a_stamp, with_a_huge_stamp, copied_from_another_repository_of_ours),
    *(moved_from_another_repository_of_ours, from_another_place_of_the_same_repository),
    *(from_the_time_before_the_key_was_lost, of_an_older_layout, with_a_stamp_by_the_users_number),
    *(the_cache_alone, the_database_alone, the_document_alone, tracked_in_a_clone),
]


@pytest.mark.parametrize("make", STRANGE, ids=lambda make: make.__name__)
def test_a_strangers_state_is_set_aside_unread_said_once_and_made_anew(
    plot: Plot, make: Callable[[Plot], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(plot)
    if make is with_a_stamp_by_the_users_number:
        monkeypatch.setenv("HOME", "relative, so none")
    looks(plot)

    run = gathered(plot)

    assert [line for line in run.err.splitlines() if line] == [f"{plot.out} {SAID}"]
    assert forged_in(plot.out) == []
    assert run.outcomes == {"alpha": "ran", "beta": "ran"}
    (box,) = [path for path in (plot.out / "set-aside").iterdir() if path.is_dir()]
    assert {path.name for path in box.iterdir()} <= set(GENERATED)


def test_the_stranger_would_be_believed_with_the_key(plot: Plot) -> None:
    """That the lies are good ones: by the user's own hand they pass."""
    assert plot.house.gather(plot.repo).code == 0
    secret = Path(os.environ["HOME"], ".codegenie/state.key").read_bytes()
    lie(plot.out, secret, secret, plot.repo)
    assert set(plot.house.gather(plot.repo).outcomes.values()) == {"current"}
    assert document(plot.repo)["alpha"] == {"texts": {"a.txt": FORGED.decode()}}
    shutil.rmtree(plot.out / "context/raw")
    (plot.out / "state/doit.db").unlink()
    assert plot.house.gather(plot.repo).outcomes["alpha"] == "restored"
    assert document(plot.repo)["alpha"] == {"texts": {"a.txt": FORGED.decode()}}


@pytest.mark.parametrize("sealed_by", ["the stranger", "nobody", "the user"])
def test_an_index_that_says_that_nothing_was_edited_is_not_believed(plot: Plot, sealed_by: str) -> None:
    assert plot.house.gather(plot.repo).code == 0
    (plot.repo / "a.txt").write_bytes(b"the news")
    time.sleep(0.05)
    key = Path(os.environ["HOME"], ".codegenie/state.key").read_bytes()
    secret = {"the stranger": b"theirs" * 5, "nobody": b"", "the user": key}[sealed_by]
    (plot.out / "state/index").write_bytes(index_saying(TRUE, plot.repo, secret))

    assert plot.house.gather(plot.repo).code == 0

    believed = sealed_by == "the user"  # else the lie would be none
    assert document(plot.repo)["alpha"] == (FACTS if believed else {"texts": {"a.txt": "the news"}})


# What comes later, over state that is ours


PULLED = {
    "everything but the stamp": GENERATED,
    "the database": ("state/doit.db",),
    "the index": ("state/index",),
    "the cache": ("cache",),
    "the raw slices": ("context/raw",),
    "the document": ("context/repo-context.yaml", "context/CONTEXT_REPORT.md"),
    "the slices and the database": ("context/raw", "state/doit.db"),
    "all that is published, and the database": ("context", "state/doit.db"),
}


@pytest.mark.parametrize("names", PULLED.values(), ids=PULLED.keys())
@pytest.mark.parametrize("edited", [False, True])
def test_what_a_pull_puts_over_our_state_is_not_believed(plot: Plot, names: tuple[str, ...], edited: bool) -> None:
    """Git overwrites what is ignored: the stamp stays ours, the files are the stranger's."""
    assert plot.house.gather(plot.repo).code == 0
    stamp = (plot.out / "state/owner").read_bytes()
    if edited:
        shutil.rmtree(plot.out / "context/raw")
        shutil.rmtree(plot.out / "cache/blobs")
    plot.plant(*names)
    (plot.out / "state/owner").write_bytes(stamp)
    explained = plot.house.codegenie("explain", "alpha.texts", "--repo", str(plot.repo))
    assert FORGED.decode() not in explained.out

    run = gathered(plot)

    assert run.err in ("", run.err) and "set aside" not in run.err
    assert [path for path in forged_in(plot.out) if not path.startswith(("runs/", "cache/"))] == []


@pytest.mark.parametrize(
    "rows", ["no rows", "another table", "a view", "a trigger", "not JSON", "not a mapping", "deep"]
)
def test_a_database_of_any_kind_is_no_reason_to_believe_or_to_fail(plot: Plot, rows: str) -> None:
    assert plot.house.gather(plot.repo).code == 0
    path = plot.out / "state/doit.db"
    with sqlite3.connect(path) as database:
        match rows:
            case "no rows":
                database.execute("delete from doit")
            case "another table":
                database.execute("drop table doit")
                database.execute("create table doit (x)")
            case "a view":
                database.execute("alter table doit rename to other")
                database.execute("create view doit as select task_id, task_data from other")
            case "a trigger":
                database.execute("create trigger t after insert on doit begin delete from doit; end")
            case _:
                text = {"not JSON": "x", "not a mapping": "[]", "deep": "[" * 100_000}[rows]
                database.execute("update doit set task_data = ?", (text,))
    database.close()

    run = plot.house.gather(plot.repo)

    assert run.code == 0
    assert "Traceback" not in run.err
    assert document(plot.repo)["alpha"] == FACTS


# Other places


def test_a_strangers_cache_gives_nothing(plot: Plot) -> None:
    shared = plot.evil / "cache"

    run = gathered(plot, f"cache_dir={shared}")

    assert run.err == ""
    assert run.outcomes == {"alpha": "ran", "beta": "ran"}


def test_a_strangers_output_directory_is_not_used(plot: Plot) -> None:
    run = plot.house.gather(plot.repo, f"out={plot.evil}")
    assert (run.code, run.err) == (0, f"{plot.evil} {SAID}\n")
    assert FACTS["texts"]["a.txt"] in (plot.evil / "context/repo-context.yaml").read_text()
    assert forged_in(plot.evil) == []
    again = plot.house.gather(plot.repo, f"out={plot.evil}")
    assert (again.err, set(again.outcomes.values())) == ("", {"current"})


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
def test_a_home_of_another_user_is_not_used(plot: Plot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As where HOME is a directory that everybody may write: the key would be theirs, and the settings too."""
    theirs = tmp_path / "their-home/.codegenie"
    (theirs / "config.yaml").write_text(f"out: {tmp_path}/elsewhere\n")
    for path in (theirs, *theirs.rglob("*")):
        os.chown(path, 12345, 12345)
    monkeypatch.setenv("HOME", str(theirs.parent))
    plot.plant()
    before = sorted(theirs.rglob("*"))

    run = gathered(plot)

    assert run.err == f"{plot.out} {SAID}\n"
    assert not (tmp_path / "elsewhere").exists()
    assert sorted(theirs.rglob("*")) == before


# A cache that a CI system carries from one machine to the next


def carried(plot: Plot, tmp_path: Path, key: str | None) -> Run:
    """Gather with a key, restore on another machine under another user, and gather there with another key."""
    plot.house.environment = {"CODEGENIE_STATE_KEY": "the system's secret"}
    assert plot.house.gather(plot.repo).code == 0
    saved = tmp_path / "saved"
    shutil.copytree(plot.out, saved)
    shutil.rmtree(plot.out)
    shutil.copytree(saved, plot.out)
    plot.house.environment = {"HOME": str(tmp_path / "another-home")}
    plot.house.environment |= {} if key is None else {"CODEGENIE_STATE_KEY": key}
    return gathered(plot)


def test_with_the_right_key_a_cache_moves(plot: Plot, tmp_path: Path) -> None:
    run = carried(plot, tmp_path, "the system's secret")
    assert (run.err, set(run.outcomes.values())) == ("", {"current"})


@pytest.mark.parametrize("key", ["another secret", "the system's secret ", "", None])
def test_with_any_other_key_it_is_a_strangers(plot: Plot, tmp_path: Path, key: str | None) -> None:
    run = carried(plot, tmp_path, key)
    assert (run.err, set(run.outcomes.values())) == (f"{plot.out} {SAID}\n", {"ran"})


# What was set aside, and settings


def test_what_was_set_aside_is_removed_after_a_month(plot: Plot) -> None:
    plot.plant()
    gathered(plot)
    (box,) = [path for path in (plot.out / "set-aside").iterdir() if path.is_dir()]
    assert "set aside" not in plot.house.codegenie("cache", "gc", str(plot.repo)).out
    assert box.exists()
    outside = plot.evil / "outside"
    outside.mkdir()
    (outside / "kept").write_text("")
    (box / "link").symlink_to(outside)
    (box / "/".join(["deep"] * 300)).mkdir(parents=True)
    os.utime(box, (1, 1))

    run = plot.house.doit("cache_gc", f"repo={plot.repo}")

    assert run.out.splitlines()[-1] == "removed 1 box of what was set aside over 30 days ago"
    assert not box.exists()
    assert (outside / "kept").exists()


CONFIGS: dict[str, bytes | str] = {
    "huge": b"skip_probes: [" + b"x, " * 100_000 + b"]",
    "aliases": "a: &a [x]\n"
    + "".join(f"{'a' * n}: &{'a' * n} [{', '.join(['*' + 'a' * (n - 1)] * 9)}]\n" for n in range(2, 12)),
    "merges": "a: &a {x: 1}\n" + "".join(f"b{n}: &b{n} {{<<: [{', '.join(['*a'] * 9)}]}}\n" for n in range(200)),
    "nesting": "skip_probes: " + "[" * 30_000,
    "a tag": "skip_probes: !!python/object/apply:os.system {args: ['touch canary']}\n",
    "a tag of ours": "max_files: !!python/name:codegenie.state.lock\n",
    "not a mapping": "- skip_probes\n",
    "not text": b"\xff\xfe\x00\x01",
    "NUL": b"skip_probes: [a]\x00",
    "two documents": "skip_probes: []\n---\nskip_probes: []\n",
    "escapes": 'skip_probes: "\\e[31m"\n"\\e]0;x\\a": 1\n',
    "where to write": "out: /tmp/evil\n",
    "which cache": "cache_dir: /tmp/evil\n",
    "a raised limit": "wait: 1e9\n",
    "unknown": "hooks: [./evil]\n",
    "wrong type": "max_file_bytes: {a: 1}\n",
    "endless": "max_file_bytes: 99999999999999999999999999\n",
    "a pattern": f"exclude: ['{'{a,b}' * 40}']\n",
    "a link": "link",
    "a device": "device",
    "a directory": "directory",
    "a pipe": "pipe",
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_hostile_configuration_is_refused_with_a_message_and_nothing_is_written(
    texts: House, repo: Path, tmp_path: Path, name: str
) -> None:
    (repo / "a.txt").write_bytes(TRUE)
    path = repo / ".codegenie/config.yaml"
    path.parent.mkdir()
    match CONFIGS[name]:
        case "link":
            (tmp_path / "secret.yaml").write_text("a-secret-word: 1\n")
            path.symlink_to(tmp_path / "secret.yaml")
        case "device":
            path.symlink_to("/dev/zero")
        case "directory":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case str() as text:
            path.write_text(text)
        case content:
            path.write_bytes(content)
    began = time.monotonic()

    for run in (texts.gather(repo), texts.codegenie("gather", str(repo)), texts.doit("list", f"repo={repo}")):
        assert run.code == 2
        assert run.err.startswith("codegenie: ")
        assert "config.yaml" in run.err
        assert len(run.err) < 2000
        assert "Traceback" not in run.err
        assert "a-secret-word" not in run.err
        assert run.err.replace("\n", "").isprintable()
    assert time.monotonic() - began < 30
    assert os.listdir(repo / ".codegenie") == ["config.yaml"]
    assert not (repo / "canary").exists() and not (texts.path / "canary").exists()


def _another(plot: Plot) -> Path:
    """The state of another repository of the same user, about other texts."""
    other = plot.repo.with_name("other")
    if not other.exists():
        other.mkdir()
        (other / "a.txt").write_bytes(FORGED)
        assert plot.house.gather(other).code == 0
    return other / ".codegenie"


def _stamp(plot: Plot, secret: bytes, layout: str = "1") -> bytes:
    """A stamp for this very place, with a secret."""
    where = plot.out.lstat()
    text = f"{layout}\0{plot.out}\0{plot.repo}\0{where.st_dev}\0{where.st_ino}"
    return blake2b(text.encode(), key=secret, person=b"codegenie owner").hexdigest().encode()
