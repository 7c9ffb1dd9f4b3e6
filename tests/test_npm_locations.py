"""Where the packages of an npm lockfile look for others."""

import json
import time
import tracemalloc

from codegenie.formats import package_lock
from probes._node_lock_npm import NpmTree


def test_a_location_longer_than_any_path_takes_no_square_of_its_length() -> None:
    entry = {"version": "1.0.0", "dependencies": {"b": "1"}}
    long = "/".join(["a"] * 10_000)
    packages = {"": {}, long: entry, "a/a": entry, "node_modules/b": {"version": "1.0.0"}}
    lock = package_lock.parse(json.dumps({"lockfileVersion": 3, "packages": packages}).encode())
    tracemalloc.start()
    try:
        found = NpmTree(lock, ".", ()).packages()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1 << 20
    assert sorted(package.requires for package in found) == [(), (), (2,)]


def test_directories_without_packages_cost_nothing_for_each_that_is_wanted() -> None:
    wanted = {f"b{number}": "1" for number in range(200)}
    deep = "/".join(["a"] * 2000)
    packages = {f"{deep}{number}": {"version": "1.0.0", "dependencies": wanted} for number in range(10)}
    lock = package_lock.parse(json.dumps({"lockfileVersion": 3, "packages": packages}).encode())
    started = time.process_time()
    NpmTree(lock, ".", ())
    assert time.process_time() - started < 0.5
