"""How a slice shows the parts of a container, whichever platform describes it."""

from collections.abc import Iterable, Sequence
from typing import Any

from codegenie.formats.image_reference import reference
from codegenie.formats.patterns import lazily

from ._lined import Node

LONGEST = 2000  # characters of a word of a command; a script in a manifest is longer now and then
MOST = 300  # entries of each list of a container

# What a tool puts in before the text is used: Compose, Helm, Terraform, Kubernetes, ERB, CloudFormation's !Sub, Azure.
_PLACEHOLDER = lazily(r"\$\{|\{\{|\$\(|<%|\$[A-Za-z_]|#\{|<[A-Za-z][\w -]*>|@@|__[A-Z][A-Z0-9_]*__")

Facts = dict[str, Any]


def is_open(text: str) -> bool:
    """Whether the text has parts that something else fills in."""
    return _PLACEHOLDER.search(text) is not None


def image_fact(written: str, line: int | None, *, resolved: str | None = None, by: str = "literal") -> Facts:
    """An image as written, and its parts where they can be known: from `resolved`, or from what is written."""
    known = written if resolved is None else resolved
    is_known = not is_open(known)
    parts = reference(known) if is_known else None
    return {
        "written": shortened(written),
        "registry": parts.registry if parts else None,
        "repository": parts.repository if parts else None,
        "tag": parts.tag if parts else None,
        "digest": parts.digest if parts else None,
        "normalized": parts.normalized if parts else None,
        "resolved_by": (by if resolved is not None else "literal") if is_known else None,
        "line": line,
    }


def image_of(node: Node) -> Facts | None:
    """The image that a value names; None where it is no text."""
    written = node.text
    if node.tag:
        return image_fact(f"{node.tag} {written or ''}".strip(), node.line) | UNRESOLVED
    return image_fact(written, node.line) if written else None


UNRESOLVED: Facts = {
    **dict.fromkeys(("registry", "repository", "tag", "digest", "normalized", "resolved_by")),
}


def command_fact(node: Node) -> Facts | None:
    """A command in words; None where there is none."""
    if not node:
        return None
    if isinstance(node.value, list):
        words = [shortened(element.text or "") for element in node.elements()]
        return {"form": "list", "words": words[:MOST], "text": None, "line": node.line}
    return {"form": "text", "words": [], "text": shortened(node.text or ""), "line": node.line}


def words_fact(words: Sequence[str], line: int | None) -> Facts:
    """A command whose words are known."""
    return {"form": "list", "words": [shortened(word) for word in words][:MOST], "text": None, "line": line}


def text_fact(text: str, line: int | None) -> Facts:
    """A command of one text, for a shell or for the platform to split."""
    return {"form": "text", "words": [], "text": shortened(text), "line": line}


def first_text(node: Node, *keys: str) -> Facts | None:
    """The text at the first of the keys that has one, as a command."""
    found = node.first(*keys)
    return text_fact(found.text, found.line) if found.text else None


def variable(name: str, how: str, line: int | None, source: str | None = None, key: str | None = None) -> Facts:
    """An environment variable: how it gets its value, never the value."""
    return {"name": name, "how": how, "source": source, "key": key, "line": line}


def setting(name: str, value: Any, level: str, line: int | None, overridden_line: int | None = None) -> Facts:
    """A setting of the security context, by the platform's own name for it."""
    return {"setting": name, "value": value, "level": level, "line": line, "overridden_line": overridden_line}


def port_fact(
    port: str | None,
    line: int | None,
    *,
    name: str | None = None,
    protocol: str | None = None,
    published: str | None = None,
) -> Facts:
    """A port of a container, as text: it may be a range, or still to be filled in."""
    known = port if port and not is_open(port) else None
    return {"port": port, "resolved": known, "published": published, "protocol": protocol, "name": name, "line": line}


def resource_facts(requests: Node, limits: Node) -> list[Facts]:
    """What is asked for and what is allowed, by resource."""
    asked, allowed = dict(requests.items()), dict(limits.items())
    return [
        {
            "name": name,
            "request": asked[name].text if name in asked else None,
            "limit": allowed[name].text if name in allowed else None,
            "line": (asked.get(name) or allowed[name]).line if name in asked else allowed[name].line,
        }
        for name in sorted({*asked, *allowed})
    ][:MOST]


def container_facts(name: str | None, line: int | None, **known: Any) -> Facts:
    """A container with all that is not known left empty."""
    return {
        "name": name,
        "role": "main",
        "image": None,
        "build": None,
        "pull_policy": None,
        "command": None,
        "args": None,
        "working_dir": None,
        "ports": [],
        "env": [],
        "env_from": [],
        "probes": [],
        "hooks": [],
        "resources": [],
        "security": [],
        "mounts": [],
        "line": line,
    } | known


def workload_facts(platform: str, kind: str, name: str | None, path: str, line: int | None, **known: Any) -> Facts:
    """A workload with all that is not known left empty."""
    return {
        "platform": platform,
        "kind": kind,
        "api_version": None,
        "name": name,
        "namespace": None,
        "path": path,
        "line": line,
        "part": "whole",
        "replicas": None,
        "schedule": None,
        "service_account": None,
        "restart_policy": None,
        "grace_period_seconds": None,
        "pod_security": [],
        "profiles": [],
        "depends_on": [],
        "extends": None,
        "containers": [],
    } | known


def probe_fact(kind: str, method: str, line: int | None, **known: Any) -> Facts:
    """A health check with all that is not known left empty; times are as written."""
    return {
        "kind": kind,
        "method": method,
        "command": None,
        "path": None,
        "port": None,
        "initial_delay": None,
        "period": None,
        "timeout": None,
        "failure_threshold": None,
        "line": line,
    } | known


def shortened(text: str) -> str:
    """The text, cut where it is longer than anybody reads."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def first_of(entries: Iterable[Facts]) -> list[Facts]:
    """As many entries as a list of a container may have."""
    return list(entries)[:MOST]
