"""setup.py: the arguments of its call of `setup` that are literals.  It is parsed and never executed."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of, writable
from codegenie.formats.requirement import Asked, Kind, read
from codegenie.formats.setup_cfg import EntryPoint
from codegenie.formats.unparsable import Unparsable

MOST_CHARACTERS = 256 << 10  # the largest in use have some 60 KiB; a syntax tree takes a thousand times its text
DEEPEST = 30
_NOWHERE = "/dev/null/setup.py"  # a file that cannot be: CPython opens the one named here to quote it in an error
MOST_VALUES = 10_000

_CALLS = frozenset({"setup", "setuptools.setup", "core.setup", "distutils.core.setup"})
_ENTRY = lazily(r"\s*([^\s=]+)\s*+=\s*+(\S.*+)")


class SetupPy(NamedTuple):
    """The arguments of the call of `setup`; `dynamic` names those that take a program to know."""

    line: int | None
    """That of the call; None where there is none, or it is not to be found."""
    name: str | None
    version: str | None
    requires_python: str | None
    requires_python_line: int | None
    asked: tuple[Asked, ...]
    entry_points: tuple[EntryPoint, ...]
    arguments: tuple[str, ...]
    dynamic: tuple[str, ...]


class _Computed(Exception):
    """A value that is no literal."""


class _Literal(NamedTuple):
    """A value and the line that it stands on; lists and mappings hold the same."""

    value: Any
    line: int


def parse(content: bytes) -> SetupPy:
    """Read the file.  Raises Unparsable."""
    tree = syntax_tree(text_of(content))
    call = next(_calls(tree), None)
    if call is None:
        return SetupPy(None, None, None, None, None, (), (), (), ())
    reader = _Reader(tree)
    found: dict[str, _Literal] = {}
    computed: set[str] = set()
    for argument in call.keywords:
        if argument.arg is None:
            computed |= reader.merge(argument.value, found)
            continue
        try:
            found[argument.arg] = reader.literal(argument.value)
        except _Computed:
            computed.add(argument.arg)
    asked, unread = _asked(found)
    name, version, requires = (_text(found.get(key)) for key in ("name", "version", "python_requires"))
    return SetupPy(
        line=call.lineno,
        name=name,
        version=version,
        requires_python=requires,
        requires_python_line=found["python_requires"].line if requires is not None else None,
        asked=tuple(asked),
        entry_points=tuple(_entry_points(found.get("entry_points"))),
        arguments=tuple(sorted({*found, *computed})),
        dynamic=tuple(sorted({*(computed & _TELLING), *unread})),
    )


_TELLING = frozenset({
    "name", "version", "python_requires", "install_requires", "extras_require", "setup_requires", "tests_require",
    "entry_points", "**",
})  # fmt: skip


def syntax_tree(text: str) -> ast.Module:
    """The syntax tree of a Python file.  Raises Unparsable."""
    if len(text) > MOST_CHARACTERS:
        raise Unparsable(f"over {MOST_CHARACTERS} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # those of the file's own syntax
            tree = ast.parse(str(writable(text)), _NOWHERE)
    except SyntaxError as error:
        raise Unparsable(f"not Python: line {error.lineno or 1}") from None
    except (ValueError, MemoryError, RecursionError, OverflowError):
        raise Unparsable("not Python") from None
    if "\\" in text:
        _make_writable(tree)
    return tree


def _make_writable(tree: ast.Module) -> None:
    """Take the lone surrogates out of its texts, which escapes may have put there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = writable(node.value)


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls of `setup` at the top and in the functions and conditions there, in the order of the file."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and _dotted(node.func) in _CALLS:
            yield node
            continue
        waiting += reversed([each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt | ast.Call)])


def _dotted(node: ast.expr) -> str | None:
    """`distutils.core.setup` of that expression; None of any that is no name with at most two attributes."""
    names: list[str] = []
    for _ in range(4):
        match node:
            case ast.Name(id=name):
                return ".".join([name, *reversed(names)])
            case ast.Attribute(value=inner, attr=name):
                names.append(name)
                node = inner
            case _:
                return None
    return None


