"""pyproject.toml, setup.cfg, setup.py, Pipfile, requirements files, and environments of conda and pixi as manifests."""

from collections.abc import Iterable, Iterator, Mapping
from posixpath import basename

from codegenie.formats.pyproject import PyProject
from codegenie.formats.pyproject_tables import Engine
from codegenie.formats.requirement import Asked, normal
from codegenie.formats.requirements_txt import Requirements
from codegenie.probe import ProbeInputs

from ._manifest import Dependency, Manifest, Manifests, Members, Requirement, Scope
from ._paths import parent
from ._python_layout import Files, Project, layout, place_under
from ._python_purposes import name_in, scope_of_extra, scope_of_field
from ._python_requirements import is_compiled, scope_of

_SCOPES: dict[str, Scope] = {"runtime": "runtime", "build": "build", "constraint": "constraint"}


def manifests(inputs: ProbeInputs) -> Manifests:
    """The manifests of projects and of members of their workspaces."""
    found = layout(inputs)
    listed = [manifest for project in found.projects for manifest in _manifests(project)]
    return Manifests(listed, found.apart)


def _manifests(project: Project) -> Iterator[Manifest]:
    for files in project.all_files:
        for path, manifest in files.pyprojects.items():
            if manifest.is_package:  # else it only configures tools
                yield _pyproject(project, files, path, manifest)
        yield from _setuptools(project, files)
        for path, pixi in files.pixi.items():
            yield _plain(project, path, "pixi.toml", pixi.asked, pixi.engines)._replace(
                name=pixi.name, version=pixi.version
            )
        for path, pipfile in files.pipfiles.items():
            yield _plain(project, path, "Pipfile", pipfile.asked, pipfile.engines)._replace(ill_typed=pipfile.ill_typed)
        for path, environment in files.environments.items():
            yield _plain(project, path, "environment.yml", environment.asked, environment.engines)._replace(
                ill_typed=environment.ill_typed,
            )
    constraints = set(_bound_by(project.files.requirements))
    for path, found in project.files.requirements.items():
        if not is_compiled(found):
            scope: Scope = "constraint" if path in constraints else scope_of(path, project.directory)
            yield Manifest(
                path=path,
                ecosystem="python",
                format="requirements.txt",
                project=project.directory,
                dependencies=tuple(required(found, basename(path), scope)),
                ill_typed=tuple(f"line {line}" for line in found.unread),
            )


def _bound_by(requirements: Mapping[str, Requirements]) -> Iterator[str]:
    """The files that others only bind versions with."""
    for path, found in requirements.items():
        for include in found.includes:
            if include.constraint and (bound := place_under(parent(path), include.path)):
                yield bound


def _pyproject(project: Project, files: Files, path: str, manifest: PyProject) -> Manifest:
    dependencies = [_dependency(asked) for asked in manifest.asked]
    for beside, hatch in files.hatch.items():
        dependencies += [_dependency(asked)._replace(path=beside) for asked in hatch.asked]
    known, unknown = _from_files(project, parent(path), manifest.files, "project")
    return Manifest(
        path=path,
        ecosystem="python",
        format="pyproject.toml",
        project=project.directory,
        name=manifest.name,
        version=manifest.version,
        publishable=False if manifest.private or not manifest.name else True if manifest.backend else None,
        publishable_line=manifest.private_line,
        requirements=tuple(_requirement(engine) for engine in manifest.engines),
        workspace=_members(project) if path == project.at("pyproject.toml") else None,
        dependencies=(*dependencies, *known),
        dynamic=tuple(field for field in manifest.dynamic if field not in {*_fields(manifest.files)} - unknown),
        ill_typed=manifest.ill_typed,
    )


