"""Terraform: providers, modules and resources, and the attributes that say what runs; nothing is evaluated."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import hcl
from codegenie.formats.hcl import Block, Expression
from codegenie.formats.unparsable import Unparsable

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
from ._ecs import task_container
from ._functions import function_facts, written_fact
from ._lined import Node, json_node, json_value

# What says which software runs, by the names that the large providers use.
_TELLING = frozenset({
    "ami", "architectures", "container_image", "database_version", "engine", "engine_version", "image", "image_name",
    "image_tag", "image_uri", "instance_class", "instance_type", "kubernetes_version", "machine_type", "node_type",
    "node_version", "os_type", "platform_version", "python_version", "runtime", "runtime_version", "stack",
})  # fmt: skip
_FUNCTIONS = frozenset({"aws_lambda_function", "google_cloudfunctions_function", "google_cloudfunctions2_function"})
_CLUSTER_WORKLOADS = (
    "deployment",
    "stateful_set",
    "daemonset",
    "daemon_set",
    "pod",
    "job",
    "cron_job",
    "replication_controller",
)
_LONGEST_WAY = 200  # characters
MOST_RESOURCES = 500  # of a file


def terraform(path: str, content: bytes) -> dict[str, list[Facts]]:
    """One file of Terraform or OpenTofu.  Raises Unparsable."""
    file = _from_json(content) if path.endswith(".json") else hcl.parse(content)
    found: dict[str, list[Facts]] = {"terraform": [_file_facts(path, file)]}
    for block in file.of_type("resource"):
        kind = block.labels[0] if block.labels else ""
        if kind in _FUNCTIONS:
            found.setdefault("functions", []).append(_function(path, block))
        elif workload := _workload(path, kind, block):
            found.setdefault("workloads", []).append(workload)
    return found


def _file_facts(path: str, file: Block) -> Facts:
    settings = list(file.of_type("terraform"))
    backends = [inner for block in settings for inner in block.of_type("backend", "cloud")]
    resources = [_resource(block) for block in file.of_type("resource", "data")]
    return {
        "path": path,
        "required_version": next(
            (
                _text(block.attributes["required_version"])
                for block in settings
                if "required_version" in block.attributes
            ),
            None,
        ),
        "backend": next((block.labels[0] if block.labels else block.type for block in backends), None),
        "providers": first_of([*_required(settings), *_configured(file)]),
        "modules": first_of(_modules(file)),
        "resources": resources[:MOST_RESOURCES],
        "attributes": first_of(_attributes(file)),
    }


def _version(settings: Block) -> str | None:
    return _text(settings.attributes.get("required_version"))


def _required(settings: list[Block]) -> Iterator[Facts]:
    for block in (inner for each in settings for inner in each.of_type("required_providers")):
        for name, expression in block.attributes.items():
            source, version = expression.get("source"), expression.get("version")
            if expression.kind != "object":  # the way of Terraform 0.12: only a version
                source, version = None, expression
            yield {"name": name, "source": _text(source), "version": _text(version), "line": expression.line}


def _configured(file: Block) -> Iterator[Facts]:
    for block in file.of_type("provider"):
        if block.labels:
            version = block.attributes.get("version")
            yield {"name": block.labels[0], "source": None, "version": _text(version), "line": block.line}


def _modules(file: Block) -> Iterator[Facts]:
    for block in file.of_type("module"):
        source, version = block.attributes.get("source"), block.attributes.get("version")
        yield {
            "name": block.labels[0] if block.labels else "",
            "source": _text(source),
            "version": _text(version),
            "line": block.line,
        }


def _resource(block: Block) -> Facts:
    kind, name = (*block.labels, "", "")[:2]
    return {"mode": "data" if block.type == "data" else "managed", "type": kind, "name": name, "line": block.line}


def _attributes(file: Block) -> Iterator[Facts]:
    for block in file.of_type("resource", "module"):
        of = ".".join(block.labels) if block.type == "resource" else f"module.{'.'.join(block.labels)}"
        for name, expression in _named(block):
            fact = written_fact(_text(expression) or "", expression.is_literal, expression.line)
            yield {"of": of, "name": name, **fact}


def _named(block: Block) -> Iterator[tuple[str, Expression]]:
    """The telling attributes of a block and of all that is nested in it, with the dotted way to those in objects."""
    waiting: list[tuple[str, Expression]] = []
    blocks = [block]
    while blocks:
        one = blocks.pop()
        blocks += reversed(one.blocks)
        waiting += reversed(one.attributes.items())
        while waiting:
            name, expression = waiting.pop()
            if expression.kind in ("object", "list", "call"):
                keys = expression.keys or range(len(expression.items))
                inner = zip(keys, expression.items, strict=False)
                waiting += reversed([(f"{name}.{key}", item) for key, item in inner if len(name) < _LONGEST_WAY])
            elif name.rpartition(".")[2] in _TELLING:
                yield name, expression


def _function(path: str, block: Block) -> Facts:
    attributes = block.attributes
    build = next(block.of_type("build_config"), None)
    known = {**(build.attributes if build else {}), **attributes}
    environment = next(block.of_type("environment"), None)
    values = environment.attributes.get("variables") if environment else attributes.get("environment_variables")
    return function_facts(
        "terraform",
        f"{'.'.join(block.labels)}",
        path,
        block.line,
        runtime=_written(known.get("runtime")),
        handler=_written(known.get("handler") or known.get("entry_point")),
        image=_image(known.get("image_uri")),
        package_type=_literal_text(known.get("package_type")),
        architectures=[str(item.value) for item in _items(known.get("architectures")) if item.is_literal],
        memory=_text(known.get("memory_size") or known.get("available_memory_mb")),
        timeout=_text(known.get("timeout")),
        env=first_of(_variables(values)),
    )


def _variables(values: Expression | None) -> Iterator[Facts]:
    for name, value in zip(values.keys, values.items, strict=False) if values else ():
        yield variable(name, "literal" if value.is_literal else "computed", value.line)


def _workload(path: str, kind: str, block: Block) -> Facts | None:
    name = block.labels[1] if len(block.labels) > 1 else None
    if kind == "aws_ecs_task_definition":
        definitions = block.attributes.get("container_definitions")
        return workload_facts("terraform", kind, name, path, block.line, containers=_definitions(definitions))
    if kind.startswith("kubernetes_") and kind.removeprefix("kubernetes_").removesuffix("_v1") in _CLUSTER_WORKLOADS:
        found = _deep(block, "init_container", "container")
    elif kind.startswith("google_cloud_run"):
        found = _deep(block, "containers")
    else:
        found = [block] if kind == "docker_container" else []
    if not found:
        return None
    containers = first_of(_cluster_container(each) for each in found)
    return workload_facts("terraform", kind, name, path, block.line, containers=containers)


def _definitions(expression: Expression | None) -> list[Facts]:
    """The containers of a task, where they are written out: as `jsonencode([...])` or as JSON in a text."""
    if expression is None:
        return []
    if expression.kind == "call" and expression.name == "jsonencode" and expression.items:
        return first_of(_definition(item) for item in _items(expression.items[0]) if item.kind == "object")
    if expression.is_literal and isinstance(expression.value, str):
        try:
            node = json_value(expression.value.encode("utf-8", "replace"))
        except Unparsable:
            return []
        return first_of(_moved(task_container(entry), expression.line) for entry in node.elements() if entry.is_mapping)
    return []


def _moved(container: Facts, before: int) -> Facts:
    """The container with lines of the file: those within a heredoc start after its first."""

    def shifted(value: Any) -> Any:
        if isinstance(value, list):
            return [shifted(item) for item in value]
        if isinstance(value, dict):
            return {
                key: item + before if key == "line" and isinstance(item, int) else shifted(item)
                for key, item in value.items()
            }
        return value

    moved: Facts = shifted(container)
    return moved


def _definition(item: Expression) -> Facts:
    ports = [_port(entry) for entry in _items(item.get("portMappings"))]
    env = [
        variable(name, how, entry.line, _text(entry.get("valueFrom")) if how == "secret" else None)
        for field, how in (("environment", "literal"), ("secrets", "secret"))
        for entry in _items(item.get(field))
        if (name := _text(entry.get("name")))
    ]
    security = [
        setting(name, found.value, "container", found.line)
        for name in ("privileged", "readonlyRootFilesystem", "user")
        if (found := item.get(name)) and found.is_literal
    ]
    health = item.get("healthCheck")
    return container_facts(
        _text(item.get("name")),
        item.line,
        image=_image(item.get("image")),
        command=_command(item.get("entryPoint")),
        args=_command(item.get("command")),
        ports=first_of(port for port in ports if port),
        env=first_of(env),
        security=security,
        probes=[probe_fact("health", "exec", health.line, command=_command(health.get("command")))] if health else [],
    )


def _port(entry: Expression) -> Facts | None:
    port = _text(entry.get("containerPort"))
    protocol, published = _text(entry.get("protocol")), _text(entry.get("hostPort"))
    return port_fact(port, entry.line, protocol=protocol or "tcp", published=published) if port else None


def _cluster_container(block: Block) -> Facts:
    ports = [
        port_fact(_text(port.attributes.get("container_port") or port.attributes.get("internal")), port.line)
        for port in block.of_type("port", "ports")
    ]
    return container_facts(
        _text(block.attributes.get("name")),
        block.line,
        role="init" if block.type == "init_container" else "main",
        image=_image(block.attributes.get("image")),
        command=_command(block.attributes.get("command")),
        args=_command(block.attributes.get("args")),
        ports=first_of(port for port in ports if port["port"]),
        env=first_of(_cluster_variable(each) for each in block.of_type("env") if "name" in each.attributes),
        security=[
            setting(name, value.value, "container", value.line)
            for context in block.of_type("security_context")
            for name, value in sorted(context.attributes.items())
            if value.is_literal
        ],
    )


def _cluster_variable(block: Block) -> Facts:
    how = "literal" if "value" in block.attributes else "unknown"
    source = key = None
    for reference in _deep(block, "secret_key_ref", "config_map_key_ref", "field_ref"):
        how = {"secret_key_ref": "secret", "config_map_key_ref": "config_map"}.get(reference.type, "field")
        source = _text(reference.attributes.get("name"))
        key = _text(reference.attributes.get("key") or reference.attributes.get("field_path"))
    return variable(_text(block.attributes["name"]) or "", how, block.line, source, key)


def _deep(block: Block, *types: str) -> list[Block]:
    """The blocks of these types within, at any depth, in order; not those within one another."""
    found: list[Block] = []
    for inner in block.blocks:
        found += [inner] if inner.type in types else _deep(inner, *types)
    return found


def _command(expression: Expression | None) -> Facts | None:
    if expression is None:
        return None
    if expression.kind != "list":
        return text_fact(expression.text, expression.line)
    return words_fact([_text(item) or "" for item in expression.items], expression.line)


def _image(expression: Expression | None) -> Facts | None:
    if expression is None:
        return None
    if expression.is_literal:
        return image_fact(str(expression.value), expression.line) if expression.value else None
    return image_fact(expression.text.strip('"'), expression.line) | UNRESOLVED


def _written(expression: Expression | None) -> Facts | None:
    return written_fact(_text(expression) or "", expression.is_literal, expression.line) if expression else None


def _text(expression: Expression | None) -> str | None:
    """A literal's value as text; of anything else what is written, without the quotes of a template."""
    if expression is None or (expression.is_literal and expression.value is None):
        return None
    if not expression.is_literal:
        return (
            expression.text[1:-1] if expression.kind == "template" and expression.text[:1] == '"' else expression.text
        )
    return str(expression.value).lower() if isinstance(expression.value, bool) else str(expression.value)


