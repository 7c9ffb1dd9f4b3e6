"""A gemspec, as far as it is a list: the name, the requirements and the dependencies; it is never run."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.ruby_text import (
    Computed,
    Statement,
    Value,
    arguments,
    shown,
    statements,
    value_of,
)
from codegenie.formats.ruby_tokens import Token
from codegenie.formats.unparsable import Unparsable

_ADDS: dict[str, Literal["runtime", "development"]] = {
    "add_dependency": "runtime",
    "add_runtime_dependency": "runtime",
    "add_development_dependency": "development",
}
_VERSION_FILE = lazily(r"(?:.*/)?(?:version(?:\.rb)?|\w*VERSION)", re.DOTALL)
_BRANCHES = ("else", "elsif", "when", "in")


class GemDependency(NamedTuple):
    """One dependency; `condition` is what stands around it, where something does."""

    name: str
    requirement: str | None
    scope: Literal["runtime", "development"]
    method: str
    as_version: bool
    """Whether it asks for the very version of this gem, as gems of one repository do of each other."""
    condition: str | None
    line: int


class Gemspec(NamedTuple):
    """The file.  Where the version is computed, `version_files` are the files that it may stand in, as written."""

    name: str | None
    version: str | None
    ruby: str | None
    ruby_line: int | None
    rubygems: str | None
    rubygems_line: int | None
    dependencies: tuple[GemDependency, ...]
    executables: tuple[str, ...]
    executables_line: int | None
    push_host_line: int | None
    """Where the metadata says which host it may be pushed to."""
    version_files: tuple[str, ...]
    dynamic: tuple[str, ...]


def parse(content: bytes) -> Gemspec:
    """Read the file.  Raises Unparsable."""
    reader = _Reader()
    for statement in statements(content):
        reader.take(statement)
    return reader.result()


class _Reader:
    """Takes one statement after the other."""

    def __init__(self) -> None:
        self._blocks: list[str | None] = []  # of each open block its condition
        self._begun = False
        self._fields: dict[str, tuple[Value, int]] = {}
        self._names: dict[str, Value] = {}  # of variables that are set once
        self._dependencies: list[GemDependency] = []
        self._version_files: list[str] = []
        self._push_host: int | None = None
        self._dynamic: set[str] = set()

    def take(self, statement: Statement) -> None:
        first = statement.first
        self._note_version_file(statement)
        if first == "end":
            del self._blocks[-1:]
        elif first in _BRANCHES:
            if self._blocks:
                self._blocks[-1] = f"{shown(statement.tokens)} of {self._blocks[-1]}"
        elif _is_specification(statement):
            self._begun = True
            self._take_arguments(statement)
            if statement.opens:
                self._blocks.append(None)
        elif statement.opens:
            self._blocks.append(shown(statement.tokens[:-1] if statement.tokens[-1].text == "do" else statement.tokens))
        else:
            self._take_plain(statement)

    def _take_arguments(self, statement: Statement) -> None:
        """`Gem::Specification.new "name", "1.0" do`."""
        tokens = statement.tokens
        new = next(at for at, token in enumerate(tokens) if token.text == "new")
        rest = tokens[new + 1 : -1] if tokens[-1].text == "do" else tokens[new + 1 :]
        for name, value in zip(("name", "version"), arguments("new", rest, statement.line).values, strict=False):
            self._fields[name] = (value, statement.line)

    def _take_plain(self, statement: Statement) -> None:
        match statement.tokens:
            case (Token(kind="name"), Token(text="."), Token(kind="name", text=method), *rest):
                self._take_method(method, tuple(rest), statement)
            case (Token(kind="name", text=name), Token(kind="operator", text="="), *rest):
                self._names[name] = Computed("") if name in self._names else value_of(tuple(rest))
            case _:
                if any(token.text in _ADDS for token in statement.tokens):
                    self._dynamic.add("dependencies")

    def _take_method(self, method: str, rest: tuple[Token, ...], statement: Statement) -> None:
        if method in _ADDS:
            self._add(method, rest, statement.line)
        elif rest and rest[0].kind == "operator" and rest[0].text == "=":
            self._fields[method] = (value_of(rest[1:]), statement.line)
        elif method == "metadata" and len(rest) > 1 and rest[1].text == "allowed_push_host":
            self._push_host = statement.line
        elif method == "executables" and rest and rest[0].text == "<<":
            self._fields[method] = (value_of(rest[1:]), statement.line)
        elif any(token.text in _ADDS for token in rest):
            self._dynamic.add("dependencies")

    def _add(self, method: str, rest: tuple[Token, ...], line: int) -> None:
        found = arguments(method, rest, line)
        if not found.values or not isinstance(found.values[0], str):
            self._dynamic.add("dependencies")
            return
        name, required = found.values[0], found.values[1:]
        texts = [text for each in required for text in self._texts(each)]
        own = len(required) == 1 and isinstance(required[0], Computed) and self._is_version(required[0])
        if len(required) and not texts and not own:
            self._dynamic.add(f"dependency {name}")
        conditions = [each for each in self._blocks if each] + ([found.condition] if found.condition else [])
        self._dependencies.append(
            GemDependency(
                name, ", ".join(texts) or None, _ADDS[method], method, own, " and ".join(conditions) or None, found.line
            )
        )

    def _is_version(self, value: Computed) -> bool:
        version, _ = self._fields.get("version", (None, None))
        return value.text.endswith(".version") or (isinstance(version, Computed) and version.text == value.text)

    def _texts(self, value: Value) -> Iterator[str]:
        if isinstance(value, Computed) and value.text in self._names:
            value = self._names[value.text]
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from value

    def _note_version_file(self, statement: Statement) -> None:
        for token in statement.tokens:
            if token.kind == "string" and _VERSION_FILE.fullmatch(token.text):
                self._version_files.append(token.text)

    def result(self) -> Gemspec:
        if not self._begun:
            raise Unparsable("no Gem::Specification.new")
        ruby, ruby_line = self._requirement("required_ruby_version")
        rubygems, rubygems_line = self._requirement("required_rubygems_version")
        executables, executables_line = self._fields.get("executables", ((), None))
        return Gemspec(
            name=self._text("name"),
            version=self._text("version"),
            ruby=ruby,
            ruby_line=ruby_line,
            rubygems=rubygems,
            rubygems_line=rubygems_line,
            dependencies=tuple(self._dependencies),
            executables=tuple(self._texts(executables)),
            executables_line=executables_line,
            push_host_line=self._push_host,
            version_files=tuple(dict.fromkeys(self._version_files)),
            dynamic=tuple(sorted(self._dynamic)),
        )

    def _requirement(self, field: str) -> tuple[str | None, int | None]:
        value, line = self._fields.get(field, (None, None))
        texts = list(self._texts(value))
        if isinstance(value, Computed) and not texts:
            wrapped = re.fullmatch(r'Gem::Requirement\.new\(("[^"]*"(?:, "[^"]*")*)\)', value.text)
            texts = re.findall(r'"([^"]*)"', wrapped[1]) if wrapped else []
            if not texts:
                self._dynamic.add(field)
        return ", ".join(texts) or None, line

    def _text(self, field: str) -> str | None:
        value, _ = self._fields.get(field, (None, None))
        texts = list(self._texts(value))
        if isinstance(value, Computed) and not texts:
            self._dynamic.add(field)
        return texts[0] if len(texts) == 1 else None


def _is_specification(statement: Statement) -> bool:
    texts = [token.text for token in statement.tokens]
    return any(
        texts[at : at + 5] == ["Gem", "::", "Specification", ".", "new"]
        for at, text in enumerate(texts)
        if text == "Gem"
    )
