"""Pods of Kubernetes: their containers, with what the pod gives to each."""

from collections.abc import Iterator

from ._container_facts import (
    Facts,
    command_fact,
    container_facts,
    first_of,
    image_of,
    port_fact,
    probe_fact,
    resource_facts,
    setting,
    variable,
)
from ._lined import Node

# Fields of both the pod's and the container's securityContext: the container's wins, field by field
# (kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1, SecurityContext).
_SHARED = (
    "appArmorProfile",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "seLinuxOptions",
    "seccompProfile",
    "windowsOptions",
)
_POD_SWITCHES = ("automountServiceAccountToken", "hostIPC", "hostNetwork", "hostPID", "hostUsers")
_POD_SETTINGS = (*_POD_SWITCHES, "runtimeClassName", "shareProcessNamespace")
_SOURCES = {
    "secretKeyRef": ("secret", "name", "key"),
    "configMapKeyRef": ("config_map", "name", "key"),
    "fieldRef": ("field", "", "fieldPath"),
    "resourceFieldRef": ("resource", "containerName", "resource"),
    "fileKeyRef": ("file", "path", "key"),
}
_PROBES = {"livenessProbe": "liveness", "readinessProbe": "readiness", "startupProbe": "startup"}
_METHODS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_METHOD_NAMES = {"httpGet": "http", "tcpSocket": "tcp"}
_VOLUME_NAMES = {
    "configMap": ("name",),
    "secret": ("secretName",),
    "persistentVolumeClaim": ("claimName",),
    "hostPath": ("path",),
    "csi": ("driver",),
    "nfs": ("server",),
    "image": ("reference",),
}
_ROLES = {"initContainers": "init", "containers": "main", "ephemeralContainers": "ephemeral"}


def containers(spec: Node, claims: Node | None = None) -> list[Facts]:
    """The containers of a pod in the order they start; `claims` are the volume claim templates of a StatefulSet."""
    volumes = _volumes(spec, claims)
    found = [
        container(each, role, spec["securityContext"], volumes)
        for kind, role in _ROLES.items()
        for each in spec[kind].elements()
        if each.is_mapping
    ]
    return first_of(found)


def container(node: Node, role: str, pod_security: Node, volumes: dict[str, tuple[str, str | None, Node]]) -> Facts:
    """One container; `volumes` are the pod's, by name: kind, source and where it is."""
    if role == "init" and node["restartPolicy"].text == "Always":
        role = "sidecar"
    return container_facts(
        node["name"].text,
        node.line,
        role=role,
        image=image_of(node["image"]),
        pull_policy=node["imagePullPolicy"].text,
        command=command_fact(node["command"]),
        args=command_fact(node["args"]),
        working_dir=node["workingDir"].text,
        ports=first_of(_ports(node["ports"])),
        env=first_of(_env(node["env"])),
        env_from=first_of(_env_from(node["envFrom"])),
        probes=[_probe(kind, node[field]) for field, kind in _PROBES.items() if node[field].is_mapping],
        hooks=[
            _hook(kind, node["lifecycle"][field])
            for field, kind in (("postStart", "post_start"), ("preStop", "pre_stop"))
            if node["lifecycle"][field].is_mapping
        ],
        resources=resource_facts(node.down("resources", "requests"), node.down("resources", "limits")),
        security=first_of(_security(node["securityContext"], pod_security)),
        mounts=first_of(_mounts(node, volumes)),
    )


def pod_security(spec: Node) -> list[Facts]:
    """What the pod itself may, apart from what it gives to its containers."""
    switches = [setting(name, spec[name].value, "pod", spec[name].line) for name in _POD_SETTINGS if name in spec]
    context = [
        entry
        for name, node in spec["securityContext"].items()
        if name not in _SHARED
        for entry in _settings(name, node, "pod", None)
    ]
    return sorted(first_of([*switches, *context]), key=lambda entry: (entry["setting"], str(entry["value"])))


def _ports(ports: Node) -> Iterator[Facts]:
    for port in ports.elements():
        if number := port["containerPort"].text:
            yield port_fact(
                number,
                port.line,
                name=port["name"].text,
                protocol=(port["protocol"].text or "TCP").lower(),
                published=port["hostPort"].text,
            )


