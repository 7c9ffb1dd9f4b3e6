"""The table of release cycles: every product with its source, its cycles and the days on which they end."""

import json
import re
from pathlib import Path

from codegenie import registry


def test_every_product_is_sound() -> None:
    table = json.loads(Path(registry.catalogue_path("release_cycles")).read_text())
    assert re.fullmatch(r"https://github\.com/endoflife-date/endoflife\.date at [0-9a-f]{40}, MIT", table["origin"])
    images = [image for product in table["products"] for image in product["images"]]
    assert len(images) == len(set(images))
    for product in table["products"]:
        assert set(product) == {"name", "title", "kind", "images", "source", "cycles"}
        assert product["source"].startswith("https://endoflife.date/")
        assert product["cycles"]
        for cycle in product["cycles"]:
            is_day = isinstance(cycle["eol"], str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", cycle["eol"])
            assert is_day or cycle["eol"] is None or isinstance(cycle["eol"], bool)
