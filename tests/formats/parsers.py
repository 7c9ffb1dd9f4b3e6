"""Every parser of codegenie.formats, found by reflection, with a sample that it understands."""

import dataclasses
import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from codegenie import formats
from codegenie.formats.unparsable import Unparsable
from tests.formats.ci_samples import CI_SAMPLES

Parser = Callable[[bytes], Any]


def parsers() -> dict[str, Parser]:
    """By `module.function`: whatever public function of a format takes bytes, and nothing else that has no default."""
    return {
        f"{module}.{name}": function
        for _, module, _ in pkgutil.iter_modules(formats.__path__)
        for name, function in _public(f"codegenie.formats.{module}")
        if _takes_bytes(function)
    }


def _public(module: str) -> Iterator[tuple[str, Any]]:
    found = importlib.import_module(module)
    for name, function in vars(found).items():
        if not name.startswith("_") and inspect.isfunction(function) and function.__module__ == module:
            yield name, function


def _takes_bytes(function: Any) -> bool:
    signature = inspect.signature(function)
    first, *rest = signature.parameters.values() or (None,)
    return (
        first is not None
        and first.annotation is bytes
        and all(parameter.default is not parameter.empty for parameter in rest)
        and signature.return_annotation is not str
    )


def _on_disk() -> dict[str, tuple[bytes, ...]]:
    """By module, the files under `samples/<module>/`."""
    directories = sorted(path for path in (Path(__file__).parent / "samples").iterdir() if path.is_dir())
    return {each.name: tuple(file.read_bytes() for file in sorted(each.iterdir())) for each in directories}


