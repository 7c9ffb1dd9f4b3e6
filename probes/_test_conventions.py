"""Which files are tests by their names, in languages whose runners have no configuration of their own."""

import re

CONVENTIONS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("go", "go test", re.compile(r"(?:(?!testdata/|vendor/|[_.])[^/]+/)*(?![_.])[^/]*_test\.go")),
    ("ruby", "RSpec", re.compile(r"(?:.*/)?spec/.*_spec\.rb")),
    ("ruby", "minitest", re.compile(r"(?:.*/)?test/(?:.*_test\.rb|(?:.*/)?test_[^/]*\.rb)|(?:.*/)?[^/]+_test\.rb")),
    ("php", "PHPUnit", re.compile(r"(?:.*/)?(?:[Tt]ests?|[^/]*Tests?)/.*Test\.php")),
    ("elixir", "ExUnit", re.compile(r"(?:.*/)?test/.*_test\.exs")),
    ("dart", "package:test", re.compile(r"(?:.*/)?(?:test|integration_test)/.*_test\.dart")),
    ("bats", "bats", re.compile(r".*\.bats")),
    ("gherkin", "Cucumber", re.compile(r".*\.feature")),
    ("r", "testthat", re.compile(r"(?:.*/)?tests/testthat/test[^/]*\.[Rr]")),
)
# Files of which only those with a test case in them are tests.
BY_CONTENT: dict[str, tuple[str, re.Pattern[str]]] = {
    "rust": ("cargo test", re.compile(r".*\.rs")),
    "jvm": (
        "",
        re.compile(
            r"(?:.*/)?(?:[^/]*[tT]ests?|it|[^/]*-tests?|[a-z]*benchmarks?)/.*|.*(?:Tests?|Spec|IT|TestCase|Suite)\.\w+"
        ),
    ),
    "csharp": ("", re.compile(r"(?i).*test.*")),
    "c": ("", re.compile(r"(?i).*test.*|(?:.*/)?t/.*")),
    "swift": ("", re.compile(r"(?:.*/)?[^/]*Tests?/.*")),
    "zig": ("zig test", re.compile(r".*")),
    "clojure": ("clojure.test", re.compile(r"(?:.*/)?test/.*")),
}
