"""Helm charts: what Chart.yaml and the values say, and the literal parts of templates, which are never rendered."""

import re
from collections.abc import Iterator

from codegenie.formats.patterns import lazily

from ._container_facts import Facts, first_of, image_fact, variable
from ._lined import Node, yaml_node, yaml_nodes

MOST_SETTINGS = 200  # of a chart; the count says how many there are
MOST_IMAGES = 100
_MOST_VALUES = 20_000

_IMAGE_KEY = lazily(r"(?:.*[iI])?mage(?:Name|Ref)?|.*_image", re.DOTALL)
_SETTINGS = lazily(
    r"(?:.*[sS])?ecurityContext|resources|(?:.*[rR])?eplicas|replicaCount|(?:liveness|readiness|startup)Probe"
    r"|serviceAccount|autoscaling|(?:.*[pP])orts?|serviceType|host(?:Network|PID|IPC)|command|args|service"
)
_PORT = lazily(r"(?:.*[pP])orts?", re.DOTALL)
_ENV = lazily(r"(?:.*[eE])nv(?:ironment)?(?:Vars?|Variables)?|environment(?:Variables)?|envs")


def chart(path: str, content: bytes) -> dict[str, list[Facts]]:
    """Chart.yaml.  Raises Unparsable."""
    node = yaml_node(content)
    return {
        "charts": [
            {
                "path": path,
                "name": node["name"].text,
                "version": node["version"].text,
                "app_version": node["appVersion"].text,
                "type": node["type"].text or "application",
                "api_version": node["apiVersion"].text,
                "kubernetes": node["kubeVersion"].text,
                "deprecated": node["deprecated"].truth is True,
                "dependencies": first_of(dependencies(node)),
            }
        ]
    }


def requirements(path: str, content: bytes) -> dict[str, list[Facts]]:
    """requirements.yaml, where charts of Helm 2 name their dependencies.  Raises Unparsable."""
    return {"requirements": [{"path": path, "dependencies": first_of(dependencies(yaml_node(content)))}]}


def dependencies(node: Node) -> Iterator[Facts]:
    """The charts that a chart asks for."""
    for entry in node["dependencies"].elements():
        yield {
            "name": entry["name"].text,
            "version": entry["version"].text,
            "repository": entry["repository"].text,
            "alias": entry["alias"].text,
            "condition": entry["condition"].text,
            "line": entry.line,
        }


def values(path: str, content: bytes) -> dict[str, list[Facts]]:
    """The values of a chart: its images, and its settings by the dotted way to them.  Raises Unparsable."""
    documents = yaml_nodes(content)
    root = documents[0] if documents else Node(None, 1)
    images = [*_images(root)]
    settings = [*_settings(root)]
    env = [*_environment(root)]
    return {
        "values": [
            {
                "path": path,
                "images": images[:MOST_IMAGES],
                "image_count": len(images),
                "settings": settings[:MOST_SETTINGS],
                "setting_count": len(settings),
                "env": env[:MOST_SETTINGS],
                "env_count": len(env),
            }
        ]
    }


def _walk(root: Node) -> Iterator[tuple[str, Node]]:
    """Every value below the root with its key, in the order of the file."""
    waiting = [("", root)]
    seen = 0
    while waiting and seen < _MOST_VALUES:
        key, node = waiting.pop()
        seen += 1
        yield key, node
        inner = [*node.items()] or [(key, element) for element in node.elements()]
        waiting += reversed(inner)


def dotted(node: Node) -> str:
    """The way to a value: `server.image`, `sidecars[0].image`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in node.at).lstrip(".")


def _images(root: Node) -> Iterator[Facts]:
    for key, node in _walk(root):
        if node.is_mapping:
            repository = node["repository"].text or (node["name"].text if _IMAGE_KEY.fullmatch(key) else None)
            is_image = _IMAGE_KEY.fullmatch(key) or any(part in node for part in ("tag", "digest", "pullPolicy"))
            is_image = is_image and not (key == "images" and not node["tag"].text)  # where all images have their start
            if repository and is_image and "://" not in repository:
                yield _image(node, repository)
        elif _IMAGE_KEY.fullmatch(key) and node.text and isinstance(node.value, str):
            yield {"at": dotted(node), "tag_from": None, "image": image_fact(node.text, node.line)}


def _image(node: Node, repository: str) -> Facts:
    registry, tag, digest = node["registry"].text, node["tag"].text, node.first("digest", "sha").text
    name = f"{registry}/{repository}" if registry else repository
    digest = digest if not digest or ":" in digest else f"sha256:{digest}"
    written = name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    return {
        "at": dotted(node),
        "tag_from": None if tag or digest else "template",
        "image": image_fact(written, node.first("repository", "name").line),
    }


def _settings(root: Node) -> Iterator[Facts]:
    for key, node in _walk(root):
        below = next((name for name in node.at[:-1] if isinstance(name, str) and _SETTINGS.fullmatch(name)), None)
        if node.is_mapping or isinstance(node.value, list) or node.value is None or not node.at:
            continue
        if below == "resources" and isinstance(node.at[node.at.index(below) + 1], int):
            continue  # what a role may touch
        if "httpHeaders" in node.at:
            continue  # which may hold a credential
        if below == "service" and key not in ("type", "port", "targetPort", "nodePort"):
            continue
        is_port = _PORT.fullmatch(key) is not None
        if (below or _SETTINGS.fullmatch(key)) and (not is_port or node.integer is not None or node.text):
            yield {"at": dotted(node), "value": node.text, "line": node.line}


def _environment(root: Node) -> Iterator[Facts]:
    for key, node in _walk(root):
        if not _ENV.fullmatch(key) or (node.at and isinstance(node.at[-1], int)):
            continue
        for entry in node.elements():
            if name := entry["name"].text:
                how = "literal" if "value" in entry else "unknown"
                for field, kind in (("secretKeyRef", "secret"), ("configMapKeyRef", "config_map")):
                    how = kind if entry["valueFrom"][field] else how
                yield {"at": dotted(node), **variable(name, how, entry.line)}
        for name, value in node.items():
            if value.text is not None and name.isupper():
                yield {"at": dotted(node), **variable(name, "literal" if value.text else "empty", value.line)}
