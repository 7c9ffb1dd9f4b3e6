"""Skaffold: the images it builds and how it deploys them."""

from collections.abc import Iterable

from ._container_facts import Facts, first_of
from ._lined import Node, yaml_nodes

_BUILDERS = ("docker", "kaniko", "bazel", "buildpacks", "jib", "jibMaven", "jibGradle", "ko", "custom")


def skaffold(path: str, content: bytes) -> dict[str, list[Facts]]:
    """One skaffold.yaml, which may hold several configurations.  Raises Unparsable."""
    return {
        "skaffold": [
            _configuration(path, node)
            for node in yaml_nodes(content)
            if (node["apiVersion"].text or "").startswith("skaffold/")
        ]
    }


def _configuration(path: str, node: Node) -> Facts:
    manifests = node["manifests"] or node["deploy"]["kubectl"]
    deployers = [*node["deploy"].items(), *((key, each) for key, each in node["manifests"].items() if key != "rawYaml")]
    return {
        "path": path,
        "line": node.line,
        "api_version": node["apiVersion"].text,
        "name": node["metadata"]["name"].text,
        "artifacts": first_of(_artifact(entry) for entry in node["build"]["artifacts"].elements()),
        "deployers": sorted({key for key, each in deployers if each.is_mapping}),
        "manifests": [text for each in manifests.first("rawYaml", "manifests").elements() if (text := each.text)][:300],
        "requires": [text for each in node["requires"].elements() if (text := each["path"].text)][:300],
        "profiles": sorted(text for each in node["profiles"].elements() if (text := each["name"].text))[:300],
    }


def tell_built(configurations: Iterable[Facts], images: Iterable[Facts]) -> None:
    """Tell images that Skaffold builds so: their names are its own, and which registry they are of it says elsewhere.

    `api` is no image of Docker Hub, but the default repository of whoever runs Skaffold is put before it.
    """
    artifacts = {
        artifact["image"]: {"by": "skaffold", "path": each["path"], "line": artifact["line"]}
        for each in configurations
        for artifact in each["artifacts"]
        if artifact["image"]
    }
    for image in images:
        name = image["written"].partition("@")[0]
        name = name[: -len(image["tag"]) - 1] if image["tag"] and name.endswith(f":{image['tag']}") else name
        if found := artifacts.get(name):
            image["built_by"] = found
            if not name.startswith(f"{image['registry']}/"):
                image |= {"registry": None, "repository": name, "normalized": None}


def _artifact(entry: Node) -> Facts:
    builder = next((name for name in _BUILDERS if name in entry), "docker")
    return {
        "image": entry["image"].text,
        "context": entry.first("context", "workspace").text,
        "builder": builder,
        "dockerfile": entry[builder]["dockerfile"].text,
        "target": entry[builder]["target"].text,
        "line": entry.line,
    }
