"""Tests of the lockfiles of npm, pnpm, yarn and bun."""

import json

import pytest

from codegenie.formats import bun_lock, package_lock, pnpm_lock, yarn_lock
from codegenie.formats.pnpm_lock import Want
from codegenie.formats.unparsable import Unparsable
from tests.formats.parsers import (
    PACKAGE_LOCK,
    PACKAGE_LOCK_1,
    PNPM_LOCK,
    PNPM_LOCK_5,
    SAMPLES,
    YARN_BERRY,
    YARN_CLASSIC,
)


def test_npm_locations_have_their_lines() -> None:
    found = package_lock.parse(PACKAGE_LOCK)
    assert {location: entry.line for location, entry in found.entries.items()} == {
        "": 4,
        "node_modules/a": 5,
        "node_modules/c": 9,
    }
    entry = found.entries["node_modules/a"]
    assert (entry.development, entry.platforms, entry.optional_peers) == (True, ("os=linux",), frozenset("b"))


def test_npm_version_1_becomes_locations() -> None:
    found = package_lock.parse(PACKAGE_LOCK_1)
    assert [(location, entry.wants, entry.bundled) for location, entry in found.entries.items()] == [
        ("node_modules/a", {"dependencies": {"b": "1"}}, False),
        ("node_modules/a/node_modules/b", {}, True),
    ]


def test_a_lockfile_on_one_line_has_no_lines() -> None:
    found = package_lock.parse(json.dumps(json.loads(PACKAGE_LOCK), separators=(",", ":")).encode())
    assert {entry.line for entry in found.entries.values()} == {None}


def test_pnpm_9_is_joined_from_packages_and_snapshots() -> None:
    found = pnpm_lock.parse(PNPM_LOCK)
    entry = found.entries["@a/b@1.0.0(c@2.0.0)"]
    assert (entry.name, entry.version, entry.dependencies, entry.line) == ("@a/b", "1.0.0", {"c": "2.0.0"}, 16)
    assert entry.platforms == ("os=linux", "os=!win32")
    assert found.importers == {".": (Want("@a/b", "^1", "1.0.0(c@2.0.0)", "dependencies", 10),)}
    assert found.resolve("@a/b", "1.0.0(c@2.0.0)") is entry


def test_pnpm_5_keeps_ranges_apart() -> None:
    found = pnpm_lock.parse(PNPM_LOCK_5)
    assert found.importers == {".": (Want("a", "^1", "1.0.0_b@2.0.0", "dependencies", 6),)}
    assert (entry := found.resolve("a", "1.0.0_b@2.0.0")) and entry.version == "1.0.0"


@pytest.mark.parametrize(
    ("key", "name", "version"),
    [
        ("/a/1.0.0", "a", "1.0.0"),
        ("/@s/a/1.0.0_b@2.0.0+c@3.0.0", "@s/a", "1.0.0"),
        ("/a/1.0.0/b@2.0.0", "a", "1.0.0"),
        ("/a@1.0.0(b@2.0.0)(@c/d@3.0.0(e@4.0.0))", "a", "1.0.0"),
        ("@s/a@1.0.0-rc.1+5(patch_hash=x)", "@s/a", "1.0.0-rc.1+5"),
        ("npm.acme.io/@s/a/1.0.0", "@s/a", "1.0.0"),
        ("a@https://codeload.github.com/b/c/tar.gz/d", "a", None),
        ("@s/a@file:../x(b@1.0.0)", "@s/a", None),
        ("file:../x", "file:../x", None),
        ("", "", None),
    ],
)
def test_a_pnpm_key_tells_name_and_version(key: str, name: str, version: str | None) -> None:
    content = f"lockfileVersion: '9.0'\npackages:\n  '{key}':\n    resolution: {{integrity: x}}\n"
    entry = pnpm_lock.parse(content.encode()).entries[key]
    assert (entry.name, entry.version) == (name, version)


def test_yarn_classic_entries_have_descriptors_and_digests() -> None:
    found = yarn_lock.parse(YARN_CLASSIC)
    assert (found.berry, found.version) == (False, "1")
    [entry] = found.entries
    assert entry.descriptors == ("@a/b@^1", "@a/b@>=1 <2")
    assert (entry.dependencies, entry.optional, entry.line) == ({"c": "^2"}, {"@d/e": "*"}, 4)
    assert (entry.resolved, entry.integrity) == ("https://r.io/b.tgz", "sha512-AA==")


def test_yarn_berry_tells_optional_dependencies_apart() -> None:
    found = yarn_lock.parse(YARN_BERRY)
    assert (found.berry, found.version, found.cache_key) == (True, "8", "10c0")
    [entry] = found.entries
    assert entry.descriptors == ("a@npm:^1", "a@npm:^1.0.0")
    assert (entry.dependencies, entry.optional, entry.conditions) == ({}, {"b": "npm:^2"}, "os=linux & cpu=x64")


def test_bun_places_have_their_lines() -> None:
    found = bun_lock.parse(SAMPLES["bun_lock"][0])
    assert [(place, entry.name, entry.reference, entry.line) for place, entry in found.entries.items()] == [
        ("a", "a", "1.0.0", 5),
        ("a/c", "c", "github:d/e#f", 7),
    ]


@pytest.mark.parametrize("parser", [bun_lock.parse, package_lock.parse, pnpm_lock.parse, yarn_lock.parse])
def test_a_merge_conflict_is_called_one(parser: object) -> None:
    assert callable(parser)
    with pytest.raises(Unparsable, match="a merge conflict, line 2"):
        parser(b"a:\n<<<<<<< HEAD\n=======\n>>>>>>> b\n")
