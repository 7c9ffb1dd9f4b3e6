"""What stands for the needs of a shell where there is none, as far as the catalogue `shell-replacements` knows it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from codegenie.formats.shell import SHELLS

from ._shell_commands import Asked, Step

Facts = dict[str, Any]

_MOST = 40  # verdicts of a need
_SEARCHED = 1000  # characters of a command
_FOLLOW = frozenset({"builtin", "chaining", "variable"})  # of these each command is told by itself


class Replacements:
    """The catalogue's entries by what they match."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.entries: list[Facts] = catalogue["replacements"]
        self._by_key: dict[tuple[str, str], list[Facts]] = {}
        for entry in self.entries:
            for name in entry["any_of"] or ("",):
                self._by_key.setdefault((entry["kind"], name), []).append(entry)

    def of_way(self, way: str, phase: str) -> Facts | None:
        """What stands for a way to a shell, such as a script of a package, whatever it does."""
        return self._entry("way", way, "", phase)

    def verdicts(self, way: str, asked: Asked | None, phase: str) -> list[Facts]:
        """What is known of each part of a need, by its class: one entry for each name or reason, the first first."""
        found: dict[tuple[str, str | None], Facts] = {}
        for what, line, entry in self._verdicts(way, asked, phase):
            key = (what, entry["id"] if entry else None)
            known = found.setdefault(
                key,
                {
                    "what": what,
                    "class": entry["class"] if entry else "unknown",
                    "replacement": entry["id"] if entry else None,
                    "line": line,
                    "count": 0,
                },
            )
            known["count"] += 1
        return list(found.values())[:_MOST]

    def _verdicts(self, way: str, asked: Asked | None, phase: str) -> Iterator[tuple[str, int | None, Facts | None]]:
        if phase == "build":
            yield way, None, self.of_way("run", phase)
            return
        entry = self.of_way(way, phase)
        if entry or asked is None:
            yield way, None, entry
        if asked is None:
            return
        follows = set(_FOLLOW)
        told = [(step, list(self._of_step(step, phase))) for step in asked.steps]
        if all(_is_whole(verdicts) for step, verdicts in told if step.is_redirected):
            follows.add("redirection")
        for _, verdicts in told:
            yield from verdicts
        for reason, line in asked.reasons:
            if reason not in follows or (reason == "redirection" and not any(step.is_redirected for step, _ in told)):
                yield reason, line, self._entry("reason", reason, "", phase)

    def _of_step(self, step: Step, phase: str) -> Iterator[tuple[str, int, Facts | None]]:
        """Each name that a command runs; what the catalogue does not know is exec'ed where the script ends with it."""
        for name in step.names:
            entry = self._entry("name", name, step.text, phase)
            if step.in_wait and name == "sleep":
                entry = None
            if entry is None and (name in SHELLS or (step.script and name == step.names[-1])):
                continue  # its script is told in its place
            if entry is None and step.package_words and name == step.names[-1]:
                entry = self.of_way("package_script", phase)
            elif entry is None and step.is_start and name == step.names[-1] and step.programs:
                entry = self._entry("start", "", step.text, phase)
            if entry is None and step.in_wait:
                entry = self._entry("reason", "waiting_loop", "", phase)
            yield name, step.line, entry if entry and _applies(entry, step, name) else None
        if step.is_computed:
            yield "computed command", step.line, self._entry("start", "", step.text, phase) if step.is_start else None

    def _entry(self, kind: str, name: str, text: str, phase: str) -> Facts | None:
        for entry in self._by_key.get((kind, name), ()):
            if phase in entry["phases"] and (
                entry["arguments"] is None or re.search(entry["arguments"], text[:_SEARCHED])
            ):
                return entry
        return None


_WHOLE = frozenset({"build_time", "container_log", "init_container", "orchestrator_probe"})


def _is_whole(verdicts: Iterable[tuple[str, int, Facts | None]]) -> bool:
    """Whether what stands for a command stands also for the files that it reads and writes."""
    return any(entry is not None and entry["class"] in _WHOLE for _, _, entry in verdicts)


def _applies(entry: Facts, step: Step, name: str) -> bool:
    """What is written for something else to read does not fall away, and a loop that goes on is no step before."""
    is_used = step.feeds and name == step.names[-1]
    spoilt = {"falls_away": is_used, "init_container": step.in_loop}
    return not spoilt.get(entry["class"], False)
