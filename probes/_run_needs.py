"""What an image calls once it is started, joined from the trails of `entrypoint` and the needs of `shell_usage`."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from codegenie.formats.shell import SHELLS

from ._beside import Beside, has_program
from ._final_images import FinalImage
from ._image_files import OF_SYSTEMS, ImageFiles, Origin

Facts = dict[str, Any]

_OWN = frozenset({"repository", "inline", "ignored", "not_in_repository", "fetched", "archive", "built"})
_FROM = {"run": "run", "nothing": "nothing", "image": "base", "image_or_run": "base_or_run"}
_SHARED = frozenset({
    "", "/bin", "/etc", "/home", "/lib", "/opt", "/sbin", "/usr", "/usr/bin", "/usr/lib", "/usr/local",
    "/usr/local/bin", "/usr/local/sbin", "/usr/sbin", "/var",
})  # fmt: skip
"""Directories of the base image, which a COPY only adds to."""
_CALLS = frozenset({"init", "package_script", "program", "runtime", "shell", "supervisor", "wrapper"})
_OPEN_ENDS = {
    "class_on_class_path": "it is looked for on the class path",
    "configuration_not_read": "the supervisor's configuration is not read",
    "depth": "the trail is too long",
    "fetched": "the build fetches it",
    "ignored": "the file is left out of the build context",
    "in_base_image": "it is in the base image",
    "not_followed": "where it comes from is not known",
    "not_found": "nothing puts it into the image",
    "not_in_repository": "the file is not in the repository",
    "script_not_found": "the package script is not found",
    "script_not_read": "the script could not be read",
    "shell_without_command": "a shell that reads commands",
    "variable_not_resolved": "a variable decides",
}
"""Why a trail ends where what runs there is not known."""
_MADE_SCRIPT = "the build makes the manifest that has the script"
_ORIGINS = {
    "built": "is made by the build",
    "fetched": "is fetched by the build",
    "image": "is not in the repository",
    "image_or_run": "is not in the repository",
    "run": "is made by the build",
}
_IN_SCRIPTS = OF_SYSTEMS | {"bun", "corepack", "node", "npm", "npx", "pnpm", "yarn"}
_SHELL = "/bin/sh"  # what Docker and Compose run a text by
_LONGEST = 200


class Runs(NamedTuple):
    """What containers of an image run: entries of `entrypoint`, the needs of `shell_usage`, and its other commands."""

    entries: list[Facts]
    needs: list[Facts]
    without_shell: list[Facts]
    scripts: list[Facts]
    """The scripts of the repository that the needs run."""


def runs_of(image: FinalImage, entries: Iterable[Facts], usage: Mapping[str, Any]) -> Runs:
    """Those of the image itself, and of the workloads that are built from it."""
    layers = {stage["index"] for stage in image.layers}

    def is_of(each: Facts) -> bool:
        where = each["runs_in"]
        return where["dockerfile"] == image.file["path"] and (where["stage"] is None or where["stage"] in layers)

    own = [
        each for each in entries if each["dockerfile"] == image.file["path"] and each["stage"] == image.stage["index"]
    ]
    found = [each for each in usage["needs"] if is_of(each)]
    others = [each for each in usage["without_shell"] if is_of(each)]
    return Runs(own, found, others, _scripts_of(found, usage["scripts"]))


def _scripts_of(needs: Iterable[Facts], scripts: Iterable[Facts]) -> list[Facts]:
    """Those that the needs name, which are those that their scripts run as well."""
    named = {(one["path"], one["line"], need["phase"]) for need in needs for one in need["scripts"]}
    return [each for each in scripts if (each["path"], each["line"], each["phase"]) in named]


def programs(image: FinalImage, runs: Runs, files: ImageFiles, beside: Beside) -> Iterator[Facts]:
    """The programs that are called, each once where it is called, with what is known of where it comes from."""
    seen = set()
    for program, by, path, line in _called(runs):
        if (program, path, line) in seen or _is_of_package(program, path):
            continue
        seen |= {(program, path, line), (program, path, None)}
        origin = files.program(image.file["path"], image.stage["index"], program)
        line_of_copy = _copied_by_name(image, program)
        is_carried = origin.kind in _OWN or origin.kind == "run" or line_of_copy is not None
        yield {
            "program": program,
            "by": by,
            "path": path,
            "line": line,
            "comes_from": "copied" if line_of_copy else _from(origin),
            "from_line": line_of_copy or origin.line,
            **(Beside((), {}) if is_carried else beside).split(partial(has_program, program)),
        }


def shells(runs: Runs) -> Iterator[Facts]:
    """Where a shell is started, what for, and what the catalogue knows to stand for it."""
    for need in runs.needs:
        yield {
            **{key: need[key] for key in ("phase", "way", "text", "reasons", "path", "line", "is_certain")},
            "instead": sorted({each["class"] for each in need["verdicts"]}),
        }


def scripts(runs: Runs) -> Iterator[Facts]:
    """The scripts of the repository that are run, and what each needs a shell for."""
    for each in runs.scripts:
        yield {
            **{key: each[key] for key in ("path", "line", "phase", "is_read", "computed")},
            "reasons": [{"reason": one["reason"], "line": one["line"]} for one in each["reasons"]],
        }


def process_1(image: FinalImage, runs: Runs) -> Facts:
    """The first process of the image itself, and what is known of signals."""
    entry = next((each for each in runs.entries if each["source"] == "image"), None)
    pid1, init = (entry["pid1"], entry["init"]) if entry else (None, None)
    signal = image.stage["config"]["stop_signal"]
    return {
        "kind": pid1["kind"] if pid1 else "unknown",
        "name": pid1["name"] if pid1 else None,
        "certain": pid1["certain"] if pid1 else False,
        "path": pid1["path"] if pid1 else None,
        "line": pid1["line"] if pid1 else None,
        "init": {key: init[key] for key in ("name", "by", "path", "line")} if init else None,
        "stop_signal": {"value": signal["value"] or signal["written"], "line": signal["line"]} if signal else None,
        "signals": [{key: each[key] for key in ("kind", "text", "path", "line")} for each in entry["signals"]]
        if entry
        else [],
    }


def not_followed(runs: Runs) -> Iterator[tuple[str, str, str | None, int | None]]:
    """What is run and not known: the reason with what it is about, and where it stands."""
    for entry in runs.entries:
        pid1 = entry["pid1"]
        if entry["source"] == "image" and not pid1["certain"]:
            told = "may set an ENTRYPOINT of its own" if entry["command"] else "decides"
            yield "process 1", f"the base image {told}", entry["path"], pid1["line"] or entry["line"]
        for end in entry["ends"]:
            step = entry["steps"][end["step"]]
            is_program = end["reason"] == "in_base_image" and step["kind"] in ("program", "runtime")
            is_made = step["kind"] == "package_script" and end["reason"] == "built_artifact"
            why = _MADE_SCRIPT if is_made else _OPEN_ENDS.get(end["reason"])
            if why and not is_program:
                what = " ".join(step["words"][:3]) or "what is run"
                yield "what it runs", f"{what[:_LONGEST]}: {why}", step["path"], step["line"]
    steps = [step for entry in runs.entries for step in entry["steps"]]
    ends = {(step["path"], step["line"]) for step in steps if step["end"] and not _is_made(step)}
    for need in runs.needs:
        missing = [one for one in need["scripts"] if one["path"] is None]
        is_told = need["phase"] == "start" and len(missing) == 1 and (need["path"], need["line"]) in ends
        for one in missing if not is_told else ():
            where = _ORIGINS.get(one["origin"], "was not found")
            yield "what it calls", f"the script {one['file'][:_LONGEST]} {where}", need["path"], need["line"]
        if not need["is_read"] and not missing:
            reason = f"the script of {need['text'][:_LONGEST]} is not read in full"
            yield "what it calls", reason, need["path"], need["line"]
    known = {(step["path"], step["line"]) for step in steps if step["words"] and "$" not in step["words"][0]}
    for script in runs.scripts:
        if not script["is_read"]:
            yield "what it calls", "the script is not read in full", script["path"], script["line"]
        elif lines := [line for line in script["computed_lines"] if (script["path"], line) not in known]:
            commands = "1 command is" if len(lines) == 1 else f"{len(lines)} commands are"
            yield "what it calls", f"{commands} only known when the script runs", script["path"], lines[0]


def _is_made(step: Facts) -> bool:
    """Whether the build makes what is run: of a program nothing more is asked, of a script what it calls."""
    return step["kind"] != "package_script" and bool(step["end"] == "built_artifact")


def _called(runs: Runs) -> Iterator[tuple[str, str, str | None, int | None]]:
    """Each program with what it is called by."""
    for entry in runs.entries:
        for step in entry["steps"]:
            if (
                step["kind"] in _CALLS
                and step["words"]
                and step["end"] != "installed_package"
                and "$" not in step["words"][0]
            ):
                yield step["words"][0], entry["source"], step["path"], step["line"]
    interpreters = {each["path"]: each["shell"] for each in runs.scripts}
    for need in runs.needs:
        if need["way"] == "shell_form":
            yield (need["shell"] or [_SHELL])[0], need["phase"], need["path"], need["line"]
        elif need["way"] in ("platform", "script", "script_by_name"):
            named = need["text"].partition(" ")[0]
            is_shell = named.rpartition("/")[2] in SHELLS
            own = named if is_shell else next((interpreters.get(one["path"]) for one in need["scripts"]), None)
            yield (need["shell"] or [own or "sh"])[0], need["phase"], need["path"], need["line"]
        for program in need["programs"]:
            yield program, need["phase"], need["path"], need["line"]
    for script in runs.scripts:
        lines = {each["what"]: each["line"] for each in reversed(script["verdicts"])}
        for program in script["programs"]:
            yield program, script["phase"], script["path"], lines.get(program, script["line"])
    for each in runs.without_shell:
        if each["phase"] != "start":  # which the trails tell of
            yield each["program"], each["phase"], each["path"], each["line"]


def _is_of_package(program: str, path: str | None) -> bool:
    """Whether a package.json means a program of one of its packages: those are looked for before any of the system."""
    return (path or "").endswith("package.json") and "/" not in program and program not in _IN_SCRIPTS


def _copied_by_name(image: FinalImage, program: str) -> int | None:
    """The line of a COPY that names a program, as a source or as what it becomes, or a directory that it lies in."""
    for stage in reversed(image.layers):
        for copy in reversed(stage["copies"]):
            to = copy["destination"].rstrip("/")
            names = {each.rpartition("/")[2] for each in (to, *(source["written"] for source in copy["sources"]))}
            is_there = "/" not in program or program.lstrip(".").startswith(to)
            is_named = program.rpartition("/")[2] in names and is_there
            is_within = to not in _SHARED and program.startswith(f"{to}/")
            if is_named or is_within:
                line: int = copy["line"]
                return line
    return None


def _from(origin: Origin) -> str:
    """In a word: copied in, made or installed by a RUN, of the base image, or not known."""
    if origin.kind in _OWN:
        return "copied"
    if origin.kind == "image" and origin.line is not None:
        return "other_image"
    return {"run": "run", "nothing": "nothing", "image": "base", "image_or_run": "base_or_run"}.get(
        origin.kind, "unknown"
    )
