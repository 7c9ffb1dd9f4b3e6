"""What a text that names a matrix comes to in each of its combinations."""

import re

from codegenie.formats.pipelines import Matrix, is_computed

_EXPRESSION = re.compile(
    r"""\$\{\{\s*matrix\s*(?:\.\s*([\w.-]+)|\[\s*'([^']+)'\s*\])\s*(?:\|\|\s*'([^']*)'\s*)?\}\}|<<\s*matrix\.([\w-]+)\s*>>|\{\{\s*matrix\.?([\w.-]*)\s*\}\}|\$\{([A-Z_]+)\}""",
    re.ASCII,
)


_VARIABLE = re.compile(r"\$\{\{\s*env\s*\.\s*(\w+)\s*\}\}", re.ASCII)


def values_of(text: str, matrix: Matrix | None, variables: tuple[tuple[str, str], ...] = ()) -> list[str] | None:
    """The values, each once, in the order of the combinations; None where anything else has a part in them."""
    if variables and "env" in text:
        known = dict(variables)
        text = _VARIABLE.sub(lambda found: known.get(found[1], found[0]), text)
    if not is_computed(text):
        return [text]
    if matrix is None or not matrix.combinations or matrix.count != len(matrix.combinations):
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
    name = found[1] or found[2] or found[4] or found[5] or found[6] or ""
    if name not in names:
        inside = any(each.startswith(f"{name}.") for each in names) or (found[6] and name not in names)
        return found[0] if inside else found[3] or ""
    return row[names.index(name)] or found[3] or ""
