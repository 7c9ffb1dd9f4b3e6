"""Kubernetes objects in YAML and JSON files: workloads with all that runs in them, services, routes, and names."""

import re
from collections.abc import Iterator
from typing import Any

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

from ._container_facts import Facts, first_of, first_text, image_fact, workload_facts
from ._kubernetes_network import ROUTES, route_facts, service_facts
from ._lined import Node, json_node, yaml_nodes
from ._pods import container, containers, pod_security

MOST_DOCUMENTS = 5000
"""Of one file; a bundle of all that an operator needs has a few hundred."""

_SEPARATOR = lazily(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_IS_OBJECT = lazily(rb"""^[ \t]*+["']?apiVersion["']?[ \t]*+:""", re.MULTILINE)
_HAS_KIND = lazily(rb"""^[ \t]*+["']?kind["']?[ \t]*+:""", re.MULTILINE)
_TOP_KIND = lazily(rb"""^kind:[ \t]*+["']?([A-Za-z]++)""", re.MULTILINE)
_TOP_NAME = lazily(
    rb"""^metadata:[ \t]*+\r?\n(?:[ \t]++[^\n]*+\n)*?[ ]{2,4}name:[ \t]*+["']?([\w.-]++)""", re.MULTILINE
)
_TOP_VERSION = lazily(rb"""^apiVersion:[ \t]*+["']?([\w./-]++)""", re.MULTILINE)
_TEMPLATE_SIGN = lazily(rb"\{\{|<%|\$\{|\$\(|\{%|^[ \t]*+#@", re.MULTILINE)
_LITERAL_LINE = lazily(
    r"""^(?:["']?(kind)|[ \t]*+(?:-[ \t]++)?["']?image)["']?:[ \t]++(?:"([^"\n]*+)"|'([^'\n]*+)'|([^\s#"'][^\n#]*+))""",
    re.MULTILINE,
)
_API_VERSION = lazily(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/)?v[0-9][a-z0-9]*")

# They have an apiVersion and a kind, but are read by a program, not sent to a cluster.
_NOT_OBJECTS = lazily(
    r"(?:skaffold|backstage\.io|kind\.x-k8s\.io|ctlptl\.dev|eksctl\.io|kubeadm\.k8s\.io|k3d\.io|kustomize\.config\.k8s\.io"
    r"|.*\.config\.k8s\.io|audit\.k8s\.io|imageset\.redhat\.com|mirror\.openshift\.io|velaux\.oam\.dev|tilt\.dev"
    r"|ct\.helm\.sh|chart-testing|devspace\.sh|score\.dev|krew\.googlecontainertools\.github\.com)(?:/.*)?"
)
_POD_PATHS: dict[str, tuple[str, ...]] = {
    "Pod": ("spec",),
    "PodTemplate": ("template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_BUILT_IN = lazily(r"v1|(?:apps|batch|extensions|argoproj\.io|apps\.openshift\.io)/v.+")
_NO_PODS = lazily(
    r"(?:kyverno\.io|.*gatekeeper\.sh|policies\.kubewarden\.io|helm\..*)/.*|argoproj\.io/.*"
)  # patterns, values
_DEEPEST_POD = 8  # levels below the spec
_MOST_PODS = 50  # of one object; a cluster of Elasticsearch has one for each set of nodes
_WORKLOADS = frozenset({
    "CronJob", "DaemonSet", "Deployment", "DeploymentConfig", "Job", "Pod", "PodTemplate", "ReplicaSet",
    "ReplicationController", "Rollout", "StatefulSet",
})  # fmt: skip
_KEYED = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData"), "SealedSecret": ()}


class Found:
    """What a file holds, by section of the slice."""

    def __init__(self) -> None:
        self.sections: dict[str, list[Facts]] = {}

    def add(self, section: str, entry: Facts) -> None:
        """One more entry of a section."""
        self.sections.setdefault(section, []).append(entry)


def seems_kubernetes(content: bytes) -> bool:
    """Whether a file is worth reading as one of Kubernetes objects: cheap, and never wrong about one that is."""
    return b"apiVersion" in content and bool(_IS_OBJECT.search(content) and _HAS_KIND.search(content))


def yaml_objects(path: str, content: bytes, first: int = 0) -> dict[str, list[Facts]]:
    """The objects of a YAML text, document by document: one that is damaged costs no other.

    The text stands after the `first` lines of its file.
    """
    found = Found()
    for before, document in _documents(content, first):
        if not seems_kubernetes(document):
            continue
        if _kind_of(document) == b"CustomResourceDefinition" and (name := _TOP_NAME.search(document)):
            found.add("objects", _definition(path, document, name[1].decode(), before))
            continue
        try:
            nodes = yaml_nodes(document, before)
        except Unparsable as problem:
            if _TEMPLATE_SIGN.search(document):
                found.add("templates", template_facts(path, document, before))
            else:
                found.add("problems", {"path": path, "reason": _moved(str(problem), before)})
            continue
        for node in nodes:
            _take(found, path, node)
    return found.sections


def json_objects(path: str, content: bytes) -> dict[str, list[Facts]]:
    """The objects of a JSON file.  Raises Unparsable."""
    found = Found()
    _take(found, path, json_node(content))
    return found.sections


def template_facts(path: str, content: bytes, before: int = 0) -> Facts:
    """What a template says literally: its kinds and its images, those with parts to be filled in as written."""
    text = content.decode("utf-8", "replace")
    kinds: list[Facts] = []
    images: list[Facts] = []
    at, line = 0, before + 1
    for found in _LITERAL_LINE.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        written = (found[2] or found[3] or found[4] or "").strip()
        if not found[1] and written:
            images.append(image_fact(written, line))
        elif found[1] and written.isalnum():
            kinds.append({"kind": written, "line": line})
    return {"path": path, "kinds": first_of(kinds), "images": first_of(images)}


def _documents(content: bytes, before: int) -> Iterator[tuple[int, bytes]]:
    """The documents of a file, each with the number of lines before it."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    starts = [0, *(found.start() for found in _SEPARATOR.finditer(content))][:MOST_DOCUMENTS]
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        document = content[start:end]
        yield before, document
        before += document.count(b"\n")


def _take(found: Found, path: str, node: Node) -> None:
    kind, version = node["kind"].text, node["apiVersion"].text
    if not kind or not version or not _API_VERSION.fullmatch(version) or _NOT_OBJECTS.fullmatch(version):
        return
    if kind.endswith("List") and isinstance(node["items"].value, list):
        for item in node["items"].elements():
            _take(found, path, item)
        return
    if kind == "Config" and version == "v1":  # how kubectl finds its clusters
        return
    base = {
        "kind": kind,
        "api_version": version,
        "name": node.down("metadata", "name").text,
        "namespace": node.down("metadata", "namespace").text,
        "path": path,
        "line": node.line,
        "part": "whole",
    }
    if not node["metadata"].is_mapping and not node["spec"]:
        return  # the settings of some program
    if workloads := _workloads(kind, version, node, base):
        for workload in workloads:
            found.add("workloads", workload)
        return
    section, entry = _read(kind, version, node, base)
    found.add(section, entry)


def _read(kind: str, version: str, node: Node, base: Facts) -> tuple[str, Facts]:
    if kind == "Service" and version == "v1":
        return "services", service_facts(node, base)
    if kind in ROUTES:
        return "routes", route_facts(kind, node, base)
    if kind in _KEYED or kind in ("ExternalSecret", "SecretProviderClass"):
        return "configuration", _configuration(kind, node, base)
    if kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        return "scalers", _scaler(node, base)
    if kind in ("Application", "HelmRelease", "HelmChart") or (kind == "Kustomization" and "toolkit" in version):
        return "releases", _release(node, base)
    return "objects", base


def _workloads(kind: str, version: str, node: Node, base: Facts) -> list[Facts]:
    if steps := _steps(kind, version, node):
        return [_workload(node, base, steps["spec"], containers=steps["containers"])]
    return [
        _workload(node, base, spec, containers=containers(spec, node["spec"]["volumeClaimTemplates"]))
        for spec in _pod_specs(kind, version, node)
    ]


def _workload(node: Node, base: Facts, spec: Node, **known: Any) -> Facts:
    return workload_facts(
        "kubernetes",
        **{key: base[key] for key in ("kind", "name", "path", "line", "api_version", "namespace")},
        replicas=node["spec"]["replicas"].text,
        schedule=node["spec"]["schedule"].text,
        service_account=spec.first("serviceAccountName", "serviceAccount").text,
        restart_policy=spec["restartPolicy"].text,
        grace_period_seconds=spec["terminationGracePeriodSeconds"].text,
        pod_security=pod_security(spec),
        **known,
    )


def _pod_specs(kind: str, version: str, node: Node) -> list[Node]:
    """The pods of an object: where its kind has one, or wherever a kind of somebody's own has a list of containers."""
    if kind in _WORKLOADS and _BUILT_IN.fullmatch(version):
        return [node.down(*_POD_PATHS.get(kind, ("spec", "template", "spec")))]
    found: list[Node] = []
    waiting = [] if _NO_PODS.fullmatch(version) else [(node["spec"], 0)]
    while waiting and len(found) < _MOST_PODS:
        one, depth = waiting.pop()
        if any(each["name"] or each["image"] for each in one["containers"].elements()):
            found.append(one)
        elif depth < _DEEPEST_POD:
            waiting += [(each, depth + 1) for _, each in one.items()] + [(each, depth + 1) for each in one.elements()]
    return sorted(found, key=lambda spec: spec.line or 0)


def _steps(kind: str, version: str, node: Node) -> Facts | None:
    """The steps of Tekton's tasks and of Argo's workflows, which are containers that run one after another."""
    if version.startswith("tekton.dev/") and kind in ("Task", "ClusterTask"):
        spec = node["spec"]
        return {"spec": spec, "containers": first_of(_step(step) for step in spec["steps"].elements())}
    if version.startswith("argoproj.io/") and kind.endswith(("Workflow", "WorkflowTemplate")):
        spec = node["spec"]["workflowSpec"] if kind == "CronWorkflow" else node["spec"]
        steps = [
            _step(step[field]) | {"name": step["name"].text}
            for step in spec["templates"].elements()
            for field in ("container", "script")
            if step[field].is_mapping
        ]
        return {"spec": spec, "containers": first_of(steps)}
    return None


def _step(node: Node) -> Facts:
    """A step: a script takes the place of a command, or is the argument of one."""
    step = container(node, "step", Node(None, None), {})
    script = first_text(node, "script", "source")
    return step if script is None else step | {"args" if step["command"] else "command": script}


def _configuration(kind: str, node: Node, base: Facts) -> Facts:
    if kind == "SealedSecret":
        keys = [name for name, _ in node["spec"]["encryptedData"].items()]
    elif kind == "ExternalSecret":
        keys = [name for entry in node["spec"]["data"].elements() if (name := entry["secretKey"].text)]
    else:
        keys = [name for part in _KEYED.get(kind, ()) for name, _ in node[part].items()]
    return base | {"type": node["type"].text, "keys": sorted(set(keys))[:300], "key_count": len(set(keys))}


def _scaler(node: Node, base: Facts) -> Facts:
    spec = node["spec"]
    target = spec["scaleTargetRef"]
    return base | {
        "target_kind": target["kind"].text,
        "target_name": target["name"].text,
        "minimum": spec.first("minReplicas", "minReplicaCount").text,
        "maximum": spec.first("maxReplicas", "maxReplicaCount").text,
    }


def _release(node: Node, base: Facts) -> Facts:
    """What Argo CD, Flux or K3s is told to install, and from where."""
    spec = node["spec"]
    source = next(spec["sources"].elements(), spec["source"])
    chart = spec["chart"]["spec"] if spec["chart"].is_mapping else spec
    reference = chart["sourceRef"] or spec["sourceRef"] or spec["chartRef"]
    return base | {
        "repository": (source["repoURL"] or chart["repo"] or reference["name"]).text,
        "chart": (source["chart"] or chart["chart"]).text,
        "version": (source["targetRevision"] or chart["version"]).text,
        "source_path": (source["path"] or spec["path"]).text,
        "destination_namespace": (spec["destination"]["namespace"] or spec["targetNamespace"]).text,
    }


def _definition(path: str, document: bytes, name: str, before: int) -> Facts:
    """A definition of a kind is long, and only its name tells anything."""
    version = _TOP_VERSION.search(document)
    start = min((found.start() for found in (version, _TOP_KIND.search(document)) if found), default=0)
    return {
        "kind": "CustomResourceDefinition",
        "api_version": version[1].decode() if version else None,
        "name": name,
        "namespace": None,
        "path": path,
        "line": before + document.count(b"\n", 0, start) + 1,
        "part": "whole",
    }


def _kind_of(document: bytes) -> bytes | None:
    found = _TOP_KIND.search(document)
    return found[1] if found else None


def _moved(problem: str, before: int) -> str:
    """The problem with its line counted from the start of the file."""
    head, said, number = problem.rpartition("line ")
    return f"{head}{said}{int(number) + before}" if said and number.isdigit() else problem


def merged(*findings: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The sections of several findings, one after another."""
    whole: dict[str, list[Any]] = {}
    for finding in findings:
        for section, entries in finding.items():
            whole.setdefault(section, []).extend(entries)
    return whole
