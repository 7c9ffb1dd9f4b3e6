"""noxfile.py: the names of its sessions.  It is parsed and never executed."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.plain import text_of
from codegenie.formats.setup_py import syntax_tree


class Session(NamedTuple):
    """A session; `pythons` are those it names as literals."""

    name: str
    line: int
    pythons: tuple[str, ...]


class Noxfile(NamedTuple):
    """The sessions in the order of the file."""

    sessions: tuple[Session, ...]


def parse(content: bytes) -> Noxfile:
    """Read the file.  Raises Unparsable."""
    tree = syntax_tree(text_of(content))
    return Noxfile(
        tuple(
            session
            for statement in tree.body
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
            for session in _sessions(statement)
        )
    )


def _sessions(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Session]:
    for decorator in function.decorator_list:
        match decorator:
            case ast.Name(id="session") | ast.Attribute(value=ast.Name(id="nox"), attr="session"):
                yield Session(function.name, function.lineno, ())
                return
            case ast.Call(
                func=ast.Name(id="session") | ast.Attribute(value=ast.Name(id="nox"), attr="session"), keywords=named
            ):
                given = {each.arg: each.value for each in named}
                yield Session(_name(given.get("name")) or function.name, function.lineno, _pythons(given.get("python")))
                return


def _name(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _pythons(node: ast.expr | None) -> tuple[str, ...]:
    items = node.elts if isinstance(node, ast.List | ast.Tuple) else [] if node is None else [node]
    return tuple(name for item in items if (name := _name(item)))
