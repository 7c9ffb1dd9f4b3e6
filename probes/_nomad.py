"""Nomad jobs: groups, tasks, and what each task runs."""

from codegenie.formats import hcl
from codegenie.formats.hcl import Block, Expression

from ._container_facts import (
    UNRESOLVED,
    Facts,
    container_facts,
    first_of,
    image_fact,
    port_fact,
    probe_fact,
    setting,
    text_fact,
    variable,
    words_fact,
    workload_facts,
)


def nomad(path: str, content: bytes) -> dict[str, list[Facts]]:
    """The jobs of a file, a workload for each group; nothing where it has none.  Raises Unparsable."""
    return {
        "workloads": [
            _group(path, job, group)
            for job in hcl.parse(content).of_type("job")
            for group in [*job.of_type("group"), *([job] if any(job.of_type("task")) else ())]
        ]
    }


def _group(path: str, job: Block, group: Block) -> Facts:
    name = job.labels[0] if job.labels else None
    periodic = next(job.of_type("periodic"), None)
    is_group = group is not job and group.labels
    return workload_facts(
        "nomad",
        _text(job.attributes.get("type")) or "service",
        f"{name}.{group.labels[0]}" if is_group else name,
        path,
        group.line,
        namespace=_text(job.attributes.get("namespace")),
        replicas=_text(group.attributes.get("count")),
        schedule=_text(periodic.attributes.get("cron") or periodic.attributes.get("crons")) if periodic else None,
        containers=first_of(_task(task, group) for task in group.of_type("task")),
    )


def _task(task: Block, group: Block) -> Facts:
    config = next(task.of_type("config"), Block("config", (), task.line, {}, ()))
    return container_facts(
        task.labels[0] if task.labels else None,
        task.line,
        role=_role(task),
        image=_image(config.attributes.get("image")),
        command=_command(config.attributes.get("entrypoint")),
        args=_arguments(config.attributes.get("command"), config.attributes.get("args")),
        working_dir=_text(config.attributes.get("work_dir")),
        ports=first_of(_ports(task, config, group)),
        env=first_of(_env(task)),
        probes=first_of(_check(check) for service in _services(task, group) for check in service.of_type("check")),
        resources=[
            {"name": name, "request": _text(value), "limit": None, "line": value.line}
            for block in task.of_type("resources")
            for name, value in sorted(block.attributes.items())
        ],
        security=[
            setting(name, value.value, "container", value.line)
            for name, value in [*sorted(config.attributes.items()), *task.attributes.items()]
            if name in ("privileged", "readonly_rootfs", "user", "network_mode", "pid_mode") and value.is_literal
        ],
        mounts=first_of(_mount(mount) for mount in task.of_type("volume_mount")),
    )


def _role(task: Block) -> str:
    for lifecycle in task.of_type("lifecycle"):
        sidecar = lifecycle.attributes.get("sidecar")
        if sidecar and sidecar.value is True:
            return "sidecar"
        if _text(lifecycle.attributes.get("hook")) == "prestart":
            return "init"
    return "main"


def _arguments(command: Expression | None, args: Expression | None) -> Facts | None:
    """The command is the first of the words that take the place of the image's CMD."""
    if command is None or args is None or args.kind != "list":
        return _command(args if command is None else command)
    return words_fact([_text(command) or "", *(_text(item) or "" for item in args.items)], command.line)


def _ports(task: Block, config: Block, group: Block) -> list[Facts]:
    """The ports of the group that the task asks for by name, or that only it can have, and its own."""
    asked = config.attributes.get("ports")
    names = {_text(item) for item in asked.items} if asked else None
    is_alone = len(list(group.of_type("task"))) == 1
    shared = [port for network in group.of_type("network") for port in network.of_type("port")]
    own = [port for each in task.of_type("resources") for network in each.of_type("network") for port in network.blocks]
    known = [port for port in shared if (is_alone if names is None else names & set(port.labels))]
    return [_port(port) for port in [*known, *own] if port.labels]


def _port(port: Block) -> Facts:
    static = _text(port.attributes.get("static"))
    return port_fact(_text(port.attributes.get("to")) or static, port.line, name=port.labels[0], published=static)


def _services(task: Block, group: Block) -> list[Block]:
    """The services of the task, and of the group those that name it, or that only it can be meant by."""
    is_alone = len(list(group.of_type("task"))) == 1
    named = [
        service
        for service in group.of_type("service")
        if (_text(service.attributes.get("task")) or (task.labels[0] if is_alone and task.labels else None))
        in task.labels
    ]
    return [*named, *task.of_type("service")]


def _env(task: Block) -> list[Facts]:
    return [
        variable(name, "literal" if value.is_literal else "computed", value.line)
        for block in task.of_type("env")
        for name, value in block.attributes.items()
    ]


def _check(check: Block) -> Facts:
    method = _text(check.attributes.get("type")) or "unknown"
    return probe_fact(
        "health",
        "exec" if method == "script" else method,
        check.line,
        command=_command(check.attributes.get("command")),
        path=_text(check.attributes.get("path")),
        port=_text(check.attributes.get("port")),
        period=_text(check.attributes.get("interval")),
        timeout=_text(check.attributes.get("timeout")),
    )


def _mount(mount: Block) -> Facts:
    name = _text(mount.attributes.get("volume"))
    only = mount.attributes.get("read_only")
    return {
        "kind": "volume",
        "name": name,
        "source": name,
        "target": _text(mount.attributes.get("destination")),
        "read_only": bool(only and only.value is True),
        "line": mount.line,
    }


def _image(expression: Expression | None) -> Facts | None:
    if expression is None:
        return None
    if expression.is_literal and isinstance(expression.value, str):
        return image_fact(expression.value, expression.line)
    return image_fact(expression.text.strip('"'), expression.line) | UNRESOLVED


def _command(expression: Expression | None) -> Facts | None:
    if expression is None:
        return None
    if expression.kind == "list":
        return words_fact([_text(item) or "" for item in expression.items], expression.line)
    return text_fact(_text(expression) or "", expression.line)


def _text(expression: Expression | None) -> str | None:
    if expression is None or (expression.is_literal and expression.value is None):
        return None
    return str(expression.value) if expression.is_literal else expression.text.strip('"')
