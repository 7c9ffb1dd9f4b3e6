import json

import pytest

from codegenie.formats import package_json
from codegenie.formats.package_json import DevEngine, Workspaces
from codegenie.formats.unparsable import Unparsable


def test_every_field_that_is_well_typed_is_read() -> None:
    found = package_json.parse(
        b"""{
          "name": "@acme/web", "version": "1.0.0", "private": true, "type": "module",
          "packageManager": "pnpm@9.1.0",
          "scripts": {
            "build": "vite build"
          },
          "devEngines": {"packageManager": {"name": "pnpm", "version": "^9", "onFail": "warn"}},
          "workspaces": {"packages": ["packages/*"], "nohoist": ["**/a"]},
          "dependencies": {"a": "^1"}, "optionalDependencies": {"b": "2"},
          "peerDependencies": {"c": "3", "d": "4"}, "peerDependenciesMeta": {"c": {"optional": true}},
          "bundleDependencies": true, "bin": "cli.js",
          "exports": {".": {"import": "./dist/i.mjs", "default": ["./dist/i.cjs", null]}}
        }"""
    )
    assert (found.name, found.version, found.private, found.type) == ("@acme/web", "1.0.0", True, "module")
    assert found.package_manager == "pnpm@9.1.0"
    assert found.dev_engines == {"packageManager": (DevEngine("pnpm", "^9", "warn", ("devEngines", "packageManager")),)}
    assert found.workspaces == Workspaces(("packages/*",), ("**/a",), ("workspaces", "packages"))
    assert found.dependencies["optionalDependencies"] == {"b": "2"}
    assert (found.optional_peers, found.bundled, found.bin) == (("c",), ("a",), {"web": "cli.js"})
    assert found.exports == ("./dist/i.cjs", "./dist/i.mjs")
    assert found.declares("d") and not found.declares("e")
    assert found.lines[("scripts", "build")] == 5
    assert found.ill_typed == ()


@pytest.mark.parametrize(
    ("content", "ill_typed"),
    [
        (b'{"name": 5}', ("name",)),
        (b'{"private": "true"}', ("private",)),
        (b'{"scripts": {"a": 1, "b": "c"}}', ("scripts.a",)),
        (b'{"scripts": []}', ("scripts",)),
        (b'{"engines": ["node >= 0.6"]}', ("engines",)),
        (b'{"workspaces": ["a", 1]}', ("workspaces",)),
        (b'{"workspaces": {"packages": "a"}}', ("workspaces.packages",)),
        (b'{"workspaces": true}', ("workspaces",)),
        (b'{"bin": 1, "files": "dist", "volta": 1, "devEngines": []}', ("bin", "devEngines", "files", "volta")),
        (b'{"bundledDependencies": [1]}', ("bundleDependencies",)),
        (b'{"exports": 1, "peerDependenciesMeta": {"a": 1}, "publishConfig": {"tag": 1}}', ()),
        (b'{"name": null, "scripts": null}', ()),
    ],
)
def test_a_field_of_another_type_is_absent_and_named(content: bytes, ill_typed: tuple[str, ...]) -> None:
    assert package_json.parse(content).ill_typed == ill_typed


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'"a"', b"{", b"\x00"])
def test_what_is_no_object_is_refused(content: bytes) -> None:
    with pytest.raises(Unparsable):
        package_json.parse(content)


@pytest.mark.parametrize("field", ["scripts", "dependencies", "exports", "bin", "engines"])
def test_a_manifest_of_ten_thousands_of_entries_is_refused(field: str) -> None:
    def manifest(count: int) -> bytes:
        return json.dumps({field: {f"k{number}": "x" for number in range(count)}}).encode()

    with pytest.raises(Unparsable, match="more than 10000 entries"):
        package_json.parse(manifest(package_json.MOST_ENTRIES + 1))
    assert package_json.parse(manifest(package_json.MOST_ENTRIES))
