"""devcontainer.json: the container that a repository is developed in."""

from typing import Any

from codegenie.formats import jsonc_text
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

from ._lined import Node, json_value

Facts = dict[str, Any]

_COMMANDS = (
    "initializeCommand", "onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand",
    "postAttachCommand",
)  # fmt: skip
_MOST = 100  # entries of a list
_LONGEST = 300  # characters of a text


def devcontainer(path: str, content: bytes) -> Facts:
    """A devcontainer.json.  Raises Unparsable."""
    text = jsonc_text.strict(text_of(content))
    node = json_value(text.encode("utf-8", "replace")) if text.strip() else Node({}, 1)
    if not node.is_mapping:
        raise Unparsable("not a JSON object")
    build = node["build"]
    dockerfile = build.first("dockerfile", "dockerFile") if build else node["dockerFile"]
    return {
        "path": path,
        "name": _cut(node["name"].text),
        "image": _cut(node["image"].text),
        "dockerfile": _cut(dockerfile.text),
        "context": _cut(build["context"].text or node["context"].text),
        "target": _cut(build["target"].text),
        "args": sorted(name for name, _ in build["args"].items())[:_MOST],
        "compose_files": _texts(node["dockerComposeFile"]),
        "service": _cut(node["service"].text),
        "features": [{"name": name[:_LONGEST], "version": _version(each), "line": each.line}
                     for name, each in sorted(node["features"].items())][:_MOST],
        "commands": [fact for name in _COMMANDS if (fact := _command(name, node[name]))],
        "remote_user": _cut(node["remoteUser"].text),
        "container_user": _cut(node["containerUser"].text),
        "ports": _texts(node["forwardPorts"]),
        "env": sorted({name for key in ("containerEnv", "remoteEnv") for name, _ in node[key].items()})[:_MOST],
        "dockerfile_path": None,
        "line": dockerfile.line if dockerfile.text else node["image"].line if node["image"] else 1,
    }  # fmt: skip


def _version(options: Node) -> str | None:
    return _cut(options.text or options["version"].text)


def _command(name: str, node: Node) -> Facts | None:
    """A text is run by a shell, a list is not; of a mapping all values are run side by side."""
    if not node:
        return None
    parts: list[tuple[str | None, Node]] = [*node.items()]
    runs = [
        {
            "name": key,
            "text": _cut(each.text),
            "words": [_cut(word.text) or "" for word in each.elements()][:_MOST],
        }
        for key, each in parts or [(None, node)]
    ]
    return {"event": name, "runs": runs[:_MOST], "line": node.line}


def _texts(node: Node) -> list[str]:
    return [one.text[:_LONGEST] for one in list(node.elements_or_self())[:_MOST] if one.text]


def _cut(text: str | None) -> str | None:
    return None if text is None else text[:_LONGEST]
