"""What a crate builds: the targets that it declares, and those that Cargo finds where their sources lie.

https://doc.rust-lang.org/cargo/reference/cargo-targets.html#target-auto-discovery
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from typing import Any

from codegenie.formats.cargo_toml import Package
from codegenie.formats.patterns import lazily

from ._cargo_layout import Crate

_FOUND = {
    "bin": lazily(r"src/bin/(?:([^/]+)\.rs|([^/]+)/main\.rs)"),
    "example": lazily(r"examples/(?:([^/]+)\.rs|([^/]+)/main\.rs)"),
    "test": lazily(r"tests/(?:([^/]+)\.rs|([^/]+)/main\.rs)"),
    "bench": lazily(r"benches/(?:([^/]+)\.rs|([^/]+)/main\.rs)"),
}
_KINDS = {"bin": "binary", "example": "example", "test": "test", "bench": "benchmark"}


def targets_of(crate: Crate, paths: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The targets of a crate, but for the inner tests.  `paths` are all of the repository, sorted."""
    manifest = crate.manifest
    if manifest is None or manifest.package is None or (name := manifest.package.name) is None:
        return
    manifest_path = crate.at("Cargo.toml")
    declared = {
        kind: [each for each in manifest.targets if each.kind == kind] for kind in ("library", *_KINDS.values())
    }
    for kind, targets in declared.items():
        for each in targets:
            label = each.name or (name.replace("-", "_") if kind == "library" else None)
            if label is not None:
                yield _target(label, kind, "declared", manifest_path, each.line)
    inner = _inner_paths(crate, paths)
    if not declared["library"] and "src/lib.rs" in inner and manifest.package.automatic.get("lib", True):
        yield _target(name.replace("-", "_"), "library", "convention", crate.at("src/lib.rs"), None)
    for table, kind in _KINDS.items():
        if _is_automatic(manifest.package, table, is_declared=bool(declared[kind])):
            known = {each.name for each in declared[kind]} | {each.path for each in declared[kind] if each.path}
            for label, path in _found(table, name, inner):
                if known.isdisjoint((label, path)):
                    yield _target(label, kind, "convention", crate.at(path), None)
    script = manifest.package.build if manifest.package.build is not None else "build.rs"
    if script and script in inner:
        how = "declared" if manifest.package.build else "convention"
        yield _target("build-script-build", "build script", how, crate.at(script), None)


def _inner_paths(crate: Crate, paths: Sequence[str]) -> set[str]:
    """The paths where targets may lie, from the crate's directory."""
    if not crate.directory:
        return {
            path for path in paths if path.startswith(("src/", "tests/", "examples/", "benches/")) or "/" not in path
        }
    prefix = f"{crate.directory}/"
    below = islice(paths, bisect_left(paths, prefix), None)
    return {path[len(prefix) :] for path in takewhile(lambda path: path.startswith(prefix), below)}


def _is_automatic(package: Package, table: str, *, is_declared: bool) -> bool:
    """In the edition of 2015 a declared target switches the search for others of its kind off."""
    oldest = package.edition.value in (None, "2015") and not package.edition.inherited
    return package.automatic.get(table, not (oldest and is_declared))


def _found(table: str, package: str, inner: set[str]) -> Iterator[tuple[str, str]]:
    if table == "bin" and "src/main.rs" in inner:
        yield package, "src/main.rs"
    for path in sorted(inner):
        if found := _FOUND[table].fullmatch(path):
            yield found[1] or found[2], path


def _target(name: str, kind: str, how: str, path: str, line: int | None) -> dict[str, Any]:
    return {"name": name, "kind": kind, "how": how, "path": path, "line": line}
