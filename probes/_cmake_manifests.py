"""CMakeLists.txt files as manifests: what is looked for on the machine, and what is fetched."""

from collections.abc import Iterator

from codegenie.formats.cmakelists import Wanted
from codegenie.formats.git_address import address_of
from codegenie.probe import ProbeInputs

from ._cmake_layout import Tree, layout
from ._manifest import Dependency, Manifest, Manifests, Requirement, Scope, Source

_SCOPES: dict[str, Scope] = {"find_package": "provided", "pkg_check_modules": "provided"}


def manifests(inputs: ProbeInputs) -> Manifests:
    """The projects; what the directories that they add ask for is theirs, too."""
    found = layout(inputs)
    return Manifests([_manifest(tree) for tree in found.projects if tree.root], found.apart)


def requirements_of(tree: Tree) -> list[Requirement]:
    """The version of CMake, and the standards of the languages that are set for all targets."""
    root = tree.root
    if root is None:
        return []
    found = [Requirement(name, version, f"CMAKE_{'C' if name == 'c' else 'CXX'}_STANDARD", line)
             for name, version, line in root.standards]  # fmt: skip
    if root.minimum:
        found.append(Requirement("cmake", root.minimum, "cmake_minimum_required", root.minimum_line))
    return found


def _manifest(tree: Tree) -> Manifest:
    project = tree.named
    return Manifest(
        path=tree.at("CMakeLists.txt"),
        ecosystem="cmake",
        format="CMakeLists.txt",
        project=tree.directory,
        name=project.name if project and "name" not in project.computed else None,
        version=project.version if project else None,
        requirements=tuple(requirements_of(tree)),
        dependencies=tuple(_dependencies(tree)),
        dynamic=project.computed if project else (),
    )


def _dependencies(tree: Tree) -> Iterator[Dependency]:
    for path, read in tree.files:
        for each in read.wanted:
            yield Dependency(
                name=each.name,
                constraint=each.constraint,
                scope=_SCOPES.get(each.method, "build"),
                group=each.method,
                line=each.line,
                optional=not each.required,
                marker=each.condition,
                source=_source(each),
                extras=each.components,
                path=path if path != tree.at("CMakeLists.txt") else None,
            )


def _source(each: Wanted) -> Source:
    match each.source:
        case "git":
            return "path" if address_of(each.address or "").kind == "local" else "git"
        case "url":
            return "url"
        case _:
            return "registry"
