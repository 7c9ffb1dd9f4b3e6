"""Which tool a Python project is for: what says so, in order of authority, and what says otherwise."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from codegenie.formats.pyproject import PyProject

from ._paths import parent
from ._python_layout import Project
from ._python_lockfiles import Lockfile
from ._python_requirements import is_compiled

# Of these tables of pyproject.toml only some keys are the manager's: the others configure a build backend, which
# serves any manager.
_OF_BACKENDS = {
    "pdm": frozenset({"build", "version", "publish"}),
    "hatch": frozenset({"build", "version", "metadata", "publish"}),
    "uv": frozenset({"build-backend"}),
    "poetry": frozenset(
        {"packages", "include", "exclude", "build", "version", "readme", "plugins", "scripts", "classifiers", "urls"}
    ),
}
_TABLES = ("uv", "poetry", "pdm", "hatch", "rye", "pixi")
_DECISIVE = frozenset({"lockfile", "table"})


class Claim(NamedTuple):
    """One place that names a tool."""

    tool: str
    how: str
    path: str
    line: int | None


class Tool(NamedTuple):
    """The tool; `name` None where nothing names one."""

    name: str | None
    how: str | None
    claims: tuple[Claim, ...] = ()
    conflicts: tuple[Claim, ...] = ()


def tool_of(project: Project, lockfiles: Sequence[Lockfile]) -> Tool:
    """Name the tool.  Two lockfiles, or tables that only one manager reads, that name different ones are a conflict."""
    claims = list(_claims(project, lockfiles))
    if not claims:
        return Tool(None, None)
    claims = list(dict.fromkeys(claims))
    name = claims[0].tool
    locked = any(claim.how == "lockfile" for claim in claims)
    for_it = tuple(claim for claim in claims if claim.tool == name)
    against = tuple(
        claim
        for claim in claims
        if claim.tool != name
        and claim.how in _DECISIVE
        and (claim.how == "lockfile" or not locked)
        # a table may stay behind beside the lockfile of another tool; pylock.toml and compiled files are for any
        and claim.tool not in ("pip", "conda", "hatch")
    )
    return Tool(name, claims[0].how, for_it, against)


def _claims(project: Project, lockfiles: Sequence[Lockfile]) -> Iterator[Claim]:
    named = [lock for lock in lockfiles if lock.tool != "pip"]
    yield from (Claim(lock.tool, "lockfile", lock.path, lock.line) for lock in named)
    files = project.files
    yield from (Claim("pipenv", "manifest", path, None) for path in files.pipfiles)
    yield from (Claim("pixi", "manifest", path, None) for path in files.pixi)
    for path, manifest in files.pyprojects.items():
        yield from _tables(manifest, path)
    yield from (Claim("hatch", "settings file", path, None) for path in files.hatch)
    for lock in lockfiles:
        if lock.tool == "pip":
            yield Claim(lock.creator if lock.creator in _TABLES else "pip", "lockfile", lock.path, lock.line)
    for path, found in files.requirements.items():
        if is_compiled(found):
            yield Claim("uv" if found.compiler == "uv" else "pip", "lockfile", path, found.compiler_line)
    if not (files.pyprojects or files.setup_pys or files.setup_cfgs):
        here = (path for path in files.environments if parent(path) == project.directory)
        yield from (Claim("conda", "environment file", path, None) for path in here)
    for path, found in files.requirements.items():
        if not is_compiled(found):
            yield Claim("pip", "requirements file", path, None)
    for path, manifest in files.pyprojects.items():
        if manifest.backend:
            yield Claim("pip", "build backend", path, manifest.backend_line)
        elif manifest.tables:
            yield Claim("pip", "manifest", path, manifest.lines.get((manifest.tables[0],)))
    yield from (Claim("pip", "manifest", path, setup.line) for path, setup in files.setup_pys.items())
    yield from (Claim("pip", "manifest", path, None) for path in files.setup_cfgs)
    if not (files.pyprojects or files.setup_pys or files.setup_cfgs or files.requirements):
        yield from (Claim("conda", "environment file", path, None) for path in files.environments)


def _tables(manifest: PyProject, path: str) -> Iterator[Claim]:
    """The tables that only a manager reads."""
    for tool in _TABLES:
        keys = manifest.tools.get(tool)
        if keys is not None and set(keys) - _OF_BACKENDS.get(tool, frozenset()):
            yield Claim(tool, "table", path, manifest.line_of("tool", tool))
