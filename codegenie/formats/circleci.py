"""CircleCI's config: orbs, executors, reusable commands, jobs, and the workflows that run them."""

from collections.abc import Iterator

from codegenie.formats.ci_matrix import made_out
from codegenie.formats.pipelines import (
    Asked,
    Image,
    Job,
    Matrix,
    Open,
    Pipeline,
    Secret,
    Step,
    Stored,
    Trigger,
    Use,
    inputs_of,
    literals,
    script_of,
    short,
)
from codegenie.formats.yaml_nodes import Node, mapping, shown

_OWN_STEPS = frozenset({"run", "checkout", "setup_remote_docker", "save_cache", "restore_cache", "store_artifacts",
                        "store_test_results", "persist_to_workspace", "attach_workspace", "add_ssh_keys", "when",
                        "unless", "deploy", "setup_docker_layer_caching"})  # fmt: skip
_DEEPEST = 20  # `when` within `when`


def parse(content: bytes) -> tuple[Pipeline, ...]:
    """One pipeline for each workflow, one for jobs in none, one for reusable commands.  Raises Unparsable."""
    top = mapping(content)
    config = _Config(top)
    flows = {name: node for name, node in top["workflows"].pairs.items() if node.kind == "mapping"}
    found = [config.workflow(name, node) for name, node in flows.items()]
    used = {name for node in flows.values() for name, _ in _named(node["jobs"])}
    rest = tuple(config.job(name, node) for name, node in top["jobs"].pairs.items() if name not in used)
    parameters = tuple(sorted(top["parameters"].pairs))
    if rest or not found:
        found.append(Pipeline(kind="jobs in no workflow" if found else "pipeline", jobs=rest))
    if commands := tuple(config.command(name, node) for name, node in top["commands"].pairs.items()):
        found.append(Pipeline(kind="reusable commands", jobs=commands))
    first, *others = found
    whole = Pipeline(
        **{name: getattr(first, name) for name in ("kind", "name", "triggers", "jobs", "secrets", "not_resolved")},
        parameters=parameters,
        uses=tuple(_orbs(top["orbs"])),
    )
    return (whole, *others)


class _Config:
    """What jobs may refer to by name."""

    def __init__(self, top: Node) -> None:
        self._top = top

    def workflow(self, name: str, node: Node) -> Pipeline:
        jobs, secrets, left = [], [], []
        for job, use in _named(node["jobs"]):
            jobs.append(self._run(job, use))
            secrets += [Secret("context", context, use["context"].line) for context in use["context"].texts]
            left += [Open("orb job", job, use.line)] if "/" in job and job not in self._top["jobs"].pairs else []
        triggers = [
            Trigger("schedule", each["schedule"].line, (("cron", each["schedule"]["cron"].texts),))
            for each in node["triggers"].elements
        ]
        triggers += [
            Trigger(key, node[key].line, (("condition", (short(shown(node[key])) or "",)),))
            for key in ("when", "unless")
            if node[key]
        ]
        return Pipeline(
            kind="workflow", name=name, triggers=tuple(triggers), jobs=tuple(jobs), secrets=tuple(secrets),
            not_resolved=tuple(left),
        )  # fmt: skip

    def _run(self, name: str, use: Node) -> Job:
        job = self.job(name, self._top["jobs"][name])
        filters = tuple(
            (f"{kind}.{key}", value.texts)
            for kind, value in use["filters"].pairs.items()
            for key, value in value.pairs.items()
        )
        approval = use["type"].text == "approval"
        orb = "/" in name and name not in self._top["jobs"].pairs
        needs = tuple(text for each in use["requires"].elements for text in (each.texts or tuple(each.pairs)))
        return Job(
            **{slot: getattr(job, slot) for slot in _KEPT},
            name=use["name"].text or name,
            line=job.line or use.line,
            needs=needs,
            matrix=_matrix(use["matrix"]),
            condition="approval" if approval else None,
            triggers=(Trigger("filters", use["filters"].line, filters),) if filters else (),
            calls=Use("orb job", name, None, use.line) if orb else None,
        )

    def job(self, name: str, node: Node) -> Job:
        """A job by its definition, with the executor that it names."""
        executor = node["executor"]
        named = self._top["executors"][executor.text or executor["name"].text or ""]
        runs = node if any(node[key] for key in ("docker", "machine", "macos")) else named
        env = literals(named["environment"], node["environment"])
        shell = short(node["shell"].text or named["shell"].text)
        steps = tuple(_steps(node["steps"], shell, env))
        labels = tuple(_runner(runs, node["resource_class"].text or named["resource_class"].text, executor))
        return Job(
            name=name,
            line=node.line,
            runner=labels,
            runner_line=next((runs[key].line for key in ("docker", "machine", "macos") if runs[key]), executor.line)
            or None,
            images=tuple(_images(runs["docker"])),
            steps=steps,
            caches=tuple(_stored(node["steps"], ("save_cache", "restore_cache"), "key")),
            artifacts=tuple(_stored(node["steps"], ("store_artifacts", "persist_to_workspace"), "destination")),
            asked=tuple(_asked(runs)),
        )

    def command(self, name: str, node: Node) -> Job:
        return self.job(name, node)


