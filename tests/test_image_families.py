"""The table of image families: the usual images known for what they are."""

import importlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from codegenie import registry
from codegenie.formats.image_reference import reference


@cache
def table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(registry.catalogue_path("image_families")).read_text())
    return found


@cache
def known() -> Any:
    package = registry.probe_named("containerization").run.__module__.rpartition(".")[0]
    return importlib.import_module(f"{package}._image_families").Families(table())


def test_every_row_tells_something() -> None:
    assert [row for row in table()["families"] if row["os"] is None and not row["distroless"]] == []


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("alpine", ("alpine", False)),
        ("node:20", ("debian", False)),
        ("node:20-alpine3.19", ("alpine", False)),
        ("python:3.12-slim", ("debian", False)),
        ("golang:1.22-windowsservercore-ltsc2022", ("windows", False)),
        ("eclipse-temurin:21-jre", ("ubuntu", False)),
        ("eclipse-temurin:21-jre-alpine", ("alpine", False)),
        ("public.ecr.aws/docker/library/node:20-bookworm", ("debian", False)),
        ("gcr.io/distroless/static-debian12:nonroot", ("debian", True)),
        ("gcr.io/distroless/static-debian12:debug", ("debian", False)),
        ("gcr.io/distroless/java:debug-nonroot", ("debian", False)),
        ("cgr.dev/chainguard/node", ("wolfi", True)),
        ("cgr.dev/chainguard/node:latest-dev", ("wolfi", False)),
        ("cgr.dev/chainguard/wolfi-base", ("wolfi", False)),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled-extra", ("ubuntu", True)),
        ("mcr.microsoft.com/dotnet/sdk:8.0", ("debian", False)),
        ("mcr.microsoft.com/dotnet/runtime:10.0", ("ubuntu", False)),
        ("registry.access.redhat.com/ubi9/ubi-minimal:9.4", ("rhel", False)),
        ("registry.access.redhat.com/ubi9-micro", ("rhel", True)),
        ("registry.access.redhat.com/ubi9/ubi-micro", ("rhel", True)),
        ("example.com/node:20-alpine", None),
        ("someone/alpine", None),
        ("node@sha256:" + "0" * 64, None),
        ("alpine@sha256:" + "0" * 64, ("alpine", False)),
    ],
)
def test_the_usual_images_are_known(image: str, expected: tuple[str | None, bool] | None) -> None:
    parts = reference(image)
    assert parts is not None
    found = known().of({
        "registry": parts.registry, "repository": parts.repository, "tag": parts.tag, "digest": parts.digest,
    })  # fmt: skip
    assert (found and (found["os"], found["distroless"])) == expected