PACKAGE = b"""{
  "name": "@acme/web", "version": "1.0.0", "private": true, "packageManager": "pnpm@9.1.0+sha512.abc",
  "engines": {"node": ">=20", "npm": "please-use-pnpm"}, "scripts": {"build": "vite build", "test": "vitest"},
  "devEngines": {"packageManager": [{"name": "pnpm", "version": "9", "onFail": "error"}]},
  "workspaces": {"packages": ["packages/*", "!packages/old"], "nohoist": ["**/react"]},
  "exports": {".": {"import": "./dist/index.mjs", "require": ["./dist/index.cjs"]}}, "files": ["dist"],
  "bin": "./cli.js", "peerDependencies": {"react": "*"}, "peerDependenciesMeta": {"react": {"optional": true}}
}"""
CARGO_LOCK = b"""# by cargo
version = 3

[[package]]
name = "a"
version = "0.1.0"
dependencies = [
 "b",
 "b 2.0.0 (registry+https://r.io/i)",
]

[[package]]
name = "b"
version = "2.0.0"
source = "registry+https://r.io/i"
checksum = "00"

[[patch.unused]]
name = "c"
version = "1.0.0"

[metadata]
"checksum b 2.0.0 (registry+https://r.io/i)" = "<none>"
"""
CARGO_TOML = b"""[package]
name = "a-b"
version = { workspace = true }
edition = "2021"
rust-version.workspace = true
publish = ["r"]
autobins = false
build = false

[workspace]
members = ["crates/*"]
exclude = ["x"]
default-members = ["crates/c"]
package = { version = "1.2.3", publish = false }
dependencies.serde = "1"

[dependencies]
serde = { workspace = true, features = ["derive"], optional = true }
other = { package = "real", git = "https://g.io/r", tag = "v1" }

[target.'cfg(unix)'.dev_dependencies]
libc = { path = "../libc", version = "0.2" }

[[bin]]
name = "tool"
path = "src/tool.rs"

[lib]
crate-type = ["cdylib"]

[features]
default = []

[lints.clippy]
all = "warn"

[patch.crates-io]
log = { git = "https://g.io/l" }
"""
GEMFILE = b"""# c
source "https://rubygems.org"
ruby "3.2.1", engine: "ruby"
gemspec path: "lib", name: "a"
git_source(:x) { |repo| "https://x.io/#{repo}.git" }
gem "rails", "~> 7.0", ">= 7.0.4", require: false
gem('puma', *version) if ENV["A"]
group :development, :test do
  gem "rspec", ["> 3", "< 4"], platforms: %i[mri windows]
end
if RUBY_VERSION > "3"
  gem "b", github: "b/b", branch: "main"
else
  gem "c", path: "../c"
end
source "https://gems.acme.io" do gem "d" end
%w[e f].each { |name| gem name }
eval_gemfile "Gemfile.local"
text = <<~END
  gem "not"
END
=begin
gem "neither"
=end
__END__
gem "nor"
"""
GEMFILE_LOCK = b"""GIT
  remote: https://u:p@github.com/b/b.git
  revision: 0123abc
  branch: main
  specs:
    b (1.0)

PATH
  remote: .
  specs:
    a (0.1.0)
      rails (~> 7.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.16.0-x86_64-linux)
      racc (~> 1.4)
    racc (1.7.3)
    rails (7.0.8)
      nokogiri (>= 1.8.5)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  a!
  b!
  rails (~> 7.0, >= 7.0.4)

CHECKSUMS
  racc (1.7.3) sha256=00

RUBY VERSION
   ruby 3.2.1p31

BUNDLED WITH
   2.5.1
"""
GEMSPEC = b"""require_relative "lib/a/version"
version = File.read("VERSION")
Gem::Specification.new "a", version do |s|
  s.version = A::VERSION
  s.required_ruby_version = [">= 2.7", "< 4"]
  s.executables = %w[a]
  s.metadata["allowed_push_host"] = "https://x.io"
  s.add_dependency "b", "~> 1.0", ">= 1.0.2"
  s.add_dependency("c", A::VERSION)
  s.add_development_dependency "d" if RUBY_ENGINE == "ruby"
  %w[e].each { |name| s.add_dependency name }
end
"""
GO_MOD = b"""// c
module "a.io/b/v2"
go 1.22.1
toolchain go1.22.3
require (
	c.io/d v1.2.3 // indirect; e
	`f.io/g` v0.0.0-20200101000000-abcdefabcdef
)
replace c.io/d v1.2.3 => ../d // a fork
exclude h.io/i v1.0.0
retract [v1.0.0, v1.1.0] // broken
tool f.io/g/cmd/h
"""
YAML = b"a: &x {b: [1, 0x1f, 1e3], c: 'd'}\n<<: *x\ne: !Ref |\n  text\n? f\n: >-\n  g\n"
PYPROJECT = b"""[project]
name = "Acme.App"
version = "1.0"
requires-python = ">=3.10"
dynamic = ["readme"]
license = "MIT"
dependencies = ["flask[async]>=2 ; python_version < '3.12'", "x @ git+https://u:p@h/x@main"]
optional-dependencies.cli = ["rich"]
scripts = { acme = "acme:main" }
[dependency-groups]
dev = ["pytest", { include-group = "docs" }]
docs = []
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[tool.uv]
workspace = { members = ["packages/*"], exclude = ["packages/old"] }
index = [{ name = "i", url = "https://u:p@i.io/simple" }]
sources.x = { workspace = true }
[tool.poetry.dependencies]
python = "^3.10"
y = { version = "^1", optional = true, git = "https://h/y", rev = "a" }
[tool.pdm.scripts]
test = { composite = ["a", "b"] }
[tool.hatch.envs.t]
dependencies = ["z"]
scripts.t = ["a", "b"]
[tool.pixi.feature.f.dependencies]
n = { version = "1.*" }
[tool.setuptools.dynamic]
dependencies = { file = ["requirements.txt"] }
"""
SETUP_CFG = b"[metadata]\nname = a\nversion = attr: a.v\n[options]\ninstall_requires =\n  b >= 1 # c\n  d; e == 'f'\n"
SETUP_PY = b"""from setuptools import setup
REQUIRED = ["a>=1"] + ["b"]
setup(name="x", version=read(), install_requires=REQUIRED, extras_require={"e": ("c",)}, **{"python_requires": ">=3"})
"""
REQUIREMENTS = b"""# This file is autogenerated by pip-compile
-r base.txt
--index-url https://u:p@i.io/simple
a[b]==1.0 ; python_version < "3" \\
    --hash=sha256:abc
    # via
    #   -r x.in
-e git+https://h/c@main#egg=c
./d.whl  # e
"""
PACKAGE_LOCK = b"""{
  "name": "app", "lockfileVersion": 3,
  "packages": {
    "": {"dependencies": {"a": "^1"}},
    "node_modules/a": {
      "version": "1.0.0", "resolved": "https://r.io/a/-/a-1.0.0.tgz", "integrity": "sha512-AA==", "dev": true,
      "os": ["linux"], "peerDependencies": {"b": "*"}, "peerDependenciesMeta": {"b": {"optional": true}}
    },
    "node_modules/c": {"resolved": "c", "link": true}
  }
}"""
PACKAGE_LOCK_1 = b"""{"lockfileVersion": 1, "dependencies": {
  "a": {"version": "1.0.0", "requires": {"b": "1"}, "dependencies": {"b": {"version": "1.0.0", "bundled": true}}}
}}"""
PNPM_LOCK = b"""lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    dependencies:
      '@a/b':
        specifier: ^1
        version: 1.0.0(c@2.0.0)

packages:

  '@a/b@1.0.0':
    resolution: {integrity: sha512-AA==}
    engines: {node: '>=18', '0': x}
    os: [linux, '!win32']
    deprecated: |-
      no
      more

snapshots:

  '@a/b@1.0.0(c@2.0.0)':
    dependencies:
      c: 2.0.0
    transitivePeerDependencies:
      - d
  ? long
  : dev: true
"""
PNPM_LOCK_5 = b"""lockfileVersion: 5.4
specifiers: {}
specifiers:
  a: ^1
dependencies:
  a: 1.0.0_b@2.0.0
packages:
  /a/1.0.0_b@2.0.0:
    resolution: {tarball: https://codeload.github.com/a/b/tar.gz/c}
    requiresBuild: true
"""
YARN_BERRY = b"""# c

__metadata:
  version: 8
  cacheKey: 10c0

"a@npm:^1, a@npm:^1.0.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  dependencies:
    b: "npm:^2"
  dependenciesMeta:
    b:
      optional: true
  checksum: 10c0/ab
  conditions: os=linux & cpu=x64
  linkType: hard
"""
YARN_CLASSIC = b"""# yarn lockfile v1


"@a/b@^1", "@a/b@>=1 <2":
  version "1.0.0"
  resolved "https://r.io/b.tgz#da39a3ee5e6b4b0d3255bfef95601890afd80709"
  integrity sha512-AA==
  dependencies:
    c "^2"
  optionalDependencies:
    "@d/e" "*"
"""
SAMPLES: dict[str, tuple[bytes, ...]] = {
    "bundle_config": (b'---\nBUNDLE_PATH: "vendor/bundle"\nBUNDLE_GEMS__ACME__IO: "u:p"\nBUNDLE_FROZEN: true\n',),
    "cargo_config": (
        b'[alias]\nx = "run -p x"\ny = ["a", "b"]\n[registries.z]\nindex = "sparse+https://u:p@z.io/i/"\ntoken = "t"\n'
        b'[source.crates-io]\nreplace-with = "m"\n[source.m]\nregistry = "https://m.io/"\n[build]\ntarget = "w"\n',
    ),
    "cargo_lock": (CARGO_LOCK, CARGO_LOCK.replace(b" = ", b"=")),
    "cargo_toml": (CARGO_TOML,),
    "gemfile": (GEMFILE,),
    "gemfile_lock": (GEMFILE_LOCK,),
    "gemspec": (GEMSPEC,),
    "go_lines": (GO_MOD,),
    "go_mod": (GO_MOD,),
    "go_sum": (b"a.io/b v1.0.0 h1:x=\na.io/b v1.0.0/go.mod h1:y=\n",),
    "go_vendor": (b"# a.io/b v1.0.0 => ../b\n## explicit; go 1.17\na.io/b/c\n# d.io/e => ../e\n",),
    "go_work": (b"go 1.21\ntoolchain go1.21.1\nuse (\n\t.\n\t./a // b\n)\nreplace a => ./a\n",),
    "dotenv": (b"# c\nexport A=1 # one\nB='two'\nC=\"${A} \\n\"\nD: 3\n",),
    "hcl": (
        b'a = 1\nb "c" {\n  d = [1, "x${y}", { e = true }] # f\n  g = h(i...)\n  j = <<-K\n    l\n    K\n}\n',
        b'm = { for n in o : n => n }\np = q ? "r" : -1.5e3\ns { t = null }\n/* u */ v = "\\u00e9$${w}"\n',
    ),
    "conda_environment": (
        b"name: a\nchannels: [conda-forge]\ndependencies:\n  - python=3.12\n  - c::b>=1\n"
        b"  - pip:\n    - -r r.txt\n    - d==1\n",
    ),
    "ini_text": (SETUP_CFG, b"[tox]\nenvlist = a, b\n[testenv:a]\ndeps = x\n"),
    "json_text": (PACKAGE, b'{"u": "\\ud83d\\ude00 \\"//", "f": [2.5e3, -0, null]}'),
    "jsonc_text": (b'{\n  // a\n  "a": [1, 2.5e3, /* b */ null,],\n  "u": "\\ud83d\\ude00 \\"//",\n}',),
    "lerna_json": (b'{"packages": ["packages/*"], "npmClient": "yarn", "version": "independent"}',),
    "noxfile": (b"import nox\n@nox.session(python=['3.11', '3.12'], name='t')\ndef tests(session):\n    pass\n",),
    "npmrc": (b"; c\nregistry=https://u:p@npm.acme.io/\n@a:registry = //h/\nengine-strict\n//h/:_authToken=${T}\n",),
    "package_json": (PACKAGE,),
    "pipfile": (
        b"[packages]\na = '*'\nb = {version = '>=1', extras = ['c'], markers = 'd'}\n[requires]\n"
        b"python_version = '3.12'\n[[source]]\nurl = 'https://u:p@i.io'\n[scripts]\nt = 'x'\n",
    ),
    "package_lock": (PACKAGE_LOCK, PACKAGE_LOCK_1),
    "pnpm_lock": (PNPM_LOCK, PNPM_LOCK_5),
    "pnpm_workspace": (
        b"packages:\n  - 'packages/*'\n  - '!**/test/**'\ncatalog:\n  react: ^18\nnodeLinker: hoisted\n",
    ),
    "rakefile": (
        b"desc 'x'\ntask default: %i[a b]\nnamespace :n do\n  task :t, [:x] => :y do\n  end\nend\n"
        b"RSpec::Core::RakeTask.new\nRake::TestTask.new(:unit) { |t| t.libs << 'x' }\n",
    ),
    "ruby_text": (GEMFILE, GEMSPEC),
    "ruby_version": (b'module A\n  VERSION = "1.2.3"\nend\n', b"4.2.1\n"),
    "rush_json": (b'{"rushVersion": "5.1", "pnpmVersion": "9.1", /* c */ "projects": [{"projectFolder": "a/b"}]}',),
    "rust_toolchain": (b'[toolchain]\nchannel = "1.80"\ncomponents = ["clippy"]\ntargets = ["w"]\n', b"nightly\n"),
    "setup_cfg": (SETUP_CFG,),
    "setup_py": (SETUP_PY,),
    "toml_text": (b'[a."b.c"]\nd.e = 1\nf = [{g = 1979-05-27}, "h"]\n[[i]]\nj = """\nk"""\nl = inf\nm = 07:32:00\n',),
    "tsconfig": (b'{"extends": ["./a.json", "@tsconfig/node20"], // c\n "compilerOptions": {"outDir": "dist",},}',),
    "xml_text": (b'<?xml version="1.0"?>\n<p:a xmlns:p="urn:x" b="1"><c>d &lt; <![CDATA[e]]></c><!-- f --><g/></p:a>',),
    **CI_SAMPLES,
    **_on_disk(),
    "yaml_nodes": (b"%YAML 1.2\n---\n" + YAML, YAML.replace(b"!Ref |", b"!reference |")),
    "yaml_lines": (PNPM_LOCK, PNPM_LOCK_5, YARN_BERRY),
    "yaml_text": (b"%YAML 1.2\n---\n" + YAML, YAML),
    "yarn_lock": (YARN_CLASSIC, YARN_BERRY),
    "yarnrc": (
        b"nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\nnpmScopes: {a: {npmRegistryServer: h}}\n",
        b'# c\nregistry "https://r.io"\nyarn-path ".yarn/yarn-1.22.js"\n',
    ),
}
"""By module; a module without a sample of its own is fed those of all others."""


def samples_of(name: str) -> tuple[bytes, ...]:
    """The samples for a parser."""
    module = name.partition(".")[0]
    return SAMPLES.get(module) or tuple(sample for samples in SAMPLES.values() for sample in samples)


def understood(parser: Parser, content: bytes) -> bool:
    """Whether the parser gives a value for the bytes."""
    try:
        parser(content)
    except Unparsable:
        return False
    return True


def check(parser: Parser, content: bytes) -> None:
    """Fails unless the parser refuses the bytes, or gives a value that can be written as JSON in UTF-8.

    Such a value has no lone surrogate, and no depth that a reader cannot take.
    """
    refused = ""
    try:
        value = parser(content)
    except Unparsable as refusal:
        value, refused = None, str(refusal)
    json.dumps(as_json(value), allow_nan=False, ensure_ascii=False).encode()
    assert refused.isprintable() and len(refused) < 200


def as_json(value: Any) -> Any:
    """Dataclasses, tuples and sets as JSON; the ways to values, which are tuples of names, as text."""
    match value:
        case dict():
            return {str(as_json(key)): as_json(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [as_json(item) for item in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: as_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"a {type(value).__name__} in what a parser gives")
