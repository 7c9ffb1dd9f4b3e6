"""Azure Pipelines: stages, jobs and steps, also those of a template, with `${{ if }}` and `${{ each }}` seen through.

What stands under such an expression is taken as if it were there, with the expression as its condition.
"""

from collections.abc import Iterator

from codegenie.formats.ci_matrix import matrix
from codegenie.formats.pipelines import (
    Image,
    Job,
    Matrix,
    Open,
    Pipeline,
    Secret,
    Step,
    Trigger,
    Use,
    inputs_of,
    is_computed,
    literals,
    script_of,
    short,
)
from codegenie.formats.yaml_nodes import NOTHING, Node, mapping, shown

_SCRIPTS = {"script": None, "bash": "bash", "pwsh": "pwsh", "powershell": "powershell"}
_TASK_SCRIPTS = {"CmdLine": None, "Bash": "bash", "PowerShell": "pwsh", "ShellScript": "bash"}
_HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")
_DEEPEST = 20  # expressions within expressions

Found = tuple[Node, str | None]
"""An element of a list, and the expression that it depends on."""


def parse(content: bytes) -> Pipeline:
    """Read a pipeline or a template.  Raises Unparsable."""
    top = mapping(content)
    jobs: list[Job] = []
    stages: list[str] = []
    for holder in (top, top["extends"]["parameters"]):
        for stage, condition in _stages(holder):
            stages += stage["stage"].texts
            jobs += [_in_stage(job, stage, condition) for job in _jobs(stage, top)]
        jobs += _jobs(holder, top)
    started = any(key in top.pairs for key in ("trigger", "pr", "schedules", "extends", "resources", "pool"))
    return Pipeline(
        kind="pipeline" if started or "parameters" not in top.pairs else "template",
        name=short(top["name"].text),
        triggers=tuple(_triggers(top)),
        stages=tuple(stages),
        parameters=tuple(_parameters(top["parameters"])),
        jobs=tuple(jobs),
        uses=tuple(_templates(top)),
        secrets=tuple(_groups(top)),
        not_resolved=tuple(_left_open(top)),
    )


def _elements(node: Node, condition: str | None = None, depth: int = 0) -> Iterator[Found]:
    """The elements of a list, those under expressions too."""
    for element in node.elements:
        expressions = [key for key in element.pairs if key.startswith("${{")]
        if not expressions:
            yield element, condition
        for key in expressions:
            if depth < _DEEPEST:
                both = f"{condition} {key}" if condition else key
                yield from _elements(element.pairs[key], short(both), depth + 1)


def _stages(node: Node) -> Iterator[Found]:
    """The stages, those too that are handed to a template."""
    for stage, condition in _elements(node["stages"]):
        if "template" in stage.pairs:
            yield from _stages(stage["parameters"])
        else:
            yield stage, condition


def _jobs(node: Node, top: Node) -> Iterator[Job]:
    """The jobs, those too that are handed to a template; steps without a job are one."""
    for job, condition in _elements(node["jobs"]):
        if "template" in job.pairs:
            yield from _jobs(job["parameters"], top)
        if any(key in job.pairs for key in ("job", "deployment")):
            yield _job(job, condition, node, top)
    if node["steps"]:
        yield _job(node.with_pairs({key: node[key] for key in _OF_ONE_JOB if node[key]}), None, NOTHING, top)


_OF_ONE_JOB = ("pool", "steps", "strategy", "container", "services", "variables")


def _job(node: Node, condition: str | None, around: Node, top: Node) -> Job:
    pool = node["pool"] or around["pool"] or top["pool"]
    steps = node["steps"]
    hooks = [
        step
        for strategy in node["strategy"].pairs.values()
        for hook in (*_HOOKS, "on")
        for step in (strategy[hook]["steps"], *(each["steps"] for each in strategy[hook].pairs.values()))
        if step.kind == "list"
    ]
    env = literals(top["variables"], node["variables"])
    environment = node["environment"]
    shell = "cmd" if any("windows" in label.lower() for label in _pool(pool)) else None
    name = node["job"].text or node["deployment"].text
    return Job(
        name=name or "job",
        line=(node["job"].line or node["deployment"].line or node["steps"].line or node.line),
        title=short(node["displayName"].text),
        runner=tuple(_pool(pool)),
        runner_line=pool.line or None,
        images=tuple(_images(node)),
        services=tuple(node["services"].pairs),
        matrix=_matrix(node["strategy"]["matrix"]),
        needs=node["dependsOn"].texts,
        condition=short(node["condition"].text or condition),
        environment=short(environment.text or environment["name"].text),
        environment_line=environment.line or None,
        steps=tuple(step for group in (steps, *hooks) for step in _steps(group, env, shell)),
        allowed_to_fail=node["continueOnError"].is_true,
    )


