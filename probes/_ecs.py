"""Containers of Amazon ECS tasks, in JSON (`containerDefinitions`) and in CloudFormation (`ContainerDefinitions`)."""

from collections.abc import Iterator

from ._container_facts import (
    UNRESOLVED,
    Facts,
    command_fact,
    container_facts,
    first_of,
    image_fact,
    image_of,
    port_fact,
    probe_fact,
    setting,
    text_fact,
    variable,
)
from ._functions import written
from ._lined import Node


def task_container(node: Node) -> Facts:
    """One container definition, whose keys begin with either case."""
    health = _key(node, "healthCheck")
    return container_facts(
        _key(node, "name").text,
        node.line,
        image=image_fact_of(_key(node, "image")),
        command=_command(_key(node, "entryPoint")),
        args=_command(_key(node, "command")),
        working_dir=_key(node, "workingDirectory").text,
        ports=first_of(_ports(_key(node, "portMappings"))),
        env=first_of(_env(node)),
        probes=[_health(health)] if health.is_mapping else [],
        resources=first_of(_resources(node)),
        security=first_of(_security(node)),
        mounts=first_of(_mounts(_key(node, "mountPoints"))),
    )


def image_fact_of(node: Node) -> Facts | None:
    """An image that a template may compute."""
    if node and node.text is None:
        shown = written(node)
        return image_fact(shown["written"] if shown else "", node.line) | UNRESOLVED
    return image_of(node)


def _key(node: Node, name: str) -> Node:
    return node.first(name, name[0].upper() + name[1:])


def _command(node: Node) -> Facts | None:
    return command_fact(node) if not node.is_mapping else None


def _ports(ports: Node) -> Iterator[Facts]:
    for entry in ports.elements():
        if port := _key(entry, "containerPort").text:
            protocol, published = _key(entry, "protocol").text, _key(entry, "hostPort").text
            yield port_fact(
                port, entry.line, name=_key(entry, "name").text, protocol=protocol or "tcp", published=published
            )


def _env(node: Node) -> Iterator[Facts]:
    for entry in _key(node, "environment").elements():
        if name := _key(entry, "name").text:
            value = _key(entry, "value")
            is_literal = value.text is not None and not value.tag
            yield variable(name, "literal" if is_literal else "computed", entry.line)
    for entry in _key(node, "secrets").elements():
        if name := _key(entry, "name").text:
            yield variable(name, "secret", entry.line)


def _health(health: Node) -> Facts:
    command = command_fact(_key(health, "command"))
    is_shell = bool(command and command["words"][:1] == ["CMD-SHELL"])
    if command and is_shell:
        command = text_fact(" ".join(command["words"][1:]), command["line"])
    elif command and command["words"][:1] == ["CMD"]:
        command = command | {"words": command["words"][1:]}
    return probe_fact(
        "health",
        "shell" if is_shell else "exec",
        health.line,
        command=command,
        initial_delay=_key(health, "startPeriod").text,
        period=_key(health, "interval").text,
        timeout=_key(health, "timeout").text,
        failure_threshold=_key(health, "retries").text,
    )


def _resources(node: Node) -> Iterator[Facts]:
    for name, asked, allowed in (("cpu", "cpu", ""), ("memory", "memoryReservation", "memory")):
        request = _key(node, asked)
        limit = _key(node, allowed) if allowed else Node(None, None)
        if request.text or limit.text:
            line = request.line if request else limit.line
            yield {"name": name, "request": request.text, "limit": limit.text, "line": line}


def _security(node: Node) -> Iterator[Facts]:
    for name in ("privileged", "readonlyRootFilesystem", "user"):
        value = _key(node, name)
        if value.text is not None:
            yield setting(name, value.value, "container", value.line)


def _mounts(points: Node) -> Iterator[Facts]:
    for entry in points.elements():
        name = _key(entry, "sourceVolume").text
        yield {
            "kind": "volume",
            "name": name,
            "source": name,
            "target": _key(entry, "containerPath").text,
            "read_only": _key(entry, "readOnly").truth is True,
            "line": entry.line,
        }
