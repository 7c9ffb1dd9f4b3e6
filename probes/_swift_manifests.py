"""Package.swift files as manifests."""

from codegenie.formats import package_swift
from codegenie.formats.git_address import address_of
from codegenie.formats.package_swift import PackageSwift, SwiftDependency
from codegenie.probe import ProbeInputs

from ._manifest import Dependency, Manifest, Manifests, Requirement
from ._paths import parent
from ._places import places


def manifests(inputs: ProbeInputs) -> Manifests:
    """The packages."""
    found = places(inputs, "Package.swift", "Package.resolved")
    read = {path: inputs.parse(path, package_swift.parse) for path in found.paths}
    return Manifests([_manifest(path, each) for path, each in read.items() if each], found.apart)


def name_of(address: str) -> str:
    """`github.com/apple/swift-nio`, as package URLs of Swift have it; an address that is none stays as it is."""
    found = address_of(address)
    return f"{found.host}/{found.path}" if found.host and found.path else address


def requirements_of(read: PackageSwift) -> list[Requirement]:
    """The version of the tools, which is that of Swift itself."""
    if read.tools_version is None:
        return []
    return [Requirement("swift", read.tools_version, "swift-tools-version", read.tools_line)]


def _manifest(path: str, read: PackageSwift) -> Manifest:
    return Manifest(
        path=path,
        ecosystem="swift",
        format="Package.swift",
        project=parent(path),
        name=read.name,
        requirements=tuple(requirements_of(read)),
        dependencies=tuple(_dependency(each) for each in read.dependencies),
        dynamic=("dependencies",) if read.computed else (),
    )


def _dependency(each: SwiftDependency) -> Dependency:
    """The language does not tell what is for tests; every package is one of the whole."""
    name = name_of(each.address) if each.source == "git" else each.address
    return Dependency(name, each.constraint, "runtime", "dependencies", each.line, source=each.source)
