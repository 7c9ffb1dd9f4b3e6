"""composer.json's own hash, and names that are no packages."""

import pytest

from codegenie.formats import composer_json
from codegenie.formats.composer_json import is_platform
from codegenie.formats.json_text import load_object

# Each digest is what Composer's Locker::getContentHash gives for the text.
HASHES = [
    ("{}", "d751713988987e9331980363e24189ce"),
    ('{"name": "a/b", "description": "not part of it", "require": {}}', "5c91271087cff82350e2ff82283f28c3"),
    ('{"require": {"php": ">=8.1", "a/b": "^1"}, "name": "x/y"}', "87d56e5d7064072028ebc5ce8d2403c5"),
    (
        '{"extra": {"a": {}, "b": {"0": 1.0, "1": "ü/\\u007f\\u0001😀"}, "f": 0.1,'
        ' "i": 12345678901234567890, "z": {"1": "a"}}}',
        "de79da861319236893bbb6f4faa17ace",
    ),
    (
        '{"config": {"platform": {"php": "8.1"}, "sort-packages": true},'
        ' "repositories": [{"type": "path", "url": "a/*"}]}',
        "6c9161d1ce103b2c760772228ce7fe12",
    ),
]


@pytest.mark.parametrize(("text", "digest"), HASHES)
def test_the_content_hash_is_that_of_composer(text: str, digest: str) -> None:
    assert composer_json.content_hash(load_object(text.encode())) == digest


def test_what_belongs_to_the_platform() -> None:
    names = ["php", "php-64bit", "ext-json", "lib-icu", "composer-plugin-api", "hhvm", "php-di/php-di", "ext/x"]
    assert [is_platform(name) for name in names] == [True, True, True, True, True, True, False, False]
