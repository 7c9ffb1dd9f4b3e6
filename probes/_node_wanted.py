"""What the manifests of a Node project ask for, as the slice `manifests` has it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ._lock import Disagreement, Manifests
from ._paths import parent

_RULES = frozenset({"overrides", "resolutions", "pnpm.overrides"})


class Wanted(NamedTuple):
    """One dependency: the name that it is installed under, and what stands behind it, as written."""

    name: str
    spec: str
    group: str
    line: int | None
    optional: bool


class Importer(NamedTuple):
    """One manifest of the project; `directory` is "" for the root of the repository."""

    directory: str
    path: str
    name: str | None
    version: str | None
    wanted: tuple[Wanted, ...]
    rules: Mapping[str, str]
    """Its resolutions and overrides, by selector."""
    catalogs: Mapping[tuple[str, str], str]
    """The ranges in catalogues that stand with it, by `catalog:` or `catalog:name`, and package."""

    def installs(self) -> Iterator[Wanted]:
        """What an install in its directory is for."""
        return (each for each in self.wanted if each.group != "peerDependencies")


def importers(manifests: Manifests, project: str) -> list[Importer]:
    """The manifests of the project in `project`, its root first; of a member with a lockfile, only its own."""
    node = [each for each in manifests["manifests"] if each["format"] == "package.json"]
    found = [each for each in node if each["project"] == (project or ".")]
    found = found or [each for each in node if parent(each["path"]) == project]
    return sorted((_importer(each) for each in found), key=lambda each: (each.directory != project, each.directory))


def _importer(manifest: Mapping[str, Any]) -> Importer:
    wanted: list[Wanted] = []
    rules: dict[str, str] = {}
    catalogs: dict[tuple[str, str], str] = {}
    for group in manifest["dependencies"]:
        for package in group["packages"]:
            if group["group"] in _RULES:
                rules[package["name"]] = package["constraint"] or ""
            elif group["scope"] == "constraint":
                catalogs[_catalog(group["group"]), package["name"]] = package["constraint"] or ""
            else:
                wanted.append(_wanted(group["group"], package))
    return Importer(
        directory=parent(manifest["path"]),
        path=manifest["path"],
        name=manifest["name"],
        version=manifest["version"],
        wanted=tuple(wanted),
        rules=rules,
        catalogs=catalogs,
    )


def _catalog(group: str) -> str:
    """As a dependency names it: the unnamed catalogue is `catalog:`, and also `catalog:default`."""
    name = group.partition(":")[2]
    return "catalog:" if name in {"", "default"} else f"catalog:{name}"


def _wanted(group: str, package: Mapping[str, Any]) -> Wanted:
    name, constraint = package["name"], package["constraint"] or ""
    alias = package.get("alias")
    spec = f"npm:{name}@{constraint}".removesuffix("@") if alias else constraint
    return Wanted(alias or name, spec, group, package["line"], package.get("optional", False))


def disagreements(
    importer: Importer, wanted: Iterator[Wanted], locked: Mapping[str, str | None], *, may_lack: frozenset[str]
) -> Iterator[Disagreement]:
    """Where what the manifest asks for and what the lockfile says that it asks for differ.

    What `may_lack` names need not be in the lockfile, nor with this range.
    """
    specs: dict[str, list[Wanted]] = {}
    for each in wanted:
        specs.setdefault(each.name, []).append(each)
    for name, found in specs.items():
        first = found[0]
        if name in may_lack:
            continue
        if name not in locked:
            yield Disagreement("missing in lockfile", name, importer.path, first.line, first.spec or None, None)
        elif (spec := locked[name]) is not None and _norm(spec) not in {_norm(each.spec) for each in found}:
            yield Disagreement("constraint differs", name, importer.path, first.line, first.spec or None, spec)
    for name in sorted(locked.keys() - specs.keys() - may_lack):
        if name not in {each.name for each in importer.wanted}:
            yield Disagreement("not in manifest", name, importer.path, None, None, locked[name])


def _norm(spec: str) -> str:
    """Berry puts `npm:` before a range of its own accord, and no range means any version."""
    bare = spec.strip()
    bare = bare.removeprefix("npm:") if "@" not in bare else bare
    return bare or "*"
