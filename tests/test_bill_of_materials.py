"""The bills of materials in the cases of `dependencies` are valid CycloneDX 1.6, and others read their package URLs."""

import copy
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from packageurl import PackageURL
from referencing import Registry, Resource

from probes._cyclonedx import digests

CASES = sorted((Path(__file__).parent / "probes" / "dependencies").glob("*.yaml"))
SCHEMAS = files("cyclonedx.schema._res")


def validator() -> jsonschema.Draft7Validator:
    """The official schema, from the wheel of cyclonedx-python-lib (Apache-2.0)."""
    names = ("bom-1.6", "spdx", "jsf-0.82")
    loaded = {name: json.loads((SCHEMAS / f"{name}.SNAPSHOT.schema.json").read_text()) for name in names}
    found = [(schema["$id"], Resource.from_contents(schema)) for schema in loaded.values()]
    registry: Registry[Any] = Registry().with_resources(found)
    return jsonschema.Draft7Validator(loaded["bom-1.6"], registry=registry)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_bill_of_materials_is_valid(case: Path) -> None:
    bom = yaml.safe_load(case.read_text())["expect"]["artifacts"]["bom.cdx.json"]
    validator().validate(bom)
    references = [component["bom-ref"] for component in bom["components"]]
    assert sorted(set(references)) == references
    assert {entry["ref"] for entry in bom["dependencies"]} == {"repository", *references}
    assert {to for entry in bom["dependencies"] for to in entry["dependsOn"]} <= set(references)


def test_the_schema_refuses_what_is_wrong() -> None:
    bom = yaml.safe_load(CASES[0].read_text())["expect"]["artifacts"]["bom.cdx.json"]
    broken = copy.deepcopy(bom) | {"serialNumber": "urn:uuid:x"}
    assert not validator().is_valid(broken)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_package_urls_say_what_the_rows_say(case: Path) -> None:
    packages = yaml.safe_load(case.read_text())["expect"]["artifacts"]["packages.json"]
    for lockfile in packages["lockfiles"]:
        for row in lockfile["packages"]:
            if row["purl"] and lockfile["ecosystem"] == "node":
                found = PackageURL.from_string(row["purl"])
                assert f"{found.namespace or ''}/{found.name}".removeprefix("/") == row["name"].lower()
                assert found.version == row["version"]


@pytest.mark.parametrize(
    ("integrity", "expected"),
    [
        ("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", [("SHA-1", "da39a3ee5e6b4b0d3255bfef95601890afd80709")]),
        ("sha256:" + "AB" * 32, [("SHA-256", "ab" * 32)]),
        ("sha1-AAAA sha256=" + "0" * 64, [("SHA-256", "0" * 64)]),
        ("sha512-!", []),
        ("10c0/" + "0" * 128, []),
        ("h1:2jmj7l5rSw0yVb/vlWAYkK/YBwk=", []),
        ("sha512:", []),
        (None, []),
    ],
)
def test_digests_are_those_of_the_archive(integrity: str | None, expected: list[tuple[str, str]]) -> None:
    assert list(digests(integrity)) == expected
