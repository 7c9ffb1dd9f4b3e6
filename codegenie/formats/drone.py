"""Drone's and Woodpecker's pipelines: steps that are containers, with commands or with settings of a plugin."""

from collections.abc import Iterator

from codegenie.formats.ci_matrix import made_out
from codegenie.formats.pipelines import (
    Image,
    Job,
    Matrix,
    Pipeline,
    Secret,
    Step,
    Trigger,
    Use,
    inputs_of,
    script_of,
    short,
)
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_nodes import Node, shown
from codegenie.formats.yaml_nodes import parse as documents

_NO_FILTERS = ("steps", "services")


def parse(content: bytes) -> tuple[Pipeline, ...]:
    """Each pipeline of the file; what is of another kind, such as a secret, gives its name.  Raises Unparsable."""
    found = [document for document in documents(content) if document]
    if any(document.kind != "mapping" for document in found):
        raise Unparsable("not a YAML mapping")
    return tuple(_pipeline(document) for document in found if document["kind"].text in (None, "pipeline"))


def _pipeline(top: Node) -> Pipeline:
    steps = top["steps"] or top["pipeline"]
    services = list(_named(top["services"]))
    platform = top["platform"]
    runner = tuple(text for key in ("os", "arch") for text in platform[key].texts) or platform.texts
    labels = tuple(f"{name}: {value.text}" for key in ("node", "labels") for name, value in top[key].pairs.items())
    jobs = []
    for name, step in _named(steps):
        jobs.append(_job(name, step, top, runner + labels))
    beside = tuple(
        Image("service", service["image"].text.strip(), service["image"].line)
        for _, service in services
        if service["image"].text
    )
    if beside:
        jobs.append(Job(name="services", line=top["services"].line, images=beside))
    return Pipeline(
        kind="pipeline",
        name=short(top["name"].text),
        triggers=tuple(_triggers(top)),
        jobs=tuple(jobs),
        secrets=tuple(_secrets(top)),
    )


def _named(node: Node) -> Iterator[tuple[str, Node]]:
    """Steps as a list of mappings with a name, or as a mapping."""
    for at, element in enumerate(node.elements, 1):
        if element.kind == "mapping":
            yield element["name"].text or f"step {at}", element
    for name, value in node.pairs.items():
        if value.kind == "mapping":
            yield name, value


def _job(name: str, node: Node, top: Node, runner: tuple[str, ...]) -> Job:
    image = node["image"]
    settings = node["settings"]
    commands = script_of(node["commands"].several)
    plugin = bool(image.text) and not commands and not node["commands"]
    steps = [Step(line=node["commands"].line or node.line, commands=commands)] if commands else []
    if plugin:
        tag, name_of = _tag(image.text or "")
        steps.append(Step(line=image.line, uses=Use("plugin", name_of, tag, image.line), inputs=inputs_of(settings)))
    when = tuple(_filters(node["when"]))
    return Job(
        name=name,
        line=node.line,
        runner=runner,
        runner_line=top["platform"].line or top["labels"].line or top["node"].line or None,
        images=(Image("step", (image.text or "").strip(), image.line),) if image.text else (),
        matrix=_matrix(top["matrix"]),
        needs=node["depends_on"].texts,
        steps=tuple(steps),
        triggers=when,
        allowed_to_fail=node["failure"].text == "ignore",
    )


def _tag(image: str) -> tuple[str | None, str]:
    name, colon, tag = image.strip().rpartition(":")
    return (tag, name) if colon and "/" not in tag else (None, image.strip())


def _matrix(node: Node) -> Matrix | None:
    if not node:
        return None
    axes = {name: value for name, value in node.pairs.items() if name != "include"}
    written = tuple((name, short(shown(value)) or "") for name, value in node.pairs.items())
    return made_out(node.line, written, axes, (), node["include"].elements)


def _triggers(top: Node) -> Iterator[Trigger]:
    yield from _filters(top["trigger"])
    yield from _filters(top["when"])
    if top["branches"]:
        yield Trigger("branches", top["branches"].line, (("branches", top["branches"].texts),))


def _filters(node: Node) -> Iterator[Trigger]:
    """One for each of several mappings, any of which is enough."""
    for each in node.several:
        filters = []
        for name, value in each.pairs.items():
            if value.kind == "mapping":
                filters += [(f"{name}.{key}", below.texts) for key, below in value.pairs.items()]
            else:
                filters.append((name, value.texts))
        if filters:
            yield Trigger("when", each.line, tuple(filters))


def _secrets(node: Node) -> Iterator[Secret]:
    for name, value in node.pairs.items():
        if name == "from_secret" and value.text is not None:
            yield Secret("secret", value.text, value.line)
        elif name == "secrets" and value.kind == "list":
            for each in value.elements:
                named = each if each.text is not None else each["source"]
                if named.text is not None:
                    yield Secret("secret", named.text, named.line)
        else:
            yield from _secrets(value)
    for element in node.elements:
        yield from _secrets(element)


__all__ = ["parse"]
