"""Asking a directory once for all of its files gives what searching each path gives."""

import importlib
import json
import re
from itertools import product
from typing import Any

import pytest

from codegenie import registry

NAMES = """
    a .a a.js .js a-b.min.js a.d.ts README README.md readme.d CHANGELOG CHANGES.d docs Documentation examples vendor
    vendored github.com x.org Third-Party deps debian env tests fixtures extjs .sencha jquery jquery.js jquery-1.2.js
    jquery. bootstrap bootstrap.d b.css fontello.x foundation.x.js react-a react-a.js d3 d3.v3 mootools1.2x3 1.js rebar
    tiny_mce themes CodeMirror 3.1 lib aclocal.m4 aclocal.m4.d packages a.1 1.2 configure .github .yarn releases esy
    lock esy.lock a.esy.lock a-b.esy.lock esy .pnp.cjs .pnp.d .zep.c a.zep.c node_modules Cargo.lock Cargo.lock.d Pods
    mise.toml mise.lock mise.a.lock uv.lock A.Designer.cs a.css.map gradlew mvnw.cmd .sqlx slick.a slick.min.js
    __generated__ requirements dev.txt requirements-dev.txt requirements.in go.mod .moon workspace.yml
    jquery/a.js bootstrap/a/b.css extjs/a/b.txt tiny_mce/themes/a CodeMirror/3.1/lib select2/a.js slick.a/js d3/b.js
    vendor/github.com/a vendor/a-.org/b docs/_build inst/doc packages/a.1/b requirements/dev.txt .moon/workspace.yml
    esy/lock .pnp.d/a .yarn/releases Third-Party/a README.d/a fixtures/a.js tests/fixtures
"""
SQLX = ".sqlx/query-" + "0a" * 32 + ".json"
PATHS = [*NAMES.split(), SQLX, *("/".join(pair) for pair in product([*NAMES.split(), SQLX], repeat=2))]


def of_the_probe(name: str) -> Any:
    registry.probe_named("language_stack")
    return importlib.import_module(f"{registry.PROBES_PACKAGE}._{name}")


def expressions(name: str) -> list[str]:
    if name == "generated":
        return list(of_the_probe("generated_names").NAMES.split())
    if name == "manifests":
        return [f"(^|/){end}$" for end, *_ in of_the_probe("frameworks").MANIFESTS]
    with open(registry.catalogue_path("linguist"), encoding="utf-8") as file:
        return list(json.load(file)[name])


@pytest.mark.parametrize("name", ["vendored", "documentation", "generated", "manifests"])
def test_all_expressions_together_give_what_each_gives(name: str) -> None:
    matches = of_the_probe("path_patterns").matcher(expressions(name))
    single = re.compile("|".join(f"(?:{expression})" for expression in expressions(name)))
    assert [path for path in PATHS if matches(path)] == [path for path in PATHS if single.search(path)]


@pytest.mark.parametrize(
    ("path", "is_generated"), [(".zep.c", False), ("a.zep.c", True), ("a/.zep.c", True), ("a\n.zep.c", False)]
)
def test_something_on_the_same_line_stands_before_what_zephir_calls_its_files(path: str, is_generated: bool) -> None:
    assert of_the_probe("generated_names").is_generated_name(path) is is_generated


@pytest.mark.parametrize("name", ["vendored", "documentation", "generated", "manifests"])
def test_all_files_of_a_directory_together_give_what_each_gives(name: str) -> None:
    matches = of_the_probe("path_patterns").matcher(expressions(name))
    paths = sorted([*PATHS, *(path.replace(".", ".\n", 1) for path in PATHS if "." in path)])
    alone = [[path] for path in paths]
    for some in [paths, *alone]:
        found = [path for directory in of_the_probe("paths").directories(some) for path in matches.among(directory)]
        assert found == [path for path in some if matches(path)]


@pytest.mark.parametrize("kind", ["fixture", "vendored"])
def test_what_is_set_apart_of_a_directory_is_what_each_of_its_files_is(kind: str) -> None:
    apart = of_the_probe("apart")
    names = ["a.js", "vendor", "vendored", "Vendor", "fixtures", "a.fixture", "third-party", ".yarn", "__mocks__", "b"]
    paths = sorted([*names, *("/".join(way) for depth in (2, 3) for way in product(names, repeat=depth))])
    for some in [paths, *([path] for path in paths)]:
        directories = of_the_probe("paths").directories(some)
        found = [path for directory in directories for path in apart.apart_among(directory, kind)]
        assert found == [path for path in some if apart.kind_apart(path) == kind]


def test_the_attributes_of_a_directory_are_those_of_each_of_its_files() -> None:
    files = {
        ".gitattributes": b"[attr]made linguist-generated -text\n*.js made\n/a/** linguist-vendored\nb.js !text\n",
        "a/.gitattributes": b"c.js -linguist-vendored\nb/*.js -made\n",
        "a/b/.gitattributes": b"* text\n",
    }
    known = of_the_probe("gitattributes").attributes(files, ("linguist-generated", "linguist-vendored", "text"))
    paths = sorted(f"{above}{name}.js" for above in ("", "a/", "a/b/", "c/") for name in "abc")
    for directory in of_the_probe("paths").directories(paths):
        each = {path: known.of(path) for path in directory.files}
        assert known.among(directory) == {path: said for path, said in each.items() if said}


def test_many_files_of_a_directory_come_some_at_a_time() -> None:
    paths = [f"a/{number:05}" for number in range(10_000)]
    found = [*of_the_probe("paths").directories(paths)]
    assert [path for directory in found for path in directory.files] == paths
    assert max(len(directory.files) for directory in found) < 5_000