def _in_stage(job: Job, stage: Node, condition: str | None) -> Job:
    return job._replace(
        stage=short(stage["stage"].text),
        condition=job.condition or short(stage["condition"].text or condition),
    )


def _pool(pool: Node) -> tuple[str, ...]:
    """The image that the pool's machines start from, or the pool's name and what it demands."""
    image, name = pool["vmImage"].text, pool.text or pool["name"].text
    demands = tuple(f"demands: {short(text)}" for text in pool["demands"].texts)
    return tuple(each for each in (name, image, *demands) if each)


def _images(node: Node) -> Iterator[Image]:
    container = node["container"]
    image = container if container.text is not None else container["image"]
    if image.text:
        yield Image("job", image.text.strip(), image.line)
    for service in node["services"].pairs.values():
        name = service if service.text is not None else service["image"]
        if name.text:
            yield Image("service", name.text.strip(), name.line)


def _matrix(node: Node) -> Matrix | None:
    if not node:
        return None
    written = tuple((name, short(shown(value)) or "") for name, value in node.pairs.items())
    if any(name.startswith("${{") for name in node.pairs) or any(
        is_computed(each.text or "") for each in node.scalars()
    ):
        return matrix(node.line, written, None)
    made = [{key: value.text or "" for key, value in each.pairs.items()} for each in node.pairs.values()]
    return matrix(node.line, written, made if node.kind == "mapping" else None)


def _steps(steps: Node, env: tuple[tuple[str, str], ...], shell: str | None) -> Iterator[Step]:
    for step, condition in _elements(steps):
        given = inputs_of(step["inputs"])
        common = {
            "name": short(step["displayName"].text),
            "condition": short(step["condition"].text or condition),
            "directory": short(step["workingDirectory"].text or step["inputs"]["workingDirectory"].text),
            "variables": env,
        }
        for key, own in _SCRIPTS.items():
            if (script := step[key]).text is not None:
                named = own or shell
                yield Step(line=script.line, commands=script_of([script], shell=named), shell=named, **common)  # type: ignore[arg-type]
        if (task := step["task"]).text is not None:
            name, _, version = task.text.partition("@")
            script = step["inputs"]["script"]
            named = _TASK_SCRIPTS.get(name, shell) or shell
            commands = script_of([script], shell=named) if name in _TASK_SCRIPTS else ()
            use = Use("task", name, version or None, task.line)
            yield Step(line=task.line, uses=use, inputs=given, commands=commands, shell=None, **common)  # type: ignore[arg-type]


def _templates(node: Node) -> Iterator[Use]:
    """Every `template`, wherever it stands: below `extends`, `variables`, `stages`, `jobs` or `steps`."""
    found = node["template"]
    if found.text is not None and node.kind == "mapping":
        path, _, repository = found.text.partition("@")
        yield Use("template", path, repository or None, found.line)
    for below in node.elements:
        yield from _templates(below)
    for key, below in node.pairs.items():
        if key not in ("inputs", "script"):
            yield from _templates(below)


def _groups(node: Node) -> Iterator[Secret]:
    for variables in _anywhere(node, "variables"):
        for each, _ in _elements(variables):
            if (group := each["group"]).text is not None:
                yield Secret("variable group", group.text, group.line)


def _anywhere(node: Node, key: str) -> Iterator[Node]:
    for name, below in node.pairs.items():
        if name == key:
            yield below
        yield from _anywhere(below, key)
    for below in node.elements:
        yield from _anywhere(below, key)


def _parameters(node: Node) -> Iterator[str]:
    yield from sorted(node.pairs)
    for each in node.elements:
        yield from each["name"].texts


def _triggers(top: Node) -> Iterator[Trigger]:
    for key, event in (("trigger", "push"), ("pr", "pull request")):
        node = top[key]
        if node.text is not None or node.kind == "list":
            yield Trigger(event, node.line, (("branches", node.texts),))
        elif node.pairs:
            filters = [
                (f"{name}.{side}" if side else name, value.texts)
                for name, below in node.pairs.items()
                for side, value in (below.pairs.items() if below.pairs else ((None, below),))
            ]
            yield Trigger(event, node.line, tuple(filters))
    for each in top["schedules"].elements:
        yield Trigger("schedule", each.line, (("cron", each["cron"].texts),))
    for kind in ("pipelines", "containers"):
        for each in top["resources"][kind].elements:
            if each["trigger"]:
                yield Trigger(f"resource: {kind}", each.line, (("name", each["source"].texts or each["image"].texts),))


def _left_open(top: Node) -> Iterator[Open]:
    for each in top["resources"]["repositories"].elements:
        name = each["name"].text or each["repository"].text or ""
        ref = f"@{each['ref'].text}" if each["ref"].text else ""
        yield Open("repository that templates come from", short(name + ref) or "", each.line)
