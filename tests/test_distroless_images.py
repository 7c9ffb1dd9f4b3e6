"""The table of distroless images: every row once, and with products that have cycles."""

import json
from pathlib import Path

from codegenie import registry


def test_every_row_is_sound() -> None:
    table = json.loads(Path(registry.catalogue_path("distroless_images")).read_text())
    cycles = json.loads(Path(registry.catalogue_path("release_cycles")).read_text())
    known = {product["name"]: {cycle["cycle"] for cycle in product["cycles"]} for product in cycles["products"]}
    rows = table["images"]
    assert len({(row["image"], row["tag"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["packages"] == sorted(row["packages"])
        assert row["version"] is None or row["product"] in known or row["stands_for"] == "java"
        if row["product"] and not row["moving"]:
            cycles_of_it = {cycle.removesuffix(".0") for cycle in known[row["product"]]}
            assert row["version"].removesuffix(".0") in cycles_of_it
