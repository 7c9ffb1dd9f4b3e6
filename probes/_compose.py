"""Compose files: services with all that a container of theirs is given, and the variables the files ask for."""

import shlex
from collections.abc import Iterator

from ._build_args import written_out
from ._container_facts import (
    UNRESOLVED,
    Facts,
    command_fact,
    container_facts,
    first_of,
    image_fact,
    is_open,
    port_fact,
    probe_fact,
    resource_facts,
    setting,
    text_fact,
    variable,
    words_fact,
    workload_facts,
)
from ._interpolation import outside, variables
from ._lined import Node, yaml_nodes

_SECURITY = (
    "privileged",
    "read_only",
    "user",
    "userns_mode",
    "network_mode",
    "pid",
    "ipc",
    "init",
    "runtime",
    "cgroup",
)
_SECURITY_LISTS = ("cap_add", "cap_drop", "security_opt", "group_add", "devices", "sysctls", "device_cgroup_rules")
_STRONGER = ("required", "plain", "switched", "defaulted")

MOST_VALUES = 20_000  # of a file, that are looked through for variables


def compose(path: str, content: bytes) -> dict[str, list[Facts]]:
    """What a Compose file says.  Raises Unparsable."""
    documents = yaml_nodes(content)
    node = documents[0] if documents else Node(None, 1)
    return compose_facts(path, node) if node.is_mapping else {}


def is_compose(node: Node) -> bool:
    """Whether a YAML file of any name is a Compose file: all its services are built, or run an image."""
    services = [service for _, service in node["services"].items()]
    keys = ("image", "build", "extends")
    return bool(services) and all(service.is_mapping and any(key in service for key in keys) for service in services)


def compose_facts(path: str, node: Node) -> dict[str, list[Facts]]:
    """The file and its services; those of the first version of the format stand at the top."""
    listed = node["services"] if "services" in node else node if _is_first_version(node) else node["services"]
    services = [(name, service) for name, service in listed.items() if service.is_mapping]
    return {
        "compose_files": [
            {
                "path": path,
                "name": node["name"].text,
                "services": sorted(name for name, _ in listed.items())[:300],
                "overrides": None,
                "include": first_of(_included(node["include"])),
                "volumes": _names(node["volumes"]),
                "networks": _names(node["networks"]),
                "secrets": _names(node["secrets"]),
                "configs": _names(node["configs"]),
                "variables": _variables(node),
                "dotenv": None,
            }
        ],
        "workloads": [_service(path, name, service) for name, service in services],
    }


def _is_first_version(node: Node) -> bool:
    services = [service for _, service in node.items()]
    return bool(services) and all("image" in service or "build" in service for service in services)


def _included(include: Node) -> Iterator[Facts]:
    for entry in include.elements():
        for path in [entry] if entry.text else entry["path"].elements_or_self():
            if path.text:
                yield {"written": path.text, "line": path.line}


def _names(node: Node) -> list[str]:
    return sorted(name for name, _ in node.items())[:300]


def _variables(node: Node) -> list[Facts]:
    """Each variable once, with its strongest demand and the first line that has it."""
    found: dict[str, tuple[int, Facts]] = {}
    waiting = [node]
    seen = 0
    while waiting and seen < MOST_VALUES:
        one = waiting.pop()
        seen += 1
        waiting += [child for _, child in one.items()] if one.is_mapping else one.elements()
        for use in variables(one.value) if isinstance(one.value, str) else ():
            strength = _STRONGER.index(use.how)
            entry = {"name": use.name, "how": use.how, "in_dotenv": False, "line": one.line}
            known = found.get(use.name)
            if not known or (strength, one.line or 0) < (known[0], known[1]["line"] or 0):
                found[use.name] = strength, entry
    return [entry for _, (_, entry) in sorted(found.items())][:1000]


def _service(path: str, name: str, node: Node) -> Facts:
    deploy = node["deploy"]
    replicas = node["scale"].text or deploy["replicas"].text
    return workload_facts(
        "compose",
        "service",
        name,
        path,
        node.line,
        replicas=replicas,
        restart_policy=node["restart"].text or deploy["restart_policy"]["condition"].text,
        grace_period_seconds=node["stop_grace_period"].text,
        profiles=sorted(profile.text or "" for profile in node["profiles"].elements()),
        depends_on=_depends_on(node["depends_on"]),
        extends=_extends(node["extends"]),
        containers=[_container(node)],
    )