_KEPT = ("title", "stage", "runner", "runner_line", "images", "steps", "caches", "artifacts", "asked")


def _named(jobs: Node) -> Iterator[tuple[str, Node]]:
    """The jobs of a workflow: a name, or a name with what it is given."""
    for each in jobs.elements:
        if each.text is not None:
            yield each.text, Node(each.line)
        for name, given in each.pairs.items():
            yield name, given if given.kind == "mapping" else Node(each.line)


def _orbs(orbs: Node) -> Iterator[Use]:
    for name, node in orbs.pairs.items():
        if node.text is not None:
            orb, _, version = node.text.partition("@")
            yield Use("orb", orb, version or None, node.line)
        else:
            yield Use("inline orb", name, None, node.line)


def _runner(runs: Node, size: str | None, executor: Node) -> Iterator[str]:
    for key in ("docker", "machine", "macos"):
        if runs[key]:
            image = runs[key]["image"].text
            yield f"{key}: {image}" if image else key
            break
    else:
        if name := executor.text or executor["name"].text:
            yield f"executor: {name}"
    if size:
        yield size


def _images(docker: Node) -> Iterator[Image]:
    """The first image is the job's own, the others run beside it."""
    for at, each in enumerate(docker.elements):
        if (image := each["image"]).text:
            yield Image("service" if at else "job", image.text.strip(), image.line)


def _asked(runs: Node) -> Iterator[Asked]:
    if (xcode := runs["macos"]["xcode"]).text:
        yield Asked("xcode", "macos.xcode", xcode.text, None, xcode.line)


def _flat(steps: Node, depth: int = 0) -> Iterator[tuple[str, Node]]:
    """The steps in their order, those under `when` and `unless` too."""
    for step in steps.elements:
        if step.text is not None:
            yield step.text, Node(step.line)
        for name, given in step.pairs.items():
            if name in ("when", "unless") and depth < _DEEPEST:
                yield from _flat(given["steps"], depth + 1)
            else:
                yield name, given


def _steps(steps: Node, shell: str | None, env: tuple[tuple[str, str], ...]) -> Iterator[Step]:
    for name, given in _flat(steps):
        if name in ("run", "deploy"):
            script = given if given.text is not None else given["command"]
            own = given["shell"].text or shell
            yield Step(
                line=script.line or given.line,
                name=short(given["name"].text),
                commands=script_of([script], shell=own),
                shell=short(own),
                directory=short(given["working_directory"].text),
                variables=env,
                condition=short(given["when"].text),
            )
        elif name not in _OWN_STEPS:
            kind = "orb command" if "/" in name else "reusable command"
            yield Step(line=given.line, uses=Use(kind, name, None, given.line), inputs=inputs_of(given))


def _stored(steps: Node, names: tuple[str, ...], key: str) -> Iterator[Stored]:
    for name, given in _flat(steps):
        if name in names:
            paths = (*given["paths"].texts, *given["path"].texts)
            yield Stored(name, short(shown(given[key] or given["keys"])) or None, paths, given.line)


def _matrix(node: Node) -> Matrix | None:
    axes = node["parameters"].pairs
    if not axes:
        return None
    written = tuple(
        (name, short(shown(value)) or "") for name, value in (*axes.items(), *node["exclude"].pairs.items())
    )
    return made_out(node.line, written, axes, node["exclude"].elements)
