"""What the report says of licences."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ._license_projects import home
from ._paths import shown

_HIGHLIGHTED = 3


def highlights(facts: Mapping[str, Any], differing: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The licences of the nearest texts, and the projects that declare another."""
    texts = [file for file in facts["files"] if file["recognised"] and not file["of_others"]]
    nearest = sorted(texts, key=lambda file: (file["path"].count("/"), file["path"]))
    places: dict[str, list[str]] = {}
    for file in nearest:
        own = [one for one in file["texts"] if not one["of_others"]]
        ids = " and ".join(" or ".join(one["ids"]) for one in own[:_HIGHLIGHTED])
        more = len(own) - _HIGHLIGHTED
        places.setdefault(f"{ids} and {more} more" if more > 0 else ids, []).append(file["path"])
    told = [
        f"{ids} (`{paths[0]}`" + (f" and {len(paths) - 1:,} more)" if len(paths) > 1 else ")")
        for ids, paths in list(places.items())[:_HIGHLIGHTED]
    ]
    if told:
        more = len(places) - len(told)
        yield "Licences", ", ".join(told) + (f", and {more:,} other texts" if more else "")
    else:
        named = [one["id"] for one in facts["licenses"][:_HIGHLIGHTED]]
        yield "Licences", f"no text is recognised; named: {', '.join(named) or 'none'}"
    for alike in list(alike_of(differing))[:_HIGHLIGHTED]:
        project = alike[0]
        declared, found = ", ".join(project["declared"]), ", ".join(project["found"])
        who = f"`{project['path']}`{others(alike)} {'declares' if len(alike) == 1 else 'declare'} {declared}"
        whose = "its" if len(alike) == 1 else "their"
        where = ""
        if above := [file for file in project["files"] if shown(home(file)) != project["path"]]:
            whose, where = "the", f" above (`{above[0]}`)"
        if project["only_declared"]:
            yield "Licences differ", f"{who}, {whose} text{where} is {found}"
        else:
            also = ", ".join(project["only_found"])
            yield "Licences differ", f"{who}, {whose} texts{where} are also of {also}"


def alike_of(differing: Sequence[Mapping[str, Any]]) -> Iterable[list[Mapping[str, Any]]]:
    """Projects that declare the same and have the same texts together."""
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for project in differing:
        key = *project["declared"], "", *project["found"], "", *project["files"]
        found.setdefault(key, []).append(project)
    return found.values()


def others(alike: Sequence[Mapping[str, Any]]) -> str:
    """How many projects there are besides the first."""
    return f" and {len(alike) - 1:,} more" if len(alike) > 1 else ""
