"""Where manifests of one kind lie, without those set apart."""

from dataclasses import dataclass, field

from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._paths import parent

MOST = 200  # of one kind; repositories of samples have more


@dataclass(slots=True)
class Places:
    """The paths of manifests, those nearest to the root where there are too many, and by kind those set apart."""

    paths: list[str] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)


def places(inputs: ProbeInputs, name: str, lockfile: str | None) -> Places:
    """The manifests of a name; one below tests or templates counts where it has a lockfile beside it."""
    found = Places()
    for path in inputs.matching(f"**/{name}"):
        directory = parent(path)
        kind = "template" if is_placeholder(directory) else kind_apart(directory)
        if kind is None and (lockfile is None or beside(directory, lockfile) not in inputs):
            kind = kind_apart_unlocked(directory)
        if kind:
            found.apart.setdefault(kind, []).append(path)
        else:
            found.paths.append(path)
    found.paths = sorted(sorted(found.paths, key=lambda path: (path.count("/"), path))[:MOST])
    return found


def beside(directory: str, name: str) -> str:
    """The path of a file in the directory."""
    return f"{directory}/{name}" if directory else name