def _literal_text(expression: Expression | None) -> str | None:
    return _text(expression) if expression and expression.is_literal else None


def _items(expression: Expression | None) -> tuple[Expression, ...]:
    return expression.items if expression and expression.kind == "list" else ()


def _from_json(content: bytes) -> Block:
    """The JSON form of the language: each level of labels is an object.  Raises Unparsable."""
    return _json_block("", (), json_node(content))


_LABELS = {"resource": 2, "data": 2, "module": 1, "provider": 1, "variable": 1, "output": 1, "backend": 1}
_INNER = {"": (*_LABELS, "terraform", "locals"), "terraform": ("backend", "required_providers", "cloud")}


def _json_block(type_: str, labels: tuple[str, ...], node: Node) -> Block:
    attributes: dict[str, Expression] = {}
    blocks: list[Block] = []
    for key, value in node.items():
        if key in _INNER.get(type_, ()) or (type_ in ("resource", "data") and key in ("environment", "build_config")):
            for entry in value.elements_or_self():
                blocks += _json_labelled(key, (), entry, _LABELS.get(key, 0))
        else:
            attributes[key] = _json_expression(value)
    return Block(type_, labels, node.line or 1, attributes, tuple(blocks))


def _json_labelled(type_: str, labels: tuple[str, ...], node: Node, missing: int) -> list[Block]:
    if not missing:
        return [_json_block(type_, labels, each) for each in node.elements_or_self() if each.is_mapping]
    return [
        block
        for label, inner in node.items()
        for entry in inner.elements_or_self()
        for block in _json_labelled(type_, (*labels, label), entry, missing - 1)
    ]


def _json_expression(node: Node) -> Expression:
    line = node.line or 1
    if node.is_mapping:
        pairs = [(key, _json_expression(value)) for key, value in node.items()]
        return Expression(
            "object", "", line, keys=tuple(key for key, _ in pairs), items=tuple(item for _, item in pairs)
        )
    if isinstance(node.value, list):
        return Expression("list", "", line, items=tuple(_json_expression(item) for item in node.elements()))
    if isinstance(node.value, str) and ("${" in node.value or "%{" in node.value):
        return Expression("template", f'"{node.value[: hcl.LONGEST]}"', line)
    return Expression("literal", str(node.value)[: hcl.LONGEST], line, value=node.value)