class _Reader:
    """Gives the values of expressions that need no program: literals, names bound once, and sums of those."""

    def __init__(self, tree: ast.Module) -> None:
        self._bound: dict[str, list[ast.expr]] = {}
        self._left = MOST_VALUES
        for statement in ast.walk(tree):
            match statement:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        for each in ast.walk(target):
                            if isinstance(each, ast.Name):
                                self._bound.setdefault(each.id, []).append(value if each is target else each)
                case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                    self._bound.setdefault(name, []).append(value)
                case (
                    ast.AugAssign(target=ast.Name(id=name) as again)
                    | ast.For(target=ast.Name(id=name) as again)
                    | ast.Call(func=ast.Attribute(value=ast.Name(id=name) as again))
                    | ast.Subscript(value=ast.Name(id=name) as again, ctx=ast.Store() | ast.Del())
                ):
                    self._bound.setdefault(name, []).append(again)  # it is changed: its literal says nothing

    def literal(self, node: ast.expr, depth: int = 0) -> _Literal:
        """The value.  Raises _Computed."""
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            raise _Computed
        match node:
            case ast.Constant(value=str() | bool() | None | int() | float() as value):
                return _Literal(value, node.lineno)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return _Literal([self.literal(item, depth + 1) for item in items], node.lineno)
            case ast.Dict(keys=keys, values=values):
                return self._mapping(node, keys, values, depth)
            case ast.Name(id=name) if len(self._bound.get(name, ())) == 1:
                return self.literal(self._bound[name][0], depth + 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._sum(self.literal(left, depth + 1), self.literal(right, depth + 1))
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
                named = {each.arg: self.literal(each.value, depth + 1) for each in keywords if each.arg is not None}
                if len(named) == len(keywords):
                    return _Literal(named, node.lineno)
        raise _Computed

    def merge(self, node: ast.expr, found: dict[str, _Literal]) -> set[str]:
        """Add the arguments of `**node`; gives "**" where they are not to be known."""
        try:
            given = self.literal(node)
        except _Computed:
            return {"**"}
        if isinstance(given.value, dict):
            found |= given.value
        return set()

    def _mapping(self, node: ast.expr, keys: list[ast.expr | None], values: list[ast.expr], depth: int) -> _Literal:
        found: dict[str, _Literal] = {}
        for key, value in zip(keys, values, strict=True):
            name = self.literal(key, depth + 1).value if key is not None else None
            if not isinstance(name, str):
                raise _Computed
            found[name] = self.literal(value, depth + 1)
        return _Literal(found, node.lineno)

    def _sum(self, left: _Literal, right: _Literal) -> _Literal:
        match left.value, right.value:
            case (str() as first, str() as second):
                self._left -= (len(first) + len(second)) // 100
                return _Literal(first + second, left.line)
            case (list() as items, list() as more):
                self._left -= len(items) + len(more)
                return _Literal([*items, *more], left.line)
        raise _Computed


def _text(found: _Literal | None) -> str | None:
    return found.value if found and isinstance(found.value, str) else None


def _asked(found: Mapping[str, _Literal]) -> tuple[list[Asked], set[str]]:
    """The requirements, and the arguments in which one could not be read."""
    asked: list[Asked] = []
    unread: set[str] = set()
    for argument, kind in _KINDS.items():
        if not (value := found.get(argument)):
            continue
        groups = value.value.items() if isinstance(value.value, dict) else [(None, value)]
        for extra, listed in groups:
            group = argument if extra is None else f"{argument}.{extra}"
            bare, _, condition = (part.strip() for part in str(extra).partition(":"))
            for line, text in _texts(listed):
                requirement = read(text)
                if requirement is None or requirement.name is None:
                    unread.add(argument)
                    continue
                found_here = requirement.asked(group, "runtime" if bare == "" else kind, line)
                asked.append(found_here._replace(marker=found_here.marker or condition or None))
    return asked, unread


_KINDS: dict[str, Kind] = {
    "install_requires": "runtime",
    "extras_require": "extra",
    "setup_requires": "build",
    "tests_require": "development",
}


def _texts(listed: _Literal) -> Iterator[tuple[int, str]]:
    """The lines of a text or of a list of texts, with where each stands."""
    items = listed.value if isinstance(listed.value, list) else [listed]
    for item in items:
        if isinstance(item.value, str):
            for offset, text in enumerate(item.value.split("\n")):
                stripped = text.partition(" #")[0].strip()
                if stripped and not stripped.startswith("#"):
                    yield item.line + (offset if "\n" in item.value else 0), stripped


def _entry_points(found: _Literal | None) -> Iterator[EntryPoint]:
    groups = found.value if found and isinstance(found.value, dict) else {}
    for kind in ("console_scripts", "gui_scripts"):
        for line, text in _texts(groups[kind]) if kind in groups else ():
            if entry := _ENTRY.fullmatch(text):
                yield EntryPoint(entry[1], entry[2], line)
