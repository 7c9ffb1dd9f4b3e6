"""The Deno projects of a repository: configurations, the workspaces that they declare, and their lockfiles."""

from collections.abc import Mapping
from typing import NamedTuple

from codegenie.formats import deno_json
from codegenie.formats.deno_json import DenoJson
from codegenie.probe import ProbeInputs

from ._members import Matches, matches
from ._paths import parent, under
from ._places import beside, places

NAMES = ("deno.json", "deno.jsonc")  # where both are there, the first counts


class Package(NamedTuple):
    """A configuration, and the directory of the project that it belongs to; `members` of the root of a workspace."""

    path: str
    config: DenoJson
    project: str
    members: Matches | None = None

    @property
    def directory(self) -> str:
        """Where it lies."""
        return parent(self.path)

    @property
    def is_root(self) -> bool:
        """Whether it is no member of another's workspace."""
        return self.project == self.directory


def packages(inputs: ProbeInputs) -> tuple[list[Package], dict[str, list[str]]]:
    """The configurations in path order, the outer ones claiming their members; and those set apart."""
    read, apart = _read(inputs)
    directories = {parent(path) for path in read} | {parent(path) for path in inputs.matching("**/package.json")}
    owners: dict[str, str] = {}
    listed = []
    for path in sorted(read, key=lambda each: (each.count("/"), each)):
        config, directory = read[path], parent(path)
        members = None
        if config.workspace is not None and directory not in owners:  # workspaces do not nest
            members = matches(config.workspace, directory, directories, exclusions_win=True)
            owners |= {member: owners.get(member, directory) for member in members.directories}
        listed.append(Package(path, config, owners.get(directory, directory), members))
    return sorted(listed, key=lambda each: each.path), apart


def lockfile(inputs: ProbeInputs, package: Package) -> str | None:
    """The lockfile of a project: the one that its configuration names, else that beside it."""
    match package.config.lock:
        case False:
            return None
        case str(written):
            path = under(package.directory, written)
        case _:
            path = beside(package.directory, "deno.lock")
    return path if path in inputs.files else None


def _read(inputs: ProbeInputs) -> tuple[Mapping[str, DenoJson], dict[str, list[str]]]:
    read: dict[str, DenoJson] = {}
    apart: dict[str, list[str]] = {}
    for name in NAMES:
        found = places(inputs, name, "deno.lock")
        for kind, paths in found.apart.items():
            apart.setdefault(kind, []).extend(paths)
        for path in found.paths:
            if name == NAMES[0] or beside(parent(path), NAMES[0]) not in read:
                config = inputs.parse(path, deno_json.parse)
                if config is not None:
                    read[path] = config
    return read, apart
