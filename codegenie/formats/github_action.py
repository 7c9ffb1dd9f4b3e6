"""action.yml: an action of GitHub Actions, and the steps of a composite one."""

from codegenie.formats.github_workflow import notes_of, secrets_of, steps_of
from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import Asked, Image, Job, Pipeline, short
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_nodes import mapping

_KINDS = {"composite": "composite action", "docker": "docker action"}
_NODE = lazily(r"node(\d{1,3})")


def parse(content: bytes) -> Pipeline:
    """Read an action; what it runs is one job.  Raises Unparsable."""
    top = mapping(content)
    runs = top["runs"]
    using = runs["using"].text
    if using is None:
        raise Unparsable("no action: it does not say what it runs")
    image = runs["image"]
    node = _NODE.fullmatch(using)
    job = Job(
        name="runs",
        line=runs.line,
        images=(Image("action", image.text.strip(), image.line),) if image.text else (),
        steps=tuple(steps_of(runs["steps"], None, notes_of(content))),
        defaults=tuple(
            (name, given.text) for name, each in sorted(top["inputs"].pairs.items()) if (given := each["default"]).text
        ),
        asked=(Asked("node", "runs.using", node[1], None, runs["using"].line),) if node else (),
    )
    return Pipeline(
        kind=_KINDS.get(using, "javascript action" if node else "action"),
        name=short(top["name"].text),
        parameters=tuple(sorted(top["inputs"].pairs)),
        jobs=(job,),
        secrets=tuple(secrets_of(top)),
    )
