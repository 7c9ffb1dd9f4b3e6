"""Corrupt, truncated and foreign state: made anew, with one warning at most, and never believed."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

from codegenie.cache import BLOB_FORMAT
from codegenie.recorded import MAGIC
from tests.conftest import Figures
from tests.torture.harness import SEED, Bench, chance, complaint, litter, published, rounds

Damage = Callable[[Path, Random], None]


def flip(path: Path, random: Random) -> None:
    """One to three bits."""
    content = bytearray(path.read_bytes())
    for _ in range(random.randint(1, 3)) if content else ():
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    path.write_bytes(content)


def cut(path: Path, random: Random) -> None:
    """Cut anywhere."""
    content = path.read_bytes()
    path.write_bytes(content[: random.randrange(len(content))] if content else b"")


def zero(path: Path, random: Random) -> None:
    """Zeros over a part, as of blocks that never reached the disk."""
    content = path.read_bytes()
    start = random.randrange(len(content) + 1)
    end = random.randrange(start, len(content) + 1)
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])


def grow(path: Path, random: Random) -> None:
    """More at the end."""
    path.write_bytes(path.read_bytes() + random.randbytes(random.randint(1, 200)))


def replace(path: Path, random: Random) -> None:
    """Something else entirely."""
    path.write_bytes(random.choice((b"", b"\0", b"{}", b"[]\n", b"null", b"[" * 5000, random.randbytes(3000))))


def shuffle(path: Path, random: Random) -> None:
    """The content of another file of the same directory."""
    path.write_bytes(random.choice([other for other in path.parent.iterdir() if other.is_file()]).read_bytes())


def another_version(path: Path, random: Random) -> None:
    """What an older or a newer release might have written there, well-formed."""
    content = path.read_bytes()
    for kind in (MAGIC, BLOB_FORMAT.encode()):
        content = content.replace(kind, kind[:-1] + b"9")
    path.write_bytes(content)
    if path.name == "doit.db":
        path.unlink()
        random.choice((_other_table, _plain_rows, _of_json))(path)


def _other_table(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table doit (name text, row blob)")
    connection.close()


def _plain_rows(path: Path) -> None:
    """doit's own rows, as any doit would write them, with values that vouch for all there is."""
    rows = {"outcome": "ran", "key": "", "parts": {}, "targets": []}
    with sqlite3.connect(path) as connection:
        connection.execute("create table doit (task_id text not null primary key, task_data json)")
        for task in ("probe:alpha", "merge"):
            connection.execute("insert into doit values (?, ?)", (task, json.dumps({"_values_:": rows})))
    connection.close()


def _of_json(path: Path) -> None:
    path.write_text(json.dumps({"probe:alpha": {"_values_:": {"outcome": "ran"}}}))


DAMAGES: tuple[Damage, ...] = (flip, flip, flip, cut, zero, grow, replace, shuffle, another_version)


def test_state_that_was_damaged_is_made_anew_and_never_believed(bench: Bench, figures: Figures) -> None:
    random = chance("damage")
    bench.put("A")
    assert bench.gather().code == 0
    for number in range(rounds(150, 4000)):
        content = "AB"[number // 20 % 2]
        bench.put(content)
        files = _state(bench)
        path = random.choice(files)
        damage = random.choice(DAMAGES)
        damage(path, random)
        where = f"{damage.__name__} of {path}, round {number} of TORTURE_SEED={SEED}"
        ended = bench.gather()

        complaint(ended.err)
        assert ended.code == 0, f"{where}: {ended}"
        assert len(ended.err.splitlines()) <= 1, f"{where}: {ended}"
        assert published(bench.out) == bench.clean[content], where
        shutil.rmtree(bench.out / "set-aside", ignore_errors=True)  # after a key or a stamp, all is a stranger's
        assert litter(bench.out, bench.home) == [], where
        figures["bad inputs tried"] += 1


def _state(bench: Bench) -> list[Path]:
    """Every file that a gather may read again."""
    marks = (".gitignore", "CACHEDIR.TAG")  # once made, they are the user's
    kinds: dict[Path, list[Path]] = {}
    for top in (bench.out, bench.home / ".codegenie"):
        for path in top.rglob("*"):
            if path.is_file() and path.name not in marks:
                in_blobs = path.parent.parent.name == "blobs"
                kinds.setdefault(path.parent.parent if in_blobs else path.parent, []).append(path)
    most = max(map(len, kinds.values()))
    return sorted(
        files[number % len(files)] for files in kinds.values() for number in range(most)
    )  # all kinds as often
