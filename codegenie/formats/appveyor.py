"""appveyor.yml: one job on each image, with its scripts."""

from collections.abc import Iterator

from codegenie.formats.ci_matrix import combinations, matrix
from codegenie.formats.pipelines import Job, Matrix, Pipeline, Secret, Step, Stored, Trigger, script_of, short
from codegenie.formats.shell_lines import Command
from codegenie.formats.yaml_nodes import Node, mapping, shown

_PHASES = ("init", "install", "before_build", "build_script", "after_build", "before_test", "test_script", "after_test",
           "before_package", "before_deploy", "deploy_script", "after_deploy", "on_success", "on_finish")  # fmt: skip
_SHELLS = {"ps": "powershell", "pwsh": "pwsh", "cmd": "cmd", "sh": "bash", "bash": "bash"}


def parse(content: bytes) -> Pipeline:
    """Read the file.  Raises Unparsable."""
    top = mapping(content)
    image = top["image"]
    windows = not any("ubuntu" in text.lower() or "macos" in text.lower() for text in image.texts)
    steps = [
        Step(line=top[phase].line, name=phase, commands=commands)
        for phase in _PHASES
        for commands in _scripts(top[phase], "cmd" if windows else "bash")
    ]
    cache, artifacts = top["cache"], top["artifacts"]
    job = Job(
        name="build",
        line=0,
        runner=image.texts,
        runner_line=image.line or None,
        matrix=_matrix(top),
        steps=tuple(steps),
        caches=(Stored("cache", None, cache.texts, cache.line),) if cache.texts else (),
        artifacts=tuple(
            Stored("artifacts", short(each["name"].text), each["path"].texts, each.line) for each in artifacts.elements
        ),
    )
    return Pipeline(kind="pipeline", triggers=tuple(_triggers(top)), jobs=(job,), secrets=tuple(_secrets(top)))


def _scripts(node: Node, shell: str) -> Iterator[tuple[Command, ...]]:
    for each in node.several:
        if each.text is not None:
            yield script_of([each], shell=shell)
        for name, value in each.pairs.items():
            if name in _SHELLS:
                yield script_of([value], shell=_SHELLS[name])


def _matrix(top: Node) -> Matrix | None:
    """The axes of more than one value; of the environment's rows without the secret ones."""
    rows = top["environment"]["matrix"]
    axes = {name: top[name].elements for name in ("image", "platform", "configuration") if len(top[name].elements) > 1}
    plain = tuple(each for each in rows.elements if not any(value["secure"] for value in each.pairs.values()))
    if len(plain) > 1:
        axes["environment"] = plain
    if not axes:
        return None
    written = tuple((name, short(", ".join(shown(each) for each in values)) or "") for name, values in axes.items())
    return matrix(next(iter(axes.values()))[0].line, written, combinations(axes))


def _triggers(top: Node) -> Iterator[Trigger]:
    if branches := top["branches"]:
        yield Trigger("branches", branches.line, tuple((key, value.texts) for key, value in branches.pairs.items()))
    if top["skip_tags"].is_true:
        yield Trigger("skip_tags", top["skip_tags"].line)


def _secrets(node: Node) -> Iterator[Secret]:
    for name, value in node.pairs.items():
        if value["secure"]:
            yield Secret("encrypted value", name, value.line)
        yield from _secrets(value)
    for element in node.elements:
        yield from _secrets(element)
