"""Every manifest: what it names, what it asks for, and which project it belongs to."""

from collections import Counter
from collections.abc import Iterator

from codegenie.probe import ProbeInputs, ProbeOutput, register_probe

from . import (
    _bazel_manifests,
    _cargo_manifests,
    _cmake_manifests,
    _composer_manifests,
    _dart_manifests,
    _deno_manifests,
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
from ._manifest import Manifest, manifest_facts
from ._readers import declared, looked_for, not_taken

_READERS = (
    _bazel_manifests,
    _cargo_manifests,
    _cmake_manifests,
    _composer_manifests,
    _dart_manifests,
    _deno_manifests,
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
    version="1.18.0",
    declared_inputs=declared(_READERS),
    section="dependencies",
)
def manifests(inputs: ProbeInputs) -> ProbeOutput:
    """List the manifests with their direct dependencies, workspaces included."""
    found = [reader.manifests(inputs) for reader in _READERS]
    listed = sorted((one for each in found for one in each.manifests), key=lambda one: (one.path, one.ecosystem))
    slice_ = {
        "looked_for": looked_for(_READERS),
        "manifests": [manifest_facts(one) for one in listed],
        **not_taken(inputs, found),
    }
    highlights = tuple(_highlights(listed))
    if not listed:
        return ProbeOutput(slice_, "low", highlights=highlights)
    doubtful = slice_["unparsed"] or slice_["not_read"] or any(one.dynamic for one in listed)
    return ProbeOutput(slice_, "medium" if doubtful else "high", highlights=highlights)


def _highlights(manifests: list[Manifest]) -> Iterator[tuple[str, str]]:
    """How many there are of each kind; what they ask for is said with the versions of runtimes."""
    formats = Counter(manifest.format for manifest in manifests)
    yield "Manifests", ", ".join(f"{count:,} {name}" for name, count in formats.most_common()) or "none"
