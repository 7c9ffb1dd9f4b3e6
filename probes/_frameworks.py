"""Frameworks and workspaces, by what the manifests of a repository declare."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from codegenie.globs import matching
from codegenie.probe import ProbeInputs

from ._dependencies import (
    Manifest,
    cargo_toml,
    composer_json,
    deno_json,
    package_json,
    pipfile,
    pnpm_workspace_yaml,
    pubspec_yaml,
    pyproject_toml,
    uses_text,
)
from ._dependencies_text import each_line, go_mod, gradle, requirements_txt, sbt, setup_cfg, setup_py
from ._dependencies_xml import dotnet_project, pom_xml

Reader = Callable[[bytes], Manifest]

# The glob; the ecosystem whose names the manifest uses; the tool that a workspace declared in it belongs to.
_MANIFESTS: tuple[tuple[str, str, str, Reader], ...] = (
    ("**/package.json", "npm", "npm workspaces", package_json),
    ("**/deno.{json,jsonc}", "npm", "deno workspace", deno_json),
    ("**/pnpm-workspace.yaml", "npm", "pnpm workspace", pnpm_workspace_yaml),
    ("**/pyproject.toml", "pypi", "uv workspace", pyproject_toml),
    ("**/Pipfile", "pypi", "", pipfile),
    ("**/{requirements*,requirements/*}.{txt,in}", "pypi", "", uses_text(requirements_txt)),
    ("**/setup.py", "pypi", "", uses_text(setup_py)),
    ("**/setup.cfg", "pypi", "", uses_text(setup_cfg)),
    ("**/go.mod", "go", "", uses_text(go_mod)),
    ("**/Cargo.toml", "cargo", "cargo workspace", cargo_toml),
    ("**/Gemfile", "gem", "", uses_text(each_line(r"""^\s*gem\s*\(?\s*["']([\w.-]+)["']"""))),
    ("**/*.gemspec", "gem", "", uses_text(each_line(r"""\.add_(?:\w+_)?dependency\s*\(?\s*["']([\w.-]+)["']"""))),
    ("**/composer.json", "composer", "", composer_json),
    ("**/pom.xml", "maven", "maven modules", pom_xml),
    ("**/*.{gradle,gradle.kts}", "maven", "", uses_text(gradle)),
    ("**/libs.versions.toml", "maven", "", uses_text(gradle)),
    ("**/build.sbt", "maven", "", uses_text(sbt)),
    ("**/*.{csproj,fsproj,vbproj}", "nuget", "", dotnet_project),
    ("**/mix.exs", "hex", "", uses_text(each_line(r"\{\s*:(\w+)\s*,"))),
    ("**/pubspec.yaml", "pub", "pub workspace", pubspec_yaml),
    ("**/Package.swift", "swift", "", uses_text(each_line(r'url:\s*"[^"]*[/:]([\w.-]+/[\w.-]+?)(?:\.git)?"'))),
)

# Files whose presence declares that several projects live together; the expression finds the line, where one is asked.
_WORKSPACES = (
    ("**/lerna.json", "lerna", ""),
    ("**/nx.json", "nx", ""),
    ("**/turbo.json", "turborepo", ""),
    ("**/rush.json", "rush", ""),
    ("**/.moon/workspace.yml", "moon", ""),
    ("**/melos.yaml", "melos", ""),
    ("**/pants.toml", "pants", ""),
    ("**/.buckconfig", "buck", ""),
    ("**/{WORKSPACE,WORKSPACE.bazel,WORKSPACE.bzlmod,MODULE.bazel}", "bazel", ""),
    ("**/go.work", "go workspace", r"^use\b"),
    ("**/{settings.gradle,settings.gradle.kts}", "gradle", r"^\s*include(?:Flat)?\b(?!Build)"),
)

# Directories whose manifests say what is tested, shown or scaffolded, not what the repository is built on.
_ASIDE = re.compile(
    r"(?:\A|/)(?:__)?(?:fixtures?|test-?data|test-?fixtures|tests?|specs?|e2e|mocks?|benchmarks?|playgrounds?|examples?"
    r"|samples?|demos?|templates?(?:-[^/]+)?)(?:__)?/",
    re.IGNORECASE,
)
_EVIDENCE = 10  # manifests named for one framework; how many there are is said beside them


def frameworks_and_workspaces(
    inputs: ProbeInputs, paths: Iterable[str], catalogue: Mapping[str, Mapping[str, str]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the manifests among the paths declare; one that cannot be parsed goes to `inputs.unparsed`."""
    globs = (*(glob for glob, *_ in _MANIFESTS), *(glob for glob, *_ in _WORKSPACES))
    own = [path for path in matching(globs, paths) if not _ASIDE.search(path)]
    found: dict[tuple[str, str], set[tuple[str, int]]] = {}
    workspaces = []
    for glob, ecosystem, tool, reader in _MANIFESTS:
        for path in matching((glob,), own):
            manifest = inputs.parse(path, reader)
            if manifest is None:
                continue
            for name, line in manifest.dependencies:
                if framework := _framework(catalogue.get(ecosystem, {}), ecosystem, name):
                    found.setdefault((framework, ecosystem), set()).add((path, line))
            if manifest.workspace is not None:
                workspaces.append({"tool": tool, "path": path, "line": manifest.workspace})
    workspaces += _declared_by_presence(inputs, own)
    return [_fact(*key, sorted(found[key])) for key in sorted(found)], sorted(
        workspaces, key=lambda marker: (marker["path"], marker["tool"])
    )


def _fact(name: str, ecosystem: str, places: list[tuple[str, int]]) -> dict[str, Any]:
    first = dict(reversed(places))
    evidence = [{"path": path, "line": first[path]} for path in sorted(first)]
    return {"name": name, "ecosystem": ecosystem, "manifests": len(evidence), "evidence": evidence[:_EVIDENCE]}


def _framework(catalogue: Mapping[str, str], ecosystem: str, name: str) -> str | None:
    return next((catalogue[key] for key in _keys(ecosystem, name) if key in catalogue), None)


def _keys(ecosystem: str, name: str) -> tuple[str, ...]:
    """The names under which the catalogue may know a dependency, the most special first."""
    match ecosystem:
        case "pypi":
            return (re.sub(r"[-_.]+", "-", name).lower(),)
        case "go":
            return (re.sub(r"/v\d+\Z", "", name),)
        case "maven":
            return (name, name.partition(":")[0])
        case "nuget" | "swift" | "composer":
            return (name.lower(),)
    return (name,)


def _declared_by_presence(inputs: ProbeInputs, paths: Iterable[str]) -> Iterator[dict[str, Any]]:
    for glob, tool, pattern in _WORKSPACES:
        for path in matching((glob,), paths):
            if not pattern:
                yield {"tool": tool, "path": path, "line": 1}
            elif line := inputs.parse(path, _first_line(pattern)):
                yield {"tool": tool, "path": path, "line": line}


def _first_line(pattern: str) -> Callable[[bytes], int]:
    """A parser that gives the number of the first line that an expression matches, 0 where there is none."""
    search = re.compile(pattern.encode()).search
    return lambda content: next((at for at, line in enumerate(content.split(b"\n"), 1) if search(line)), 0)
