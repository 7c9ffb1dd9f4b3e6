"""Which Python manifests are projects that one installs, which belong to another one, and which are neither.

A directory with a pyproject.toml that declares a package, groups or a workspace, a setup.cfg or setup.py of a package,
a Pipfile or a pixi.toml is a project.  Requirements files and environments of conda belong to the project in their
directory; those in a directory that is by convention a part of a project (`requirements`, `docs`, `tests`, `ci` and so
on) to the one that encloses it.  Any other directory that has such files is a project of its own.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from posixpath import basename
from typing import NamedTuple, TypeVar

from codegenie.formats import conda_environment, pipfile, pyproject, requirements_txt, setup_cfg, setup_py
from codegenie.formats.conda_environment import CondaEnvironment
from codegenie.formats.patterns import lazily
from codegenie.formats.pipfile import Pipfile
from codegenie.formats.pyproject import PyProject
from codegenie.formats.requirement import Asked
from codegenie.formats.requirements_txt import Requirements
from codegenie.formats.setup_cfg import SetupCfg
from codegenie.formats.setup_py import SetupPy
from codegenie.probe import ProbeInputs

from . import _python_lockfiles
from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._members import Matches, matches
from ._paths import ancestors, parent, under

T = TypeVar("T")

ANCHORS = ("**/pyproject.toml", "**/setup.cfg", "**/setup.py", "**/Pipfile", "**/pixi.toml")
REQUIREMENTS = (
    *("**/*requirements*.txt", "**/*requirements*.in", "**/*constraints*.txt", "**/*constraints*.in"),
    *("**/requirements/**/*.txt", "**/requirements/**/*.in"),
)
ENVIRONMENTS = (
    *("**/environment*.yml", "**/environment*.yaml", "**/*environment.yml", "**/*environment.yaml"),
    *("**/conda.yml", "**/conda.yaml", "**/conda-env*.yml", "**/conda-env*.yaml"),
)

# Directories that hold what a project needs beside its package, as their names say by convention.
_PART_OF_A_PROJECT = lazily(
    r"\.?(?:requirements?|reqs?|docs?|documentation|doc-?src|tests?|testing|ci|circleci|github|workflows|build|dev|devel"
    r"|devtools|scripts?|tools?|etc|conf|config|binder|devcontainer|benchmarks?|bench|asv_bench|conda(?:[-_]?envs?)?"
    r"|envs?|environments?|docker|dockerfiles|continuous_integration|release|packaging|readthedocs|rtd|dependencies|deps)"
)
_INSTALLED = lazily(r"site-packages|dist-packages|\.?venv|\.tox|\.nox|\.eggs|node_modules")


class Files(NamedTuple):
    """What one directory, or a project with its parts, is described by, each by its path."""

    pyprojects: Mapping[str, PyProject] = {}
    hatch: Mapping[str, PyProject] = {}
    pixi: Mapping[str, PyProject] = {}
    setup_cfgs: Mapping[str, SetupCfg] = {}
    setup_pys: Mapping[str, SetupPy] = {}
    pipfiles: Mapping[str, Pipfile] = {}
    requirements: Mapping[str, Requirements] = {}
    environments: Mapping[str, CondaEnvironment] = {}

    @property
    def asked(self) -> Iterator[Asked]:
        """All that the manifests ask for by name; requirements files included."""
        for group in (self.pyprojects, self.hatch, self.pixi, self.setup_cfgs, self.setup_pys, self.pipfiles):
            for manifest in group.values():
                yield from manifest.asked
        for environment in self.environments.values():
            yield from environment.asked
        for path, found in self.requirements.items():
            yield from (
                entry.requirement.asked(path, "runtime", entry.line)
                for entry in found.entries
                if entry.requirement.name
            )

    @property
    def name(self) -> str | None:
        """The name of the package."""
        return next((each.name for group in self._named() for each in group if each.name), None)

    @property
    def version(self) -> str | None:
        """The version of the package."""
        return next((each.version for group in self._named() for each in group if each.version), None)

    def _named(self) -> Iterator[Iterable[PyProject | SetupCfg | SetupPy]]:
        yield self.pyprojects.values()
        yield self.setup_cfgs.values()
        yield self.setup_pys.values()
        yield self.pixi.values()


class Member(NamedTuple):
    """A package of a workspace."""

    directory: str
    files: Files


class Workspace(NamedTuple):
    """A workspace of uv or rye."""

    declared_by: str
    path: str
    line: int | None
    patterns: tuple[str, ...]
    idle: tuple[str, ...]
    members: tuple[Member, ...]


class Project(NamedTuple):
    """A directory that one installs by itself; `files` are its own, those of its members stand with them."""

    directory: str
    files: Files
    workspace: Workspace | None
    unreadable: bool = False

    def at(self, name: str) -> str:
        """The path of a file in the project's directory."""
        return f"{self.directory}/{name}" if self.directory else name

    @property
    def all_files(self) -> tuple[Files, ...]:
        """The project's own files and those of its members."""
        return (self.files, *(member.files for member in (self.workspace.members if self.workspace else ())))


