"""Gemfile, as far as it is a list: gems, groups and sources that stand there as literals; it is never run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from codegenie.formats.hosts import Registry, host_of
from codegenie.formats.ruby_text import Call, Computed, Statement, Value, call, shown, statements

_GROUPS = ("group", "groups")
_PLATFORMS = ("platform", "platforms")
_BRANCHES = ("else", "elsif", "when", "in", "rescue", "ensure")
_REFERENCES = ("ref", "tag", "branch")
_HOSTS = {"github": "https://github.com/{}", "gitlab": "https://gitlab.com/{}", "bitbucket": "https://bitbucket.org/{}",
          "gist": "https://gist.github.com/{}"}  # fmt: skip


class Gem(NamedTuple):
    """One gem; `requirement` is None where there is none, `computed` says that it is not known."""

    name: str
    requirement: str | None
    computed: bool
    groups: tuple[str, ...]
    """Sorted; empty for the default group."""
    platforms: tuple[str, ...]
    condition: str | None
    source: Literal["registry", "git", "path"]
    path: str | None
    git: str | None
    reference: str | None
    line: int


class GemspecUse(NamedTuple):
    """A `gemspec` line: the gemspec of a directory, of which `group` takes the development dependencies."""

    path: str
    name: str | None
    group: str
    line: int


class Gemfile(NamedTuple):
    """The file.  `ruby` is the version asked for, or the file that holds it."""

    gems: tuple[Gem, ...]
    gemspecs: tuple[GemspecUse, ...]
    sources: tuple[Registry, ...]
    """Hosts; the scope of a source for some gems only is the first of their names."""
    ruby: str | None
    ruby_file: str | None
    ruby_line: int | None
    included: tuple[str, ...]
    """What `eval_gemfile` takes in, as written."""
    dynamic: tuple[str, ...]
    """What is computed: `gem` where a name is, `gem rack` where its version is."""


def parse(content: bytes) -> Gemfile:
    """Read the file.  Raises Unparsable."""
    reader = _Reader()
    for statement in statements(content):
        reader.take(statement)
    return reader.result()


@dataclass(slots=True)
class _Block:
    """An open block: what it says of the gems in it."""

    groups: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    condition: str | None = None
    git: str | None = None
    path: str | None = None
    reference: str | None = None
    host: str | None = None
    line: int = 0


class _Reader:
    """Takes one statement after the other."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._gems: list[Gem] = []
        self._gemspecs: list[GemspecUse] = []
        self._sources: list[Registry] = []
        self._ruby: tuple[str | None, str | None, int] | None = None
        self._included: list[str] = []
        self._dynamic: set[str] = set()

    def take(self, statement: Statement) -> None:
        first = statement.first
        if first == "end":
            del self._blocks[-1:]
        elif first in _BRANCHES:
            if self._blocks and first not in ("rescue", "ensure"):
                self._blocks[-1].condition = f"{shown(statement.tokens)} of {self._blocks[-1].condition}"
        elif statement.opens:
            self._blocks.append(self._block(statement))
        else:
            self._take_plain(statement)

    def _block(self, statement: Statement) -> _Block:
        found = call(statement)
        texts = tuple(_texts(found.values)) if found else ()
        match found.name if found else "":
            case name if found and name in _GROUPS:
                return _Block(groups=texts, condition=found.condition)
            case name if found and name in _PLATFORMS:
                return _Block(platforms=texts, condition=found.condition)
            case "source" if found and texts:
                return _Block(host=host_of(texts[0]), line=found.line)
            case "git" if found and texts:
                return _Block(git=texts[0], reference=_reference(found))
            case "github" if found and texts:
                return _Block(git=_on_host("github", texts[0]), reference=_reference(found))
            case "path" if found and texts:
                return _Block(path=texts[0])
            case _:
                tokens = statement.tokens
                return _Block(condition=shown(tokens[:-1] if tokens[-1].text == "do" else tokens))

    def _take_plain(self, statement: Statement) -> None:
        found = call(statement)
        match found.name if found else "":
            case "gem" if found:
                self._gem(found)
            case "gemspec" if found:
                self._gemspec(found)
            case "source" if found:
                self._sources += [Registry(None, host_of(each), found.line) for each in _texts(found.values)]
            case "ruby" if found:
                file = found.options.get("file")
                self._ruby = (
                    ", ".join(_texts(found.values)) or None, file if isinstance(file, str) else None, found.line
                )  # fmt: skip
                if any(isinstance(each, Computed) for each in (*found.values, file)):
                    self._dynamic.add("ruby")
            case "eval_gemfile" if found:
                self._included += [each.text if isinstance(each, Computed) else str(each) for each in found.values]
                self._dynamic.add("eval_gemfile")
            case "instance_eval" | "eval":
                self._dynamic.add("eval")
            case _:
                if any(token.kind == "name" and token.text == "gem" for token in statement.tokens):
                    self._dynamic.add("gem")

    def _gem(self, found: Call) -> None:
        if not found.values or not isinstance(found.values[0], str):
            self._dynamic.add("gem")
            return
        name, *required = found.values
        options = found.options
        requirement, computed = _requirement(required)
        git, path = self._place(found)
        host = _text(options.get("source")) or next((each.host for each in reversed(self._blocks) if each.host), None)
        if host:
            self._sources.append(Registry(str(name), host_of(host) if "//" in host else host, found.line))
        if computed or any(isinstance(options.get(each), Computed) for each in ("git", "path", *_REFERENCES, *_HOSTS)):
            self._dynamic.add(f"gem {name}")
        groups = {each for block in self._blocks for each in block.groups}
        groups |= {each for key in _GROUPS for each in _texts([options.get(key)])}
        platforms = {each for block in self._blocks for each in block.platforms}
        platforms |= {each for key in _PLATFORMS for each in _texts([options.get(key)])}
        conditions = [block.condition for block in self._blocks if block.condition]
        conditions += [found.condition] if found.condition else []
        self._gems.append(
            Gem(
                name=str(name),
                requirement=requirement,
                computed=computed,
                groups=tuple(sorted(groups)),
                platforms=tuple(sorted(platforms)),
                condition=" and ".join(conditions) or None,
                source="git" if git else "path" if path is not None else "registry",
                path=path,
                git=git,
                reference=_reference(found) or next((each.reference for each in self._blocks if each.git), None),
                line=found.line,
            )
        )

    def _place(self, found: Call) -> tuple[str | None, str | None]:
        """The repository and the directory that it comes from, by itself or by a block around it."""
        options = found.options
        path = options.get("path")
        if isinstance(path, str | Computed):
            return None, path if isinstance(path, str) else path.text
        if isinstance(options.get("git"), str):
            return str(options["git"]), None
        for host in _HOSTS:
            if isinstance(options.get(host), str):
                return _on_host(host, str(options[host])), None
        for block in reversed(self._blocks):
            if block.git is not None or block.path is not None:
                return block.git, block.path
        return None, None

    def _gemspec(self, found: Call) -> None:
        path, name, group = (found.options.get(each) for each in ("path", "name", "development_group"))
        if isinstance(path, Computed):
            self._dynamic.add("gemspec")
        self._gemspecs.append(
            GemspecUse(_text(path) or ".", _text(name), _text(group) or "development", found.line)
        )  # fmt: skip

    def result(self) -> Gemfile:
        ruby, file, line = self._ruby or (None, None, None)
        return Gemfile(
            tuple(self._gems), tuple(self._gemspecs), tuple(self._sources), ruby, file, line, tuple(self._included),
            tuple(sorted(self._dynamic)),
        )  # fmt: skip


def _requirement(values: Sequence[Value]) -> tuple[str | None, bool]:
    """The version requirements as one text, and whether some of them are computed."""
    computed = any(isinstance(each, Computed) for each in values)
    return ", ".join(_texts(values)) or None, computed


def _texts(values: Sequence[Value]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from value


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _reference(found: Call) -> str | None:
    return next((f"{key}={found.options[key]}" for key in _REFERENCES if isinstance(found.options.get(key), str)), None)


def _on_host(host: str, path: str) -> str:
    """`rack/rack` on a host; `rails` is short for rails/rails on GitHub."""
    whole = f"{path}/{path}" if host == "github" and "/" not in path else path
    return whole if "://" in whole else _HOSTS[host].format(whole)
