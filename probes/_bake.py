"""Bake files of Docker Buildx, HCL and JSON: the targets, and what each builds."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import hcl
from codegenie.formats.hcl import Block, Expression

from ._build_args import written_out
from ._lined import Node, json_node

Facts = dict[str, Any]

MOST = 300  # entries of a list
_LONGEST = 300  # characters of a text


def bake(path: str, content: bytes) -> Facts:
    """A bake file.  Raises Unparsable."""
    if path.endswith(".json"):
        return _json(path, json_node(content))
    return _hcl(path, hcl.parse(content))


def with_inherited(targets: list[Facts]) -> None:
    """Give each target the context, Dockerfile and target that it inherits, where it has none of its own."""
    named = {target["name"]: target for target in targets}
    for target in targets:
        target["effective"] = {key: _inherited(target, key, named, 0) for key in ("context", "dockerfile", "target")}


def _inherited(target: Facts, key: str, named: dict[str, Facts], depth: int) -> str | None:
    """The last of those inherited from counts; what is computed is not known."""
    if target[key] is not None or depth > 10:
        return target[key]["value"] if target[key] else None
    found = (
        _inherited(named[name], key, named, depth + 1) for name in reversed(target["inherits"][:20]) if name in named
    )
    return next((value for value in found if value is not None), None)


def _hcl(path: str, file: Block) -> Facts:
    targets = [_target(block) for block in file.of_type("target")][:MOST]
    with_inherited(targets)
    groups = [block for block in file.of_type("group") if block.labels]
    return {
        "path": path,
        "targets": targets,
        "groups": [
            {"name": block.labels[0], "targets": _texts(block.attributes.get("targets")), "line": block.line}
            for block in groups
        ][:MOST],
        "variables": sorted({block.labels[0] for block in file.of_type("variable") if block.labels})[:MOST],
    }


def _target(block: Block) -> Facts:
    said = block.attributes
    return {
        "name": block.labels[0] if block.labels else "",
        "context": _text(said.get("context")),
        "dockerfile": _text(said.get("dockerfile")),
        "inline": "dockerfile-inline" in said,
        "target": _text(said.get("target")),
        "inherits": _texts(said.get("inherits")),
        "args": _keys(said.get("args")),
        "values": written_out(_pairs(said.get("args"))),
        "contexts": _keys(said.get("contexts")),
        "platforms": _texts(said.get("platforms")),
        "matrix": _keys(said.get("matrix")),
        "line": block.line,
    }


def _text(one: Expression | None) -> Facts | None:
    if one is None:
        return None
    is_text = one.is_literal and isinstance(one.value, str)
    return {"written": one.text[:_LONGEST], "value": str(one.value)[:_LONGEST] if is_text else None}


def _texts(one: Expression | None) -> list[str]:
    items = one.items if one is not None and one.kind == "list" else ()
    return [str(item.value) if item.is_literal else item.text[:_LONGEST] for item in items][:MOST]


def _keys(one: Expression | None) -> list[str]:
    return sorted(set(one.keys))[:MOST] if one is not None else []


def _pairs(one: Expression | None) -> Iterator[tuple[str, str | None]]:
    for key, item in zip(one.keys, one.items, strict=False) if one is not None else ():
        yield key, str(item.value) if item.is_literal and isinstance(item.value, str) else None


def _json(path: str, node: Node) -> Facts:
    targets = [_json_target(name, each) for name, each in node["target"].items() if each.is_mapping][:MOST]
    with_inherited(targets)
    return {
        "path": path,
        "targets": targets,
        "groups": [
            {"name": name, "targets": list(_elements(each["targets"])), "line": each.line}
            for name, each in node["group"].items()
        ][:MOST],
        "variables": sorted(name for name, _ in node["variable"].items())[:MOST],
    }


def _json_target(name: str, node: Node) -> Facts:
    return {
        "name": name,
        "context": _json_text(node["context"]),
        "dockerfile": _json_text(node["dockerfile"]),
        "inline": "dockerfile-inline" in node,
        "target": _json_text(node["target"]),
        "inherits": list(_elements(node["inherits"])),
        "args": sorted(key for key, _ in node["args"].items())[:MOST],
        "values": written_out((key, each.text or None) for key, each in node["args"].items()),
        "contexts": sorted(key for key, _ in node["contexts"].items())[:MOST],
        "platforms": list(_elements(node["platforms"])),
        "matrix": sorted(key for key, _ in node["matrix"].items())[:MOST],
        "line": node.line,
    }


def _json_text(node: Node) -> Facts | None:
    text = node.text
    if text is None:
        return None
    return {"written": text[:_LONGEST], "value": None if "${" in text else text[:_LONGEST]}


def _elements(node: Node) -> Iterator[str]:
    for element in list(node.elements())[:MOST]:
        if element.text is not None:
            yield element.text[:_LONGEST]
