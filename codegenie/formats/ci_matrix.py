"""The combinations that a matrix of literal values comes to."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod

from codegenie.formats.pipelines import Matrix, is_computed, short
from codegenie.formats.yaml_nodes import Node, shown

MOST = 256
"""Combinations that are kept; GitHub allows no more of a job."""

MOST_MADE = 4096  # before `exclude` takes its own away

Combination = dict[str, str]


def expanded(node: Node) -> Matrix:
    """The matrix of a GitHub workflow, with its `include` and `exclude`.

    The rules are those of docs.github.com/actions, "Running variations of jobs in a workflow": `exclude` takes away
    each combination that agrees with all its pairs; an `include` adds its pairs to every combination that it would
    not change an original value of, or else is a combination of its own.
    """
    axes = {name: value for name, value in node.pairs.items() if name not in ("include", "exclude")}
    written = tuple((name, short(shown(value)) or "") for name, value in node.pairs.items())
    literal = node.kind == "mapping" and not any(is_computed(scalar.text or "") for scalar in node.scalars())
    literal = literal and all(value.kind == "list" for value in node.pairs.values())
    if not literal:
        return Matrix(node.line, written, tuple(axes), None, None)
    excluded = [_texts(each) for each in node["exclude"].elements]
    all_of_them = combinations({name: value.elements for name, value in axes.items()})
    if all_of_them is None:
        return Matrix(node.line, written, tuple(axes), None, None)
    made = [each for each in all_of_them if not any(_agrees(each, pairs) for pairs in excluded)]
    return matrix(node.line, written, _included(made, [_texts(each) for each in node["include"].elements], axes))


def combinations(axes: Mapping[str, Sequence[Node]]) -> list[Combination] | None:
    """Every choice of one value for each axis, in the order of the file; None where there are too many of them."""
    if not axes:
        return []
    if prod(len(values) for values in axes.values()) > MOST_MADE:
        return None
    flat = {name: [_flat(name, value) for value in values] for name, values in axes.items()}
    return [{name: text for part in choice for name, text in part.items()} for choice in product(*flat.values())]


def matrix(line: int, written: tuple[tuple[str, str], ...], made: Sequence[Combination] | None) -> Matrix:
    """A matrix of these combinations."""
    if made is None:
        return Matrix(line, written, (), None, None)
    names = tuple(dict.fromkeys(name for combination in made for name in combination))
    rows = tuple(tuple(combination.get(name) for name in names) for combination in made[:MOST])
    return Matrix(line, written, names, rows, len(made))


def _included(made: list[Combination], included: Iterable[Combination], axes: Mapping[str, Node]) -> list[Combination]:
    originals = [dict(combination) for combination in made]
    for each in list(included)[:MOST]:
        taken = False
        for combination, original in zip(made, originals, strict=False):
            if all(
                original.get(name, value) == value for name, value in each.items() if name.partition(".")[0] in axes
            ):
                combination.update(each)
                taken = True
        if not taken:
            made.append(dict(each))
    return made


def _texts(node: Node) -> Combination:
    return {name: text for key, value in node.pairs.items() for name, text in _flat(key, value).items()}


def _flat(name: str, node: Node) -> Combination:
    """The value by its name; those of a mapping by names like `config.os`, as expressions name them."""
    if node.kind != "mapping":
        return {name: short(shown(node)) or ""}
    return {at: text for key, value in node.pairs.items() for at, text in _flat(f"{name}.{key}", value).items()}


def _agrees(combination: Combination, pairs: Combination) -> bool:
    return bool(pairs) and all(combination.get(name) == value for name, value in pairs.items())
