"""Which files are tests: asked of a directory at once, as of each of its files."""

from probes._paths import directories
from probes._source_files import is_test, named_tests

NAMES = """
    a.js a.test.ts b_spec.rb c-e2e.js d.cy.jsx e.tests.py FTests.cs FTest.java GTestCase.php HIT.java IT.java ISpec.kt
    test_a.py test_a.pyi conftest.py test.c jest.config.js vitest.config.ts playwright-ct.config.ts cypress.setup.js
    karma.conf.setup.js latest.js spec.js attest.py README
"""
PLACES = ("", "src/", "src/test/", "spec_helpers/", "e2e/", "androidTest/", "src/AppTests/", "fixtures/a/", "latest/")


def test_a_directory_gives_what_its_files_give() -> None:
    paths = sorted(place + name for place in PLACES for name in NAMES.split())
    for some in [paths, *([path] for path in paths)]:
        found = [path for directory in directories(some) for path in named_tests(directory)]
        assert found == [path for path in some if is_test(path)]
