"""Gemfiles and gemspecs as manifests."""

from collections.abc import Iterator

from codegenie.formats.gemfile import Gem as Listed
from codegenie.formats.gemfile import Gemfile
from codegenie.formats.gemspec import Gemspec
from codegenie.probe import ProbeInputs

from ._manifest import Dependency, Manifest, Manifests, Members, Requirement, Scope
from ._paths import under
from ._ruby_layout import Gem, Project, layout

# Groups are free names, all of them installed unless one says otherwise.  These are what their names say; of any other
# it is not known.
_RUNNING = frozenset({"default", "production", "staging", "assets"})
_TESTS = frozenset({"test", "tests", "spec", "cucumber", "integration", "ci", "coverage"})
_DEVELOPMENT = frozenset(
    {"development", "dev", "rubocop", "lint", "linting", "doc", "docs", "documentation", "rdoc", "debug", "guard",
     "benchmark", "benchmarks", "local", "local_development", "release", "danger", "tools", "type_check", "typecheck"}
)  # fmt: skip


def manifests(inputs: ProbeInputs) -> Manifests:
    """The Gemfiles, and the gemspecs of the project that they belong to."""
    found = layout(inputs)
    listed = [
        *(_of_gemfile(project, project.gemfile) for project in found.projects if project.gemfile),
        *(_of_gem(gem, gem.spec, project) for project in found.projects for gem in project.gems if gem.spec),
    ]
    return Manifests(listed, found.apart)


def ruby_requirements(project: Project) -> list[tuple[str, Requirement]]:
    """The versions of Ruby that the Gemfile and the project's own gemspecs ask for, each with the file."""
    found = []
    if project.gemfile and project.gemfile_path:
        found += [(project.gemfile_path, each) for each in _of_ruby(project.gemfile)]
    for gem in project.gems:
        if gem.spec and gem.directory == project.directory:
            found += [(gem.path, each) for each in _requirements(gem.spec)]
    return found


def _of_ruby(read: Gemfile) -> list[Requirement]:
    if read.ruby_line is None:
        return []
    field = f"ruby file: {read.ruby_file}" if read.ruby_file else "ruby"
    return [Requirement("ruby", read.ruby, field, read.ruby_line)]


def _of_gemfile(project: Project, read: Gemfile) -> Manifest:
    assert project.gemfile_path is not None, "what was read has a path"
    return Manifest(
        path=project.gemfile_path,
        ecosystem="ruby",
        format="Gemfile",
        project=project.directory,
        requirements=tuple(_of_ruby(read)),
        workspace=_members(project, read),
        dependencies=(*_uses(project, read), *(_listed(gem, project) for gem in read.gems)),
        dynamic=read.dynamic,
    )


def _members(project: Project, read: Gemfile) -> Members | None:
    """The gems of the repository that the Gemfile takes in by their paths."""
    if not project.members or project.gemfile_path is None:
        return None
    paths = [(each.path, each.line) for each in read.gemspecs]
    paths += [(each.path, each.line) for each in read.gems if each.path is not None]
    places = {gem.directory for gem in project.gems}
    idle = [path for path, _ in paths if not _holds(under(project.directory, path), places)]
    return Members(
        patterns=tuple(dict.fromkeys(path for path, _ in paths)),
        members=project.members,
        path=project.gemfile_path,
        line=paths[0][1] if paths else None,
        idle=tuple(sorted(set(idle))),
    )


def _holds(place: str | None, places: set[str]) -> bool:
    return place is not None and any(each == place or each.rpartition("/")[0] == place for each in places)


def _uses(project: Project, read: Gemfile) -> Iterator[Dependency]:
    """The gems that a `gemspec` line asks for."""
    for use in read.gemspecs:
        place = under(project.directory, use.path)
        for gem in project.gems:
            if gem.directory == place and gem.spec and gem.spec.name and use.name in (None, gem.spec.name):
                yield Dependency(gem.spec.name, None, "runtime", "gemspec", use.line, source="workspace")


def _listed(gem: Listed, project: Project) -> Dependency:
    own = {each.spec.name for each in project.gems if each.spec}
    return Dependency(
        name=gem.name,
        constraint=gem.requirement or gem.reference,
        scope=_scope(gem.groups),
        group=", ".join(gem.groups) or "default",
        line=gem.line,
        marker=_marker(gem),
        source="workspace" if gem.source == "path" and gem.name in own else gem.source,
    )


def _scope(groups: tuple[str, ...]) -> Scope:
    if groups and _TESTS.issuperset(groups):
        return "test"
    if not groups or not _RUNNING.isdisjoint(groups):
        return "runtime"
    return "development" if (_TESTS | _DEVELOPMENT).issuperset(groups) else "unknown"


def _marker(gem: Listed) -> str | None:
    platforms = f"platforms {', '.join(gem.platforms)}" if gem.platforms else None
    return "; ".join(each for each in (gem.condition, platforms) if each) or None


def _of_gem(gem: Gem, spec: Gemspec, project: Project) -> Manifest:
    dynamic = set(spec.dynamic)
    if gem.version is not None:
        dynamic.discard("version")
    return Manifest(
        path=gem.path,
        ecosystem="ruby",
        format="gemspec",
        project=project.directory,
        name=spec.name,
        version=gem.version,
        publishable=True if spec.name else None,
        publishable_line=spec.push_host_line,
        requirements=tuple(_requirements(spec)),
        dependencies=tuple(
            Dependency(
                each.name,
                each.requirement or (gem.version if each.as_version else None),
                each.scope,
                each.method,
                each.line,
                marker=each.condition,
            )
            for each in spec.dependencies
        ),
        dynamic=tuple(sorted(dynamic)),
    )


def _requirements(spec: Gemspec) -> list[Requirement]:
    asked = {"ruby": (spec.ruby, spec.ruby_line), "rubygems": (spec.rubygems, spec.rubygems_line)}
    return [
        Requirement(name, constraint, f"required_{name}_version", line)
        for name, (constraint, line) in asked.items()
        if constraint is not None
    ]
