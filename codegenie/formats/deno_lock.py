"""deno.lock of versions 2 to 5: the packages of npm and JSR, and who asks for which.

https://github.com/denoland/deno_lockfile (MIT) is what Deno reads and writes it with.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from codegenie.formats.conflicts import check_conflict
from codegenie.formats.json_openers import opener_lines
from codegenie.formats.json_text import load_text
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

VERSIONS = ("2", "3", "4", "5")


class Locked(NamedTuple):
    """One package.  `key` is what others name it by: `chalk@5.3.0`, with its peers after an underscore.

    `needs` and `may_use` are keys (`npm:chalk@5.3.0`) where they are known to be in the file, as written otherwise.
    """

    registry: Literal["npm", "jsr"]
    key: str
    name: str
    version: str
    integrity: str | None
    needs: tuple[str, ...]
    may_use: tuple[str, ...]
    platforms: tuple[str, ...]
    """`os=linux`, `cpu=arm64`, as the fields say."""
    scripts: bool | None
    """Whether it runs a script when it is installed; None before version 5, which does not tell."""
    line: int | None


class DenoLock(NamedTuple):
    """The file.  `specifiers` are by what is asked for (`npm:chalk@5`) the key of the package that serves it."""

    version: str
    specifiers: Mapping[str, str]
    packages: tuple[Locked, ...]
    asked: Mapping[str, tuple[str, ...]] | None
    """By the directory of each member ("" is the root) the specifiers that its configuration asks for; None where
    the lockfile does not say."""
    modules: int
    """Modules that are imported by their URL, each with its digest."""


def parse(content: bytes) -> DenoLock:
    """Read a lockfile.  Raises Unparsable."""
    text = text_of(content)
    check_conflict(text)
    value = load_text(text)
    if not isinstance(value, dict):
        raise Unparsable("not a JSON object")
    version = value.get("version")
    if version not in VERSIONS:
        raise Unparsable("a version of deno.lock that is not read: 2 to 5 are")
    above = ("packages",) if version == "3" else ("npm",) if version == "2" else ()
    holder = _table(value.get(above[0])) if above else value
    served = {asked: at for asked, at in _table(holder.get("specifiers")).items() if isinstance(at, str)}
    specifiers = dict(_served(version, asked, at) for asked, at in served.items())
    lines = opener_lines(text)
    registries: tuple[Literal["jsr", "npm"], ...] = ("jsr", "npm")
    packages = tuple(
        package
        for registry in registries
        for package in _Section(registry, version, specifiers).packages(*_entries(holder, above, registry), lines)
    )
    workspace = value.get("workspace")
    asked = dict(_asked(workspace)) if isinstance(workspace, dict) else None
    return DenoLock(version, specifiers, packages, asked, len(_table(value.get("remote"))))


def _entries(
    holder: Mapping[str, Any], above: tuple[str, ...], registry: str
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The packages of a registry, and the keys that lead to them; version 2 has those of npm alone."""
    name = registry if above != ("npm",) else "packages" if registry == "npm" else ""
    return _table(holder.get(name)), (*above, name)


class _Section:
    """The packages of one registry; what they need is written as short as it is clear."""

    def __init__(self, registry: Literal["npm", "jsr"], version: str, specifiers: Mapping[str, str]) -> None:
        self._registry = registry
        self._specifiers = specifiers
        self._asked_by_name = {asked[: asked.find("@", 5)]: asked for asked in specifiers}  # 5: behind `npm:@`
        self._entries: Mapping[str, Any] = {}
        self._by_name: dict[str, str] = {}
        self._tells_scripts = version == "5" and registry == "npm"

    def packages(
        self, entries: Mapping[str, Any], above: tuple[str, ...], lines: Mapping[tuple[str, ...], int]
    ) -> Iterator[Locked]:
        self._entries = entries
        self._by_name = {_name(key): f"{self._registry}:{key}" for key in entries}
        for key, entry in entries.items():
            if not isinstance(entry, dict) or not (version := key[len(_name(key)) + 1 :]):
                continue
            integrity = entry.get("integrity")
            yield Locked(
                registry=self._registry,
                key=f"{self._registry}:{key}",
                name=_name(key),
                version=version.partition("_")[0],
                integrity=integrity if isinstance(integrity, str) else None,
                needs=tuple(self._needed(entry.get("dependencies"))),
                may_use=tuple(self._needed(entry.get("optionalDependencies"))),
                platforms=tuple(f"{field}={each}" for field in ("os", "cpu") for each in _texts(entry.get(field))),
                scripts=entry.get("scripts") is True if self._tells_scripts else None,
                line=lines.get((*above, key)),
            )

    def _needed(self, value: Any) -> Iterator[str]:
        """Version 3 has a mapping for npm; later ones lists, with a version only where there are several of a name."""
        wanted = (
            [each for each in value.values() if isinstance(each, str)] if isinstance(value, dict) else _texts(value)
        )
        for each in wanted:
            if self._registry == "jsr":
                asked = each if each in self._specifiers else self._asked_by_name.get(each, each)
                yield self._specifiers.get(asked, asked)
            else:
                bare = each.rpartition("@npm:")[2] if "@npm:" in each else each
                yield f"npm:{bare}" if bare in self._entries else self._by_name.get(bare, f"npm:{bare}")


def _served(version: str, asked: str, at: str) -> tuple[str, str]:
    """What is asked for and the key of what serves it: `npm:chalk@5` and `npm:chalk@5.3.0`.

    Version 3 has both so, version 2 knows of npm only and leaves that out, later ones give only the version.
    """
    match version:
        case "2":
            return f"npm:{asked}", f"npm:{at}"
        case "3":
            return asked, at
        case _:
            registry, _, rest = asked.partition(":")
            return asked, f"{registry}:{_name(rest)}@{at}"


def _name(text: str) -> str:
    """The name before the version of `@scope/name@1.0.0`."""
    at = text.find("@", 1)
    return text if at < 0 else text[:at]


def _asked(workspace: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    members = {"": workspace, **_table(workspace.get("members"))}
    for directory, member in members.items():
        if isinstance(member, dict):
            own = _texts(member.get("dependencies"))
            yield directory, (*own, *_texts(_table(member.get("packageJson")).get("dependencies")))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
