"""The commands that stand literally in templates of Kubernetes manifests, such as those of Helm charts.

Nothing is rendered: each action is taken as one word, and a line of actions alone as no line.
"""

from typing import Any

from codegenie.formats.patterns import lazily

from ._kubernetes import yaml_objects

Facts = dict[str, Any]

BLANK = "⟪⟫"
"""What stands for an action."""

_ACTION = lazily(r"\{\{(?:[^}]++|\}(?!\}))*+\}\}")
_ONLY_ACTIONS = lazily(rf"(?m)^[ \t]*+(?:{BLANK}[ \t]*+)++$")
_MOST = 200_000  # characters of a template
_HOOK = "helm.sh/hook"


def template(path: str, content: bytes) -> Facts:
    """The workloads of a template; whether it was read, which where branches repeat a key it cannot be."""
    text = content.decode("utf-8", "replace")[:_MOST]
    plain = _ONLY_ACTIONS.sub("", _ACTION.sub(lambda found: BLANK + "\n" * found[0].count("\n"), text))
    found = yaml_objects(path, plain.encode())
    is_read = not found.get("problems") and not found.get("templates")
    workloads = found.get("workloads", [])
    if _HOOK in text:
        workloads = [{**each, "schedule": None, "kind": f"{each['kind']} (hook)"} for each in workloads]
    return {"is_read": is_read, "workloads": [_lean(each) for each in workloads]}


def _lean(workload: Facts) -> Facts:
    """What commands are read from."""
    kept = ("name", "image", "build", "command", "args", "env", "probes", "hooks", "mounts", "line")
    containers = [{key: each[key] for key in kept} for each in workload["containers"]]
    return {key: workload[key] for key in ("platform", "kind", "name", "path", "schedule")} | {"containers": containers}
