"""GitHub Actions workflows, those of Gitea and Forgejo included: triggers, jobs and steps."""

import re
from collections.abc import Iterator

from codegenie.formats.ci_matrix import expanded
from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import (
    Image,
    Job,
    Open,
    Pairs,
    Permissions,
    Pipeline,
    Secret,
    Step,
    Trigger,
    Use,
    dialect_of,
    inputs_of,
    literals,
    script_of,
    short,
)
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_nodes import NOTHING, Node, mapping

_NAMES_ONLY = ("inputs", "outputs", "secrets")  # of workflow_call and workflow_dispatch
_EXPRESSION = lazily(r"\$\{\{((?:[^}]++|\}(?!\}))*+)")
_CONTEXT = lazily(
    r"\b(secrets|vars)(?:\s*\.\s*([A-Za-z_][\w-]*+)|\s*\[\s*'([^']{1,200})'\s*\]|\s*(\[|\.\s*\*|\)|,|\Z))", re.ASCII
)
_COMMENT = lazily(r"""\buses["']?\s*+:\s*+["']?[^\s"'#]++["']?\s++\#\s*+(?:tag|ratchet:)?[=:]?\s*+(\S{1,100})""")
_VERSION = lazily(r"(?:[\w./-]*@)?([vV]?\d[\w.+-]*)")


def parse(content: bytes) -> Pipeline:
    """Read a workflow.  Raises Unparsable."""
    top = mapping(content)
    if not top["jobs"].pairs:
        raise Unparsable("a workflow without jobs")
    shell = top["defaults"]["run"]["shell"].text
    triggers = tuple(_triggers(top["on"]))
    call, dispatch = top["on"]["workflow_call"], top["on"]["workflow_dispatch"]
    notes = notes_of(content)
    defaults = tuple(
        (name, value) for name, node in call["inputs"].pairs.items() if (value := node["default"].text) is not None
    )
    return Pipeline(
        kind="reusable workflow" if any(trigger.event == "workflow_call" for trigger in triggers) else "workflow",
        name=short(top["name"].text),
        triggers=triggers,
        permissions=_permissions(top),
        concurrency=_group(top["concurrency"]),
        shell=short(shell),
        parameters=tuple(sorted({*call["inputs"].pairs, *dispatch["inputs"].pairs})),
        jobs=tuple(_job(name, node, top, notes, defaults) for name, node in top["jobs"].pairs.items()),
        secrets=(*_declared(call["secrets"]), *secrets_of(top)),
        not_resolved=tuple(_not_resolved(top["jobs"])),
    )


def steps_of(
    node: Node, shell: str | None, notes: dict[int, str], *env: Node, directory: str | None = None
) -> Iterator[Step]:
    """The steps of a job, or of a composite action; `shell` and `directory` are those where a step names none."""
    for step in node.elements:
        if step.kind != "mapping":
            continue
        own = step["shell"].text or shell
        uses = step["uses"]
        yield Step(
            line=step["run"].line or uses.line or step.line,
            name=short(step["name"].text),
            commands=script_of([step["run"]], shell=own),
            shell=short(own),
            unread=step["run"].text is not None and dialect_of(own) is None,
            uses=use_of(uses, notes) if uses.text is not None else None,
            inputs=inputs_of(step["with"]),
            variables=literals(*env, step["env"]),
            directory=short(step["working-directory"].text or directory),
            condition=short(step["if"].text),
        )


def use_of(node: Node, notes: dict[int, str]) -> Use:
    """What a `uses` names: `actions/checkout@v4`, `./local`, `docker://image`."""
    text = (node.text or "").strip()
    note = notes.get(node.starts)
    if text.startswith("docker://"):
        return Use("docker", text.removeprefix("docker://"), None, node.line, note)
    if text.startswith(("./", "../")):
        return Use("local", text, None, node.line, note)
    name, _, ref = text.partition("@")
    kind = "workflow" if "/.github/workflows/" in name else "action"
    return Use(kind, name, ref or None, node.line, note)


def secrets_of(top: Node) -> Iterator[Secret]:
    """The names of secrets and variables in expressions; `if` needs no `${{ }}` around its own."""
    yield from _named(top, "")


def notes_of(content: bytes) -> dict[int, str]:
    """The versions in comments behind `uses`, by line: `# v4.2.2`, as those write who pin by sha."""
    found = {}
    for number, line in enumerate(text_of(content).split("\n"), 1):
        if "uses" in line and (comment := _COMMENT.search(line[:1000])) and (at := _VERSION.fullmatch(comment[1])):
            found[number] = at[1]
    return found


