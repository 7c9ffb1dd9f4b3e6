"""The arguments that a build gives, and what they make of a Dockerfile's FROMs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from codegenie.formats.dockerfile_words import Inexpansible, expanded

from ._dockerfile_facts import seems_secret

Facts = dict[str, Any]

_MOST = 300
_LONGEST = 400  # characters of a value


def written_out(args: Iterable[tuple[str, str | None]]) -> list[Facts]:
    """`{name, value}` of each that is written out whole, by name, but for those whose names are like a secret's."""
    plain = {
        name: value
        for name, value in args
        if value is not None and "$" not in value and len(value) <= _LONGEST and not seems_secret(name)
    }
    return [{"name": name, "value": plain[name]} for name in sorted(plain)][:_MOST]


def bases_with(build: Mapping[str, Any], dockerfile: Mapping[str, Any]) -> Iterator[Facts]:
    """The images behind FROM that are others, or only known, with the arguments of a build.

    As in BuildKit an argument counts there only where an ARG before the first FROM declares it.  Of one that the build
    takes from elsewhere the default does not count.
    """
    given: dict[str, str | None] = dict.fromkeys(build["args"])
    given |= {each["name"]: each["value"] for each in build["values"]}
    values: dict[str, str] = {}
    for arg in dockerfile["args"]:
        name, default = arg["name"], arg["default"]
        value = given[name] if name in given else _filled(default, values, dockerfile["escape"])
        if value is not None:
            values[name] = value
    names: set[str] = set()
    for stage in dockerfile["stages"]:
        base = stage["base"]
        found = _filled(base["written"], values, dockerfile["escape"]) if "$" in base["written"] else None
        if found and found != base["resolved"] and found.lower() not in names | {"scratch"}:
            yield {
                "stage": stage["index"],
                "line": base["line"],
                "written": base["written"],
                "resolved": found[:_LONGEST],
            }
        names.add((stage["name"] or "").lower())


def _filled(text: str | None, values: Mapping[str, str], escape: str) -> str | None:
    """The text with the values put in; None where one is not known."""
    try:
        found = expanded(text, values, escape) if text is not None else None
    except Inexpansible:
        return None
    return found.text if found and not found.unset else None
