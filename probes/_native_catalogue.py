"""The catalogue of packages that compile or ship native code, and of the libraries that they need."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily


class Entry(NamedTuple):
    """One package or, by a pattern, a family of them; `prebuilt` None is not known, and empty: always compiled."""

    mechanisms: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    """Libraries, each with when: `run`, or `source` where it is only for compiling."""
    prebuilt: frozenset[str] | None
    source: str
    note: str | None
    first: tuple[int, ...] | None
    end: tuple[int, ...] | None
    """The first version that it holds for, and the first after them that it does not."""

    def holds(self, version: str | None) -> bool:
        """Whether it speaks of the version; of one that is not known, only what holds for all."""
        if self.first is None and self.end is None:
            return True
        numbers = _numbers(version or "")
        return bool(numbers) and (self.first or ()) <= numbers and (self.end is None or numbers < self.end)


class NativeCatalogue:
    """Looks up packages by the type of their package URL and their name, and libraries by what a linker calls them."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.libraries: dict[str, Mapping[str, Any]] = {each["id"]: each for each in catalogue["libraries"]}
        self._linked = {link: each["id"] for each in catalogue["libraries"] for link in each["links"]}
        self._configured = {name: each["id"] for each in catalogue["libraries"] for name in each["pkg_config"]}
        self._named: dict[tuple[str, str], Entry] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], Entry]]] = {}
        for each in catalogue["packages"]:
            entry = _entry(each)
            if "name" in each:
                self._named[each["type"], each["name"].lower()] = entry
            else:
                self._patterns.setdefault(each["type"], []).append((lazily(each["pattern"]), entry))

    def find(self, kind: str, name: str, version: str | None = None) -> Entry | None:
        """The entry of a package; None where there is none, or none for the version."""
        found = self._named.get((kind, name.lower()))
        matching = (entry for pattern, entry in self._patterns.get(kind, ()) if pattern.fullmatch(name))
        entry = found or next(matching, None)
        return entry if entry and entry.holds(version) else None

    def linked(self, name: str) -> str | None:
        """The library that `-l<name>` means."""
        return self._linked.get(name)

    def configured(self, name: str) -> str | None:
        """The library that pkg-config knows under the name."""
        return self._configured.get(name)

    def table(self, needed: Iterable[tuple[str, str, str]]) -> Iterator[dict[str, Any]]:
        """The libraries of (library, when, by whom), with their Debian packages and sonames."""
        users: dict[str, dict[str, set[str]]] = {}
        for library, when, user in needed:
            users.setdefault(library, {}).setdefault(when, set()).add(user)
        for library, by in sorted(users.items()):
            facts = self.libraries[library]
            yield {
                "library": library,
                "build_packages": facts["build"],
                "run_packages": facts["run"],
                "sonames": facts["sonames"],
                "source": facts["source"],
                "needed_to_run": sorted(by.get("run", ())),
                "needed_to_compile": sorted(by.get("source", ())),
            }


def _entry(each: Mapping[str, Any]) -> Entry:
    return Entry(
        mechanisms=tuple(each["mechanisms"]),
        needs=tuple((need["library"], need["when"]) for need in each["needs"]),
        prebuilt=None if each["prebuilt"] is None else frozenset(each["prebuilt"]),
        source=each["source"],
        note=each.get("note"),
        first=_numbers(each["from"]) if "from" in each else None,
        end=_numbers(each["before"]) if "before" in each else None,
    )


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"v?(\d{1,9}(?:\.\d{1,9}){0,3})", version)
    return tuple(map(int, found[1].split("."))) if found else ()
