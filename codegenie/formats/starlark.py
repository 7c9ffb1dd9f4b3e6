"""Calls at the top of a Starlark file with the literals that they are given; nothing is evaluated.

Starlark's grammar is a part of Python's: https://github.com/bazelbuild/starlark/blob/master/spec.md
"""

import ast
from collections.abc import Mapping
from typing import NamedTuple

from codegenie.formats.plain import text_of
from codegenie.formats.setup_py import syntax_tree
from codegenie.formats.unparsable import Unparsable

MOST_CALLS = 20_000

Literal = str | int | bool | None | tuple[str, ...]


class Call(NamedTuple):
    """`name(...)` or `extension.tag(...)`; `named` and `values` hold literals, `computed` the names of the rest."""

    name: str
    values: tuple[str, ...]
    named: Mapping[str, Literal]
    computed: tuple[str, ...]
    line: int

    def text(self, name: str) -> str | None:
        """The argument of that name where it is a text."""
        found = self.named.get(name)
        return found if isinstance(found, str) else None


def calls(content: bytes) -> tuple[Call, ...]:
    """The calls that are statements at the top of the file, also as the value of a name.  Raises Unparsable."""
    try:
        tree = syntax_tree(text_of(content))
    except Unparsable as error:
        raise Unparsable(str(error).replace("Python", "Starlark")) from None
    found = []
    for statement in tree.body:
        match statement:
            case ast.Expr(value=ast.Call() as node) | ast.Assign(value=ast.Call() as node):
                if (name := _dotted(node.func)) is not None:
                    found.append(_call(name, node))
        if len(found) > MOST_CALLS:
            raise Unparsable(f"more than {MOST_CALLS} calls")
    return tuple(found)


def _call(name: str, node: ast.Call) -> Call:
    named: dict[str, Literal] = {}
    computed = []
    for keyword in node.keywords:
        if keyword.arg is None:
            computed.append("**")
        elif (known := _literal(keyword.value)) is None and not _is_none(keyword.value):
            computed.append(keyword.arg)
        else:
            named[keyword.arg] = known
    values = tuple(value for each in node.args if isinstance(value := _literal(each), str))
    return Call(name, values, named, tuple(computed), node.lineno)


def _literal(node: ast.expr) -> Literal:
    """The text, number, truth or list of texts; None for anything else."""
    match node:
        case ast.Constant(value=str() | int() as value):
            return value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
            return tuple(texts) if len(texts) == len(items) else None
        case _:
            return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _dotted(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return f"{name}.{attribute}"
        case _:
            return None