def _named(node: Node, key: str) -> Iterator[Secret]:
    if node.text is not None:
        found = [node.text] if key == "if" else [each[1] for each in _EXPRESSION.finditer(node.text)]
        if "secrets" in node.text or "vars" in node.text:
            for expression in found:
                yield from _contexts(expression, node)
    for element in node.elements:
        yield from _named(element, "")
    for name, value in node.pairs.items():
        yield from _named(value, name)
        if name == "secrets" and value.text == "inherit":
            yield Secret("inherited secrets", None, value.line)


def _contexts(expression: str, node: Node) -> Iterator[Secret]:
    for each in _CONTEXT.finditer(expression):
        name = each[2] or each[3]
        before = expression[: each.start()].rstrip()
        if not before.endswith(".") and not (name is None and before.endswith("'")):
            at = (node.text or "").find(each[0]) if node.style == "|" else -1
            line = node.starts + 1 + (node.text or "").count("\n", 0, at) if at >= 0 else node.starts
            yield Secret("secret" if each[1] == "secrets" else "variable", name, line)


def _declared(node: Node) -> Iterator[Secret]:
    for name, value in node.pairs.items():
        yield Secret("declared secret", name, value.line)


def _triggers(node: Node) -> Iterator[Trigger]:
    for each in node.several:
        if each.text is not None:
            yield Trigger(each.text, each.line)
    for event, value in node.pairs.items():
        if value.kind == "list":
            crons = tuple(text for element in value.elements for text in element["cron"].texts)
            yield Trigger(event, value.line, (("cron", crons),))
        else:
            filters = {name: tuple(below.pairs) if name in _NAMES_ONLY else below.texts
                       for name, below in value.pairs.items()}  # fmt: skip
            yield Trigger(event, value.line, tuple(filters.items()))


def _permissions(node: Node) -> Permissions | None:
    if "permissions" not in node.pairs:
        return None
    given = node["permissions"]
    scopes = tuple((scope, value.text or "") for scope, value in given.pairs.items())
    return Permissions(given.line, short(given.text) if given.kind == "scalar" else None if scopes else "none", scopes)


def _group(node: Node) -> str | None:
    return short(node.text or node["group"].text)


def _job(name: str, node: Node, top: Node, notes: dict[int, str], inputs: Pairs) -> Job:
    runner = node["runs-on"]
    labels = runner.texts or (*runner["labels"].texts, *(f"group: {each}" for each in runner["group"].texts))
    defaults, of_all = node["defaults"]["run"], top["defaults"]["run"]
    shell = defaults["shell"].text or of_all["shell"].text or _shell_of(labels)
    directory = defaults["working-directory"].text or of_all["working-directory"].text
    environment = node["environment"]
    strategy = node["strategy"]["matrix"]
    return Job(
        name=name,
        line=node.line,
        title=short(node["name"].text),
        runner=tuple(short(label) or "" for label in labels),
        runner_line=runner.line or None,
        images=tuple(_images(node)),
        services=tuple(node["services"].pairs),
        matrix=expanded(strategy) if strategy else None,
        needs=node["needs"].texts,
        condition=short(node["if"].text),
        environment=short(environment.text or environment["name"].text),
        environment_line=environment.line or None,
        permissions=_permissions(node),
        concurrency=_group(node["concurrency"]),
        calls=use_of(node["uses"], notes) if node["uses"].text is not None else None,
        steps=tuple(steps_of(node["steps"], shell, notes, top["env"], node["env"], directory=directory)),
        allowed_to_fail=node["continue-on-error"].is_true,
        defaults=inputs,
        handed=tuple((name, value) for name, value, _ in inputs_of(node["with"])) if node["uses"].text else (),
    )


def _shell_of(labels: tuple[str, ...]) -> str | None:
    """The shell of a runner that is plainly one of Windows; of all others bash."""
    return "pwsh" if labels and all(label.lower().startswith("windows") for label in labels) else None


def _images(node: Node) -> Iterator[Image]:
    container = node["container"]
    image = container if container.text is not None else container["image"]
    if image.text:
        yield Image("job", image.text.strip(), image.line)
    for service in node["services"].pairs.values():
        if (image := service["image"]).text:
            yield Image("service", image.text.strip(), image.line)


def _not_resolved(jobs: Node) -> Iterator[Open]:
    for job in jobs.pairs.values():
        strategy = job.pairs.get("strategy", NOTHING)["matrix"]
        if strategy.text is not None:
            yield Open("matrix", short(strategy.text) or "", strategy.line)
