"""Azure's pipelines, and the templates of the repository that they take in."""

from collections.abc import Iterable, Iterator

from codegenie.formats import azure_pipelines
from codegenie.formats.pipelines import Open, Pipeline, Use, is_computed
from codegenie.probe import ProbeInputs

from ._paths import parent, under

MOST_FILES = 500


def pipelines(inputs: ProbeInputs, paths: Iterable[str]) -> Iterator[tuple[str, Pipeline]]:
    """What each file says, and then what each template says that one of them names; every file once."""
    files = frozenset(inputs.files)
    waiting = [path for path in paths if path in files]
    seen = set(waiting)
    while waiting:
        path = waiting.pop(0)
        found = inputs.parse(path, azure_pipelines.parse)
        if found is None:
            continue
        uses = tuple(use._replace(found=_place(use, path, files)) for use in found.uses)
        left = tuple(
            Open("template of another repository" if use.ref not in (None, "self") else "template", use.name, use.line)
            for use in uses
            if not use.found
        )
        yield path, found._replace(uses=uses, not_resolved=(*found.not_resolved, *left))
        for use in uses:
            if use.found and use.found not in seen and len(seen) < MOST_FILES:
                seen.add(use.found)
                waiting.append(use.found)


def _place(use: Use, path: str, files: frozenset[str]) -> str | None:
    """The file: from the root where it starts with a slash, else from the directory of the file that names it."""
    if is_computed(use.name) or use.ref not in (None, "self"):
        return None
    absolute = use.name.startswith("/")
    at = under("" if absolute else parent(path), use.name.lstrip("/"))
    return at if at in files else None
