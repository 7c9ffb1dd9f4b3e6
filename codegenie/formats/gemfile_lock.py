"""Gemfile.lock: what Bundler resolved, from where, for which platforms, and what the Gemfile asked for then."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_LINES = 500_000

_SPEC = lazily(r"([^\s()!]+)(?: \(([^()]*)\))?(!)?(?: (\S+))?")


class Spec(NamedTuple):
    """One gem at one version for one platform (None: any); `requires` are the names of gems."""

    name: str
    version: str
    platform: str | None
    source: Literal["registry", "git", "path"]
    remote: str | None
    revision: str | None
    requires: tuple[str, ...]
    line: int


class Asked(NamedTuple):
    """A dependency of the Gemfile; `pinned` where it has a source of its own."""

    name: str
    requirement: str | None
    pinned: bool
    line: int


class GemfileLock(NamedTuple):
    """The file.  `checksums` are by (name, version, platform)."""

    specs: tuple[Spec, ...]
    asked: tuple[Asked, ...]
    platforms: tuple[str, ...]
    checksums: dict[tuple[str, str, str | None], str]
    ruby: str | None
    ruby_line: int | None
    bundler: str | None
    bundler_line: int | None


@dataclass(slots=True)
class _Source:
    kind: Literal["registry", "git", "path"]
    remote: str | None = None
    revision: str | None = None
    in_specs: bool = False


@dataclass(slots=True)
class _Found:
    specs: list[tuple[str, str, str | None, _Source, list[str], int]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    platforms: list[str] = field(default_factory=list)
    checksums: dict[tuple[str, str, str | None], str] = field(default_factory=dict)
    versions: dict[str, tuple[str, int]] = field(default_factory=dict)


_SOURCES: dict[str, Literal["registry", "git", "path"]] = {
    "GEM": "registry",
    "GIT": "git",
    "PATH": "path",
    "PLUGIN SOURCE": "path",
}
_SECTIONS = frozenset({*_SOURCES, "PLATFORMS", "DEPENDENCIES", "CHECKSUMS", "RUBY VERSION", "BUNDLED WITH"})


def parse(content: bytes) -> GemfileLock:
    """Read the file; sections of names that are not known are passed over.  Raises Unparsable."""
    text = text_of(content)
    if text.count("\n") > MOST_LINES:
        raise Unparsable(f"more than {MOST_LINES} lines")
    found, section, known = _Found(), "", False
    source = _Source("registry")
    for number, written in enumerate(text.split("\n"), start=1):
        line = written.rstrip("\r")
        if not line.strip():
            continue
        if not line.startswith(" "):
            if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
                raise Unparsable(f"a merge conflict, line {number}")
            section = line.strip()
            known = known or section in _SECTIONS
            source = _Source(_SOURCES.get(section, "registry"))
        elif section in _SOURCES:
            _take_source(found, source, line, number)
        else:
            _take_other(found, section, line.strip(), number)
    if not known:
        raise Unparsable("no section of the names that Bundler writes")
    return _result(found)


def _take_source(found: _Found, source: _Source, line: str, number: int) -> None:
    indent = len(line) - len(line.lstrip(" "))
    words = line.strip()
    if indent == 2:
        key, _, value = words.partition(":")
        source.in_specs = key == "specs"
        if key == "remote":
            source.remote = value.strip()  # of several remotes, the last is asked first
        elif key == "revision":
            source.revision = value.strip()
    elif source.in_specs and (spec := _SPEC.fullmatch(words)):
        if indent == 4 and spec[2]:
            version, _, platform = spec[2].partition("-")
            found.specs.append((spec[1], version, platform or None, source, [], number))
        elif indent == 6 and found.specs:
            found.specs[-1][4].append(spec[1])


def _take_other(found: _Found, section: str, words: str, number: int) -> None:
    if section == "PLATFORMS":
        found.platforms.append(words)
    elif section in ("RUBY VERSION", "BUNDLED WITH"):
        found.versions[section] = (words, number)
    elif section in ("DEPENDENCIES", "CHECKSUMS") and (spec := _SPEC.fullmatch(words)):
        if section == "DEPENDENCIES":
            found.asked.append(Asked(spec[1], spec[2], bool(spec[3]), number))
        elif spec[4] and spec[2]:
            version, _, platform = spec[2].partition("-")
            found.checksums[spec[1], version, platform or None] = spec[4]


def _result(found: _Found) -> GemfileLock:
    ruby, bundler = found.versions.get("RUBY VERSION"), found.versions.get("BUNDLED WITH")
    return GemfileLock(
        specs=tuple(
            Spec(name, version, platform, source.kind, source.remote, source.revision, tuple(requires), line)
            for name, version, platform, source, requires, line in found.specs
        ),
        asked=tuple(found.asked),
        platforms=tuple(found.platforms),
        checksums=found.checksums,
        ruby=ruby[0].removeprefix("ruby ") if ruby else None,
        ruby_line=ruby[1] if ruby else None,
        bundler=bundler[0] if bundler else None,
        bundler_line=bundler[1] if bundler else None,
    )
