"""bitbucket-pipelines.yml: the pipelines of branches, tags and pull requests, and their steps."""

from collections.abc import Iterator

from codegenie.formats.pipelines import Image, Job, Pipeline, Step, Stored, Trigger, Use, script_of, short
from codegenie.formats.yaml_nodes import Node, mapping

_KINDS = ("branches", "tags", "bookmarks", "pull-requests", "custom")


def parse(content: bytes) -> tuple[Pipeline, ...]:
    """Each of its pipelines.  Raises Unparsable."""
    top = mapping(content)
    pipelines = top["pipelines"]
    found = []
    if default := pipelines["default"]:
        found.append(_pipeline("default", Trigger("push", default.line), default, top))
    for kind in _KINDS:
        for pattern, steps in pipelines[kind].pairs.items():
            trigger = Trigger(kind, steps.line, (("pattern", (pattern,)),))
            found.append(_pipeline(f"{kind}: {pattern}", trigger, steps, top))
    return tuple(found)


def _pipeline(name: str, trigger: Trigger, steps: Node, top: Node) -> Pipeline:
    jobs = tuple(
        _job(step, stage, top, at) for at, (step, stage) in enumerate(_steps(steps, None), 1) if step.kind == "mapping"
    )
    return Pipeline(kind="pipeline", name=name, triggers=(trigger,), jobs=jobs)


def _steps(node: Node, stage: str | None) -> Iterator[tuple[Node, str | None]]:
    """The steps, those of stages and parallel groups too; nothing else is nested."""
    for element in node.several:
        for key, value in element.pairs.items():
            if key == "step":
                yield value, stage
            elif key in ("parallel", "stage"):
                inner = value["steps"] if value.kind == "mapping" else value
                yield from _steps(inner, short(value["name"].text) if key == "stage" else stage)


def _job(node: Node, stage: str | None, top: Node, at: int) -> Job:
    name = short(node["name"].text)
    caches = [Stored("caches", text, _paths(top, text), node["caches"].line) for text in node["caches"].texts]
    artifacts = node["artifacts"]["paths"] or node["artifacts"]
    deployment = node["deployment"]
    trigger = node["trigger"]
    runs_on, size = (node[key] or top["options"][key] for key in ("runs-on", "size"))
    return Job(
        name=name or f"step {at}",
        line=node.line,
        stage=stage,
        runner=(*runs_on.texts, *size.texts),
        runner_line=runs_on.line or size.line or None,
        images=tuple(_images(node, top)),
        services=node["services"].texts,
        condition=short(trigger.text),
        environment=short(deployment.text),
        environment_line=deployment.line or None,
        steps=tuple(_script(node["script"])) + tuple(_script(node["after-script"])),
        caches=tuple(caches),
        artifacts=(Stored("artifacts", None, artifacts.texts, artifacts.line),) if artifacts.texts else (),
    )


def _paths(top: Node, cache: str) -> tuple[str, ...]:
    own = top["definitions"]["caches"][cache]
    return own.texts or own["path"].texts


def _images(node: Node, top: Node) -> Iterator[Image]:
    image = node["image"] or top["image"]
    name = image if image.text is not None else image["name"]
    if name.text:
        yield Image("job", name.text.strip(), name.line)
    for service in node["services"].texts:
        definition = top["definitions"]["services"][service]["image"]
        own = definition if definition.text is not None else definition["name"]
        if own.text:
            yield Image("service", own.text.strip(), own.line)


def _script(script: Node) -> Iterator[Step]:
    for element in script.elements:
        if element.text is not None:
            yield Step(line=element.line, commands=script_of([element]))
        elif (pipe := element["pipe"]).text is not None:
            name, _, version = pipe.text.partition(":")
            if name == "docker":
                yield Step(line=pipe.line, uses=Use("docker", version.removeprefix("//"), None, pipe.line))
            else:
                yield Step(line=pipe.line, uses=Use("pipe", name, version or None, pipe.line))
