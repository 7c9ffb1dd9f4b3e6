"""Images that are known by their names: what starts each, and the distroless ones that stand beside others."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from codegenie.formats.image_reference import reference
from tests.reachable.entries import SLICES, Ask, Entry, catalogue, of_the_probe
from tests.reachable.examples import examples

TRIED = 100  # tags, of those that an expression spells
# An image of each runtime that distroless ones are for, with the tag that its version stands in.
BESIDE = {
    "compiled": "golang:{}",
    "java": "eclipse-temurin:{}-jre",
    "node": "node:{}",
    "php": "php:{}",
    "python": "python:{}",
    "ruby": "ruby:{}",
}


def started(repository: str, tag: str, rows: list[Entry]) -> tuple[list[str] | None, str | None]:
    """The words of the ENTRYPOINT of an image that leaves it to its base, and what that does with a CMD."""
    image = of_the_probe("entries").Entry("image", "Dockerfile", 1, None, base=(repository, tag))
    entry, effect = of_the_probe("image_entrypoints").KnownImages({"images": rows}).filled(image)
    return (None if entry.entrypoint is None else [word.text for word in entry.entrypoint.args]), effect


def test_every_entry_point_is_that_of_images_which_no_other_row_knows() -> None:
    rows = catalogue("image_entrypoints")["images"]
    for at, row in enumerate(rows):
        tags = ["1.0", *islice(examples(row["tag"] or ""), TRIED)]
        tag = next(tag for tag in tags if re.fullmatch(row["tag"] or ".*", tag))
        for repository in examples(row["repository"]):
            parts = reference(f"{repository}:{tag}")
            assert parts and f"{parts.registry}/{parts.repository}" == repository, "no image is called so"
            assert started(repository, tag, rows) == (row["entrypoint"], row["effect"]), f"{repository}:{tag}"
            assert started(repository, tag, rows[:at] + rows[at + 1 :]) == (None, None), f"{repository}:{tag}"


def test_a_distroless_image_is_started_alike_in_both_catalogues() -> None:
    for row in catalogue("distroless_images")["images"]:
        words, _ = started(row["image"], row["tag"] or "latest", catalogue("image_entrypoints")["images"])
        assert words is not None, row["image"]
        assert row["entrypoint"] in (None, words), row["image"]


def told(ask: Ask, images: Iterable[str]) -> dict[str, Any]:
    """What the probe says of images that Dockerfiles build on."""
    files = {f"{at}/Dockerfile": f"FROM {image}\n" for at, image in enumerate(images)}
    built = ask("containerization", files)
    slices = SLICES | {"containerization": built.schema_slice}
    artifacts = {"containerization": built.artifacts, "deployment": {"more_workloads.json": []}}
    found: dict[str, Any] = ask("base_images", {}, slices=slices, artifacts=artifacts).schema_slice
    return found


def test_every_distroless_image_is_shown_beside_one_that_it_could_replace(ask: Ask) -> None:
    rows = catalogue("distroless_images")["images"]
    names = {BESIDE[row["stands_for"]] if not row["replaces"] else f"{row['replaces'][0]}:{{}}" for row in rows}
    versions = {row["version"] or "1" for row in rows}
    found = told(ask, sorted(name.format(version) for name in names for version in versions))
    counterparts = [image["counterparts"] for image in found["images"] if image["counterparts"]]
    shown = {(each["image"], each["tag"]) for some in counterparts for each in some["listed"]}
    assert shown == {(row["image"], row["tag"]) for row in rows}
    assert len(found["distroless_images"]) == len(rows)


def test_no_image_is_shown_beside_a_distroless_one(ask: Ask) -> None:
    rows = catalogue("distroless_images")["images"]
    tags = [(row["image"], tag) for row in rows for tag in row["tags"] if "debug" not in tag]
    found = told(ask, sorted(f"{image}:{tag}" for image, tag in tags))
    assert [
        image["image"] for image in found["images"] if image["counterparts"] or not image["family"]["distroless"]
    ] == []
    assert len(found["images"]) == len({*tags})