def _container(node: Node) -> Facts:
    return container_facts(
        node["container_name"].text,
        node.line,
        image=_image(node["image"]),
        build=_build(node["build"]),
        pull_policy=node["pull_policy"].text,
        command=_command(node["entrypoint"]),
        args=_command(node["command"]),
        working_dir=node["working_dir"].text,
        ports=first_of([*_ports(node["ports"]), *_exposed(node["expose"])]),
        env=first_of(_env(node["environment"])),
        env_from=first_of(_env_files(node["env_file"])),
        probes=list(_health(node["healthcheck"])),
        hooks=[
            {
                "kind": kind,
                "method": "exec",
                "command": _command(hook["command"]),
                "path": None,
                "port": None,
                "line": hook.line,
            }
            for kind in ("post_start", "pre_stop")
            for hook in node[kind].elements()
        ],
        resources=_resources(node),
        security=first_of(_security(node)),
        mounts=first_of(_mounts(node)),
    )


def _hook(kind: str, node: Node) -> Facts:
    command = _command(node["command"])
    return {"kind": kind, "method": "exec", "command": command, "path": None, "port": None, "line": node.line}


def _image(node: Node) -> Facts | None:
    if node.tag:  # `!reset null` takes the image of another file away
        return image_fact(f"{node.tag} {node.text or ''}".strip(), node.line) | UNRESOLVED
    return image_fact(node.text, node.line) if node.text else None


def _build(node: Node) -> Facts | None:
    if not node:
        return None
    if node.text:
        return {
            "context": node.text,
            "dockerfile": None,
            "inline": False,
            "target": None,
            "args": [],
            "values": [],
            "line": node.line,
        }
    arguments = [(name, each.text or None) for name, each in node["args"].items()]
    for each in node["args"].elements():
        name, sign, value = (each.text or "").partition("=")
        arguments += [(name, value if sign else None)] if name else []
    return {
        "context": node.text or node["context"].text,
        "dockerfile": node["dockerfile"].text,
        "file": None,
        "inline": "dockerfile_inline" in node,
        "target": node["target"].text,
        "args": sorted(name for name, _ in arguments)[:300],
        "values": written_out(arguments),
        "line": node.line,
    }


def _command(node: Node) -> Facts | None:
    """Compose splits a text itself, by the rules of a shell but without one; where that fails the text stays."""
    if node.text is None:
        return command_fact(node)
    try:
        words = shlex.split(node.text)
    except ValueError:
        return text_fact(node.text, node.line)
    return words_fact(words, node.line) | {"form": "text", "text": text_fact(node.text, None)["text"]}


def _ports(ports: Node) -> Iterator[Facts]:
    for entry in ports.elements():
        if entry.is_mapping:
            yield port_fact(
                entry["target"].text,
                entry.line,
                name=entry["name"].text,
                protocol=entry["protocol"].text or "tcp",
                published=_published(entry["host_ip"].text, entry["published"].text) or "any",
            )
        elif entry.text:
            *before, target = outside(entry.text, ":")
            port, _, protocol = target.rpartition("/") if "/" in outside(target, "}")[-1] else (target, "", "")
            yield port_fact(port, entry.line, protocol=protocol or "tcp", published=":".join(before) or "any")


def _published(address: str | None, port: str | None) -> str | None:
    return f"{address}:{port or ''}" if address else port


def _exposed(ports: Node) -> Iterator[Facts]:
    for entry in ports.elements():
        if entry.text:
            port, _, protocol = entry.text.partition("/")
            yield port_fact(port, entry.line, protocol=protocol or "tcp")


def _env(environment: Node) -> Iterator[Facts]:
    for key, node in environment.items():
        yield _assigned(key, node.text, node.line)
    for entry in environment.elements():
        name, sign, value = (entry.text or "").partition("=")
        if name:
            yield _assigned(name, value if sign else None, entry.line)


def _assigned(name: str, value: str | None, line: int | None) -> Facts:
    """How a variable of the container gets its value: `source` names the variable that it is asked from."""
    if value is None:
        return variable(name, "passed_through", line, name)
    used = variables(value)
    if not used:
        return variable(name, "literal" if value else "empty", line)
    how = {"required": "required", "defaulted": "defaulted"}.get(used[0].how, "interpolated")
    return variable(name, how, line, used[0].name)


