"""The licences that manifests declare, with what each means."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from codegenie.probe import ProbeInputs

from ._license_files import why_apart
from ._license_manifests import MANIFESTS, Declaration
from ._license_names import CLASSIFIERS, UNKNOWN, Meaning, Names
from ._paths import ancestors, parent, under


class Declared(NamedTuple):
    path: str
    declaration: Declaration
    meaning: Meaning

    @property
    def file(self) -> str | None:
        """The file that it refers to, from the root; it may be a pattern, and need not exist."""
        return under(parent(self.path), self.meaning.file) if self.meaning.file else None

    def facts(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "line": self.declaration.line,
            "field": self.declaration.field,
            "text": self.declaration.text[:300],
            "how": "inherited" if self.declaration.kind == "inherited" else self.meaning.how,
            "expression": self.meaning.expression,
            "ids": list(self.meaning.ids),
            "exceptions": list(self.meaning.exceptions),
            "unknown": list(self.meaning.unknown),
            "outdated": list(self.meaning.outdated),
            "file": self.meaning.file,
        }


def read_manifests(inputs: ProbeInputs, known: Names) -> tuple[list[Declared], dict[str, list[str]]]:
    """What manifests declare, by path and line; and the manifests that are set apart, by why."""
    declared: list[Declared] = []
    apart: dict[str, list[str]] = {}
    for glob, reader in MANIFESTS:
        for path in inputs.matching(glob):
            if kind := why_apart(path):
                apart.setdefault(kind, []).append(path)
                continue
            found = inputs.parse(path, reader) or ()
            declared.extend(Declared(path, one, _meaning(one, known)) for one in found)
    declared = [_with_inherited(one, declared) for one in declared]
    declared.sort(key=lambda one: (one.path, one.declaration.line or 0, one.declaration.text))
    return declared, apart


def _with_inherited(one: Declared, declared: Sequence[Declared]) -> Declared:
    """With what the nearest workspace around a member of it declares, where the member leaves it to that."""
    if one.declaration.kind != "inherited":
        return one
    field = f"workspace.{one.declaration.field}"
    around = {parent(other.path): other for other in declared if other.declaration.field == field}
    home = parent(one.path)
    nearest = next((around[place] for place in (home, *ancestors(home)) if place in around), None)
    return Declared(one.path, one.declaration, nearest.meaning) if nearest else one


def _meaning(declaration: Declaration, known: Names) -> Meaning:
    match declaration.kind:
        case "classifier":
            name = declaration.text.split("::")[-1].strip()
            found = CLASSIFIERS.get(name)
            return Meaning("name", found, (found,)) if found else UNKNOWN
        case "file":
            return Meaning("file", file=declaration.text)
        case "inherited":
            return UNKNOWN
    return known.meaning(declaration.text)
