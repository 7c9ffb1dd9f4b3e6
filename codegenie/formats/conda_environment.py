"""environment.yml of conda: its channels, its packages, and what pip adds to them."""

import re
from typing import NamedTuple

from codegenie.formats.hosts import host_of
from codegenie.formats.patterns import lazily
from codegenie.formats.pyproject_tables import Engine, Index
from codegenie.formats.requirement import Asked, read, read_address
from codegenie.formats.yaml_text import documents

_PACKAGE = lazily(r"(?:([\w./-]++)::)?([A-Za-z0-9_][A-Za-z0-9_.-]*+)(?:\s*+([=<>!~].*+)|\s++(\S.*+))?")


class CondaEnvironment(NamedTuple):
    """An environment; `includes` are the requirements files that its pip section reads."""

    is_environment: bool
    """Whether it is one: other tools have files of that name."""
    name: str | None
    channels: tuple[str, ...]
    asked: tuple[Asked, ...]
    engines: tuple[Engine, ...]
    indexes: tuple[Index, ...]
    includes: tuple[str, ...]
    ill_typed: tuple[str, ...]


def parse(content: bytes) -> CondaEnvironment:
    """Read the file.  Raises Unparsable."""
    found = documents(content, depth=4)
    value, lines = (found[0].value, found[0].lines) if found else (None, {})
    if not isinstance(value, dict) or not isinstance(value.get("dependencies"), list):
        return CondaEnvironment(False, None, (), (), (), (), (), ())
    asked: list[Asked] = []
    engines: list[Engine] = []
    includes: list[str] = []
    ill_typed: list[str] = []
    for index, item in enumerate(value["dependencies"]):
        line = lines.get(("dependencies", index))
        if isinstance(item, dict) and isinstance(item.get("pip"), list):
            for place, text in enumerate(item["pip"]):
                at = lines.get(("dependencies", index, "pip", place), line)
                _take_pip(text, at, asked, includes, ill_typed)
        elif isinstance(item, str) and (package := _PACKAGE.fullmatch(item.strip())):
            constraint = (package[3] or package[4] or "").strip()
            if package[2].lower() == "python":
                engines += [Engine("python", constraint, "dependencies.python", line)] if constraint else []
            else:
                asked.append(Asked("dependencies", "runtime", package[2].lower(), constraint or None, line))
        else:
            ill_typed.append("dependencies")
    channels = value.get("channels")
    named = [item for item in channels if isinstance(item, str)] if isinstance(channels, list) else []
    name = value.get("name")
    return CondaEnvironment(
        is_environment=True,
        name=name if isinstance(name, str) else None,
        channels=tuple(channel for channel in named if "//" not in channel),
        asked=tuple(asked),
        engines=tuple(engines),
        indexes=tuple(
            Index("install", None if "//" in channel else channel, host_of(channel), lines.get(("channels", index)))
            for index, channel in enumerate(named)
            if channel != "nodefaults"
        ),
        includes=tuple(includes),
        ill_typed=tuple(sorted(set(ill_typed))),
    )


def _take_pip(text: object, line: int | None, asked: list[Asked], includes: list[str], ill_typed: list[str]) -> None:
    if not isinstance(text, str):
        ill_typed.append("dependencies.pip")
        return
    bare = text.strip()
    if bare.startswith(("-r", "--requirement")):
        includes.append(re.sub(r"^(?:-r|--requirement)[\s=]*", "", bare))
        return
    if bare.startswith("-") and not bare.startswith(("-e ", "--editable ")):
        return
    bare = re.sub(r"^(?:-e|--editable)\s+", "", bare)
    found = read(bare) or read_address(bare)
    if found is None:
        ill_typed.append("dependencies.pip")
    elif found.name is not None:
        asked.append(found.asked("dependencies.pip", "runtime", line))
