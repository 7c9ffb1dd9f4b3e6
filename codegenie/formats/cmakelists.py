"""CMakeLists.txt: what it is called, what it looks for and fetches, and what it builds, as far as that stands there."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from codegenie.formats.cmake_text import Command, commands
from codegenie.formats.patterns import lazily

MOST_TARGETS = 5000

_NO_BINARY = ("ALIAS", "IMPORTED")
_FETCHES = {"fetchcontent_declare": "FetchContent", "externalproject_add": "ExternalProject", "cpmaddpackage": "CPM",
            "cpmfindpackage": "CPM"}  # fmt: skip
_HASH = lazily(r"(?:SHA|MD)[0-9_]{1,6}=\S{1,200}")
_CPM = lazily(r"(gh|gl|bb):([\w.-]+/[\w.-]+?)(?:@([\w.+-]+))?(?:#([\w./+-]+))?")
_CPM_HOSTS = {"gh": "https://github.com/", "gl": "https://gitlab.com/", "bb": "https://bitbucket.org/"}
_MODULE = lazily(r"([\w.+-]+)((?:>=|<=|=|<|>)\S+)?")
_VERSION = lazily(r"[0-9][0-9.]*(?:\.\.\.<?[0-9.]+)?")


class Project(NamedTuple):
    """A `project` command; version and languages are None where they are not given, or not as literals."""

    name: str
    version: str | None
    computed: tuple[str, ...]
    languages: tuple[str, ...]
    line: int


class Wanted(NamedTuple):
    """A package that is looked for on the machine, or fetched from somewhere."""

    name: str
    method: str
    constraint: str | None
    required: bool
    components: tuple[str, ...]
    source: Literal["machine", "git", "url"]
    address: str | None
    condition: str | None
    line: int


class Target(NamedTuple):
    """An executable, library or test of a literal name."""

    name: str
    kind: Literal["binary", "library", "test"]
    line: int


class CMakeLists(NamedTuple):
    """The file.  What stands in functions and macros is left out: it is the callers' to name."""

    minimum: str | None
    minimum_line: int | None
    projects: tuple[Project, ...]
    standards: tuple[tuple[str, str, int], ...]
    """(language, standard, line) of CMAKE_CXX_STANDARD and CMAKE_C_STANDARD."""
    wanted: tuple[Wanted, ...]
    targets: tuple[Target, ...]
    subdirectories: tuple[str, ...]
    """As written, those of literal paths."""
    testing_line: int | None
    """Where tests are switched on."""
    computed: int
    """Targets and subdirectories whose names hold variables."""


def parse(content: bytes) -> CMakeLists:
    """Read the file.  Raises Unparsable."""
    reader = _Reader()
    for command in commands(content):
        reader.take(command)
    return reader.result()


