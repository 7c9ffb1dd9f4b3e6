"""MODULE.bazel and WORKSPACE files as manifests."""

from codegenie.formats.bazel_module import BazelModule
from codegenie.probe import ProbeInputs

from ._bazel_layout import Root, layout
from ._manifest import Dependency, Manifest, Manifests, Requirement


def manifests(inputs: ProbeInputs) -> Manifests:
    """Both files where there are both; Bazel 7 and later read the first alone unless told otherwise."""
    found = layout(inputs)
    listed = [_manifest(path, read, root) for root in found.roots for path, read in root.files if read]
    return Manifests(listed, found.apart)


def requirements_of(read: BazelModule) -> list[Requirement]:
    """The versions of Bazel that a module says it works with."""
    return [Requirement("bazel", ", ".join(read.bazel), "bazel_compatibility", read.bazel_line)] if read.bazel else []


def _manifest(path: str, read: BazelModule, root: Root) -> Manifest:
    return Manifest(
        path=path,
        ecosystem="bazel",
        format=path.rpartition("/")[2].removesuffix(".bazel") if "WORKSPACE" in path else "MODULE.bazel",
        project=root.directory,
        name=read.name,
        version=read.version,
        requirements=tuple(requirements_of(read)),
        dependencies=tuple(
            Dependency(
                name=each.name,
                constraint=each.version,
                scope="development" if each.development else "build",
                group=f"{each.how} (dev_dependency)" if each.development else each.how,
                line=each.line,
                source=each.source,
                alias=each.alias,
            )
            for each in read.dependencies
        ),
        dynamic=("dependencies",) if read.computed or read.includes else (),
    )
