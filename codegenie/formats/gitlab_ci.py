"""GitLab CI: one file, and what several of them come to together (`include`, `extends`, `default`, `!reference`).

The rules are those of docs.gitlab.com/ci/yaml: mappings are merged key by key, lists and scalars replaced; an included
file gives way to the one that includes it, and what is extended to the job that extends it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from codegenie.formats.ci_matrix import combinations, matrix
from codegenie.formats.pipelines import (
    Image,
    Job,
    Matrix,
    Open,
    Pipeline,
    Secret,
    Step,
    Stored,
    Trigger,
    Use,
    is_computed,
    literals,
    script_of,
    short,
)
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_nodes import NOTHING, Node, shown
from codegenie.formats.yaml_nodes import parse as documents

DEEPEST = 11  # levels of `extends`; GitLab allows no more
MOST_NODES = 500_000
"""Nodes that `extends` and `!reference` may add to those that are written: a few lines can ask for any number."""

GLOBAL = frozenset({"default", "include", "stages", "variables", "workflow", "spec", "image", "services", "cache",
                    "before_script", "after_script", "types"})  # fmt: skip
_DEFAULTS = ("image", "services", "cache", "before_script", "after_script", "tags", "artifacts")
_CONDITIONS = ("if", "changes", "exists", "when")


class Include(NamedTuple):
    """A file that is brought in: `kind` is local, remote, template, project or component."""

    kind: str
    value: str
    ref: str | None
    line: int


class GitlabFile(NamedTuple):
    """One file as it is: its includes in their order, and its top mapping."""

    includes: tuple[Include, ...]
    top: Node


def parse(content: bytes) -> GitlabFile:
    """Read one file.  Raises Unparsable."""
    found = [document for document in documents(content) if document]
    if any(document.kind != "mapping" for document in found):
        raise Unparsable("not a YAML mapping")
    if len(found) > 2 or (len(found) == 2 and "spec" not in found[0].pairs):
        raise Unparsable("more than one YAML document")
    top = found[-1] if found else NOTHING
    return GitlabFile(tuple(includes_of(top["include"])), top)


def includes_of(node: Node) -> Iterator[Include]:
    """What an `include` names: a path, an address, or a mapping that says which of the two, or what else."""
    for each in node.several:
        if each.text is not None:
            yield Include("remote" if "://" in each.text else "local", each.text, None, each.line)
        for kind in ("local", "remote", "template", "component"):
            if (value := each[kind].text) is not None:
                name, _, ref = value.rpartition("@") if kind == "component" else (value, "", "")
                yield Include(kind, name or value, ref or None, each[kind].line)
        if (project := each["project"].text) is not None:
            for file in each["file"].texts:
                yield Include("project", f"{project}: {file}", each["ref"].text, each["project"].line)


def pipeline(top: Node, kind: str = "pipeline") -> Pipeline:
    """What the merged mapping of all files comes to."""
    merging = _Merging(top)
    jobs = []
    for name, node in top.pairs.items():
        if name not in GLOBAL and not name.startswith(".") and node.kind == "mapping":
            jobs.append(_job(name, merging.job(node), top))
    return Pipeline(
        kind=kind,
        name=short(top["workflow"]["name"].text),
        triggers=tuple(_rules(top["workflow"])),
        stages=top["stages"].texts or top["types"].texts,
        jobs=tuple(jobs),
        secrets=tuple(_secrets(top)),
        not_resolved=tuple(merging.not_resolved),
    )


def merged(lower: Node, upper: Node) -> Node:
    """Both, where mappings are merged key by key and anything else of `upper` counts."""
    if lower.kind != "mapping" or upper.kind != "mapping" or not lower.pairs:
        return upper
    pairs = dict(lower.pairs)
    for key, value in upper.pairs.items():
        pairs[key] = merged(pairs[key], value) if key in pairs else value
    return upper.with_pairs(pairs)


class _Merging:
    """Follows `extends` and `!reference`, and keeps count of what that adds."""

    def __init__(self, top: Node) -> None:
        self._top = top
        self._left = MOST_NODES
        self.not_resolved: list[Open] = []

    def job(self, node: Node) -> Node:
        """The job with all that it extends, and its references resolved."""
        return self._resolved(self._extended(node, 0), 0)

    def _extended(self, node: Node, depth: int) -> Node:
        result = NOTHING
        for parent in node["extends"].several:
            name = parent.text or ""
            found = self._top[name]
            if found.kind != "mapping" or depth >= DEEPEST or not self._affordable(found):
                self.not_resolved.append(Open("extends", name, parent.line, parent.file))
                continue
            result = merged(result, self._extended(found, depth + 1)) if result else self._extended(found, depth + 1)
        return merged(result, node) if result else node

    def _resolved(self, node: Node, depth: int) -> Node:
        if node.tag == "!reference":
            return self._reference(node, depth)
        if node.kind == "scalar" or not _has_reference(node):
            return node
        elements = tuple(self._resolved(element, depth) for element in node.elements)
        return node.holding(elements, {key: self._resolved(value, depth) for key, value in node.pairs.items()})

    def _reference(self, node: Node, depth: int) -> Node:
        found, way = self._top, list(node.texts)
        if way and (job := self._top[way[0]]).kind == "mapping" and len(way) > 1 and way[1] not in job.pairs:
            found = self._top.with_pairs({**self._top.pairs, way[0]: self._extended(job, 0)})
        for key in way:
            found = found[key]
        if not found or depth >= DEEPEST or not self._affordable(found):
            self.not_resolved.append(Open("!reference", ", ".join(way), node.line, node.file))
            return NOTHING
        return self._resolved(found, depth + 1)

    def _affordable(self, node: Node) -> bool:
        """Whether what is below the node may be added; once something may not, nothing may."""
        waiting = [node]
        while waiting and self._left:
            each = waiting.pop()
            self._left -= 1
            waiting += (*each.elements, *each.pairs.values())
        return self._left > 0


def _has_reference(node: Node) -> bool:
    below = (*node.elements, *node.pairs.values())
    return node.tag == "!reference" or any(_has_reference(each) for each in below)


def _job(name: str, node: Node, top: Node) -> Job:
    node = _with_defaults(node, top)
    scripts = [node[key] for key in ("before_script", "script", "after_script")]
    environment = node["environment"]
    parallel = node["parallel"]
    return Job(
        name=name,
        line=node.line,
        stage=short(node["stage"].text),
        runner=tuple(short(tag) or "" for tag in node["tags"].texts),
        runner_line=node["tags"].line or None,
        runner_file=node["tags"].file,
        images=() if node["trigger"] else tuple(_images(node)),
        matrix=_matrix(parallel) if parallel["matrix"] else None,
        needs=tuple(need.text or need["job"].text or shown(need)[:200] for need in node["needs"].elements),
        condition=short(node["when"].text),
        environment=short(environment.text or environment["name"].text),
        environment_line=environment.line or None,
        concurrency=short(node["resource_group"].text),
        calls=_calls(node["trigger"]),
        steps=tuple(_steps(scripts, literals(top["variables"], node["variables"]))),
        caches=tuple(_caches(node["cache"])),
        artifacts=tuple(_artifacts(node["artifacts"])),
        triggers=tuple(_rules(node)),
        allowed_to_fail=node["allow_failure"].is_true,
        path=node.file,
    )


def _with_defaults(node: Node, top: Node) -> Node:
    inherit = node["inherit"]["default"]
    taken = {
        key: value
        for key in _DEFAULTS
        if key not in node.pairs and (value := top["default"][key] or top[key])
        and inherit.text not in ("false", "False") and (inherit.kind != "list" or key in inherit.texts)
    }  # fmt: skip
    return node.with_pairs({**node.pairs, **taken}) if taken else node


def _steps(scripts: list[Node], variables: tuple[tuple[str, str], ...]) -> Iterator[Step]:
    for script in scripts:
        lines = list(script.scalars())
        if lines:
            yield Step(line=script.line, commands=script_of(lines), variables=variables)


def _images(node: Node) -> Iterator[Image]:
    image = node["image"]
    name = image if image.text is not None else image["name"]
    if name.text:
        yield Image("job", name.text.strip(), name.line, name.file)
    for service in node["services"].elements:
        name = service if service.text is not None else service["name"]
        if name.text:
            yield Image("service", name.text.strip(), name.line, name.file)


def _matrix(parallel: Node) -> Matrix:
    written = tuple((f"matrix {at}", short(shown(each)) or "") for at, each in enumerate(parallel["matrix"].elements))
    made: list[dict[str, str]] = []
    for each in parallel["matrix"].elements:
        found = combinations({name: value.several for name, value in each.pairs.items()})
        if found is None or any(is_computed(scalar.text or "") for scalar in each.scalars()):
            return matrix(parallel.line, written, None)
        made += found
    return matrix(parallel.line, written, made)


def _calls(node: Node) -> Use | None:
    if node.text is not None:
        return Use("project pipeline", node.text, None, node.line, file=node.file)
    if (project := node["project"]).text is not None:
        return Use("project pipeline", project.text, node["branch"].text, project.line, file=project.file)
    include = node["include"]
    if include["artifact"] or any(each["artifact"] for each in include.elements):
        return Use("generated pipeline", short(shown(include)) or "", None, include.line, file=include.file)
    found = next(includes_of(include), None)
    return Use(f"{found.kind} child pipeline", found.value, found.ref, found.line, file=node.file) if found else None


def _caches(node: Node) -> Iterator[Stored]:
    for cache in node.several:
        key = cache["key"]
        if cache.kind == "mapping" and (key or cache["paths"]):
            yield Stored("cache", short(shown(key)) or None, cache["paths"].texts, cache.line, cache.file)


def _artifacts(node: Node) -> Iterator[Stored]:
    reports = tuple(f"{kind}: {text}" for kind, value in node["reports"].pairs.items() for text in value.texts)
    if node["paths"] or reports:
        yield Stored("artifacts", short(node["name"].text), (*node["paths"].texts, *reports), node.line, node.file)


def _rules(node: Node) -> Iterator[Trigger]:
    for rule in node["rules"].elements:
        filters = tuple((key, rule[key].texts) for key in _CONDITIONS if rule[key].texts)
        if filters:
            yield Trigger("rule", rule.line, filters, rule.file)
    for key in ("only", "except"):
        value = node[key]
        if value.texts:
            yield Trigger(key, value.line, (("refs", value.texts),), value.file)
        elif value.pairs:
            filters = tuple((name, below.texts) for name, below in value.pairs.items())
            yield Trigger(key, value.line, filters, value.file)


def _secrets(top: Node) -> Iterator[Secret]:
    jobs: Mapping[str, Node] = top.pairs
    for node in jobs.values():
        for name, value in node["secrets"].pairs.items():
            yield Secret("secret", name, value.line, value.file)
