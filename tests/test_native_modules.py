"""The catalogue of native modules: names as package URLs have them, libraries that are listed."""

import json
import re
import time
from typing import Any

import pytest

from codegenie import registry
from codegenie.formats.purl import purl
from probes._native_catalogue import NativeCatalogue
from probes._native_sources import FILES, signs
from probes._native_wheels import Wheels, wheels


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Any]:
    with open(registry.catalogue_path("native_modules"), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


def test_an_entry_has_a_name_or_a_pattern(catalogue: dict[str, Any]) -> None:
    assert [each for each in catalogue["packages"] if ("name" in each) == ("pattern" in each)] == []


def test_a_name_is_the_one_that_a_package_url_has(catalogue: dict[str, Any]) -> None:
    names = [(each["type"], each["name"]) for each in catalogue["packages"] if each["type"] in ("pypi", "composer")]
    assert [purl(kind, name) for kind, name in names] == [f"pkg:{kind}/{name}" for kind, name in names]


def test_every_library_that_is_named_is_listed_and_means_one_thing(catalogue: dict[str, Any]) -> None:
    ids = {each["id"] for each in catalogue["libraries"]}
    assert {need["library"] for each in catalogue["packages"] for need in each["needs"]} <= ids
    for field in ("links", "pkg_config"):
        names = [name for each in catalogue["libraries"] for name in each[field]]
        assert sorted(names) == sorted(set(names))


def test_no_pattern_takes_long(catalogue: dict[str, Any]) -> None:
    started = time.process_time()
    for each in catalogue["packages"]:
        if "pattern" in each:
            re.compile(each["pattern"]).fullmatch(each["pattern"].partition("(")[0].replace("\\", "") + "-x" * 50_000)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("kind", "name", "known"),
    [
        ("npm", "@next/swc-linux-x64-gnu", True),
        ("npm", "@next/env", False),
        ("maven", "org.bytedeco/opencv", True),
        ("nuget", "runtime.linux-x64.Microsoft.NETCore.App", True),
        ("nuget", "skiasharp.nativeassets.linux", True),
        ("golang", "github.com/libgit2/git2go/v34", True),
        ("cargo", "serde", False),
    ],
)
def test_families_are_found_by_pattern(catalogue: dict[str, Any], kind: str, name: str, known: bool) -> None:
    assert (NativeCatalogue(catalogue).find(kind, name) is not None) == known


def test_an_entry_holds_for_its_versions(catalogue: dict[str, Any]) -> None:
    known = NativeCatalogue(catalogue)
    versions = ("2.80.0", "4.0.0-rc.1", "10.0.0", "odd", None)
    assert [known.find("npm", "rollup", version) is not None for version in versions] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert [known.find("npm", "@prisma/client", version) is not None for version in ("6.9.0", "7.0.0")] == [True, False]


BAIT = (
    *(
        "\n",
        " ",
        "\t",
        "\r\n",
        "\\",
        '"',
        "'",
        "[",
        "(",
        "#cgo ",
        "-l",
        "-la ",
        "pkg-config ",
        "pkg-config --a",
        " --a",
    ),
    *(
        'import "C"\n',
        '"install": "',
        '"install": "node',
        "System",
        "System.loadLibrary(",
        "[DllImport(",
        "libraries=[",
    ),
    *(
        "ext_modules libraries=['a',",
        "have_library('a')\n",
        "[build-system]\n",
        "links = 'a'\n",
        "cc = 1\n",
        "//",
        "// ",
    ),
)


@pytest.mark.parametrize(
    "name", ["a.go", "A.java", "A.cs", *(glob.rpartition("/")[2] for glob in FILES if "*." not in glob)]
)
def test_no_source_takes_long(name: str) -> None:
    for unit in BAIT:
        started = time.process_time()
        signs(name, b'import "C"\n' + unit.encode() * ((1 << 18) // len(unit)))
        assert time.process_time() - started < 2, unit


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["a-1-py3-none-any.whl", "a-1.tar.gz"], Wheels(True, 0, None, False, 1)),
        (
            [
                "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
                "a-1-cp311-cp311-musllinux_1_1_x86_64.whl",
            ],
            Wheels(False, 2, (2, 17), True, 0),
        ),
        (
            ["a-1-cp39-abi3-manylinux_2_28_aarch64.whl", "a-1-cp39-abi3-macosx_11_0_arm64.whl"],
            Wheels(False, 2, (2, 28), False, 0),
        ),
        (
            ["a-1-cp39-abi3-manylinux1_i686.whl", "a-1-cp39-abi3-manylinux_2_28_x86_64.whl"],
            Wheels(False, 2, (2, 28), False, 0),
        ),
        (["a-1-cp27-cp27mu-manylinux1_i686.whl"], Wheels(False, 1, (2, 5), False, 0)),
        (["a-1.zip", "", "-.whl"], Wheels(False, 0, None, False, 3)),
    ],
)
def test_wheels_tell_platforms_and_libc(files: list[str], expected: Wheels) -> None:
    assert wheels(files) == expected