def _env_files(files: Node) -> Iterator[Facts]:
    for entry in files.elements_or_self():
        name = entry.text or entry["path"].text
        if name:
            required = entry["required"].truth is not False
            yield {"how": "file", "name": name, "prefix": None, "required": required, "line": entry.line}


def _health(node: Node) -> Iterator[Facts]:
    if not node.is_mapping:
        return
    test = node["test"]
    words = [element.text or "" for element in test.elements()]
    if node["disable"].truth or words[:1] == ["NONE"]:
        method, command = "none", None
    elif test.text is not None:
        method, command = "shell", text_fact(test.text, test.line)
    elif words[:1] == ["CMD-SHELL"]:
        method, command = "shell", text_fact(" ".join(words[1:]), test.line)
    elif words[:1] == ["CMD"]:
        method, command = "exec", words_fact(words[1:], test.line)
    else:
        method, command = "inherited", None
    yield probe_fact(
        "health",
        method,
        node.line,
        command=command,
        initial_delay=node["start_period"].text,
        period=node["interval"].text,
        timeout=node["timeout"].text,
        failure_threshold=node["retries"].text,
    )


def _resources(node: Node) -> list[Facts]:
    resources = node["deploy"]["resources"]
    found = resource_facts(resources["reservations"], resources["limits"])
    for name, asked, allowed in (("memory", "mem_reservation", "mem_limit"), ("cpus", "", "cpus")):
        if node[asked] or node[allowed]:
            line = node[asked].line if node[asked] else node[allowed].line
            found.append({"name": name, "request": node[asked].text, "limit": node[allowed].text, "line": line})
    return [entry for entry in found if entry["request"] is not None or entry["limit"] is not None]


def _security(node: Node) -> Iterator[Facts]:
    for name in sorted((*_SECURITY, *_SECURITY_LISTS)):
        entry = node[name]
        if name not in node:
            continue
        if name in _SECURITY:
            yield setting(name, entry.value if entry.text is not None else None, "container", entry.line)
        for element in entry.elements():
            yield setting(name, element.text or element["source"].text, "container", element.line)
        for key, value in entry.items():
            yield setting(f"{name}.{key}", value.text, "container", value.line)


def _mounts(node: Node) -> Iterator[Facts]:
    for entry in node["volumes"].elements():
        if entry.is_mapping:
            kind, source = entry["type"].text, entry["source"].text
            yield _mount(kind, source, entry["target"].text, entry["read_only"].truth is True, entry.line)
        elif entry.text:
            yield _short_mount(entry.text, entry.line)
    for entry in node["tmpfs"].elements_or_self():
        if entry.text:
            yield _mount("tmpfs", None, entry.text.partition(":")[0], False, entry.line)
    for field, where in (("secrets", "/run/secrets/"), ("configs", "/")):
        for entry in node[field].elements():
            name = entry.text or entry["source"].text
            target = entry["target"].text or name
            if name and target:
                full = target if target.startswith("/") else where + target
                yield _mount(field.removesuffix("s"), name, full, True, entry.line)


def _short_mount(text: str, line: int | None) -> Facts:
    parts = outside(text, ":")
    if len(parts) > 1 and len(parts[0]) == 1 and parts[0].isalpha() and parts[1][:1] in ("\\", "/"):
        parts[:2] = [":".join(parts[:2])]  # C:\data
    if len(parts) == 1:
        return _mount("volume", None, parts[0], False, line)
    source, target, *modes = parts
    is_path = source.startswith((".", "/", "~", "\\")) or source[1:2] == ":"
    kind = "bind" if is_path else None if is_open(source) else "volume"
    return _mount(kind, source, target, "ro" in ",".join(modes).split(","), line)


def _mount(kind: str | None, source: str | None, target: str | None, read_only: bool, line: int | None) -> Facts:
    name = source if kind == "volume" else None
    return {"kind": kind, "name": name, "source": source, "target": target, "read_only": read_only, "line": line}


def _depends_on(node: Node) -> list[Facts]:
    found = [{"name": name, "condition": entry["condition"].text, "line": entry.line} for name, entry in node.items()]
    found += [{"name": entry.text, "condition": None, "line": entry.line} for entry in node.elements() if entry.text]
    return sorted(found, key=lambda entry: str(entry["name"]))[:300]


def _extends(node: Node) -> Facts | None:
    if not node:
        return None
    return {"service": node.text or node["service"].text, "file": node["file"].text, "line": node.line}
