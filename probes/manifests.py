"""Every manifest: what it names, what it asks for, and which project it belongs to."""

from collections import Counter
from collections.abc import Iterator

from codegenie.probe import ProbeInputs, ProbeOutput, register_probe

from ._manifest import Manifest, manifest_facts
from ._reader_files import MANIFESTS
from ._readers import declared, needed, not_taken


@register_probe(
    version="1.18.0",
    declared_inputs=declared(MANIFESTS),
    section="dependencies",
)
def manifests(inputs: ProbeInputs) -> ProbeOutput:
    """List the manifests with their direct dependencies, workspaces included."""
    found = [reader.manifests(inputs) for reader in needed("manifests", MANIFESTS, inputs)]
    listed = sorted((one for each in found for one in each.manifests), key=lambda one: (one.path, one.ecosystem))
    slice_ = {
        "looked_for": sorted(MANIFESTS),
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
