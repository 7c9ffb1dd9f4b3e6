"""CloudFormation and SAM templates, and the Serverless Framework: functions, tasks, and resources by type."""

from collections import Counter
from collections.abc import Iterator

from codegenie.formats.patterns import lazily

from ._container_facts import Facts, first_of, variable, workload_facts
from ._ecs import image_fact_of, task_container
from ._functions import function_facts, written, written_fact
from ._lined import Node, json_node, yaml_node

_SEEMS = lazily(rb"AWSTemplateFormatVersion|AWS::Serverless-2016-10-31|[\"']?Type[\"']?[ \t]*+:[ \t]*+[\"']?AWS::")
_FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")


def seems_template(content: bytes) -> bool:
    """Whether a file is worth reading as a template of CloudFormation."""
    return b"Resources" in content and _SEEMS.search(content) is not None


def template(path: str, content: bytes) -> dict[str, list[Facts]]:
    """One template, in YAML or JSON.  Raises Unparsable."""
    node = json_node(content) if content.lstrip()[:1] == b"{" else yaml_node(content)
    resources = [(name, each) for name, each in node["Resources"].items() if (each["Type"].text or "").find("::") > 0]
    if not resources:
        return {}
    transforms = [each.text for each in node["Transform"].elements_or_self() if each.text]
    platform = "sam" if any("Serverless" in each for each in transforms) else "cloudformation"
    defaults = node["Globals"]["Function"]
    counts = Counter(each["Type"].text or "" for _, each in resources)
    return {
        "platforms": [{"name": platform, "path": path}],
        "stacks": [
            {
                "path": path,
                "platform": platform,
                "transforms": transforms[:20],
                "parameters": sorted(name for name, _ in node["Parameters"].items())[:300],
                "resources": [{"type": kind, "count": count} for kind, count in sorted(counts.items())][:300],
            }
        ],
        "functions": [
            _function(path, name, each, defaults) for name, each in resources if each["Type"].text in _FUNCTIONS
        ],
        "workloads": [
            workload_facts(
                "cloudformation",
                "AWS::ECS::TaskDefinition",
                name,
                path,
                each.line,
                containers=first_of(
                    task_container(one)
                    for one in each["Properties"]["ContainerDefinitions"].elements()
                    if one.is_mapping
                ),
            )
            for name, each in resources
            if each["Type"].text == "AWS::ECS::TaskDefinition"
        ],
    }


def _task(definitions: Node) -> list[Facts]:
    return first_of(task_container(each) for each in definitions.elements() if each.is_mapping)


def _function(path: str, name: str, node: Node, defaults: Node) -> Facts:
    own = node["Properties"]
    is_sam = node["Type"].text == _FUNCTIONS[0]

    def value(key: str) -> Node:
        return own[key] if own[key] or not is_sam else defaults[key]

    image = own["ImageUri"] or own["Code"]["ImageUri"]
    shared = dict(defaults["Environment"]["Variables"].items()) if is_sam else {}
    names = shared | dict(own["Environment"]["Variables"].items())
    return function_facts(
        "sam" if is_sam else "cloudformation",
        name,
        path,
        node.line,
        runtime=written(value("Runtime")),
        handler=written(value("Handler")),
        image=image_fact_of(image),
        package_type=value("PackageType").text,
        architectures=[each.text for each in value("Architectures").elements() if each.text],
        memory=value("MemorySize").text,
        timeout=value("Timeout").text,
        env=first_of(_variables(names)),
    )


def _variables(names: dict[str, Node]) -> Iterator[Facts]:
    for name, value in names.items():
        how = "literal" if value.text is not None and not value.tag else "computed"
        yield variable(name, how, value.line)


def seems_serverless(node: Node) -> bool:
    """Whether a YAML file is the Serverless Framework's."""
    return "service" in node and node["provider"]["name"].text is not None


def serverless(path: str, content: bytes) -> dict[str, list[Facts]]:
    """serverless.yml: the service and its functions.  Raises Unparsable."""
    node = json_node(content) if content.lstrip()[:1] == b"{" else yaml_node(content)
    if not node["provider"]:
        return {}
    provider = node["provider"]
    shared = provider["environment"]
    functions = [pair for part in node["functions"].elements_or_self() for pair in part.items()]
    counts = Counter(
        each["Type"].text or ""
        for part in node["resources"].elements_or_self()
        for _, each in part["Resources"].items()
        if each["Type"].text
    )
    return {
        "stacks": [
            {
                "path": path,
                "platform": "serverless",
                "transforms": [text for text in (provider.text or provider["name"].text,) if text],
                "parameters": [],
                "resources": [{"type": kind, "count": count} for kind, count in sorted(counts.items())][:300],
            }
        ],
        "functions": [
            _serverless_function(path, name, each, provider, shared) for name, each in functions if each.is_mapping
        ],
    }


def _serverless_function(path: str, name: str, node: Node, provider: Node, shared: Node) -> Facts:
    def value(key: str) -> Node:
        return node[key] or provider[key]

    image = node["image"]
    names = {**dict(shared.items()), **dict(node["environment"].items())}
    runtime = value("runtime")
    uri = image["uri"] if image.is_mapping else image
    return function_facts(
        "serverless",
        name,
        path,
        node.line,
        runtime=None if image else written(runtime),
        handler=written(node["handler"]),
        image=_serverless_image(uri, provider) if image else None,
        architectures=[text for text in (value("architecture").text,) if text],
        memory=value("memorySize").text,
        timeout=value("timeout").text,
        env=first_of(_serverless_variables(names)),
    )


def _serverless_image(uri: Node, provider: Node) -> Facts | None:
    """An image by its address, or by the name that `provider.ecr.images` builds it under."""
    name = uri.text or ""
    if name in provider["ecr"]["images"]:
        known = provider["ecr"]["images"][name]
        if known.text or known["uri"]:
            return image_fact_of(known if known.text else known["uri"])
        return None  # built from a directory, under a name that only the account knows
    return image_fact_of(uri)


def _serverless_variables(names: dict[str, Node]) -> Iterator[Facts]:
    for name, value in names.items():
        fact = written(value) or written_fact("", True, value.line)
        yield variable(name, "literal" if fact["resolved"] else "computed", value.line)
