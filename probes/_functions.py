"""How a slice shows functions that a platform runs, whichever file describes them."""

from typing import Any

from ._container_facts import Facts, is_open, shortened
from ._lined import Node


def written_fact(written: str, resolved: bool, line: int | None) -> Facts:
    """A value as written, and whether that is what it means."""
    return {"written": shortened(written), "resolved": resolved, "line": line}


def written(node: Node) -> Facts | None:
    """A value of a template: not resolved with a tag, with parts to be filled in, or as a mapping like `{Ref: x}`."""
    if not node:
        return None
    if node.text is None:
        return written_fact(_shown(node), False, node.line)
    if node.tag:
        return written_fact(f"{node.tag} {node.text}", False, node.line)
    return written_fact(node.text, not is_open(node.text), node.line)


def _shown(node: Node) -> str:
    """What stands for a value that is no scalar: `!If`, `Fn::Sub`, `Ref: Image`."""
    if node.tag:
        return node.tag
    key, value = next(node.items(), ("", node))
    return f"{key}: {value.text}" if value.text else key


def function_facts(platform: str, name: str | None, path: str, line: int | None, **known: Any) -> Facts:
    """A function with all that is not known left empty."""
    return {
        "platform": platform,
        "name": name,
        "runtime": None,
        "handler": None,
        "image": None,
        "package_type": None,
        "architectures": [],
        "memory": None,
        "timeout": None,
        "env": [],
        "path": path,
        "line": line,
    } | known
