"""The distroless images that a catalogue knows beside an image: for its runtime, or for programs that need none."""

from collections.abc import Iterator, Mapping
from typing import Any

from ._release_cycles import Cycles
from ._runtime_images import Images

Facts = dict[str, Any]

_COMPILES = frozenset({"go", "rust"})  # what they build runs without them
_COMPILED = "compiled"
_OWN = ("image", "tag", "version")
_TOLD = (
    *("image", "tag", "tags", "stands_for", "version", "moving", "system", "system_version", "libc", "shell"),
    *("package_manager", "ca_certificates", "tzdata", "openssl", "user", "entrypoint", "programs", "programs_known"),
    *("note", "source"),
)


class Counterparts:
    """The catalogue `distroless_images`, by what its images stand for."""

    def __init__(self, catalogue: Mapping[str, Any], runtimes: Images, cycles: Cycles) -> None:
        self._rows = catalogue["images"]
        self._runtimes = runtimes
        self._cycles = cycles

    def read_in(self) -> str:
        """The repositories that the catalogue's rows were read in, each at its commit."""
        return ", ".join(sorted({row["checked"].partition(" ")[0] for row in self._rows if row["checked"]}))

    def of(self, image: Mapping[str, Any], family: Mapping[str, Any] | None) -> Facts | None:
        """What stands beside an image; None where it is distroless itself."""
        if family and family["distroless"]:
            return None
        stands_for, version, rows = self._standing(image)
        found: Facts = {"stands_for": stands_for, "version": version, "listed": [], "other_versions": []}
        for row in rows:
            how = _compared(version, row)
            if how == "other":
                found["other_versions"].append({key: row[key] for key in _OWN})
            else:
                found["listed"].append({key: row[key] for key in _OWN} | {"matches": how})
        return found

    def told(self, names: set[tuple[str, str | None]]) -> Iterator[Facts]:
        """What the images of these names and tags hold, with the days on which their cycles end."""
        for row in self._rows:
            if (row["image"], row["tag"]) in names:
                runtime = self._cycles.named(row["product"], row["version"]) if row["product"] else None
                system = self._cycles.named(row["system"], row["system_version"]) if row["system_version"] else None
                yield {key: row[key] for key in _TOLD} | {"runtime_cycle": runtime, "system_cycle": system}

    def _standing(self, image: Mapping[str, Any]) -> tuple[str | None, str | None, list[Facts]]:
        name = f"{image['registry']}/{image['repository']}"
        for runtime, versions in self._runtimes.runtimes_of(image["image"]):
            if runtime in _COMPILES:
                return _COMPILED, None, self._for(_COMPILED, name)
            if rows := self._for(runtime, name):
                return runtime, versions[0].text if versions else None, rows
        if rows := [row for row in self._rows if name in row["replaces"]]:
            return rows[0]["stands_for"], self._cycles.version(image["tag"]), rows
        return (_COMPILED, None, self._for(_COMPILED, name)) if self._cycles.is_system(name) else (None, None, [])

    def _for(self, runtime: str, name: str) -> list[Facts]:
        return [
            row
            for row in self._rows
            if row["stands_for"] == runtime and (not row["replaces"] or name in row["replaces"])
        ]


def _compared(version: str | None, row: Mapping[str, Any]) -> str:
    """How the version of a counterpart stands to that of the image."""
    if row["version"] is None:
        return "unversioned"
    if row["moving"]:
        return "moving"
    if version is None:
        return "open"
    ours, theirs = version.split("."), row["version"].split(".")
    if ours[: len(theirs)] == theirs:
        return "same"
    return "open" if theirs[: len(ours)] == ours else "other"
