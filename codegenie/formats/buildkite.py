"""Buildkite's pipelines: command steps, with the plugins, agents and matrices that they name."""

from collections.abc import Iterator

from codegenie.formats.ci_matrix import made_out
from codegenie.formats.pipelines import (
    Image,
    Job,
    Matrix,
    Pipeline,
    Secret,
    Step,
    Stored,
    Trigger,
    Use,
    literals,
    script_of,
    short,
)
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_nodes import NOTHING, Node, shown
from codegenie.formats.yaml_nodes import parse as documents

_COMMANDS = ("command", "commands", "script")


def parse(content: bytes) -> Pipeline:
    """Read a pipeline, a mapping with `steps` or a list of them.  Raises Unparsable."""
    found = [document for document in documents(content) if document]
    if len(found) > 1:
        raise Unparsable("more than one YAML document")
    top = found[0] if found else NOTHING
    if top.kind == "scalar" and top.text is not None:
        raise Unparsable("no pipeline")
    steps = top if top.kind == "list" else top["steps"]
    jobs = tuple(_job(step, group, top, at) for at, (step, group) in enumerate(_flat(steps), 1))
    secrets = [Secret("secret", name, node.line) for node in (top["secrets"],) for name in _names(node)]
    for step, _ in _flat(steps):
        secrets += [Secret("secret", name, step["secrets"].line) for name in _names(step["secrets"])]
    return Pipeline(kind="pipeline", jobs=jobs, secrets=tuple(secrets))


def _names(node: Node) -> tuple[str, ...]:
    return node.texts if node.kind == "list" else tuple(node.pairs)


def _flat(steps: Node) -> Iterator[tuple[Node, str | None]]:
    """The steps, those of groups too, which cannot be nested."""
    for step in steps.elements:
        if step["steps"] and "group" in step.pairs:
            for inner in step["steps"].elements:
                if inner.kind == "mapping":
                    yield inner, short(step["group"].text or step["label"].text)
        elif step.kind == "mapping" and not any(key in step.pairs for key in ("wait", "block", "input", "waiter")):
            yield step, None


def _job(node: Node, group: str | None, top: Node, at: int) -> Job:
    script = next((node[key] for key in _COMMANDS if node[key]), NOTHING)
    agents = node["agents"] or top["agents"]
    env = literals(top["env"], node["env"])
    plugins = list(_plugins(node["plugins"]))
    steps = [Step(line=script.line, commands=script_of(script.several), variables=env)] if script else []
    steps += [Step(line=line, uses=Use("plugin", name, ref, line)) for name, ref, _, line in plugins]
    labels = tuple(f"{name}={value.text}" for name, value in agents.pairs.items()) or agents.texts
    trigger = node["trigger"]
    filters = tuple((key, node[key].texts) for key in ("branches", "if_changed") if node[key].texts)
    artifacts = node["artifact_paths"]
    return Job(
        name=node["key"].text or node["id"].text or node["label"].text or node["name"].text or f"step {at}",
        line=node.line,
        title=short(node["label"].text or node["name"].text),
        stage=group,
        runner=labels,
        runner_line=agents.line or None,
        images=tuple(Image("step", given["image"].text.strip(), given["image"].line)
                     for _, _, given, _ in plugins if given["image"].text),
        matrix=_matrix(node["matrix"]),
        needs=tuple(each.text or each["step"].text or "" for each in node["depends_on"].several),
        condition=short(node["if"].text),
        concurrency=short(node["concurrency_group"].text),
        calls=Use("pipeline", trigger.text, None, trigger.line) if trigger.text else None,
        steps=tuple(steps),
        artifacts=(Stored("artifact_paths", None, artifacts.texts, artifacts.line),) if artifacts.texts else (),
        triggers=(Trigger("filters", node.line, filters),) if filters else (),
        allowed_to_fail=node["soft_fail"].is_true,
    )  # fmt: skip


def _plugins(node: Node) -> Iterator[tuple[str, str | None, Node, int]]:
    for each in node.elements:
        if each.text is not None:
            name, _, ref = each.text.partition("#")
            yield name, ref or None, NOTHING, each.line
        for written, given in each.pairs.items():
            name, _, ref = written.partition("#")
            yield name, ref or None, given, given.line
    for written, given in node.pairs.items():
        name, _, ref = written.partition("#")
        yield name, ref or None, given, given.line


def _matrix(node: Node) -> Matrix | None:
    if not node:
        return None
    setup = node if node.kind == "list" else node["setup"]
    axes = {"": setup} if setup.kind == "list" else setup.pairs
    written = tuple((name, short(shown(value)) or "") for name, value in axes.items())
    skipped: list[Node] = []
    added: list[Node] = []
    for each in node["adjustments"].elements:
        given = (
            each["with"]
            if each["with"].kind == "mapping"
            else Node(each.line, pairs={"": each["with"]}, kind="mapping")
        )
        (skipped if each["skip"] else added).append(given)
    return made_out(node.line, written, axes, skipped, added)
