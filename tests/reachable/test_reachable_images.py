"""Images: a stage for each, or an image of a job."""

import pytest

from codegenie.formats.image_reference import reference
from tests.reachable.entries import SLICES, Ask, catalogue, of_the_probe


def test_every_family_of_images_is_the_first_that_fits_its_example(ask: Ask) -> None:
    rows = catalogue("image_families")["families"]
    files = {f"{at:03}/Dockerfile": f"FROM {row['example']}\n" for at, row in enumerate(rows)}
    found = ask("containerization", files)
    dockerfiles = [*found.schema_slice["dockerfiles"], *found.artifacts["more_dockerfiles.json"]]
    told = [file["stages"][0]["base"]["family"] for file in dockerfiles]
    assert told == [{key: row[key] for key in ("os", "distroless", "source")} for row in rows]


@pytest.mark.parametrize("at", range(len(catalogue("image_families")["families"])))
def test_without_a_family_of_images_its_example_would_be_told_as_another(at: int) -> None:
    rows = catalogue("image_families")["families"]
    families = of_the_probe("image_families").Families
    example = reference(rows[at]["example"])
    assert example is not None
    base = {"registry": example.registry, "repository": example.repository, "tag": example.tag, "digest": None}
    others = families({"families": rows[:at] + rows[at + 1 :]}).of(base)
    assert others != families({"families": rows}).of(base)


TAGS = {"tag": "1.2", "last": "9-1.2", "jdk": "1.2-jdk-17", "otp": "1.2-otp-26", "python": "python1.2"}


def test_every_runtime_of_an_image_is_told_with_its_version(ask: Ask) -> None:
    table = catalogue("runtime_images")
    wanted = {
        f"{row['repository']}:{'-'.join(TAGS[way] for way in dict.fromkeys(row['runtimes'].values()))}": set(
            row["runtimes"]
        )
        for row in table["images"]
    }
    wanted |= {row["example"]: {row["runtime"]} for row in table["names"]}
    text = "".join(f"FROM {image}\n" for image in wanted)
    found = ask("runtime_versions", {"Dockerfile": text}).schema_slice["runtimes"]
    told: dict[str, set[str]] = {}
    for runtime in found:
        for each in runtime["declarations"]:
            if each["versions"]:
                told.setdefault(each["image"], set()).add(runtime["name"])
    assert told == wanted


def test_every_release_cycle_is_told_of_an_image(ask: Ask) -> None:
    missing = []
    for product in catalogue("release_cycles")["products"]:
        images = {
            f"{image}:{cycle['cycle']}": (product["title"], cycle["cycle"])
            for image in product["images"]
            for cycle in product["cycles"]
        }
        listed = [
            {"role": "job", "written": image, "images": [image], "places": [{"path": "a", "line": 1}]}
            for image in images
        ]
        found = ask("base_images", {}, slices=SLICES | {"ci": {"images": {"listed": listed}}}).schema_slice["images"]
        told = {
            (cycle["product"], cycle["cycle"]) for each in found for cycle in (each["runtime"], each["system"]) if cycle
        }
        missing += sorted({*images.values()} - told)
    assert missing == []
