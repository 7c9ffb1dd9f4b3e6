"""Scripts that only look the code over, told by what they run where no name says so."""

import re
from collections.abc import Iterable

from codegenie.formats.patterns import lazily

# What each does without an option that changes files; a program with a subcommand is one with that alone.
_LINTER = lazily(
    r"""(?:(?:npx|pnpm|yarn|bunx|uv[ ]run|poetry[ ]run|bundle[ ]exec|time)[ ]+)*
    (?: eslint | oxlint | stylelint | tslint | xo | standard | biome[ ]+(?:lint|check|ci) | next[ ]+lint
      | cargo[ ]+clippy | golangci-lint[ ]+run | staticcheck | go[ ]+vet | ruff[ ]+check | flake8 | pylint
      | rubocop | shellcheck | hadolint | yamllint | markdownlint(?:-cli2)? | ktlint | swiftlint | phpcs | deno[ ]+lint
    )(?=[ ]|\Z)""",
    re.VERBOSE,
)
_CHANGES = lazily(r"(?:^|\s)(?:--fix(?:-\w+)?|--write|--apply|-a|-A|--autocorrect(?:-all)?|--format)(?=[\s=]|\Z)")
_ENDS = lazily(r"&&|;|\n")
LONGEST = 1000  # characters of a script


def linting(scripts: Iterable[tuple[str, str]]) -> str | None:
    """The first script, of names and texts in the order of the file, that does nothing but lint; None for none."""
    return next((name for name, text in scripts if len(text) <= LONGEST and _only_lints(text)), None)


def _only_lints(text: str) -> bool:
    parts = [part.strip().lstrip("@") for part in _ENDS.split(text)]
    return bool(text.strip()) and all(_LINTER.match(part) and not _CHANGES.search(part) for part in parts if part)
