"""Directories that builds write into, as far as configuration, scripts and manifests say."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice, takewhile
from posixpath import basename
from typing import NamedTuple

from codegenie.formats.package_json import PackageJson
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.probe import ProbeInputs

from ._node_builders import BUILDERS, OUTPUT_FLAGS, Builder
from ._node_layout import Package
from ._node_scripts import programs
from ._node_typescript import Config
from ._paths import holds_files, parent, under

MOST_LITERALS = 20  # in one configuration file
_COMMENT = lazily(r"^[ \t]*+//[^\n]*|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?", re.MULTILINE)
# An entry of `files` may be a file, or a directory that not every package of a family has; these names are plain.
_DIRECTORY_ENTRY = lazily(
    r"(?:\./)?((?:dist|build|out|output|es|esm|cjs|umd|types|typings|bundles?)(?:-[\w-]+)?)(?:/.*)?"
)
_DIRECTORY_NAME = lazily(r"(?!\.\.?$)[\w.@-]+")
_PLAIN_DIRECTORY = lazily(r"(?:\./)?[\w.@-]+(?:/[\w.@-]+)*/?")


class Output(NamedTuple):
    """A directory, how it is known, and where that stands."""

    directory: str
    how: str
    path: str
    line: int | None


def outputs(
    inputs: ProbeInputs, packages: Sequence[Package], configs: Sequence[Config], paths: Sequence[str]
) -> list[Output]:
    """Every directory that something says is written into, in path order."""
    bases = {step.file for config in configs for step in config.steps}
    found = [
        Output(directory, "tsconfig", option.path, option.line)
        for config in configs
        for directory, option in config.outputs
        if not (option.is_relative_to_heir and option.path == config.path and config.path in bases)
    ]
    for package in packages:
        found += _from_scripts(inputs, package)
        found += _from_manifest(package, paths)
    return sorted(set(found), key=lambda output: (output.directory, output.how, output.path, output.line or 0))


def _from_scripts(inputs: ProbeInputs, package: Package) -> Iterator[Output]:
    """What the scripts that build say by a flag, else their tool's configuration, else the tool's default."""
    manifest = package.manifest
    configured = set()
    for name, script in manifest.scripts.items() if manifest else ():
        line = manifest.lines.get(("scripts", name)) if manifest else None
        for program, *arguments in programs(script):
            if program == "cd":
                break  # what follows runs elsewhere
            named = _value_of(OUTPUT_FLAGS.get(program, ()), arguments)
            builder = BUILDERS.get(program)
            if named is not None:
                directory = under(package.directory, named) if _PLAIN_DIRECTORY.fullmatch(named) else None
                if directory is not None:
                    yield Output(directory, f"argument of {program}", package.manifest_path, line)
            elif builder and _builds_here(builder, arguments):
                files = tuple(_configurations(inputs, package, builder, arguments))
                if (program, files) not in configured:
                    configured.add((program, files))
                    yield from _configured(inputs, package, program, files=files, line=line)


def _value_of(flags: Sequence[str], arguments: Sequence[str]) -> str | None:
    for at, argument in enumerate(arguments):
        flag, equals, value = argument.partition("=")
        if flag in flags:
            return value if equals else next(iter(arguments[at + 1 : at + 2]), "")
    return None


def _configured(
    inputs: ProbeInputs, package: Package, program: str, *, files: Sequence[str], line: int | None
) -> Iterator[Output]:
    builder = BUILDERS[program]
    moved = False
    for path in files:
        if path not in inputs.files:
            return
        text = inputs.parse(path, _code) or ""
        moved = moved or not text or bool(re.search(builder.moved, text))
        if builder.rebased and re.search(builder.rebased, text):
            continue
        literals = re.finditer(rf"(?:{builder.literal})\s*+[:,]?\s*+(['\"`])([\w./@-]+)\1", text)
        for found in islice(literals, MOST_LITERALS):
            if (directory := under(package.directory, found[2])) is not None:
                yield Output(directory, f"configuration of {program}", path, text.count("\n", 0, found.start()) + 1)
    if builder.default and not moved:
        yield Output(package.at(builder.default), f"default of {program}", package.manifest_path, line)


def _builds_here(builder: Builder, arguments: Sequence[str]) -> bool:
    """Whether the arguments start a build of the package's own directory: `vite build docs` builds another."""
    if "--root" in arguments or not all(each in arguments for each in builder.arguments):
        return False
    rest = arguments[arguments.index(builder.arguments[-1]) + 1 :] if builder.arguments else arguments
    return not builder.arguments or not rest or rest[0].startswith("-")


def _configurations(inputs: ProbeInputs, package: Package, builder: Builder, arguments: Sequence[str]) -> list[str]:
    """The configuration named by the arguments, whether or not it can be read; else those beside the manifest."""
    named = _value_of(builder.config_flags, arguments)
    if named is not None:
        return [under(package.directory, named) or ""]
    return _files_beside(inputs, package, builder.files) if builder.files else []


def _files_beside(inputs: ProbeInputs, package: Package, pattern: str) -> list[str]:
    start = bisect_left(inputs.files, package.at(""))
    beside = takewhile(lambda path: path.startswith(package.at("")), islice(inputs.files, start, None))
    return [path for path in beside if parent(path) == package.directory and fnmatchcase(basename(path), pattern)]


def _code(content: bytes) -> str:
    """A script's text with its comments blanked, lines kept."""
    return _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text_of(content))


def _from_manifest(package: Package, paths: Sequence[str]) -> Iterator[Output]:
    """The directories of entry points that are not committed: something must write them."""
    if not (manifest := package.manifest):
        return
    named = [("main", manifest.main), ("module", manifest.module), ("types", manifest.types)]
    named += [("exports", target) for target in manifest.exports]
    named += [("bin", target) for target in manifest.bin.values()]
    named += [
        ("files", f"{found[1]}/") for entry in manifest.files or () if (found := _DIRECTORY_ENTRY.fullmatch(entry))
    ]
    known: set[str] = set()
    for field, target in named:
        if target and not target.startswith(".") and _is_in_a_dependency(manifest, target):
            continue
        name, slash, _ = (target or "").removeprefix("./").partition("/")
        if slash and name not in known and _DIRECTORY_NAME.fullmatch(name) and not holds_files(package.at(name), paths):
            known.add(name)
            yield Output(package.at(name), f"package.json {field}", package.manifest_path, manifest.lines.get((field,)))


def _is_in_a_dependency(manifest: PackageJson, target: str) -> bool:
    """Whether an entry point lies in an installed package, as Expo's `main`: "expo-router/entry" does."""
    names = target.split("/")
    return names[0] == "node_modules" or manifest.declares("/".join(names[: 2 if target.startswith("@") else 1]))
