"""Frameworks and workspaces, by what the manifests of a repository declare."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from codegenie.formats.patterns import lazily
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
from ._path_patterns import matcher
from ._paths import Directory

Reader = Callable[[bytes], Manifest]

# How the path ends; the ecosystem whose names the manifest uses; what a workspace declared in it is called; its reader.
MANIFESTS: tuple[tuple[str, str, str, Reader], ...] = (
    (r"package\.json", "npm", "package.json workspaces", package_json),
    (r"deno\.jsonc?", "npm", "deno workspace", deno_json),
    (r"pnpm-workspace\.yaml", "npm", "pnpm workspace", pnpm_workspace_yaml),
    (r"pyproject\.toml", "pypi", "uv workspace", pyproject_toml),
    ("Pipfile", "pypi", "", pipfile),
    (r"requirements(?:[^/]*|/[^/]+)\.(?:txt|in)", "pypi", "", uses_text(requirements_txt)),
    (r"setup\.py", "pypi", "", uses_text(setup_py)),
    (r"setup\.cfg", "pypi", "", uses_text(setup_cfg)),
    (r"go\.mod", "go", "", uses_text(go_mod)),
    (r"Cargo\.toml", "cargo", "cargo workspace", cargo_toml),
    ("Gemfile", "gem", "", uses_text(each_line(r"""^\s*gem\s*+(?:\(\s*+)?["']([\w.-]+)["']"""))),
    (
        r"[^/]*\.gemspec",
        "gem",
        "",
        uses_text(each_line(r"""\.add_(?:\w+_)?dependency\s*+(?:\(\s*+)?["']([\w.-]+)["']""")),
    ),
    (r"composer\.json", "composer", "", composer_json),
    (r"pom\.xml", "maven", "maven modules", pom_xml),
    (r"[^/]*\.gradle(?:\.kts)?", "maven", "", uses_text(gradle)),
    (r"libs\.versions\.toml", "maven", "", uses_text(gradle)),
    (r"build\.sbt", "maven", "", uses_text(sbt)),
    (r"[^/]*\.(?:cs|fs|vb)proj", "nuget", "", dotnet_project),
    (r"mix\.exs", "hex", "", uses_text(each_line(r"\{\s*:(\w+)\s*,"))),
    (r"pubspec\.yaml", "pub", "pub workspace", pubspec_yaml),
    (r"Package\.swift", "swift", "", uses_text(each_line(r'url:\s*"[^"]*[/:]([\w.-]+/[\w.-]+?)(?:\.git)?"'))),
)

# Files whose presence declares that several projects live together; the expression finds the line, where one is asked.
_WORKSPACES = (
    (r"lerna\.json", "lerna", ""),
    (r"nx\.json", "nx", ""),
    (r"turbo\.json", "turborepo", ""),
    (r"rush\.json", "rush", ""),
    (r"\.moon/workspace\.yml", "moon", ""),
    (r"melos\.yaml", "melos", ""),
    (r"pants\.toml", "pants", ""),
    (r"\.buckconfig", "buck", ""),
    (r"(?:WORKSPACE(?:\.bazel|\.bzlmod)?|MODULE\.bazel)", "bazel", ""),
    (r"go\.work", "go workspace", r"^use\b"),
    (r"settings\.gradle(?:\.kts)?", "gradle", r"^\s*include(?:Flat)?\b(?!Build)"),
)

# Directories whose manifests say what is tested, shown or scaffolded, not what the repository is built on.
_ASIDE = lazily(
    r"(?:\A|/)(?:__)?(?:fixtures?|test-?data|test-?fixtures|tests?|specs?|e2e|mocks?|benchmarks?|playgrounds?|examples?"
    r"|samples?|demos?|templates?(?:-[^/]+)?)(?:__)?/",
    re.IGNORECASE,
)
_EVIDENCE = 10  # manifests named for one framework; how many there are is said beside them


def frameworks_and_workspaces(
    inputs: ProbeInputs, files: Iterable[Directory], catalogue: Mapping[str, Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the manifests among the files declare; one that cannot be parsed goes to `inputs.unparsed`."""
    endings = [*(end for end, *_ in MANIFESTS), *(end for end, *_ in _WORKSPACES)]
    of_interest = matcher(f"(^|/){end}$" for end in endings)
    own = [path for directory in files for path in of_interest.among(directory) if not _ASIDE.search(path)]
    found: dict[tuple[str, str], set[tuple[str, int]]] = {}
    workspaces = []
    for end, ecosystem, tool, reader in MANIFESTS:
        for path in filter(_ends(end), own):
            manifest = inputs.parse(path, reader)
            if manifest is None:
                continue
            for name, line in manifest.dependencies:
                if framework := framework_of(catalogue, ecosystem, name):
                    found.setdefault((framework, ecosystem), set()).add((path, line))
            if manifest.workspace is not None:
                workspaces.append({"tool": tool, "path": path, "line": manifest.workspace})
    workspaces += _declared_by_presence(inputs, own)
    return [_fact(*key, sorted(found[key])) for key in sorted(found)], sorted(
        workspaces, key=lambda marker: (marker["path"], marker["tool"])
    )


def framework_of(catalogue: Mapping[str, Mapping[str, Any]], ecosystem: str, name: str) -> str | None:
    """The name of the framework that a dependency is, None where the catalogue knows it for none."""
    known = catalogue.get(ecosystem, {})
    return next((known[key]["name"] for key in _keys(ecosystem, name) if key in known), None)


def _ends(expression: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(f"(?:^|/){expression}$").search


def _fact(name: str, ecosystem: str, places: list[tuple[str, int]]) -> dict[str, Any]:
    first = dict(reversed(places))
    evidence = [{"path": path, "line": first[path]} for path in sorted(first)]
    return {"name": name, "ecosystem": ecosystem, "manifests": len(evidence), "evidence": evidence[:_EVIDENCE]}


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
    for end, tool, pattern in _WORKSPACES:
        for path in filter(_ends(end), paths):
            if not pattern:
                yield {"tool": tool, "path": path, "line": 1}
            elif line := inputs.parse(path, _first_line(pattern)):
                yield {"tool": tool, "path": path, "line": line}


def _first_line(pattern: str) -> Callable[[bytes], int]:
    """A parser that gives the number of the first line that an expression matches, 0 where there is none."""
    search = re.compile(pattern.encode()).search
    return lambda content: next((at for at, line in enumerate(content.split(b"\n"), 1) if search(line)), 0)
