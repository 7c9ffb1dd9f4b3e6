"""What an image expects of where it runs: its user, what it writes to, certificates, time zones, locales."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from codegenie.formats.patterns import lazily
from codegenie.formats.shell import parse_text
from codegenie.formats.shell_words import Word
from codegenie.formats.unparsable import Unparsable

from ._final_images import FinalImage
from ._kept_packages import kept
from ._reached import Reached
from ._run_files import in_directory

Facts = dict[str, Any]

_PLAIN = lazily(r"[\w./@+-]+")
_MAKES = frozenset({"chown", "install", "mkdir", "touch"})
_LOCALE = lazily(r"LANG|LANGUAGE|LC_[A-Z]+")
_LOCALES = lazily(r"locales(?:-all)?|glibc-(?:all-)?langpack\S*|glibc-locale\S*|musl-locales\S*|icu\S*|libicu\S*")
_OF_A_TEXT = lazily(r"[\s\"'$`\\*?\[{]")
"""What a word with a value put in may not hold, to be a path as it stands."""
_WRITTEN_KINDS = frozenset({"emptyDir", "persistentVolumeClaim", "tmpfs", "volume", "volumeClaimTemplate", "hostPath"})


def user_of(image: FinalImage) -> Facts | None:
    """The USER in force, whether by number or by name; None where the base image decides."""
    user = image.stage["config"]["user"]
    if user is None:
        return None
    value = user["value"]
    name = (value or "").partition(":")[0]
    kind = "unresolved" if value is None else "number" if name.isdigit() else "name"
    return {"written": user["written"], "value": value, "kind": kind, "line": user["line"]}


def writable(image: FinalImage, runners: Iterable[Mapping[str, Any]]) -> Iterator[Facts]:
    """The paths that something says are written to, or made for being written to."""
    path = image.file["path"]
    for volume in image.stage["config"]["volumes"]:
        yield {"target": volume["value"] or volume["written"], "by": "VOLUME", "path": path, "line": volume["line"]}
    for stage in image.layers:
        for copy in stage["copies"]:
            if copy["chown"]:
                yield {
                    "target": copy["destination"],
                    "by": f"COPY --chown={copy['chown']}",
                    "path": path,
                    "line": copy["line"],
                }
    for by, target, line in _made(image):
        yield {"target": target, "by": by, "path": path, "line": line}
    for workload in runners:
        for container in workload["containers"]:
            for mount in container["mounts"]:
                if mount["target"] and mount["kind"] in _WRITTEN_KINDS and not mount["read_only"]:
                    yield {
                        "target": mount["target"],
                        "by": mount["kind"],
                        "path": workload["path"],
                        "line": mount["line"],
                    }


def security(runners: Iterable[Mapping[str, Any]], names: frozenset[str]) -> Iterator[Facts]:
    """Settings of the workloads, by their names."""
    for workload in runners:
        for container in workload["containers"]:
            for setting in container["security"]:
                if setting["setting"] in names:
                    yield {
                        "setting": setting["setting"], "value": str(setting["value"]).lower(),
                        "path": workload["path"], "line": setting["line"],
                    }  # fmt: skip


def _made(image: FinalImage) -> Iterator[tuple[str, str, int]]:
    """The paths that commands of a RUN make, or give to a user: absolute, or of chown below the working directory."""
    workdir: str | None = None
    for one in image.file["instructions"]:
        stage = next((each for each in image.layers if each["line"] <= one["line"] <= each["end_line"]), None)
        if stage is None:
            continue
        if one["keyword"] == "WORKDIR":
            workdir = _directory(workdir, one["text"])
        if one["keyword"] != "RUN":
            continue
        try:
            commands = parse_text(one["text"], one["line"]).commands
        except Unparsable:
            continue
        here = workdir
        values = {name: value for name, value in _values(stage, one["line"]).items() if f"{name}=" not in one["text"]}
        for command in commands:
            name = (command.name or "").rpartition("/")[2]
            words = [_filled(word, values) for word in command.words[1:]]
            if name in ("cd", "popd", "pushd"):
                here = None
            if name in _MAKES and (name != "install" or any(word in ("-d", "--directory") for word in words)):
                beside = _owned(words) if name == "chown" and here else frozenset()
                for word in dict.fromkeys(words):
                    if word and word.startswith("/") and word != "…":
                        yield name, word, one["line"]
                    elif word in beside and here:
                        yield name, in_directory(here, word), one["line"]


def _directory(before: str | None, written: str) -> str | None:
    """The working directory after a WORKDIR; None where a variable or the base image has a say in it."""
    path = written.strip().strip("\"'")
    if not _PLAIN.fullmatch(path):
        return None
    return path if path.startswith("/") else in_directory(before, path) if before else None


def _owned(words: Iterable[str | None]) -> frozenset[str]:
    """The relative paths that chown has behind the owner, as far as they are plain; a variable may be the owner."""
    given = list(words)
    if any((word or "").startswith(("--reference", "--from")) for word in given):
        return frozenset()
    operands = [word for word in given if not (word or "").startswith("-")]
    if len(operands) < 2 or (operands[0] is None and len(operands) > 2):
        return frozenset()
    return frozenset(word for word in operands[1:] if word and _PLAIN.fullmatch(word))


def _values(stage: Mapping[str, Any], line: int) -> dict[str, str]:
    """What ARG and ENV give to the variables of a RUN at a line; ENV counts more than ARG."""
    args = {each["name"]: each["default"] for each in stage["args"] if each["line"] <= line}
    env = {each["name"]: each["value"] for each in stage["config"]["env"]}
    late = {each["name"] for each in stage["config"]["env"] if each["line"] > line}
    known = {name: value for name, value in {**args, **env}.items() if name not in late}
    return {name: value for name, value in known.items() if value and not _OF_A_TEXT.search(value)}


def _filled(word: Word, values: Mapping[str, str]) -> str | None:
    """A word with the values of its variables; None where one is not known, or something else is expanded in it."""
    if word.value is not None:
        return word.value
    text = word.text
    for each in word.expansions:
        value = values.get(each.name or "")
        if value is None or each.text not in (f"${each.name}", f"${{{each.name}}}"):
            return None
        text = text.replace(each.text, value, 1)
    text = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    return None if _OF_A_TEXT.search(text) else text


def told_by_names(image: FinalImage) -> dict[str, list[Facts]]:
    """Time zones and locales, by the names of packages and variables."""
    found: dict[str, list[Facts]] = {"time_zones": [], "locales": []}
    for package in kept(image.layers):
        name = package["name"] or ""
        kind = "time_zones" if name == "tzdata" else "locales" if _LOCALES.fullmatch(name) else None
        if kind:
            found[kind].append({"what": "package", "name": name, "value": package["manager"], "line": package["line"]})
    for each in image.stage["config"]["env"]:
        kind = "time_zones" if each["name"] == "TZ" else "locales" if _LOCALE.fullmatch(each["name"]) else None
        if kind:
            found[kind].append({"what": "variable", "name": each["name"], "value": each["value"], "line": each["line"]})
    return found


def trust_of(
    image: FinalImage, runners: Iterable[Mapping[str, Any]], facts: Iterable[Facts], reached: Reached
) -> Iterator[Facts]:
    """Those of the facts of `certificates` that stand in its own stages or workloads, or in code that it takes in."""
    layers = [(stage["line"], stage["end_line"]) for stage in image.layers]
    deployed = {workload["path"] for workload in runners}
    for each in facts:
        if each["phase"] not in ("run", None):
            continue
        in_file = each["path"] == image.file["path"]
        in_stage = in_file and any(first <= (each["line"] or 0) <= last for first, last in layers)
        in_code = each["way"] == "code" and bool(reached.by([each["path"]]))
        if in_stage or in_code or each["path"] in deployed:
            yield {key: each[key] for key in ("way", "name", "value", "path", "line")}