class _Reader:
    """Takes one command after the other."""

    def __init__(self) -> None:
        self._functions = 0
        self._conditions: list[str] = []
        self._minimum: tuple[str | None, int | None] = (None, None)
        self._projects: list[Project] = []
        self._standards: list[tuple[str, str, int]] = []
        self._wanted: list[Wanted] = []
        self._targets: list[Target] = []
        self._subdirectories: list[str] = []
        self._testing: int | None = None
        self._computed = 0

    def take(self, command: Command) -> None:
        name = command.name
        if name in ("function", "macro"):
            self._functions += 1
        elif name in ("endfunction", "endmacro"):
            self._functions = max(0, self._functions - 1)
        elif self._functions:
            return
        elif name in ("if", "elseif", "else", "endif"):
            self._take_condition(command)
        elif name in _FETCHES:
            self._wanted += _fetched(command, self._condition())
        elif take := getattr(self, f"_take_{name}", None):
            take(command)

    def _take_condition(self, command: Command) -> None:
        written = " ".join(argument.text for argument in command.arguments)[:200]
        if command.name == "if":
            self._conditions.append(f"if {written}")
        elif command.name == "endif":
            del self._conditions[-1:]
        elif self._conditions:
            before = self._conditions[-1].removeprefix("else of ")
            self._conditions[-1] = f"else of {before}" if command.name == "else" else f"elseif {written}"

    def _condition(self) -> str | None:
        return " and ".join(self._conditions)[:500] or None

    def _take_cmake_minimum_required(self, command: Command) -> None:
        version = command.after("VERSION")
        if version and "$" not in version[0] and self._minimum[0] is None:
            self._minimum = version[0], command.line

    def _take_project(self, command: Command) -> None:
        if not command.arguments:
            return
        name, *rest = command.arguments
        version = next(iter(command.after("VERSION")), None)
        languages = command.after("LANGUAGES") or tuple(
            each.text for each in rest if each.text in ("C", "CXX", "NONE", "Fortran", "CUDA", "ASM", "Swift", "OBJC")
        )
        computed = tuple(
            field for field, value in (("name", name.text), ("version", version)) if value is not None and "$" in value
        )
        self._projects.append(
            Project(
                name=name.text,
                version=None if "version" in computed else version,
                computed=computed,
                languages=tuple(each for each in languages if "$" not in each),
                line=command.line,
            )
        )

    def _take_set(self, command: Command) -> None:
        texts = [argument.text for argument in command.arguments]
        if len(texts) > 1 and (found := re.fullmatch(r"CMAKE_(C|CXX)_STANDARD", texts[0])) and "$" not in texts[1]:
            self._standards.append(({"C": "c", "CXX": "c++"}[found[1]], texts[1], command.line))

    def _take_find_package(self, command: Command) -> None:
        if not command.arguments or "$" in command.arguments[0].text:
            self._computed += bool(command.arguments)
            return
        texts = [argument.text for argument in command.arguments]
        version = texts[1] if len(texts) > 1 and _VERSION.fullmatch(texts[1]) else None
        components = (*command.after("COMPONENTS"), *command.after("OPTIONAL_COMPONENTS"))
        if command.has("REQUIRED") and not components:
            components = tuple(each for each in command.after("REQUIRED"))
        self._wanted.append(
            Wanted(
                texts[0], "find_package", version, command.has("REQUIRED"),
                tuple(each for each in components if "$" not in each), "machine", None, self._condition(), command.line,
            )
        )  # fmt: skip

    def _take_pkg_check_modules(self, command: Command) -> None:
        for argument in command.arguments[1:]:
            found = _MODULE.fullmatch(argument.text)
            if found and not re.fullmatch(r"[A-Z_]+", found[1]):
                self._wanted.append(
                    Wanted(
                        found[1], "pkg_check_modules", found[2], command.has("REQUIRED"), (), "machine", None,
                        self._condition(), command.line,
                    )
                )  # fmt: skip

    _take_pkg_search_module = _take_pkg_check_modules

    def _take_add_executable(self, command: Command) -> None:
        self._target(command, "binary")

    def _take_add_library(self, command: Command) -> None:
        self._target(command, "library")

    def _take_add_test(self, command: Command) -> None:
        self._testing = self._testing or command.line
        named = command.after("NAME") or tuple(argument.text for argument in command.arguments[:1])
        self._named(named[0] if named else None, "test", command.line)

    def _take_enable_testing(self, command: Command) -> None:
        self._testing = self._testing or command.line

    def _take_include(self, command: Command) -> None:
        if command.arguments and command.arguments[0].text == "CTest":
            self._testing = self._testing or command.line

    def _take_add_subdirectory(self, command: Command) -> None:
        if command.arguments:
            path = command.arguments[0].text
            for known in ("${CMAKE_CURRENT_SOURCE_DIR}/", "${CMAKE_CURRENT_LIST_DIR}/"):
                path = path.removeprefix(known)
            if "$" in path:
                self._computed += 1
            else:
                self._subdirectories.append(path)

    def _target(self, command: Command, kind: Literal["binary", "library"]) -> None:
        if not any(command.has(word) for word in _NO_BINARY):
            self._named(command.arguments[0].text if command.arguments else None, kind, command.line)

    def _named(self, name: str | None, kind: Literal["binary", "library", "test"], line: int) -> None:
        if name is not None and self._projects and "$" not in self._projects[-1].name:
            for variable in ("${PROJECT_NAME}", "${CMAKE_PROJECT_NAME}"):
                name = name.replace(variable, self._projects[-1].name)
        if name is None or "$" in name or len(self._targets) >= MOST_TARGETS:
            self._computed += 1
        else:
            self._targets.append(Target(name, kind, line))

    def result(self) -> CMakeLists:
        return CMakeLists(
            *self._minimum, tuple(self._projects), tuple(self._standards), tuple(self._wanted), tuple(self._targets),
            tuple(self._subdirectories), self._testing, self._computed,
        )  # fmt: skip


def _fetched(command: Command, condition: str | None) -> Iterator[Wanted]:
    """A package from a repository at a tag, or from an archive with its hash."""
    method = _FETCHES[command.name]
    texts = [argument.text for argument in command.arguments]
    short = _CPM.fullmatch(texts[0]) if method == "CPM" and len(texts) == 1 else None
    if short:
        name, address = short[2].rpartition("/")[2], f"{_CPM_HOSTS[short[1]]}{short[2]}"
        tag = short[4] or (f"v{short[3]}" if short[3] else None)
        yield Wanted(name, method, tag, True, (), "git", address, condition, command.line)
        return
    name = next(iter(command.after("NAME") if method == "CPM" else texts), None)
    if name is None or "$" in name:
        return
    hosted = next(((host, path) for host in ("GITHUB", "GITLAB", "BITBUCKET")
                   for path in command.after(f"{host}_REPOSITORY")), None)  # fmt: skip
    repository = next(iter(command.after("GIT_REPOSITORY")), None)
    if hosted:
        repository = f"{_CPM_HOSTS[{'GITHUB': 'gh', 'GITLAB': 'gl', 'BITBUCKET': 'bb'}[hosted[0]]]}{hosted[1]}"
    url = next(iter(command.after("URL")), None)
    if repository is None and url is None:
        return
    tag = next(iter(command.after("GIT_TAG", "VERSION")), None)
    digest = next((each for each in command.after("URL_HASH") if _HASH.fullmatch(each)), None)
    constraint = tag if repository else digest
    yield Wanted(
        name, method, constraint, True, (), "git" if repository else "url", repository or url, condition, command.line
    )  # fmt: skip
