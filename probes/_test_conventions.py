"""Which files are tests by their names, in languages whose runners have no configuration of their own."""

import re

from codegenie.formats.patterns import lazily

CONVENTIONS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "go": (("go test", lazily(r"(?:(?!testdata/|vendor/|[_.])[^/]+/)*(?![_.])[^/]*_test\.go")),),
    "ruby": (
        ("RSpec", lazily(r"(?:.*/)?spec/.*_spec\.rb")),
        ("minitest", lazily(r"(?:.*/)?test/(?:.*_test\.rb|(?:.*/)?test_[^/]*\.rb)|(?:.*/)?[^/]+_test\.rb")),
    ),
    "php": (("PHPUnit", lazily(r"(?:.*/)?(?:[Tt]ests?|[^/]*Tests?)/.*Test\.php")),),
    "elixir": (("ExUnit", lazily(r"(?:.*/)?test/.*_test\.exs")),),
    "dart": (("package:test", lazily(r"(?:.*/)?(?:test|integration_test)/.*_test\.dart")),),
    "bats": (("bats", lazily(r".*\.bats")),),
    "gherkin": (("Cucumber", lazily(r".*\.feature")),),
    "r": (("testthat", lazily(r"(?:.*/)?tests/testthat/test[^/]*\.[Rr]")),),
}
# Files of which only those with a test case in them are tests.
BY_CONTENT: dict[str, tuple[str, re.Pattern[str]]] = {
    "rust": ("cargo test", lazily(r".*\.rs")),
    "jvm": (
        "",
        lazily(
            r"(?:.*/)?(?:[^/]*[tT]ests?|it|[^/]*-tests?|[a-z]*benchmarks?)/.*|.*(?:Tests?|Spec|IT|TestCase|Suite)\.\w+"
        ),
    ),
    "csharp": ("", lazily(r"(?i).*test.*")),
    "c": ("", lazily(r"(?i).*test.*|(?:.*/)?t/.*")),
    "swift": ("", lazily(r"(?:.*/)?[^/]*Tests?/.*")),
    "zig": ("zig test", lazily(r".*")),
    "clojure": ("clojure.test", lazily(r"(?:.*/)?test/.*")),
}
