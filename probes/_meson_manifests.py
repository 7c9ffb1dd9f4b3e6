"""meson.build files with a project as manifests."""

from codegenie.probe import ProbeInputs

from ._manifest import Dependency, Manifest, Manifests, Requirement
from ._meson_layout import Tree, layout


def manifests(inputs: ProbeInputs) -> Manifests:
    """The projects; what their subdirectories look for is theirs, too."""
    found = layout(inputs)
    return Manifests([_manifest(tree) for tree in found.projects], found.apart)


def requirements_of(tree: Tree) -> list[Requirement]:
    """The version of Meson."""
    if tree.root.meson is None:
        return []
    return [Requirement("meson", tree.root.meson, "meson_version", tree.root.project_line)]


def _manifest(tree: Tree) -> Manifest:
    return Manifest(
        path=tree.path,
        ecosystem="meson",
        format="meson.build",
        project=tree.directory,
        name=tree.root.name,
        version=tree.root.version,
        requirements=tuple(requirements_of(tree)),
        dependencies=tuple(
            Dependency(
                each.name,
                each.constraint,
                "provided" if each.how == "dependency" else "build",
                each.how,
                each.line,
                optional=not each.required,
                source="registry" if each.how == "dependency" else "path",
                path=path if path != tree.path else None,
            )
            for path, read in tree.files
            for each in read.dependencies
        ),
        dynamic=("version",) if tree.root.version_computed else (),
    )
