"""The combinations that a matrix of literal values comes to."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod

from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import Matrix, Pairs, is_computed, short, without_credentials
from codegenie.formats.yaml_nodes import Node, shown

MOST = 256
"""Combinations that are kept; GitHub allows no more of a job."""

MOST_MADE = 4096  # before `exclude` takes its own away

_AXIS = lazily(r"[.\[]")  # what ends its name

Combination = dict[str, str]


def expanded(node: Node) -> Matrix:
    """The matrix of a GitHub workflow, with its `include` and `exclude`.

    The rules are those of docs.github.com/actions, "Running variations of jobs in a workflow": `exclude` takes away
    each combination that agrees with all its pairs; an `include` adds its pairs to every combination that it would
    not change an original value of, or else is a combination of its own.
    """
    axes = {name: value for name, value in node.pairs.items() if name not in ("include", "exclude")}
    written = tuple((name, short(shown(value)) or "") for name, value in node.pairs.items())
    if node.kind != "mapping" or any(value.kind != "list" for value in node.pairs.values()):
        return matrix(node.line, written, None)
    if any("${{" in (scalar.text or "") for scalar in node.scalars()):
        return matrix(node.line, written, None)
    return _made_out(node.line, written, axes, node["exclude"].elements, node["include"].elements)


def made_out(
    line: int,
    written: Pairs,
    axes: Mapping[str, Node],
    excluded: Sequence[Node] = (),
    included: Sequence[Node] = (),
) -> Matrix:
    """What the axes come to without what is excluded, and with what is included; each axis is a list."""
    nodes = (*axes.values(), *excluded, *included)
    if any(is_computed(scalar.text or "") for node in nodes for scalar in node.scalars()):
        return matrix(line, written, None)
    return _made_out(line, written, axes, excluded, included)


def _made_out(
    line: int, written: Pairs, axes: Mapping[str, Node], excluded: Sequence[Node], included: Sequence[Node]
) -> Matrix:
    all_of_them = combinations({name: value.several for name, value in axes.items()})
    if all_of_them is None:
        return matrix(line, written, None)
    refused = [_texts(each) for each in excluded]
    made = [each for each in all_of_them if not any(_agrees(each, pairs) for pairs in refused)]
    return matrix(line, written, _included(made, [_texts(each) for each in included], axes))


def combinations(axes: Mapping[str, Sequence[Node]]) -> list[Combination] | None:
    """Every choice of one value for each axis, in the order of the file; None where there are too many of them."""
    if not axes:
        return []
    if prod(len(values) for values in axes.values()) > MOST_MADE:
        return None
    flat = {name: [_flat(name, value) for value in values] for name, values in axes.items()}
    return [{name: text for part in choice for name, text in part.items()} for choice in product(*flat.values())]


def matrix(line: int, written: Pairs, made: Sequence[Combination] | None) -> Matrix:
    """A matrix of these combinations, without the values of credentials."""
    written = tuple((name, _safe(name, value)) for name, value in written)
    if made is None:
        return Matrix(line, written, (), None, None)
    names = tuple(dict.fromkeys(name for combination in made for name in combination))
    rows = tuple(
        tuple(None if (value := combination.get(name)) is None else _safe(name, value) for name in names)
        for combination in made[:MOST]
    )
    return Matrix(line, written, names, rows, len(made))


def _included(made: list[Combination], included: Iterable[Combination], axes: Mapping[str, Node]) -> list[Combination]:
    originals = [dict(combination) for combination in made]
    for each in list(included)[:MOST]:
        taken = False
        for combination, original in zip(made, originals, strict=False):
            if all(
                original.get(name, value) == value
                for name, value in each.items()
                if _AXIS.split(name, maxsplit=1)[0] in axes
            ):
                combination.update(each)
                taken = True
        if not taken:
            made.append(dict(each))
    return made


def _texts(node: Node) -> Combination:
    return {name: text for key, value in node.pairs.items() for name, text in _flat(key, value).items()}


def _flat(name: str, node: Node) -> Combination:
    """The value by its name; those within it by names like `config.os` and `pair[0]`, as expressions name them."""
    if not node.elements and not node.pairs:
        return {name: short(shown(node)) or ""}
    below = {f"{name}.{key}": value for key, value in node.pairs.items()}
    below |= {f"{name}[{at}]": value for at, value in enumerate(node.elements)}
    return {at: text for key, value in below.items() for at, text in _flat(key, value).items()}


def _safe(name: str, value: str) -> str:
    """The value of an axis, without what is named like a credential."""
    return without_credentials(f"{name}={value}")[len(name) + 1 :]


def _agrees(combination: Combination, pairs: Combination) -> bool:
    return bool(pairs) and all(combination.get(name) == value for name, value in pairs.items())
