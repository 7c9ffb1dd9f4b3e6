"""Every manifest: what it names, what it asks for, and which project it belongs to."""

from collections import Counter
from collections.abc import Iterator

from codegenie.probe import PATHS, ProbeInputs, ProbeOutput, register_probe

from . import (
    _bazel_manifests,
    _cargo_manifests,
    _cmake_manifests,
    _composer_manifests,
    _dart_manifests,
    _dotnet_manifests,
    _go_manifests,
    _gradle_manifests,
    _maven_manifests,
    _meson_manifests,
    _mix_manifests,
    _node_manifests,
    _python_manifests,
    _ruby_manifests,
    _swift_manifests,
)
from ._apart import apart_facts
from ._manifest import Manifest, manifest_facts
from ._unread_builds import unread_builds

_READERS = (
    _bazel_manifests,
    _cargo_manifests,
    _cmake_manifests,
    _composer_manifests,
    _dart_manifests,
    _dotnet_manifests,
    _go_manifests,
    _gradle_manifests,
    _maven_manifests,
    _meson_manifests,
    _mix_manifests,
    _node_manifests,
    _python_manifests,
    _ruby_manifests,
    _swift_manifests,
)


@register_probe(
    version="1.14.0",
    declared_inputs=(PATHS, *(glob for reader in _READERS for glob in reader.FILES), "!**/node_modules/**"),
    section="dependencies",
)
def manifests(inputs: ProbeInputs) -> ProbeOutput:
    """List the manifests with their direct dependencies, workspaces included."""
    found = [reader.manifests(inputs) for reader in _READERS]
    apart: dict[str, list[str]] = {}
    for each in found:
        for kind, paths in each.apart.items():
            apart.setdefault(kind, []).extend(paths)
    listed = sorted((one for each in found for one in each.manifests), key=lambda one: (one.path, one.ecosystem))
    not_read = unread_builds(inputs.paths)
    slice_ = {
        "looked_for": sorted(name for reader in _READERS for name in reader.ECOSYSTEMS),
        "manifests": [manifest_facts(one) for one in listed],
        "not_read": not_read,
        "set_apart": apart_facts(apart),
        "unparsed": inputs.unparsed,
    }
    highlights = tuple(_highlights(listed))
    if not listed:
        return ProbeOutput(slice_, "low", highlights=highlights)
    doubtful = inputs.unparsed or not_read or any(one.dynamic for one in listed)
    return ProbeOutput(slice_, "medium" if doubtful else "high", highlights=highlights)


def _highlights(manifests: list[Manifest]) -> Iterator[tuple[str, str]]:
    """How many there are of each kind; what they ask for is said with the versions of runtimes."""
    formats = Counter(manifest.format for manifest in manifests)
    yield "Manifests", ", ".join(f"{count:,} {name}" for name, count in formats.most_common()) or "none"
