"""meson.build: what it is called, what it depends on and what it builds, as far as that stands there as literals.

https://mesonbuild.com/Syntax.html
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_CALLS = 20_000
LONGEST = 5000  # characters of one call that are looked at

_BLANK = lazily(r"#[^\n]*+|('''(?:[^']++|'(?!''))*+(?:''')?|'(?:[^'\\\n]++|\\.)*+'?)", re.DOTALL)
_CALL = lazily(r"(?<![\w.'])(project|dependency|subdir|subproject|executable|library|shared_library|static_library|"
                   r"both_libraries|shared_module|test|benchmark)[ \t]*+\(")  # fmt: skip
_PIECE = lazily(
    r"'''(?:[^']++|'(?!''))*+'''|'((?:[^'\\\n]++|\\.)*+)'|([A-Za-z_]\w*+)[ \t]*+:|[()\[\]{},]|[^\s'()\[\]{},]++|\s++|'"
)
_KINDS: dict[str, Literal["binary", "library", "test", "benchmark"]] = {
    "executable": "binary",
    "library": "library",
    "shared_library": "library",
    "static_library": "library",
    "both_libraries": "library",
    "shared_module": "library",
    "test": "test",
    "benchmark": "benchmark",
}


class MesonDependency(NamedTuple):
    """A library that is looked for on the machine, or a subproject that may stand in for it."""

    name: str
    constraint: str | None
    required: bool
    how: Literal["dependency", "subproject"]
    line: int


class MesonTarget(NamedTuple):
    """Something of a literal name that is built or run."""

    name: str
    kind: Literal["binary", "library", "test", "benchmark"]
    line: int


class MesonBuild(NamedTuple):
    """The file; `name` is None where it has no `project`, as those of subdirectories have none."""

    name: str | None
    version: str | None
    version_computed: bool
    languages: tuple[str, ...]
    meson: str | None
    project_line: int | None
    dependencies: tuple[MesonDependency, ...]
    targets: tuple[MesonTarget, ...]
    subdirectories: tuple[str, ...]
    computed: int


class _Call(NamedTuple):
    name: str
    first: str | None
    """The first argument, where it is a text."""
    values: tuple[str, ...]
    named: dict[str, str | None]
    """Keywords; None where the value is no literal."""
    line: int


def parse(content: bytes) -> MesonBuild:
    """Read the file.  Raises Unparsable."""
    text = text_of(content)
    if "\0" in text:
        raise Unparsable("not text")
    calls = tuple(_calls(_BLANK.sub(lambda found: found[1] or " " * len(found[0]), text)))
    project = next((call for call in calls if call.name == "project" and call.first), None)
    wanted = [call for call in calls if call.name in ("dependency", "subproject")]
    built = [call for call in calls if call.name in _KINDS]
    directories = [call for call in calls if call.name == "subdir"]
    return MesonBuild(
        name=project.first if project else None,
        version=project.named.get("version") if project else None,
        version_computed=bool(project and "version" in project.named and project.named["version"] is None),
        languages=project.values[1:] if project else (),
        meson=project.named.get("meson_version") if project else None,
        project_line=project.line if project else None,
        dependencies=tuple(_dependency(call, call.first) for call in wanted if call.first),
        targets=tuple(MesonTarget(call.first, _KINDS[call.name], call.line) for call in built if call.first),
        subdirectories=tuple(call.first for call in directories if call.first),
        computed=sum(not call.first for call in (*wanted, *built, *directories)),
    )


def _dependency(call: _Call, name: str) -> MesonDependency:
    return MesonDependency(
        name=name,
        constraint=call.named.get("version"),
        required="required" not in call.named or call.named["required"] == "true",
        how="dependency" if call.name == "dependency" else "subproject",
        line=call.line,
    )


def _calls(text: str) -> Iterator[_Call]:
    line, counted = 1, 0
    for at, found in enumerate(_CALL.finditer(text)):
        if at >= MOST_CALLS:
            raise Unparsable(f"more than {MOST_CALLS} calls")
        line, counted = line + text.count("\n", counted, found.start()), found.start()
        yield _call(found[1], text[found.end() : found.end() + LONGEST], line)


class _Arguments:
    """Takes the words between the parentheses; a list of texts is joined by commas, as versions are."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self.named: dict[str, str | None] = {}
        self.first_is_text = True
        self._keyword: str | None = None
        self._depth = 0
        self._place = 0
        self._clean = True  # whether the argument is nothing but literals so far

    def take(self, found: re.Match[str]) -> bool:
        """Take a word; False after the closing parenthesis."""
        piece = found[0]
        if piece in ("(", "[", "{"):
            self._depth += 1
            self._clean = self._clean and piece == "["
        elif piece in (")", "]", "}"):
            self._depth -= 1
        elif piece == "," and self._depth == 0:
            self._place, self._keyword, self._clean = self._place + 1, None, True
        elif found[2] and self._depth == 0:
            self._keyword = found[2]
            self.named[self._keyword] = None
        elif piece != "," and not piece.isspace():
            self._take_value(found)
        return self._depth >= 0

    def _take_value(self, found: re.Match[str]) -> None:
        is_flag = bool(self._keyword) and found[0] in ("true", "false")
        literal = found[1] if found[1] is not None else found[0] if is_flag else None
        self._clean = self._clean and literal is not None
        if self._keyword:
            before = self.named[self._keyword]
            joined = literal if before is None else f"{before}, {literal}"
            self.named[self._keyword] = joined if self._clean else None
        elif self._clean and literal is not None:
            self.values.append(literal)
        elif self._place == 0:
            self.first_is_text = False


def _call(name: str, inside: str, line: int) -> _Call:
    arguments = _Arguments()
    for found in _PIECE.finditer(inside):
        if not arguments.take(found):
            break
    first = arguments.values[0] if arguments.values and arguments.first_is_text else None
    return _Call(name, first, tuple(arguments.values), arguments.named, line)
