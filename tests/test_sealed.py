"""What doit remembers carries the user's own seal: forged facts can arrive long after the first gather."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

from codegenie.hashing import proof, sealed, unsealed
from tests.house import House, document


def test_facts_forged_in_a_later_commit_are_not_believed(
    texts: House, repo: Path, git: Callable[..., str], tmp_path: Path
) -> None:
    """The commit tracks a raw slice that lies and a database that vouches for it; git overwrites ignored files."""
    git("init", "-q")
    (repo / "a.txt").write_text("true")
    git("add", "a.txt")
    git("commit", "-qm", "one")
    texts.gather(repo)
    evil = tmp_path / "evil"
    shutil.copytree(repo, evil, ignore=shutil.ignore_patterns(".codegenie"))
    texts.environment = {"HOME": str(tmp_path / "their-home")}
    texts.gather(evil)
    texts.environment = {}
    _forge(evil)

    git("pull", "-q", "--no-rebase", str(evil), "main")
    run = texts.gather(repo)

    assert run.outcomes == {"alpha": "restored", "beta": "restored"}
    assert document(repo)["alpha"] == {"texts": {"a.txt": "true"}}


def _forge(evil: Path) -> None:
    raw = evil / ".codegenie/context/raw/alpha.json"
    raw.write_text(raw.read_text().replace("true", "FORGED"))
    with sqlite3.connect(evil / ".codegenie/state/doit.db") as database:
        ((row,),) = database.execute("select task_data from doit where task_id = 'probe:alpha'").fetchall()
        secret = next(evil.parent.glob("their-home/.codegenie/state.key")).read_bytes()
        told = json.loads(unsealed(row, secret) or "")
        told["_values_:"]["targets"] = [proof(raw.read_bytes())]
        forged_row = sealed(json.dumps(told), secret)
        database.execute("update doit set task_data = ? where task_id = 'probe:alpha'", (forged_row,))
    database.close()
    forged = [".codegenie/context/raw/alpha.json", ".codegenie/state/doit.db"]
    identity = ["-c", "user.name=Eve", "-c", "user.email=eve@example.org"]
    for arguments in (["add", "-f", *forged], [*identity, "commit", "-qm", "two"]):
        subprocess.run(["git", *arguments], cwd=evil, check=True, env=os.environ)
