"""A justfile's recipes, aliases, imports and modules as they stand there; nothing is evaluated.

https://just.systems/man/en/
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_RECIPES = 5000

_NAME = r"[A-Za-z_][A-Za-z0-9_-]*+"
_RECIPE = lazily(rf"@?({_NAME})((?:[ \t]++[^:\s][^:]*+|[ \t]*+(?=:)))?:(?!=)(.*+)")
_ALIAS = lazily(rf"alias[ \t]++({_NAME})[ \t]*+:=[ \t]*+({_NAME}(?:::{_NAME})*+)")
_IMPORT = lazily(r"""(import|mod)(\?)?[ \t]++(?:([A-Za-z_][\w-]*+)[ \t]*+)?(?:'([^'\n]*+)'|"([^"\n]*+)")?[ \t]*+""")
_ATTRIBUTES = lazily(r"\[([^\]\n]*+)\]")

_DEPENDENCY = lazily(rf"&&|\(?[ \t]*+({_NAME}(?:::{_NAME})*+)")


class Recipe(NamedTuple):
    """One recipe; `private` ones are run by others only."""

    name: str
    parameters: str
    needs: tuple[str, ...]
    first: str | None
    """The first line of its body without `@` and `-`; of a script the line of its interpreter."""
    private: bool
    line: int


class Import(NamedTuple):
    """Another justfile, read as if it stood here (`name` is None), or as a module of a name."""

    name: str | None
    path: str | None
    optional: bool
    line: int


class Alias(NamedTuple):
    """Another name for a recipe."""

    name: str
    target: str
    line: int


class Justfile(NamedTuple):
    """The file."""

    recipes: tuple[Recipe, ...]
    aliases: tuple[Alias, ...]
    imports: tuple[Import, ...]


def parse(content: bytes) -> Justfile:
    """Read the file.  Raises Unparsable."""
    text = text_of(content)
    if "\0" in text:
        raise Unparsable("not text")
    recipes: list[Recipe] = []
    aliases: list[Alias] = []
    imports: list[Import] = []
    attributes: list[str] = []
    for number, line in _logical_lines(text):
        if line[:1] in (" ", "\t"):
            if recipes and recipes[-1].first is None and (command := line.strip().lstrip("@-").strip()):
                last = recipes[-1]
                recipes[-1] = Recipe(last.name, last.parameters, last.needs, command, last.private, last.line)
            continue
        if found := _ATTRIBUTES.fullmatch(line.strip()):
            attributes.append(found[1])
            continue
        if found := _ALIAS.match(line):
            aliases.append(Alias(found[1], found[2], number))
        elif (found := _IMPORT.match(line)) and (found[1] == "mod" or found[4] or found[5]) and ":" not in line:
            imports.append(
                Import(found[3] if found[1] == "mod" else None, found[4] or found[5], bool(found[2]), number)
            )  # fmt: skip
        elif not line.startswith(("#", "set ", "export ")) and (found := _RECIPE.match(line)):
            private = found[1].startswith("_") or any("private" in each for each in attributes)
            recipes.append(
                Recipe(found[1], (found[2] or "").strip(), tuple(_needs(found[3])), None, private, number)
            )  # fmt: skip
        if line.strip() and not line.startswith("#"):
            attributes = []
        if len(recipes) + len(aliases) + len(imports) > MOST_RECIPES:
            raise Unparsable(f"more than {MOST_RECIPES} recipes")
    return Justfile(tuple(recipes), tuple(aliases), tuple(imports))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines, but for those inside of values in triple quotes; one that ends with a backslash takes in the next."""
    parts: list[str] = []
    start = 1
    closing = ""
    for number, written in enumerate(text.split("\n"), start=1):
        line = written.removesuffix("\r")
        if closing:
            closing = "" if line.count(closing) % 2 else closing
            continue
        if not parts:
            start = number
        is_body = line[:1] in (" ", "\t")
        if line.endswith("\\") and not is_body:
            parts.append(line[:-1])
            continue
        joined = " ".join([*parts, line.lstrip()]) if parts else line
        parts = []
        if ":=" in joined and not is_body:
            closing = next((sign for sign in ("'''", '"""') if joined.count(sign) % 2), "")
        yield start, joined
    if parts:
        yield start, " ".join(parts)


def _needs(text: str) -> Iterator[str]:
    """The recipes after the colon, those that run afterwards included; what they are given is left out."""
    plain = re.sub(r"#.*+", "", text)
    while (shorter := re.sub(r"\((\s*[\w:-]+)[^()]*+\)", r" \1 ", plain)) != plain and len(plain) < 10_000:
        plain = shorter
    for word in plain.split():
        if (found := _DEPENDENCY.fullmatch(word)) and found[1]:
            yield found[1]
