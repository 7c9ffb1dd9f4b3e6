"""How much memory each file of a repository takes, and how often a large artifact stands in it: ceilings that hold.

They count what Python allocates, which hardly depends on the machine; what a process takes is row 7 of `bench`.
"""

import json
import os
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegenie import worker, workers
from codegenie.beneath import Root
from codegenie.cache import Proofs
from codegenie.formats import package_lock
from codegenie.hashing import proof
from codegenie.index import Index
from codegenie.inventory import Inventory
from codegenie.looks import RECORD, Looks
from codegenie.probe import ProbeInputs
from codegenie.registry import probe_named

FILES = 3_000
LARGE = 8 << 20


def taken(work: Callable[[], Any]) -> tuple[int, int]:
    """The bytes that are still held after a piece of work, with what it gives, and the most that were."""
    work()  # what is made once for all
    tracemalloc.start()
    result = work()
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return kept, most


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("tree")
    for number in range(FILES):
        path = top / f"package{number % 30}/module{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"number = {number}\n")
    return top


def test_the_engine_keeps_little_of_each_file(tree: Path) -> None:
    paths = tuple(sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*.py")))
    globs = ("**/*.py", "**/package.json", "**/*requirements*.txt", "src/**/*.ts")

    def looked() -> Any:
        with Root(str(tree)) as root:
            index = Index(root, paths, cap=1 << 20)
            inventory = Inventory(paths, "git").present(index)
            index.digest_of(inventory.matching(globs))
            return index, inventory, index.regular(paths)

    kept, most = taken(looked)

    assert len(paths) == FILES
    assert kept / FILES < 340
    assert most / FILES < 520


def test_a_worker_keeps_little_of_each_file() -> None:
    names = tuple(sorted(f"package{number % 30}/module{number}.py" for number in range(FILES)))
    records = bytes(RECORD.size * FILES)

    def asked() -> Any:
        looks = Looks(names, records, 1 << 20)
        inputs = ProbeInputs(probe_named("language_stack"), looks, root)
        inputs.matching("**/.gitattributes")
        return inputs, [inputs.size(path) for path in names[:1]]

    with Root("/") as root:
        _, most = taken(asked)

    assert most / FILES < 110


def test_an_artifact_stands_in_the_engine_once() -> None:
    content = os.urandom(LARGE)
    sent = b"{}\n" + content
    ours, theirs = os.pipe()

    def answered() -> bytes:
        writer = threading.Thread(target=write_all, args=(theirs, sent))
        writer.start()
        answer = workers._answered(ours, time.monotonic() + 60)
        assert next(answer) == b"{}\n"
        came = answer.send(LARGE)
        writer.join()
        return came

    assert answered() == content
    _, most = taken(answered)
    os.close(ours)
    os.close(theirs)

    assert most / LARGE < 1.3


def test_no_target_stands_in_memory_to_be_proved(tmp_path: Path) -> None:
    content = os.urandom(LARGE)
    (tmp_path / "bom.json").write_bytes(content)
    paths = [str(tmp_path / name) for name in ("bom.json", "none.json")]
    top = str(tmp_path)

    assert list(Proofs(top, {}).of(paths, LARGE)) == [proof(content), None]
    assert list(Proofs(top, {}).of(paths, LARGE - 1)) == [None, None]

    _, most = taken(lambda: list(Proofs(top, {}).of(paths, LARGE)))

    assert most / LARGE < 0.1


def test_the_text_of_an_artifact_does_not_stand_beside_its_bytes() -> None:
    rows = [{"name": "left-pad", "integrity": f"sha512-{'x' * 400}"} for _ in range(12_000)]
    size = len(json.dumps({"rows": rows}, separators=(",", ":")))

    _, most = taken(lambda: worker._written({"rows": rows}, {"max_artifact_bytes": LARGE}))

    assert most / size < 2


def test_the_entries_of_a_lockfile_take_the_place_of_its_json() -> None:
    packages = {
        f"node_modules/package{number}": {
            "version": f"1.{number}.0",
            "resolved": f"https://registry.npmjs.org/package{number}/-/package{number}-1.{number}.0.tgz",
            "integrity": f"sha512-{number:0>86}==",
            "license": "MIT",
            "dependencies": {f"package{number + step}": f"^1.{number}.0" for step in (1, 2, 3)},
            "engines": {"node": ">=18"},
        }
        for number in range(5_000)
    }
    content = json.dumps({"name": "a", "lockfileVersion": 3, "packages": packages}, indent=2).encode()

    _, most = taken(lambda: package_lock.parse(content))

    assert most < 5 * len(content)


def write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
