"""The lockfiles of npm, pnpm, yarn and bun."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from codegenie.formats import bun_lock, package_lock, pnpm_lock, yarn_lock
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._lock import Disagreement, Lock, Manifests, Resolved, lockfiles
from ._node_lock_bun import BunTree
from ._node_lock_npm import NpmTree
from ._node_lock_pnpm import PnpmTree
from ._node_lock_yarn import YarnTree
from ._node_wanted import Importer, importers
from ._paths import parent
from ._reader_files import LOCKFILES

_PARSERS: dict[str, Callable[[bytes], Any]] = {
    "bun.lock": bun_lock.parse,
    "npm-shrinkwrap.json": package_lock.parse,
    "package-lock.json": package_lock.parse,
    "pnpm-lock.yaml": pnpm_lock.parse,
    "yarn.lock": yarn_lock.parse,
}
_RUSH = "common/config/rush/pnpm-lock.yaml"


class _Tree(Protocol):
    def packages(self) -> tuple[Resolved, ...]: ...

    def disagreements(self) -> Iterator[Disagreement]: ...


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """Every lockfile outside fixtures and vendored code."""
    found = (_lock(inputs, path, manifests) for path in lockfiles(inputs, manifests, *LOCKFILES["node"]))
    return [each for each in found if each is not None]


def _lock(inputs: ProbeInputs, path: str, manifests: Manifests) -> Lock | None:
    name = path.rpartition("/")[2]
    parsed = inputs.parse(path, _PARSERS[name], MANIFEST_CAP)
    if parsed is None:
        return None
    project, base = _places(path)
    wanted = importers(manifests, project)
    tree = _tree(parsed, project, base, wanted)
    return Lock(
        path=path,
        ecosystem="node",
        purl_type="npm",
        format=_format(name, parsed),
        project=project,
        packages=tree.packages(),
        compared=bool(wanted),
        disagreements=tuple(tree.disagreements()) if wanted else (),
        notes=tuple(_notes(parsed, wanted)),
    )


def _places(path: str) -> tuple[str, str]:
    """The project's directory, and the one that importers are named from: Rush installs in common/temp."""
    if path == _RUSH or path.endswith(f"/{_RUSH}"):
        project = path.removesuffix(_RUSH).removesuffix("/")
        return project, f"{project}/common/temp" if project else "common/temp"
    return parent(path), parent(path)


def _tree(parsed: Any, project: str, base: str, wanted: list[Importer]) -> _Tree:
    match parsed:
        case package_lock.PackageLock():
            return NpmTree(parsed, project, wanted)
        case pnpm_lock.PnpmLock():
            return PnpmTree(parsed, base, wanted)
        case yarn_lock.YarnLock():
            return YarnTree(parsed, project, wanted)
        case _:
            return BunTree(parsed, project, wanted)


def _format(name: str, parsed: Any) -> str:
    if isinstance(parsed, yarn_lock.YarnLock):
        kind = "berry" if parsed.berry else "classic"
        return f"{name} {kind} {parsed.version}" if parsed.version else f"{name} {kind}"
    return f"{name} {parsed.version}"


def _notes(parsed: Any, wanted: list[Importer]) -> Iterator[str]:
    if not wanted:
        yield "no manifest of the project was read: nothing is compared, and what is direct may not be known"
    if isinstance(parsed, pnpm_lock.PnpmLock) and parsed.overrides:
        yield f"overrides that change what packages ask for: {len(parsed.overrides)}"