def _env(env: Node) -> Iterator[Facts]:
    for entry in env.elements():
        if name := entry["name"].text:
            yield _variable(name, entry)


def _variable(name: str, entry: Node) -> Facts:
    for field, (how, source, key) in _SOURCES.items():
        reference = entry["valueFrom"][field]
        if reference:
            return variable(name, how, entry.line, reference[source].text, reference[key].text)
    if entry["$patch"].text == "delete":
        return variable(name, "removed", entry.line)
    if "valueFrom" in entry:
        return variable(name, "unknown", entry.line)
    return variable(name, "literal" if "value" in entry else "empty", entry.line)


def _env_from(sources: Node) -> Iterator[Facts]:
    for entry in sources.elements():
        for field, how in (("secretRef", "secret"), ("configMapRef", "config_map")):
            if entry[field]:
                yield {
                    "how": how,
                    "name": entry[field]["name"].text,
                    "prefix": entry["prefix"].text,
                    "required": entry[field]["optional"].truth is not True,
                    "line": entry.line,
                }


def _probe(kind: str, node: Node) -> Facts:
    return probe_fact(
        kind,
        line=node.line,
        initial_delay=node["initialDelaySeconds"].text,
        period=node["periodSeconds"].text,
        timeout=node["timeoutSeconds"].text,
        failure_threshold=node["failureThreshold"].text,
        **_how(node),
    )


def _hook(kind: str, node: Node) -> Facts:
    return {"kind": kind, "line": node.line, **_how(node)}


def _how(node: Node) -> Facts:
    method = next((name for name in _METHODS if name in node), None)
    known = node[method] if method else node
    return {
        "method": _METHOD_NAMES.get(method, method) if method else "unknown",
        "command": command_fact(known["command"]) if method == "exec" else None,
        "path": known["path"].text if method == "httpGet" else known["service"].text if method == "grpc" else None,
        "port": known["port"].text,
    }


def _security(own: Node, pods: Node) -> Iterator[Facts]:
    names = {name for name, _ in own.items()} | {name for name, _ in pods.items() if name in _SHARED}
    for name in sorted(names):
        if name in own:
            yield from _settings(name, own[name], "container", pods[name].line if name in pods else None)
        else:
            yield from _settings(name, pods[name], "pod", None)


def _settings(name: str, node: Node, level: str, overridden: int | None) -> Iterator[Facts]:
    """A setting, or one for each of its parts and elements: `capabilities.drop`, `seccompProfile.type`."""
    if node.is_mapping:
        for inner, value in sorted(node.items()):
            yield from _settings(f"{name}.{inner}", value, level, overridden)
    elif isinstance(node.value, list):
        for element in node.elements():
            yield setting(name, element.text, level, element.line, overridden)
    else:
        yield setting(name, node.value, level, node.line, overridden)


def _volumes(spec: Node, claims: Node | None) -> dict[str, tuple[str, str | None, Node]]:
    found = {}
    for volume in spec["volumes"].elements():
        name = volume["name"].text
        kind = next((field for field, _ in volume.items() if field != "name"), "emptyDir")
        source = next((text for field in _VOLUME_NAMES.get(kind, ()) if (text := volume[kind][field].text)), None)
        if name:
            found[name] = (kind, source, volume)
    for claim in claims.elements() if claims else ():
        name = claim.down("metadata", "name").text
        if name:
            found[name] = ("volumeClaimTemplate", name, claim)
    return found


def _mounts(node: Node, volumes: dict[str, tuple[str, str | None, Node]]) -> Iterator[Facts]:
    for mount in node["volumeMounts"].elements():
        name = mount["name"].text
        kind, source, _ = volumes.get(name or "", (None, None, None))
        yield {
            "kind": kind,
            "name": name,
            "source": source,
            "target": mount.first("mountPath", "mountPathExpr").text,
            "read_only": mount["readOnly"].truth is True,
            "line": mount.line,
        }
    for device in node["volumeDevices"].elements():
        name = device["name"].text
        kind, source, _ = volumes.get(name or "", (None, None, None))
        yield {
            "kind": kind,
            "name": name,
            "source": source,
            "target": device["devicePath"].text,
            "read_only": False,
            "line": device.line,
        }
