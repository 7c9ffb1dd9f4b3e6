"""Which directories Bundler installs by themselves, which gemspecs belong to which Gemfile, and what is set apart."""

from dataclasses import dataclass, field
from typing import NamedTuple

from codegenie.formats import gemfile, gemspec, ruby_version
from codegenie.formats.gemfile import Gemfile
from codegenie.formats.gemspec import Gemspec
from codegenie.probe import ProbeInputs

from ._apart import is_placeholder, kind_apart, kind_apart_unlocked
from ._paths import ancestors, parent, under

GEMFILES = {"Gemfile": "Gemfile.lock", "gems.rb": "gems.locked"}
"""The names of a Gemfile, and of its lockfile: https://bundler.io/man/gemfile.5.html"""


class Gem(NamedTuple):
    """A gemspec, None where it cannot be read, and the version that it or a file that it names says."""

    path: str
    spec: Gemspec | None
    version: str | None

    @property
    def directory(self) -> str:
        """Where it lies."""
        return parent(self.path)


class Project(NamedTuple):
    """A directory with a Gemfile, or with a gemspec that no Gemfile takes in."""

    directory: str
    gemfile_path: str | None
    gemfile: Gemfile | None
    gems: tuple[Gem, ...]

    def at(self, name: str) -> str:
        """The path of a file in the directory."""
        return f"{self.directory}/{name}" if self.directory else name

    @property
    def lockfile_path(self) -> str | None:
        """Where its lockfile would be."""
        name = GEMFILES[self.gemfile_path.rpartition("/")[2]] if self.gemfile_path else None
        return self.at(name) if name else None

    @property
    def members(self) -> tuple[str, ...]:
        """The directories of its gems, but for its own."""
        return tuple(sorted({gem.directory for gem in self.gems} - {self.directory}))


@dataclass(slots=True)
class Layout:
    """The projects in path order, and by kind the manifests set apart."""

    projects: list[Project] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)


def layout(inputs: ProbeInputs) -> Layout:
    """Sort every Gemfile and gemspec into projects and those set apart."""
    found = Layout()
    gemfiles: dict[str, tuple[str | None, Gemfile | None]] = {}
    for each in inputs.matching(*(f"**/{name}" for name in GEMFILES)):
        directory = parent(each)
        if kind := _kind_apart(inputs, directory):
            found.apart.setdefault(kind, []).append(each)
        elif directory not in gemfiles:
            gemfiles[directory] = each, inputs.parse(each, gemfile.parse)
    gems: dict[str, list[Gem]] = {directory: [] for directory in gemfiles}
    claims = {directory: _claimed(directory, read) for directory, (_, read) in gemfiles.items()}
    for spec in inputs.matching("**/*.gemspec"):
        owner = _owner(parent(spec), claims)
        kind = _kind_apart(inputs, parent(spec)) if owner is None else None
        if kind:
            found.apart.setdefault(kind, []).append(spec)
        else:
            gems.setdefault(parent(spec) if owner is None else owner, []).append(_gem(inputs, spec))
    for directory, own in sorted(gems.items()):
        path, read = gemfiles.get(directory, (None, None))
        found.projects.append(Project(directory, path, read, tuple(own)))
    return found


def _claimed(directory: str, read: Gemfile | None) -> set[str]:
    """The directories that a path of the Gemfile names: Bundler looks for gemspecs there and one level below."""
    if read is None:
        return set()
    written = [each.path for each in read.gemspecs] + [each.path for each in read.gems if each.path is not None]
    return {place for each in written if (place := under(directory, each)) is not None}


def _owner(directory: str, claims: dict[str, set[str]]) -> str | None:
    """The nearest Gemfile that takes in the gemspecs of a directory: that beside them, or one that names it."""
    if directory in claims:
        return directory
    for above in ancestors(directory):
        if above in claims and not claims[above].isdisjoint((directory, parent(directory))):
            return above
    return None


def _gem(inputs: ProbeInputs, path: str) -> Gem:
    spec = inputs.parse(path, gemspec.parse)
    version = spec.version if spec else None
    if spec and "version" in spec.dynamic:
        version = _version_elsewhere(inputs, parent(path), spec)
    return Gem(path, spec, version)


def _version_elsewhere(inputs: ProbeInputs, directory: str, spec: Gemspec) -> str | None:
    """The version in a file that the gemspec reads or requires; None where that is no literal."""
    known = frozenset(inputs.files)
    for written in spec.version_files:
        places = [written, f"{written}.rb", f"lib/{written}.rb", f"lib/{written}"]
        if written.startswith("../"):
            places += [written[3:], f"{written[3:]}.rb"]  # from __FILE__, and not from __dir__
        for place in places:
            path = under(directory, place)
            if path is not None and path in known and (read := inputs.parse(path, ruby_version.parse)):
                return read.version
    return None


def _kind_apart(inputs: ProbeInputs, directory: str) -> str | None:
    if is_placeholder(directory):
        return "template"
    if kind := kind_apart(directory):
        return kind
    locked = any((f"{directory}/{name}" if directory else name) in inputs for name in GEMFILES.values())
    return None if locked else kind_apart_unlocked(directory)
