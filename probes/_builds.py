"""What each ecosystem's reader tells `build_system`: its projects, what is set apart, and what is in doubt."""

from typing import Any

from codegenie.probe import Confidence


class Builds:
    """The projects of one ecosystem, each as `schemas/build_system.json` describes a project.

    `apart` holds by kind the manifests set apart.  `confidence` is None where the ecosystem is not there at all.
    """

    def __init__(
        self,
        projects: list[dict[str, Any]] | None = None,
        apart: dict[str, list[str]] | None = None,
        confidence: Confidence | None = None,
        warnings: list[str] | None = None,
    ) -> None:
        self.projects = projects or []
        self.apart = apart or {}
        self.confidence = confidence
        self.warnings = warnings or []


def project(path: str, ecosystem: str, **facts: Any) -> dict[str, Any]:
    """A project of which only `facts` are known: all else is null or empty, as the schema has it."""
    unknown: dict[str, Any] = {
        "name": None,
        "version": None,
        "private": None,
        "tool": tool(None),
        "lockfiles": [],
        "commands": commands(None),
        "scripts": [],
        "engines": [],
        "workspaces": None,
        "task_runners": [],
        "build_tools": [],
        "outputs": [],
        "typescript": [],
        "registries": [],
        "settings": [],
        "ill_typed": [],
    }
    unnamed = facts.keys() - unknown.keys() - {"targets"}  # left out where the ecosystem has no such notion
    assert not unnamed, unnamed
    return {"path": path, "ecosystem": ecosystem} | unknown | facts


def tool(name: str | None, how: str | None = None, **facts: Any) -> dict[str, Any]:
    """The tool of a project, and how it is known."""
    unknown: dict[str, Any] = {
        "flavor": None,
        "version_constraint": None,
        "constraints": [],
        "node_linker": None,
        "evidence": [],
        "conflicts": [],
    }
    assert facts.keys() <= unknown.keys(), facts.keys() - unknown.keys()
    return {"name": name, "how": how} | unknown | facts


def commands(runner: str | None, **by_intent: dict[str, Any] | None) -> dict[str, Any]:
    """The commands of a project by intent: install, build, test, lint, start, typecheck, format, dev."""
    intents = ("install", "build", "test", "lint", "start", "typecheck", "format", "dev")
    assert by_intent.keys() <= set(intents), by_intent.keys() - set(intents)
    return {"runner": runner} | {intent: by_intent.get(intent) for intent in intents}


def command(text: str, path: str, line: int | None = None) -> dict[str, Any]:
    """A command that the ecosystem itself defines for what stands at a place: `cargo build` for a Cargo.toml."""
    return {"command": text, "script": None, "text": None, "evidence": [{"path": path, "line": line}]}
