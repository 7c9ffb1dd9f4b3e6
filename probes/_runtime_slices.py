"""What other slices know of versions of runtimes: the manifests', and CI's."""

from collections.abc import Iterator, Mapping
from typing import Any

from ._runtime_images import Images
from ._runtimes import MOST_VERSIONS, Declaration, asked, name_of, purpose_of, used

_IN_JOBS = ("job", "step", "action")


def declared_in_manifests(manifests: Mapping[str, Any]) -> Iterator[Declaration]:
    """The requirements of manifests; a member of a workspace speaks for the workspace."""
    for manifest in manifests["manifests"]:
        scope = "" if manifest["project"] == "." else manifest["project"]
        for requirement in manifest["requirements"]:
            text = requirement["constraint"]
            runtime = name_of(requirement["name"])
            if runtime.startswith(("ext-", "lib-")):
                continue  # extensions and libraries of PHP
            versions = (asked(manifest["ecosystem"], runtime, requirement["field"], text),) if text else ()
            yield Declaration(
                runtime=runtime,
                written=text,
                kind="manifest",
                how=requirement["field"] + (f" where {requirement['marker']}" if "marker" in requirement else ""),
                scope=scope,
                path=manifest["path"],
                line=requirement["line"],
                versions=versions,
                file=None
                if text
                else requirement["field"].partition("file: ")[2] or None,  # `ruby file: ".ruby-version"`
            )


def declared_in_ci(ci: Mapping[str, Any], images: Images) -> Iterator[Declaration]:
    """What jobs ask for, and the images that they run in; they hold for the root."""
    for each in ci["runtimes"]["listed"]:
        if each["written"] is None and each["file"] is None:
            continue
        runtime = name_of(each["runtime"])
        runtime = "dotnet-sdk" if runtime == "dotnet" else runtime
        versions = tuple(used(runtime, text) for text in each["versions"] or ())
        yield _in_ci(each, runtime, each["written"], each["how"], versions[:MOST_VERSIONS], file=each["file"])
    for each in ci["images"]["listed"]:
        if each["role"] not in _IN_JOBS:
            continue
        by_runtime: dict[str, list[Any]] = {}
        for image in each["images"] or ():
            for runtime, versions in images.runtimes_of(image):
                by_runtime.setdefault(runtime, []).extend(versions)
        for runtime, found in by_runtime.items():
            image = each["images"][0] if len(each["images"]) == 1 else None
            yield _in_ci(
                each, runtime, each["written"], "image", tuple(dict.fromkeys(found))[:MOST_VERSIONS], image=image
            )


def _in_ci(
    each: Mapping[str, Any], runtime: str, written: str | None, how: str, versions: Any, **more: Any
) -> Declaration:
    place: Mapping[str, Any] = each["places"][0]  # the first of five
    return Declaration(
        runtime,
        written,
        "ci",
        how,
        "",
        place["path"],
        place["line"],
        versions,
        times=each["count"],
        purpose=purpose_of(one["path"] for one in each["places"]) if each["count"] == len(each["places"]) else None,
        **more,
    )
