"""tsconfig files: the options in force after `extends`, each with the file and line where it was set."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from codegenie.formats import tsconfig
from codegenie.formats.tsconfig import TsConfig
from codegenie.probe import ProbeInputs

from ._node_layout import Package
from ._paths import parent, under

OPTIONS = (
    "allowJs", "baseUrl", "composite", "declaration", "declarationDir", "emitDeclarationOnly", "incremental",
    "isolatedModules", "jsx", "jsxImportSource", "lib", "module", "moduleResolution", "noEmit", "outDir", "outFile",
    "paths", "rootDir", "sourceMap", "strict", "target", "tsBuildInfoFile",
)  # fmt: skip
LONGEST_CHAIN = 32
MOST_EXTENDS = 16  # in one file

_HEIR = "${configDir}"


class Option(NamedTuple):
    """An option's value, and where it was set."""

    value: Any
    path: str
    line: int | None

    @property
    def is_relative_to_heir(self) -> bool:
        """Whether the value is meant for the files that extend the one where it stands."""
        return isinstance(self.value, str) and self.value.startswith(_HEIR)

    def target(self, config: str) -> str | None:
        """The repository path that a path option means for `config`; None where it leads out."""
        if not isinstance(self.value, str):
            return None
        if self.is_relative_to_heir:
            return under(parent(config), "." + self.value.removeprefix(_HEIR))
        return under(parent(self.path), self.value)


class Step(NamedTuple):
    """One `extends`: the file in the repository that it means, if any, and whether it was read."""

    value: str
    file: str | None
    status: str
    """read, unparsed, cycle, chain too long, not read (not among the inputs), missing, outside, package."""


class Config(NamedTuple):
    """A tsconfig file: its own steps and references, and the options in force with all that it inherits."""

    path: str
    steps: tuple[Step, ...]
    references: tuple[str, ...]
    options: Mapping[str, Option]

    @property
    def outputs(self) -> tuple[tuple[str, Option], ...]:
        """The directories that it writes into, with the options that say so; none where it only checks."""
        if (found := self.options.get("noEmit")) and found.value is True:
            return ()
        targets = (
            (self.options[name], name) for name in ("outDir", "declarationDir", "outFile") if name in self.options
        )
        return tuple(
            (parent(target) if name == "outFile" else target, option)
            for option, name in targets
            if (target := option.target(self.path)) is not None
        )


class TsConfigs:
    """Reads tsconfig files and follows `extends`, each file once; members' names resolve like installed packages."""

    def __init__(self, inputs: ProbeInputs, paths: frozenset[str], packages: Iterable[Package]) -> None:
        self._inputs = inputs
        self._files = frozenset(inputs.files)
        self._paths = paths
        self._named = {
            package.manifest.name: package.directory
            for package in packages
            if package.manifest and package.manifest.name
        }
        self._parsed: dict[str, TsConfig | None] = {}
        self._known: dict[str, Config] = {}

    def read(self, paths: Iterable[str]) -> list[Config]:
        """The configurations of these files and of all that they inherit from, in path order."""
        for path in sorted(paths):
            if self._parse(path):
                self._config(path, ())
        return [config for _, config in sorted(self._known.items())]

    def _parse(self, path: str) -> TsConfig | None:
        if path not in self._parsed:
            self._parsed[path] = self._inputs.parse(path, tsconfig.parse)
        return self._parsed[path]

    def _config(self, path: str, below: tuple[str, ...]) -> Config:
        """A file that was read; `below` are those that led to it."""
        if path in self._known:
            return self._known[path]
        own = self._parse(path)
        assert own is not None, "only files that were read are followed"
        options: dict[str, Option] = {}
        steps = [self._step(path, value, (*below, path)) for value in own.extends[:MOST_EXTENDS]]
        for step in steps:
            if step.status == "read" and step.file:
                options |= self._config(step.file, (*below, path)).options
        for name in OPTIONS:
            if name in own.options:
                options[name] = Option(own.options[name], path, own.lines.get(("compilerOptions", name)))
        self._known[path] = Config(path, tuple(steps), tuple(sorted(set(own.references))), options)
        return self._known[path]

    def _step(self, origin: str, value: str, below: tuple[str, ...]) -> Step:
        candidates = self._candidates(origin, value)
        file = next((path for path in candidates if path in self._files), None)
        if file is None:
            return Step(value, None, self._why_not(value, candidates))
        if file in below:
            return Step(value, file, "cycle")
        if len(below) > LONGEST_CHAIN:
            return Step(value, file, "chain too long")
        return Step(value, file, "read" if self._parse(file) else "unparsed")

    def _candidates(self, origin: str, value: str) -> list[str]:
        """The paths that TypeScript would try; none where it would look outside the repository."""
        if _is_relative(value) and "node_modules/" not in value:
            target = under(parent(origin), value)
        else:
            target = self._in_member(value.rpartition("node_modules/")[2])
        return [] if target is None else [target, f"{target}.json", f"{target}/tsconfig.json".lstrip("/")]

    def _in_member(self, place: str) -> str | None:
        names = place.split("/")
        size = 2 if place.startswith("@") else 1
        directory = self._named.get("/".join(names[:size]))
        return None if directory is None else under(directory, "/".join(names[size:]) or ".")

    def _why_not(self, value: str, candidates: list[str]) -> str:
        if candidates:
            return "not read" if self._paths.intersection(candidates) else "missing"
        return "outside" if _is_relative(value) and "node_modules/" not in value else "package"


def _is_relative(value: str) -> bool:
    return value.startswith(("./", "../", "/")) or value in (".", "..")
