import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegenie.formats.image_reference import ImageReference, reference

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("redis", "docker.io/library/redis"),
        ("redis:7.4-alpine", "docker.io/library/redis:7.4-alpine"),
        ("bitnami/redis", "docker.io/bitnami/redis"),
        ("docker.io/redis", "docker.io/library/redis"),
        ("index.docker.io/redis", "docker.io/library/redis"),
        ("ghcr.io/acme/app:v1", "ghcr.io/acme/app:v1"),
        ("localhost/app", "localhost/app"),
        ("localhost:5000/app:1", "localhost:5000/app:1"),
        ("registry:5000", "docker.io/library/registry:5000"),
        ("registry:5000/app", "registry:5000/app"),
        ("Registry/app", "Registry/app"),
        ("[::1]:5000/app", "[::1]:5000/app"),
        (f"app@{DIGEST}", f"docker.io/library/app@{DIGEST}"),
        (f"quay.io/a/b__c/d.e:t@{DIGEST}", f"quay.io/a/b__c/d.e:t@{DIGEST}"),
    ],
)
def test_a_reference_with_its_defaults(text: str, normalized: str) -> None:
    found = reference(text)
    assert found is not None
    assert found.normalized == normalized


@pytest.mark.parametrize(
    "text",
    ["", "Redis", "ghcr.io/Acme/app", "a//b", "a:", "a:b:c", "app@sha256:12", "${X}:1", "{{ .Values.image }}", "a b",
     "-a", "a..b", "a/b:" + "t" * 129, "a" * 64, "x/" * 200 + "x"],
)  # fmt: skip
def test_what_is_no_reference(text: str) -> None:
    assert reference(text) is None


def test_the_parts() -> None:
    assert reference("ghcr.io/acme/app:1") == ImageReference("ghcr.io", "acme/app", "1", None)


@given(st.text(alphabet="ab-_./:@[]A1 ", max_size=60))
def test_what_is_normalized_stays_so(text: str) -> None:
    found = reference(text)
    assert found is None or reference(found.normalized) == found


@pytest.mark.parametrize("unit", ["a-", "a.", "a_", "a__", "a/", "A.", "a:", "1", "-", "["])
def test_long_texts_take_no_time(unit: str) -> None:
    started = time.process_time()
    for length in (100, 511, 100_000):
        reference((unit * length)[:length] + "!")
        reference((unit * length)[: min(length, 500)] + "/!")
    assert time.process_time() - started < 0.5
