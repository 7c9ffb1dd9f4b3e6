"""Frameworks: a manifest for each, which depends on nothing else."""

import json
from collections import Counter
from collections.abc import Callable

from tests.reachable.entries import Ask, catalogue

MANIFESTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "cargo": ("Cargo.toml", lambda name: f'[dependencies]\n{name} = "1"\n'),
    "composer": ("composer.json", lambda name: json.dumps({"require": {name: "1"}})),
    "gem": ("Gemfile", lambda name: f'gem "{name}"\n'),
    "go": ("go.mod", lambda name: f"module example.org/a\nrequire {name} v1.0.0\n"),
    "hex": ("mix.exs", lambda name: f'  {{:{name}, "~> 1.0"}},\n'),
    "maven": ("build.gradle", lambda name: f'implementation("{name if ":" in name else name + ":any"}:1.0")\n'),
    "npm": ("package.json", lambda name: json.dumps({"dependencies": {name: "1"}})),
    "nuget": (
        "a.csproj",
        lambda name: (
            f'<Project Sdk="{name[4:]}"/>'
            if name.startswith("sdk:")
            else f'<Project><ItemGroup><PackageReference Include="{name}" Version="1"/></ItemGroup></Project>'
        ),
    ),
    "pub": ("pubspec.yaml", lambda name: f"dependencies:\n  {name}: ^1.0.0\n"),
    "pypi": ("requirements.txt", lambda name: f"{name}==1\n"),
    "swift": ("Package.swift", lambda name: f'.package(url: "https://github.com/{name}.git", from: "1.0.0")\n'),
}


def manifests(name: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """A tree with one manifest for each package, and the path and framework of each."""
    files, wanted = {}, []
    for ecosystem, (file, text) in MANIFESTS.items():
        for number, (package, entry) in enumerate(catalogue(name)[ecosystem].items()):
            path = f"{ecosystem}{number}/{file}"
            files[path] = text(package)
            wanted.append((path, entry["name"]))
    return files, wanted


def test_every_framework_is_found_where_its_package_is_required(ask: Ask) -> None:
    files, wanted = manifests("frameworks")
    found = ask("language_stack", files).schema_slice["frameworks"]
    assert sum(each["manifests"] for each in found) == len(wanted)
    assert {each["name"] for each in found} == {framework for _, framework in wanted}


def test_every_test_framework_is_found_where_its_package_is_required(ask: Ask) -> None:
    files, wanted = manifests("test_frameworks")
    found = ask("test_inventory", files).schema_slice["frameworks"]
    assert Counter({each["name"]: each["evidence_count"] for each in found}) == Counter(name for _, name in wanted)