class Layout:
    """The projects in path order, and by kind the manifests set apart."""

    def __init__(self) -> None:
        self.projects: list[Project] = []
        self.apart: dict[str, list[str]] = {}


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every manifest into projects, members and those set apart."""
    return _Survey(inputs).layout


def is_part(directory: str) -> bool:
    """Whether the directory's name says that it holds a part of a project, or it lies in such requirements."""
    names = directory.split("/")
    return bool(_PART_OF_A_PROJECT.fullmatch(names[-1])) or "requirements" in names[:-1]


class _Survey:
    """Goes from the outer directories to the inner ones, so that a workspace claims its members before they come."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self.layout = Layout()
        self._locked = {parent(path) for path in inputs.matching(*_python_lockfiles.FILES)}
        self._unreadable: set[str] = set()
        self._own: dict[str, dict[str, str]] = {}  # by directory the anchors there by their names
        for path in inputs.matching(*ANCHORS):
            if not self._set_apart_always(path):
                self._own.setdefault(parent(path), {})[basename(path)] = path
        self._read: dict[str, Files] = {}
        self._markers: dict[str, str] = {}
        self._members: dict[str, str] = {}  # by the directory of a member, that of its workspace
        self._anchors = self._find_anchors()
        parts = self._find_parts()
        for directory in sorted({*self._anchors, *parts}, key=lambda path: (path.count("/") if path else -1, path)):
            if directory not in self._members:
                self._place(directory, parts.get(directory, []))
        placed = {project.directory for project in self.layout.projects}
        self._put_apart_markers(path for directory, path in self._markers.items() if directory not in placed)
        self._add_parts_of_members(parts)
        self.layout.projects.sort(key=lambda project: project.directory)

    def _find_anchors(self) -> set[str]:
        """The directories whose manifests are not set apart; workspaces are asked first, for theirs never are."""
        for directory in sorted(self._own, key=lambda path: (path.count("/") if path else -1, path)):
            if directory not in self._members and not self._kind_apart(directory):
                self._claim_members(directory)
        anchors = set()
        for directory, own in self._own.items():
            kind = None if directory in self._members else self._kind_apart(directory) or self._kind_idle(directory)
            if kind is None:
                anchors.add(directory)
            elif kind == "marker":
                self._markers[directory] = own["pyproject.toml"]
            elif kind != "nothing":
                self._put_apart(kind, [path for name, path in own.items() if name != "setup.cfg" or len(own) == 1])
        return anchors

    def _set_apart_always(self, path: str) -> bool:
        kind = None
        if _INSTALLED.search(path) and any(_INSTALLED.fullmatch(name) for name in parent(path).split("/")):
            kind = "vendored"
        elif is_placeholder(path):
            kind = "template"
        if kind:
            self._put_apart(kind, [path])
        return kind is not None

    def _put_apart(self, kind: str, paths: Iterable[str]) -> None:
        self.layout.apart.setdefault(kind, []).extend(paths)

    def _put_apart_markers(self, paths: Iterable[str]) -> None:
        if listed := list(paths):
            self._put_apart("marker", listed)

    def _kind_apart(self, directory: str) -> str | None:
        kind = kind_apart(directory)
        return kind if kind or directory in self._locked else kind_apart_unlocked(directory)

    def _kind_idle(self, directory: str) -> str | None:
        """A pyproject.toml that only configures tools is no project; a setup.py may be any module of that name."""
        files = self._files_in(directory)
        manifest = next(iter(files.pyprojects.values()), None)
        if manifest and is_placeholder(manifest.name or ""):
            return "template"
        is_project = (manifest and manifest.is_package) or files.pipfiles or files.pixi or directory in self._locked
        if is_project or files.setup_cfgs or files.setup_pys:
            return None
        if directory in self._unreadable:
            return None if not directory else "unreadable"
        return "marker" if manifest else "nothing"

    def _claim_members(self, directory: str) -> None:
        for manifest in self._files_in(directory).pyprojects.values():
            if manifest.workspace:
                for member in self._matched(directory, manifest).directories:
                    self._members.setdefault(member, directory)

    def _matched(self, directory: str, manifest: PyProject) -> Matches:
        assert manifest.workspace is not None
        declared = manifest.workspace
        candidates = {each for each, own in self._own.items() if "pyproject.toml" in own}
        patterns = (*declared.patterns, *(f"!{pattern}" for pattern in declared.exclude))
        return matches(patterns, directory, candidates, exclusions_win=True)

    def _find_parts(self) -> dict[str, list[str]]:
        """Requirements files and environments by the directory of the project that they belong to."""
        parts: dict[str, list[str]] = {}
        found = [
            path for path in self._inputs.matching(*REQUIREMENTS, *ENVIRONMENTS) if not self._set_apart_always(path)
        ]
        roots = self._anchors | {each for path in found if not is_part(each := parent(path)) and not kind_apart(each)}
        for path in found:
            home = self._home(parent(path), roots)
            own = home not in self._anchors and home == parent(path)
            locked = parent(path) in self._locked
            kind = kind_apart(parent(path)) or (kind_apart_unlocked(parent(path)) if own and not locked else None)
            if kind:
                self._put_apart(kind, [path])
            else:
                parts.setdefault(home, []).append(path)
        return parts

    def _home(self, directory: str, roots: Collection[str]) -> str:
        """The nearest project that the directory is a part of by the names on the way, else the directory itself."""
        here = directory
        while here not in roots and here and is_part(here):
            here = parent(here)
        if here in roots:
            return here
        own = directory
        while own and re.fullmatch(r"\.?(?:requirements?|reqs?)", basename(own)):
            own = parent(own)
        nested = next((each for each in ancestors(directory) if basename(each) == "requirements"), None)
        return parent(nested) if nested is not None and own == directory else own

    def _place(self, directory: str, parts: Iterable[str]) -> None:
        own = self._files_in(directory)
        files = self._with_parts(own, parts)
        if directory not in self._anchors and not (files.requirements or files.environments):
            return
        workspace = None
        for path, manifest in own.pyprojects.items():
            if manifest.workspace:
                found = self._matched(directory, manifest)
                members = tuple(Member(each, self._files_in(each)) for each in found.directories)
                workspace = Workspace(
                    manifest.workspace.table, path, manifest.workspace.line, manifest.workspace.patterns, found.idle,
                    members,
                )  # fmt: skip
        self.layout.projects.append(Project(directory, files, workspace, directory in self._unreadable))

    def _add_parts_of_members(self, parts: Mapping[str, list[str]]) -> None:
        """Requirements files beside a member of a workspace go with the project of the workspace."""
        for index, project in enumerate(self.layout.projects):
            theirs = [
                path
                for member, root in self._members.items()
                if root == project.directory
                for path in parts.get(member, ())
            ]
            if theirs:
                files = self._with_parts(project.files, theirs)
                self.layout.projects[index] = Project(project.directory, files, project.workspace, project.unreadable)

    def _with_parts(self, own: Files, parts: Iterable[str]) -> Files:
        requirements, environments = dict(own.requirements), dict(own.environments)
        for path in sorted(parts):
            if path.endswith((".yml", ".yaml")):
                environment = self._parsed(path, conda_environment.parse)
                if environment and environment.is_environment:
                    environments[path] = environment
            elif (found := self._parsed(path, requirements_txt.parse)) and _is_requirements(found):
                requirements[path] = found
        return Files(
            own.pyprojects, own.hatch, own.pixi, own.setup_cfgs, own.setup_pys, own.pipfiles, requirements, environments
        )

    def _files_in(self, directory: str) -> Files:
        if directory not in self._read:
            self._read[directory] = self._read_files(directory)
        return self._read[directory]

    def _read_files(self, directory: str) -> Files:
        own = self._own.get(directory, {})

        def parsed(name: str, parser: Callable[[bytes], T], keep: Callable[[T], bool] = lambda _: True) -> dict[str, T]:
            if name not in own:
                return {}
            found = self._parsed(own[name], parser)
            if found is None:
                self._unreadable.add(directory)
            return {own[name]: found} if found is not None and keep(found) else {}

        hatch = f"{directory}/hatch.toml" if directory else "hatch.toml"
        beside = (
            self._parsed(hatch, pyproject.parse_hatch) if hatch in self._inputs and "pyproject.toml" in own else None
        )
        return Files(
            pyprojects=parsed("pyproject.toml", pyproject.parse),
            hatch={hatch: beside} if beside else {},
            pixi=parsed("pixi.toml", pyproject.parse_pixi),
            setup_cfgs=parsed("setup.cfg", setup_cfg.parse, lambda found: found.is_package),
            setup_pys=parsed("setup.py", setup_py.parse, lambda found: found.line is not None),
            pipfiles=parsed("Pipfile", pipfile.parse),
        )

    def _parsed(self, path: str, parser: Callable[[bytes], T]) -> T | None:
        return self._inputs.parse(path, parser)


def _is_requirements(found: Requirements) -> bool:
    """Prose in a directory that is called requirements is none."""
    return bool(found.entries or found.includes) and len(found.unread) <= len(found.entries) + len(found.includes)


def place_under(directory: str, written: str) -> str | None:
    """A path as a manifest of the directory writes it, from the root; None where it leads out, or is a variable."""
    return None if "$" in written or "{" in written else under(directory, written)
