"""Kustomizations: what they put together, patch and generate; nothing is built."""

from collections.abc import Iterator

from ._container_facts import Facts, first_of, image_fact
from ._kubernetes import merged, yaml_objects
from ._lined import Node, yaml_node

_LISTS = {"resources": "resource", "bases": "base", "components": "component", "crds": "crd"}
_PLUGINS = {"generators": "generator", "transformers": "transformer", "configurations": "configuration"}


def kustomization(path: str, content: bytes) -> dict[str, list[Facts]]:
    """One kustomization file.  Raises Unparsable."""
    node = yaml_node(content)
    if node["apiVersion"].text and "kustomize" not in (node["apiVersion"].text or ""):
        return {}
    return merged({"kustomizations": [kustomization_facts(path, node)]}, *_inline_patches(path, node))


def kustomization_facts(path: str, node: Node) -> Facts:
    """What a kustomization says; the paths in it are as written."""
    return {
        "path": path,
        "kind": node["kind"].text or "Kustomization",
        "namespace": node["namespace"].text,
        "name_prefix": node["namePrefix"].text,
        "name_suffix": node["nameSuffix"].text,
        "resources": first_of(_references(node)),
        "patches": first_of(_patches(node)),
        "images": first_of(_images(node)),
        "replicas": first_of(
            {"name": entry["name"].text, "count": entry["count"].text, "line": entry.line}
            for entry in node["replicas"].elements()
        ),
        "generators": first_of(_generators(node)),
        "helm_charts": first_of(
            {
                "name": entry["name"].text,
                "repository": entry["repo"].text,
                "version": entry["version"].text,
                "release": entry["releaseName"].text,
                "values_file": entry["valuesFile"].text,
                "line": entry.line,
            }
            for entry in [*node["helmCharts"].elements(), *node["helmChartInflationGenerator"].elements()]
        ),
    }


def _inline_patches(path: str, node: Node) -> Iterator[dict[str, list[Facts]]]:
    """The workloads among the patches that stand here, which begin on the line after their key."""
    for field in ("patches", "patchesStrategicMerge"):
        for entry in node[field].elements():
            patch = entry if entry.text else entry["patch"]
            if patch.text and "\n" in patch.text:
                found = yaml_objects(path, patch.text.encode(), patch.line or 0)
                yield {"workloads": [each | {"part": "patch"} for each in found.get("workloads", ())]}


def _references(node: Node) -> Iterator[Facts]:
    for field, kind in {**_LISTS, **_PLUGINS}.items():
        for entry in node[field].elements():
            if entry.text:
                yield {"kind": kind, "written": entry.text, "path": None, "line": entry.line}


def _patches(node: Node) -> Iterator[Facts]:
    for field in ("patches", "patchesJson6902", "patchesStrategicMerge"):
        for entry in node[field].elements():
            text = entry.text or entry["patch"].text
            inline = text is not None and ("\n" in text or ":" in text)
            yield {
                "written": None if inline or (text is None and not entry["path"]) else (entry["path"].text or text),
                "path": None,
                "inline": inline,
                "target_kind": entry["target"]["kind"].text,
                "target_name": entry["target"].first("name", "labelSelector").text,
                "line": entry.line,
            }


def _images(node: Node) -> Iterator[Facts]:
    for entry in node["images"].elements():
        name = entry["name"].text
        if not name:
            continue
        new_name, tag, digest = entry["newName"].text, entry["newTag"].text, entry["digest"].text
        ending = (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
        yield {
            "name": name,
            "new_name": new_name,
            "new_tag": tag,
            "digest": digest,
            "image": image_fact(f"{new_name or name}{ending}", entry.line) if ending else None,
            "used_by": [],
            "line": entry.line,
        }


def _generators(node: Node) -> Iterator[Facts]:
    for field, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
        for entry in node[field].elements():
            literals = [text.partition("=")[0] for each in entry["literals"].elements() if (text := each.text)]
            files = [text for each in entry["files"].elements() if (text := each.text)]
            named = [text.partition("=")[0] if "=" in text else text.rpartition("/")[2] for text in files]
            given = [*entry["envs"].elements(), *entry["env"].elements_or_self()]
            yield {
                "kind": kind,
                "name": entry["name"].text,
                "keys": sorted({*literals, *named})[:300],
                "files": [text.partition("=")[2] or text for text in files][:300],
                "env_files": [text for each in given if (text := each.text)][:300],
                "line": entry.line,
            }
