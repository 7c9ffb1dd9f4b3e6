"""What the variables in Compose files stand for: the committed `.env` beside them, and the defaults written out."""

from collections.abc import Collection, Iterable, Mapping

from codegenie.formats import dotenv
from codegenie.formats.dotenv import Assignment
from codegenie.probe import ProbeInputs

from ._container_facts import Facts, image_fact
from ._interpolation import filled_in, variables
from ._paths import parent, under


def fill_in(inputs: ProbeInputs, files: Iterable[Facts], workloads: Iterable[Facts]) -> None:
    """Say of each image and port of a service what it is where nothing outside of the repository says otherwise.

    Compose takes `.env` from the project's directory, which is that of the first file it is given.
    """
    known: dict[str, dict[str, str]] = {}
    for file in files:
        directory = parent(file["path"])
        if directory not in known:
            known[directory] = _known(inputs, directory)
        file["dotenv"] = _dotenv(directory) if _dotenv(directory) in inputs else None
        for variable in file["variables"]:
            variable["in_dotenv"] = variable["name"] in known[directory]
    paths = frozenset(inputs.paths)
    for workload in workloads:
        directory = parent(workload["path"])
        values = known.get(directory, {})
        for container in workload["containers"] if workload["platform"] == "compose" else ():
            if container["build"]:
                container["build"]["file"] = _dockerfile(container["build"], directory, values, paths)
            if (image := container["image"]) and image["resolved_by"] is None and "$" in image["written"]:
                container["image"] = _image(image, values)
            for port in container["ports"]:
                if port["resolved"] is None and port["port"]:
                    port["resolved"] = filled_in(port["port"], values) or None


def _dotenv(directory: str) -> str:
    return f"{directory}/.env" if directory else ".env"


def _known(inputs: ProbeInputs, directory: str) -> dict[str, str]:
    path = _dotenv(directory)
    assignments = inputs.parse(path, dotenv.parse) if path in inputs else None
    return _values(assignments or ())


def _values(assignments: Iterable[Assignment]) -> dict[str, str]:
    values: dict[str, str] = {}
    for each in assignments:
        value = each.value if each.literal else filled_in(each.value, values)
        if value is not None and len(value) <= 300:
            values[each.name] = value
    return values


def _dockerfile(build: Facts, directory: str, values: Mapping[str, str], paths: Collection[str]) -> str | None:
    """The Dockerfile from the root of the repository; None where it is not there, or somewhere else decides."""
    context = filled_in(build["context"] or ".", values)
    name = filled_in(build["dockerfile"] or "Dockerfile", values)
    place = under(directory, context) if context and "://" not in context else None
    path = under(place, name) if place is not None and name and not build["inline"] else None
    return path if path in paths else None


def _image(image: Facts, values: Mapping[str, str]) -> Facts:
    text = filled_in(image["written"], values)
    if not text:
        return image
    by = "dotenv" if any(use.name in values for use in variables(image["written"])) else "defaults"
    return image_fact(image["written"], image["line"], resolved=text, by=by)