def _setuptools(project: Project, files: Files) -> Iterator[Manifest]:
    for path, cfg in files.setup_cfgs.items():
        known, unknown = _from_files(project, parent(path), cfg.files, "")
        yield Manifest(
            path=path,
            ecosystem="python",
            format="setup.cfg",
            project=project.directory,
            name=cfg.name,
            version=cfg.version,
            publishable=cfg.name is not None,
            requirements=_python(cfg.requires_python, "options.python_requires", cfg.requires_python_line),
            dependencies=(*map(_dependency, cfg.asked), *known),
            dynamic=tuple(field for field in cfg.dynamic if field not in {*_fields(cfg.files)} - unknown),
            ill_typed=cfg.unread,
        )
    for path, setup in files.setup_pys.items():
        if setup.arguments:
            yield Manifest(
                path=path,
                ecosystem="python",
                format="setup.py",
                project=project.directory,
                name=setup.name,
                version=setup.version,
                publishable=True if setup.name else None,
                requirements=_python(setup.requires_python, "python_requires", setup.requires_python_line),
                dependencies=tuple(map(_dependency, setup.asked)),
                dynamic=setup.dynamic,
            )


def _fields(files: Iterable[tuple[str, str]]) -> set[str]:
    """The fields that files give: an extra makes no difference, and texts (a version) are not read."""
    return {field.partition(".")[0] for field, _ in files if "dependencies" in field or "require" in field}


def _from_files(
    project: Project, directory: str, files: Iterable[tuple[str, str]], prefix: str
) -> tuple[list[Dependency], set[str]]:
    """What stands in the requirements files that fields are read from; and the fields of which one is not there."""
    found: list[Dependency] = []
    unknown: set[str] = set()
    for field, written in files:
        path = place_under(directory, written)
        requirements = project.files.requirements.get(path) if path else None
        if requirements is None:
            unknown.add(field.partition(".")[0])
            continue
        group = f"{prefix}.{field}" if prefix else field
        optional = "optional" in field or "extras_require" in field
        scope = scope_of_extra(name_in(field)) if optional else "runtime"
        found += [each._replace(path=path, optional=optional) for each in required(requirements, group, scope)]
    return found, unknown


def required(found: Requirements, group: str, scope: Scope) -> Iterator[Dependency]:
    """The packages that a requirements file asks for by name."""
    for entry in found.entries:
        if entry.requirement.name:
            yield Dependency(
                name=normal(entry.requirement.name),
                constraint=entry.requirement.constraint or entry.requirement.address,
                scope=scope,
                group=group,
                line=entry.line,
                marker=entry.requirement.marker,
                source=entry.requirement.source,
                extras=entry.requirement.extras,
            )


def _plain(project: Project, path: str, format_: str, asked: Iterable[Asked], engines: Iterable[Engine]) -> Manifest:
    return Manifest(
        path=path,
        ecosystem="python",
        format=format_,
        project=project.directory,
        requirements=tuple(map(_requirement, engines)),
        dependencies=tuple(map(_dependency, asked)),
    )


def _dependency(asked: Asked) -> Dependency:
    return Dependency(
        name=asked.name,
        constraint=asked.constraint or asked.address,
        scope=_scope(asked),
        group=asked.group,
        line=asked.line,
        optional=asked.optional,
        marker=asked.marker,
        source=asked.source,
        extras=asked.extras,
    )


def _scope(asked: Asked) -> Scope:
    if asked.kind == "extra":
        return scope_of_extra(name_in(asked.group))
    return scope_of_field(asked.group) if asked.kind == "development" else _SCOPES[asked.kind]


def _requirement(engine: Engine) -> Requirement:
    return Requirement(engine.name, engine.constraint, engine.field, engine.line)


def _python(constraint: str | None, field: str, line: int | None) -> tuple[Requirement, ...]:
    return (Requirement("python", constraint, field, line),) if constraint else ()


def _members(project: Project) -> Members | None:
    if not (workspace := project.workspace):
        return None
    return Members(
        patterns=workspace.patterns,
        members=tuple(member.directory for member in workspace.members),
        path=workspace.path,
        line=workspace.line,
        idle=workspace.idle,
    )
