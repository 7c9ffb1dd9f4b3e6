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
    hooks = [_text(hook.attributes.get("hook")) for hook in task.of_type("lifecycle")]
    services = [*group.of_type("service"), *task.of_type("service")]
    return container_facts(
        task.labels[0] if task.labels else None,
        task.line,
        role="init" if "prestart" in hooks else "main",
        image=_image(config.attributes.get("image")),
        command=_command(config.attributes.get("entrypoint") or config.attributes.get("command")),
        args=_command(config.attributes.get("args")),
        working_dir=_text(config.attributes.get("work_dir")),
        ports=first_of(_ports(group)),
        env=first_of(_env(task)),
        probes=first_of(_check(check) for service in services for check in service.of_type("check")),
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


def _ports(group: Block) -> list[Facts]:
    return [
        port_fact(
            _text(port.attributes.get("to") or port.attributes.get("static")),
            port.line,
            name=port.labels[0] if port.labels else None,
            published=_text(port.attributes.get("static")),
        )
        for network in group.of_type("network")
        for port in network.of_type("port")
    ]


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
