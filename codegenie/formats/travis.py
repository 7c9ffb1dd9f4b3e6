""".travis.yml: one job for each combination of versions, systems and environments, and those under `jobs.include`."""

from collections.abc import Iterator

from codegenie.formats.ci_matrix import combinations, matrix
from codegenie.formats.pipelines import (
    Asked,
    Job,
    Matrix,
    Pipeline,
    Secret,
    Step,
    Stored,
    Trigger,
    Use,
    script_of,
    short,
)
from codegenie.formats.yaml_nodes import NOTHING, Node, mapping, shown

_PHASES = ("before_install", "install", "before_script", "script", "after_script", "after_success", "after_failure",
           "before_cache", "before_deploy", "after_deploy")  # fmt: skip
_VERSIONS = {
    "node_js": "node", "python": "python", "ruby": "ruby", "rvm": "ruby", "php": "php", "go": "go", "rust": "rust",
    "jdk": "java", "scala": "scala", "perl": "perl", "elixir": "elixir", "otp_release": "erlang", "ghc": "ghc",
    "dotnet": "dotnet", "mono": "mono", "julia": "julia", "r": "r", "dart": "dart", "crystal": "crystal",
    "xcode": "xcode", "osx_image": "xcode", "d": "d", "haxe": "haxe", "lein": "leiningen", "gemfile": "gemfile",
    "compiler": "compiler",
}  # fmt: skip
"""The keys that give the versions of a language, after docs.travis-ci.com/user/languages."""

_AXES = (*_VERSIONS, "os", "arch", "dist")
_NOT_RUNTIMES = ("gemfile", "compiler")


def parse(content: bytes) -> Pipeline:
    """Read the file.  Raises Unparsable."""
    top = mapping(content)
    jobs_key = top["jobs"] or top["matrix"]
    main = _job("main", top, top)
    included = [
        _job(each["name"].text or f"include {at}", each, top)
        for at, each in enumerate(jobs_key["include"].elements, 1)
        if each.kind == "mapping"
    ]
    stages = tuple(text for stage in top["stages"].elements for text in (stage.texts or stage["name"].texts))
    return Pipeline(
        kind="pipeline",
        triggers=tuple(_triggers(top)),
        stages=stages,
        jobs=(main, *included),
        secrets=tuple(_secrets(top)),
        uses=tuple(
            Use("import", source.text.partition("@")[0], source.text.partition("@")[2] or None, each.line)
            for each in top["import"].several
            if (source := each if each.text is not None else each["source"]).text is not None
        ),
    )


def _job(name: str, node: Node, top: Node) -> Job:
    whole = node is top
    steps = [
        Step(line=node[phase].line, name=phase, commands=script_of(node[phase].several))
        for phase in _PHASES
        if node[phase].texts
    ]
    for each in node["deploy"].several:
        provider = each["provider"]
        if provider.text is not None:
            steps.append(Step(line=provider.line, uses=Use("deploy provider", provider.text, None, provider.line)))
            if (script := each["script"]).text is not None:
                steps.append(Step(line=script.line, commands=script_of([script])))
    labels = tuple(text for key in ("os", "dist", "arch", "osx_image") for text in node[key].texts)
    first = next((node[key] for key in ("os", "dist", "arch", "osx_image") if node[key]), NOTHING)
    services = node["services"]
    cache = node["cache"]
    return Job(
        name=short(name) or "main",
        line=0 if whole else node.line,
        stage=short(node["stage"].text),
        runner=labels,
        runner_line=first.line or None,
        services=services.texts,
        matrix=_matrix(top) if whole else None,
        condition=short(node["if"].text),
        steps=tuple(steps),
        caches=tuple(_caches(cache)),
        asked=tuple(_asked(node)),
    )


def _caches(node: Node) -> Iterator[Stored]:
    """The names of what Travis knows how to keep, and directories."""
    names = [*node.texts, *(key for key, value in node.pairs.items() if key != "directories" and value)]
    for each in node.elements:
        names += each.pairs
    if node:
        yield Stored("cache", ", ".join(names) or None, node["directories"].texts, node.line)


def _asked(node: Node) -> Iterator[Asked]:
    for key, runtime in _VERSIONS.items():
        if key not in _NOT_RUNTIMES:
            for value in node[key].several:
                if value.text is not None:
                    yield Asked(runtime, key, value.text, None, value.line)


def _matrix(top: Node) -> Matrix | None:
    """The axes of more than one value, and `env` of several lines, without what is excluded."""
    axes = {name: top[name] for name in _AXES if len(top[name].elements) > 1}
    env = top["env"]
    rows = env["jobs"] or env["matrix"] or (env if env.kind == "list" else NOTHING)
    if len(rows.elements) > 1:
        axes["env"] = rows
    if not axes:
        return None
    written = tuple((name, short(shown(_hidden(value))) or "") for name, value in axes.items())
    made = combinations({name: _hidden(value).elements for name, value in axes.items()})
    jobs = top["jobs"] or top["matrix"]
    if made is None:
        return matrix(min(node.line for node in axes.values()), written, None)
    excluded = [{key: shown(value) for key, value in each.pairs.items()} for each in jobs["exclude"].elements]
    kept = [one for one in made if not any(each and each.items() <= one.items() for each in excluded)]
    return matrix(min(node.line for node in axes.values()), written, kept)


def _hidden(node: Node) -> Node:
    """The values without what is encrypted."""
    return Node(node.line, elements=tuple(each for each in node.elements if not each["secure"]), kind="list")


def _triggers(top: Node) -> Iterator[Trigger]:
    branches = top["branches"]
    if branches:
        filters = tuple((key, value.texts) for key, value in branches.pairs.items()) or (("only", branches.texts),)
        yield Trigger("branches", branches.line, filters)
    if (condition := top["if"]).text is not None:
        yield Trigger("if", condition.line, (("condition", (condition.text,)),))


def _secrets(node: Node) -> Iterator[Secret]:
    """What is encrypted has no name here but the key that it stands under."""
    for key, value in node.pairs.items():
        if value["secure"]:
            yield Secret("encrypted value", key, value.line)
        yield from _secrets(value)
    for element in node.elements:
        if element["secure"]:
            yield Secret("encrypted value", None, element.line)
        yield from _secrets(element)
