"""What a text that names a matrix comes to in each of its combinations."""

import re

from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import Matrix, is_computed

# GitHub's with a literal to fall back on, CircleCI's, Buildkite's, Azure's, and a shell's variable as GitLab and
# Woodpecker put it in.
_EXPRESSION = lazily(
    r"""
      \$\{\{\s*matrix\s*(?:\.\s*(?P<github>[\w.\[\]-]+)|\[\s*'(?P<index>[^']+)'\s*\])\s*(?:\|\|\s*'(?P<else>[^']*)'\s*)?\}\}
    | <<\s*matrix\.(?P<circle>[\w-]+)\s*>>
    | \{\{\s*matrix\.?(?P<buildkite>[\w.-]*)\s*\}\}
    | \$\((?P<azure>[\w.]+)\)
    | \$\{?(?P<shell>[A-Za-z_]\w*)\}?
    """,
    re.ASCII | re.VERBOSE,
)
_NAMES = ("github", "index", "circle", "buildkite", "azure", "shell")

_VARIABLE = lazily(r"\$\{\{\s*env\s*\.\s*(\w+)\s*\}\}", re.ASCII)


def values_of(text: str, matrix: Matrix | None, variables: tuple[tuple[str, str], ...] = ()) -> list[str] | None:
    """The values, each once, in the order of the combinations; None where anything else has a part in them."""
    if variables and "env" in text:
        known = dict(variables)
        text = _VARIABLE.sub(lambda found: known.get(found[1], found[0]), text)
    if not is_computed(text):
        return [text]
    if matrix is None or not matrix.combinations or matrix.size != len(matrix.combinations):
        return None
    found: dict[str, None] = {}
    for row in matrix.combinations:
        value = _EXPRESSION.sub(lambda each, row=row: _value(each, matrix.names, row), text)  # type: ignore[misc]
        if is_computed(value):
            return None
        if value:
            found[value] = None
    return list(found)


def _value(found: re.Match[str], names: tuple[str, ...], row: tuple[str | None, ...]) -> str:
    """What an expression comes to; as it is where the matrix does not say."""
    name = next((found[group] for group in _NAMES if found[group]), "")
    if name in names:
        return row[names.index(name)] or found["else"] or ""
    if found["shell"] or found["azure"] or any(each.startswith((f"{name}.", f"{name}[")) for each in names):
        return found[0]
    return found["else"] or ""
