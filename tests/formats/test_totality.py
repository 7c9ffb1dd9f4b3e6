"""Any bytes give a value or Unparsable, in time proportional to their length, whatever the format."""

import dataclasses
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegenie.formats import (
    json_text,
    jsonc_text,
    npmrc,
    package_json,
    pnpm_workspace,
    toml_text,
    tsconfig,
    yaml_text,
    yarnrc,
)
from codegenie.formats.json_lines import lines_of
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

Parser = Callable[[bytes], Any]

QUARTER = 1 << 18  # of a MiB
PACKAGE = b"""{
  "name": "@acme/web", "version": "1.0.0", "private": true, "packageManager": "pnpm@9.1.0+sha512.abc",
  "engines": {"node": ">=20", "npm": "please-use-pnpm"}, "scripts": {"build": "vite build", "test": "vitest"},
  "devEngines": {"packageManager": [{"name": "pnpm", "version": "9", "onFail": "error"}]},
  "workspaces": {"packages": ["packages/*", "!packages/old"], "nohoist": ["**/react"]},
  "exports": {".": {"import": "./dist/index.mjs", "require": ["./dist/index.cjs"]}}, "files": ["dist"],
  "bin": "./cli.js", "peerDependencies": {"react": "*"}, "peerDependenciesMeta": {"react": {"optional": true}}
}"""
SAMPLES: dict[str, tuple[Parser, bytes]] = {
    "json": (json_text.load, PACKAGE),
    "jsonc": (jsonc_text.load, b'{\n  // a\n  "a": [1, 2.5e3, /* b */ null,],\n  "u": "\\ud83d\\ude00 \\"//",\n}'),
    "yaml": (
        yaml_text.load_all,
        b"%YAML 1.2\n---\na: &x {b: [1, 0x1f, 1e3], c: 'd'}\n<<: *x\ne: !Ref |\n  text\n? f\n: >-\n  g\n---\n- x\n",
    ),
    "toml": (
        toml_text.load,
        b'[a."b.c"]\nd.e = 1\nf = [{g = 1979-05-27}, "h"]\n[[i]]\nj = """\nk"""\nl = inf\nm = 07:32:00\n',
    ),
    "package_json": (package_json.parse, PACKAGE),
    "npmrc": (
        npmrc.parse,
        b"; c\nregistry=https://u:p@npm.acme.io/\n@a:registry = //h/\nengine-strict\n//h/:_authToken=${T}\n",
    ),
    "yarnrc": (
        yarnrc.parse,
        b"nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\nnpmScopes: {a: {npmRegistryServer: h}}\n",
    ),
    "yarnrc_classic": (yarnrc.parse_classic, b'# c\nregistry "https://r.io"\nyarn-path ".yarn/yarn-1.22.js"\n'),
    "pnpm_workspace": (
        pnpm_workspace.parse,
        b"packages:\n  - 'packages/*'\n  - '!**/test/**'\ncatalog:\n  react: ^18\nnodeLinker: hoisted\n",
    ),
    "tsconfig": (
        tsconfig.parse,
        b'{"extends": ["./a.json", "@tsconfig/node20"], // c\n "compilerOptions": {"outDir": "dist",},}',
    ),
    "json_lines": (lambda content: lines_of(text_of(content)), PACKAGE),
}
EVERY = pytest.mark.parametrize("name", sorted(SAMPLES))


@EVERY
def test_the_sample_itself_is_understood(name: str) -> None:
    parser, sample = SAMPLES[name]
    assert parser(sample)


@EVERY
@given(
    content=st.binary(max_size=300) | st.text(alphabet="{}[]\":,\\/*\n #-?&*!|>%@`'=.a1", max_size=200).map(str.encode)
)
@settings(deadline=None, max_examples=150)
def test_any_bytes_give_a_value_or_unparsable(name: str, content: bytes) -> None:
    check(SAMPLES[name][0], content)


@EVERY
@given(data=st.data())
@settings(deadline=None, max_examples=150)
def test_a_damaged_sample_gives_a_value_or_unparsable(name: str, data: st.DataObject) -> None:
    parser, sample = SAMPLES[name]
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, len(sample)))
    put = data.draw(st.binary(max_size=4) | st.sampled_from([b'"', b"[", b"{", b"null", b"\\ud800", b"\x00", b"*x"]))
    check(parser, sample[:start] + put * data.draw(st.integers(1, 3)) + sample[end:])


REPEATED = (
    b"[", b"]", b"{", b'{"a":', b"- ", b"[],", b"a: [", b"? ", b'"', b"'", b'\\"', b"/*", b"//", b"/*/", b"*/", b",   ",
    b"a\n", b"#\n", b"\n", b" ", b"\t", b"a.", b'"a".', b"a=1\n", b"[a]\n", b"=", b"&a ", b"*a ", b"- &a x\n- *a\n",
    b"!a ", b"%TAG !a! b\n", b"---\n", b"|\n", b"<<: ", b"\\ud800", b"\xff", b"\x00", b"1", b"-", b"@a:registry=//a@",
    b"\xf0\x9f\x98\x80", b"a: b\n", b"a", b"{a = ",
)  # fmt: skip


@EVERY
def test_anything_repeated_takes_linear_time(name: str) -> None:
    for unit in REPEATED:
        started = time.process_time()
        check(SAMPLES[name][0], unit * (QUARTER // len(unit)), quick=True)
        assert time.process_time() - started < 3, unit  # 0.2 s on a quiet machine; a quadratic parser needs minutes


def check(parser: Parser, content: bytes, *, quick: bool = False) -> None:
    try:
        value = parser(content)
    except Unparsable:
        return
    if not quick:
        value = dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
        json.dumps(value, allow_nan=False, skipkeys=True, default=sorted).encode()
