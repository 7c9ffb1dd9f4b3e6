"""Build tools and task runners, and what in a package speaks for each: a file, a script, a dependency."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from codegenie.formats.package_json import INSTALLED
from codegenie.formats.plain import Key

from ._node_layout import Package
from ._node_scripts import programs
from ._paths import shown

MOST_EVIDENCE = 10  # places listed for one tool; `packages` says where else it is

_SCRIPT_ENDS = r"\.(?:[cm]?[jt]s|json|toml)"


class Marks(NamedTuple):
    """What a tool is known by: names of files beside the manifest, packages, programs, a key of the manifest."""

    files: str | None = None
    packages: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    key: str | None = None


BUILD_TOOLS = {
    "angular": Marks(r"angular\.json", ("@angular/cli",), ("ng",)),
    "astro": Marks(r"astro\.config" + _SCRIPT_ENDS, ("astro",), ("astro",)),
    "babel": Marks(r"(?:babel\.config|\.babelrc)(?:\.\w+)?", ("@babel/core", "@babel/cli"), ("babel",), "babel"),
    "bunchee": Marks(None, ("bunchee",), ("bunchee",)),
    "craco": Marks(r"craco\.config" + _SCRIPT_ENDS, ("@craco/craco",), ("craco",)),
    "docusaurus": Marks(r"docusaurus\.config" + _SCRIPT_ENDS, ("@docusaurus/core",), ("docusaurus",)),
    "eleventy": Marks(r"(?:\.eleventy|eleventy\.config)" + _SCRIPT_ENDS, ("@11ty/eleventy",), ("eleventy",)),
    "ember-cli": Marks(r"ember-cli-build\.c?js", ("ember-cli",), ("ember",)),
    "esbuild": Marks(r"esbuild\.config" + _SCRIPT_ENDS, ("esbuild",), ("esbuild",)),
    "gatsby": Marks(r"gatsby-config" + _SCRIPT_ENDS, ("gatsby",), ("gatsby",)),
    "heft": Marks(r"heft\.json", ("@rushstack/heft",), ("heft",)),
    "metro": Marks(r"metro\.config" + _SCRIPT_ENDS, ("metro",), ("metro",)),
    "microbundle": Marks(None, ("microbundle",), ("microbundle",)),
    "ncc": Marks(None, ("@vercel/ncc",), ("ncc",)),
    "nest": Marks(r"nest-cli\.json", ("@nestjs/cli",), ("nest",)),
    "next": Marks(r"next\.config" + _SCRIPT_ENDS, ("next",), ("next",)),
    "nuxt": Marks(r"nuxt\.config" + _SCRIPT_ENDS, ("nuxt",), ("nuxt", "nuxi")),
    "parcel": Marks(r"\.parcelrc", ("parcel", "parcel-bundler"), ("parcel",)),
    "preconstruct": Marks(None, ("@preconstruct/cli",), ("preconstruct",), "preconstruct"),
    "react-app-rewired": Marks(r"config-overrides\.js", ("react-app-rewired",), ("react-app-rewired",)),
    "react-router": Marks(r"react-router\.config" + _SCRIPT_ENDS, ("@react-router/dev",), ("react-router",)),
    "react-scripts": Marks(None, ("react-scripts",), ("react-scripts",)),
    "remix": Marks(r"remix\.config" + _SCRIPT_ENDS, ("@remix-run/dev",), ("remix",)),
    "rolldown": Marks(r"rolldown\.config" + _SCRIPT_ENDS, ("rolldown",), ("rolldown",)),
    "rollup": Marks(r"rollup\.config(?:\.\w+)*" + _SCRIPT_ENDS, ("rollup",), ("rollup",)),
    "rsbuild": Marks(r"rsbuild\.config" + _SCRIPT_ENDS, ("@rsbuild/core",), ("rsbuild",)),
    "rslib": Marks(r"rslib\.config" + _SCRIPT_ENDS, ("@rslib/core",), ("rslib",)),
    "rspack": Marks(r"rspack\.config" + _SCRIPT_ENDS, ("@rspack/core", "@rspack/cli"), ("rspack",)),
    "svelte-kit": Marks(r"svelte\.config" + _SCRIPT_ENDS, ("@sveltejs/kit",), ("svelte-kit",)),
    "swc": Marks(r"\.swcrc", ("@swc/core", "@swc/cli"), ("swc",)),
    "tsdown": Marks(r"tsdown\.config" + _SCRIPT_ENDS, ("tsdown",), ("tsdown",)),
    "tsup": Marks(r"tsup\.config" + _SCRIPT_ENDS, ("tsup",), ("tsup",), "tsup"),
    "typescript": Marks(r"tsconfig(?:[.-].+)?\.json", ("typescript",), ("tsc", "vue-tsc", "tsgo")),
    "unbuild": Marks(r"build\.config" + _SCRIPT_ENDS, ("unbuild",), ("unbuild",)),
    "vite": Marks(r"vite\.config(?:\.\w+)*" + _SCRIPT_ENDS, ("vite",), ("vite",)),
    "vitepress": Marks(None, ("vitepress",), ("vitepress",)),
    "vue-cli": Marks(r"vue\.config\.c?[jt]s", ("@vue/cli-service",), ("vue-cli-service",)),
    "webpack": Marks(r"webpack(?:\.[\w-]+)*\.[cm]?[jt]s", ("webpack", "webpack-cli"), ("webpack", "webpack-cli")),
    "wrangler": Marks(r"wrangler\.(?:toml|jsonc?)", ("wrangler",), ("wrangler",)),
}  # fmt: skip

TASK_RUNNERS = {
    "grunt": Marks(r"[Gg]runtfile\.(?:[cm]?[jt]s|coffee)", ("grunt", "grunt-cli"), ("grunt",)),
    "gulp": Marks(r"[Gg]ulpfile(?:\.babel)?\.[cm]?[jt]s", ("gulp", "gulp-cli"), ("gulp",)),
    "lage": Marks(r"lage\.config\.c?js", ("lage",), ("lage",)),
    "lerna": Marks(r"lerna\.json", ("lerna",), ("lerna",)),
    "moon": Marks(r"\.moon/workspace\.(?:yml|yaml|pkl)", ("@moonrepo/cli",), ("moon",)),
    "nx": Marks(r"nx\.json", ("nx",), ("nx",)),
    "rush": Marks(r"rush\.json", ("@microsoft/rush",), ("rush",)),
    "turbo": Marks(r"turbo\.jsonc?", ("turbo",), ("turbo",)),
    "wireit": Marks(None, ("wireit",), ("wireit",), "wireit"),
}


def tools_in(
    table: Mapping[str, Marks], packages: Iterable[Package], names: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """Every tool of the table that something in the packages speaks for.  `names` are the files beside a manifest."""
    found: dict[str, tuple[list[str], list[dict[str, Any]]]] = {}
    for package in packages:
        for tool, evidence in _evidence(table, package, names.get(package.directory, [])):
            where, all_evidence = found.setdefault(tool, ([], []))
            where.append(shown(package.directory))
            all_evidence.extend(evidence)
    return [
        {"name": tool, "packages": where, "evidence": evidence[:MOST_EVIDENCE]}
        for tool, (where, evidence) in sorted(found.items())
    ]


def _evidence(
    table: Mapping[str, Marks], package: Package, names: list[str]
) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    called = _programs_called(package)
    for tool, marks in table.items():
        files = [name for name in names if re.fullmatch(marks.files, name)] if marks.files else []
        evidence = [{"kind": "file", "path": package.at(name), "line": None} for name in files]
        evidence += _manifest_evidence(marks, package, called)
        if evidence:
            yield tool, evidence


def _manifest_evidence(marks: Marks, package: Package, called: Mapping[str, str]) -> list[dict[str, Any]]:
    if not (manifest := package.manifest):
        return []
    keys: list[tuple[str, Key]] = [
        ("script", ("scripts", called[program])) for program in marks.programs if program in called
    ]
    if marks.key and marks.key in manifest.keys:
        keys.append(("field", (marks.key,)))
    for scope in INSTALLED:
        keys += [("dependency", (scope, name)) for name in marks.packages if name in manifest.dependencies[scope]]
    return [{"kind": kind, "path": package.manifest_path, "line": manifest.lines.get(key)} for kind, key in keys]


def _programs_called(package: Package) -> dict[str, str]:
    """The programs of a package's scripts, each with the first script that names it."""
    called: dict[str, str] = {}
    for name, script in package.manifest.scripts.items() if package.manifest else ():
        for words in programs(script):
            called.setdefault(words[0], name)
    return called
