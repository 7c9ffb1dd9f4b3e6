"""What Dockerfiles do about certificates: packages, copies and commands, by stage, and what the final image gets."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from codegenie.formats.patterns import lazily

from ._image_targets import targets
from ._kept_packages import kept

Facts = dict[str, Any]

_TRUSTED = lazily(
    r"/?(?:etc/(?:ssl|pki|ca-certificates|docker/certs\.d)|usr/local/share/ca-certificates|usr/share/(?:pki|ca-certificates)"
    r"|usr/local/etc/openssl|opt/java/[^\n]{0,99}/security)(?:/|\Z)"
)
_AUTHORITIES = lazily(
    r"(?:^|.*[-_./])(?:ca|root[-_]?ca|ca[-_]?(?:cert|bundle|root|chain)\w*|cacerts?|trust[-_]?store)"
    r"(?:[-_.][^/]*)?(?:\.(?:crt|cer|pem|jks|p12|der))?/?\Z",
    re.IGNORECASE,
)
_PACKAGES = lazily(r"(?:ca-certificates|ca_root_nss|ca-certs)(?:[-_].*)?")


def is_trusted_place(path: str) -> bool:
    """Whether programs look there for the authorities that they trust, or the name says that it holds authorities."""
    return _TRUSTED.match(path) is not None or _AUTHORITIES.fullmatch(path) is not None


def final_stages(file: Mapping[str, Any]) -> dict[int, int]:
    """The stages whose result is an image: by each stage that goes into one, the index of that final stage."""
    stages = file["stages"]
    if not stages:
        return {}
    ends = {stages[-1]["index"]} | {stage["index"] for stage in targets(file)}
    goes_into = {}
    by_index = {stage["index"]: stage for stage in stages}
    for end in sorted(ends):
        at: int | None = end
        while at is not None and at not in goes_into and at in by_index:
            goes_into[at] = end
            at = by_index[at]["base"]["stage"]
    return goes_into


def stage_at(file: Mapping[str, Any], line: int) -> int | None:
    """The index of the stage that the line stands in; None before the first."""
    return next((stage["index"] for stage in file["stages"] if stage["line"] <= line <= stage["end_line"]), None)


def packages(file: Mapping[str, Any]) -> Iterator[tuple[int, Facts, bool]]:
    """The stage of each package of authorities that is installed, the package, and whether it is left there."""
    for stage in file["stages"]:
        staying = {id(package) for package in kept([stage])}
        for package in stage["packages"]:
            if package["action"] == "install" and _PACKAGES.fullmatch(package["name"] or ""):
                yield stage["index"], package, id(package) in staying


def copies(file: Mapping[str, Any]) -> Iterator[tuple[int, Facts]]:
    """The stage of each COPY or ADD of authorities, and what it copies where."""
    for stage in file["stages"]:
        for copy in stage["copies"]:
            sources = [source["written"] for source in copy["sources"]]
            if is_trusted_place(copy["destination"]) or any(is_trusted_place(source) for source in sources):
                yield stage["index"], copy | {"sources": sources}


def images(files: Iterable[Mapping[str, Any]], updates: Collection[tuple[str, int]]) -> list[Facts]:
    """By image that a Dockerfile ends with, the lines that give it authorities; `updates` are paths and lines."""
    rows = []
    for file in files:
        goes_into = final_stages(file)
        installed, copied = list(packages(file)), list(copies(file))
        for end in sorted(set(goes_into.values())):
            mine = {index for index, into in goes_into.items() if into == end}
            stage = next(one for one in file["stages"] if one["index"] == end)
            rows.append(
                {
                    "path": file["path"],
                    "stage": end,
                    "name": stage["name"],
                    "packages": sorted({each["line"] for index, each, stays in installed if stays and index in mine}),
                    "copies": sorted({copy["line"] for index, copy in copied if index in mine}),
                    "updates": sorted(
                        {line for path, line in updates if path == file["path"] and stage_at(file, line) in mine}
                    ),
                }
            )
    return rows
