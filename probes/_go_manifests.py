"""go.mod and go.work files as manifests."""

from collections.abc import Iterable, Iterator

from codegenie.formats.go_mod import GoMod, Named, Replaced
from codegenie.probe import ProbeInputs

from ._go_layout import Module, Project, layout
from ._manifest import Dependency, Manifest, Manifests, Members, Requirement, Source


def manifests(inputs: ProbeInputs) -> Manifests:
    """The modules, and the workspaces that they are built in."""
    found = layout(inputs)
    listed = [
        *(_workspace(project) for project in found.projects if project.work),
        *(
            _manifest(module, module.mod, project)
            for project in found.projects
            for module in project.modules
            if module.mod
        ),
    ]
    return Manifests(listed, found.apart)


def requirements_of(go: Named | None, toolchain: Named | None) -> list[Requirement]:
    """The version of the language, and that of the toolchain, which names itself `go1.22.1`."""
    named = {"go": go, "toolchain": toolchain}
    return [Requirement("go", each.name, field, each.line) for field, each in named.items() if each]


def _manifest(module: Module, mod: GoMod, project: Project) -> Manifest:
    return Manifest(
        path=module.at("go.mod"),
        ecosystem="go",
        format="go.mod",
        project=project.directory,
        name=mod.module.name if mod.module else None,
        requirements=tuple(requirements_of(mod.go, mod.toolchain)),
        dependencies=tuple(_dependencies(mod)),
        ill_typed=mod.unknown,
    )


def _workspace(project: Project) -> Manifest:
    assert project.work is not None, "a project of a go.work"
    used = project.work.used
    return Manifest(
        path=project.at("go.work"),
        ecosystem="go",
        format="go.work",
        project=project.directory,
        requirements=tuple(requirements_of(project.work.go, project.work.toolchain)),
        workspace=Members(
            patterns=tuple(each.name for each in used),
            members=tuple(module.directory for module in project.modules if module.directory != project.directory),
            path=project.at("go.work"),
            line=used[0].line if used else None,
            idle=project.idle,
        ),
        dependencies=tuple(_replacements(project.work.replaced)),
    )


def _dependencies(mod: GoMod) -> Iterator[Dependency]:
    """What the module imports; and, as versions bound without being asked for, what is there for others' sake.

    Tests import as well, and go.mod does not say for whom a module is.
    """
    for each in mod.required:
        if each.indirect:
            yield Dependency(each.path, each.version, "constraint", "require // indirect", each.line)
        else:
            yield Dependency(each.path, each.version, "unknown", "require", each.line)
    yield from _replacements(mod.replaced)
    for excluded in mod.excluded:
        yield Dependency(excluded.name, excluded.version, "constraint", "exclude", excluded.line)
    for tool in mod.tools:
        yield Dependency(module_of(tool.name, mod), None, "development", "tool", tool.line, extras=(tool.name,))


def _replacements(replaced: Iterable[Replaced]) -> Iterator[Dependency]:
    for each in replaced:
        source: Source = "path" if each.local else "registry"
        written = " ".join(word for word in (each.old_version, "=>", each.new, each.new_version) if word)
        yield Dependency(each.old, written, "constraint", "replace", each.line, source=source)


def module_of(package: str, mod: GoMod) -> str:
    """The required module that holds a package: the longest that its path begins with."""
    holding = [each.path for each in mod.required if f"{package}/".startswith(f"{each.path}/")]
    return max(holding, key=len, default=package)
