""".cirrus.yml: tasks, with the machine or container that each of them runs in."""

from collections.abc import Iterator

from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import Image, Job, Open, Pipeline, Secret, Step, Stored, literals, script_of, short
from codegenie.formats.yaml_nodes import Node, mapping, shown

_TASK = lazily(r"(?:(.*)_)?task")
_MACHINES = (
    "container",
    "arm_container",
    "windows_container",
    "docker_builder",
    "macos_instance",
    "freebsd_instance",
    "gce_instance",
    "ec2_instance",
    "compute_engine_instance",
    "persistent_worker",
)
_ENCRYPTED = lazily(r"ENCRYPTED\[")


def parse(content: bytes) -> Pipeline:
    """Read the file.  Raises Unparsable."""
    top = mapping(content)
    jobs, left = [], []
    for name, node in top.pairs.items():
        if (task := _TASK.fullmatch(name)) and node.kind == "mapping":
            jobs.append(_job(task[1] or node["name"].text or "task", node, top))
            if node["matrix"]:
                left.append(Open("matrix", short(shown(node["matrix"])) or "", node["matrix"].line))
    return Pipeline(kind="pipeline", jobs=tuple(jobs), secrets=tuple(_secrets(top)), not_resolved=tuple(left))


def _job(name: str, node: Node, top: Node) -> Job:
    runs = [(key, node[key] or top[key]) for key in _MACHINES if node[key] or top[key]]
    own = [(key, value) for key, value in runs if key in node.pairs] or runs
    env = literals(top["env"], node["env"])
    steps = [
        Step(line=value.line, name=key, commands=script_of(value.several), variables=env)
        for key, value in node.pairs.items()
        if key.endswith("script") and value.texts
    ]
    images = [
        (key, value["image"] if value["image"].text else value["image_family"])
        for key, value in own
        if value["image"].text or value["image_family"].text
    ]
    return Job(
        name=short(name) or "task",
        line=node.line,
        title=short(node["name"].text),
        runner=tuple(f"{key}: {image.text}" for key, image in images) or tuple(key for key, _ in own),
        runner_line=own[0][1].line if own else None,
        images=tuple(
            Image("job", (image.text or "").strip(), image.line) for key, image in images if "container" in key
        ),
        needs=node["depends_on"].texts,
        condition=short(node["only_if"].text or node["skip"].text),
        steps=tuple(steps),
        caches=tuple(_caches(node)),
        artifacts=tuple(
            Stored(key, None, value["path"].texts, value.line)
            for key, value in node.pairs.items()
            if key.endswith("artifacts")
        ),
        allowed_to_fail=node["allow_failures"].is_true,
    )


def _caches(node: Node) -> Iterator[Stored]:
    for key, value in node.pairs.items():
        if key.endswith("cache") and value.kind == "mapping":
            yield Stored(key, None, (*value["folder"].texts, *value["folders"].texts), value.line)


def _secrets(node: Node) -> Iterator[Secret]:
    for name, value in node.pairs.items():
        if value.text is not None and _ENCRYPTED.match(value.text):
            yield Secret("encrypted value", name, value.line)
        yield from _secrets(value)
    for element in node.elements:
        yield from _secrets(element)
