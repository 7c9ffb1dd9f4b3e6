"""Which files say how images are built, and what each of them says."""

import re
from typing import Any

from codegenie.formats import dockerfile
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

from ._apart import kind_apart
from ._bake import bake
from ._devcontainer import devcontainer
from ._dockerfile_facts import dockerfile_facts, is_dockerfile

Facts = dict[str, Any]

DECLARED = (
    "**/{[Dd]ockerfile,[Cc]ontainerfile,DOCKERFILE}",
    "**/{[Dd]ockerfile,[Cc]ontainerfile}[._-]*",
    "**/*[._-]{[Dd]ockerfile,[Cc]ontainerfile}",
    "**/*.{[Dd]ockerfile,[Cc]ontainerfile}.*",
    "**/{.dockerignore,.containerignore}",
    "**/*.{dockerignore,containerignore}",
    "**/docker-bake*.{hcl,json}",
    "**/{bake,*.bake,*-bake}.{hcl,json}",
    "**/.devcontainer.json",
    "**/.devcontainer/devcontainer.json",
    "**/.devcontainer/*/devcontainer.json",
    "!**/node_modules/**",
)

_IGNORE = lazily(r"(?:.*/)?[^/]*\.(?:docker|container)ignore")
_DEVCONTAINER = lazily(r"(?:.*/)?(?:\.devcontainer\.json|\.devcontainer/(?:[^/]+/)?devcontainer\.json)")
_BAKE = lazily(r"(?:.*/)?[^/]*bake[^/]*\.(?:hcl|json)")
_PLAIN = lazily(r"(?:.*/)?(?:docker|container)file", re.IGNORECASE)
_TEMPLATE = lazily(r".*\.(?:template|tmpl|tpl|gotmpl|j2|jinja2?|erb|in|m4|tt|mustache|hbs|ejs|liquid)", re.IGNORECASE)
_TEMPLATE_DIRECTORY = lazily(r"(?:.*/)?(?:templates?|template-[^/]*|[^/]*-template|\{\{.*\}\})/", re.IGNORECASE)
_ACTION = lazily(
    r"^[ \t]*+(?:\{\{|\{%|<%)|^[ \t]*+FROM[^\n]*?(?:\{\{|\{%|<%|@[A-Z_]{2,40}@)", re.MULTILINE | re.IGNORECASE
)
_BEGINS_WITH_ACTION = lazily(r"\s*+(?:#[^\n]*+\s++)*+(?:\{\{|\{%|<%)")
_SIGN = lazily(r"\{\{|\{%|<%|@[A-Z_]{2,40}@|%%[A-Z_]{2,40}%%")
_FROM = lazily(r"^[ \t]*+FROM[ \t]++(?:--platform=\S+[ \t]++)?(\S[^\r\n]{0,500})", re.MULTILINE | re.IGNORECASE)
_AS = lazily(r"\s+AS\s+\S+\s*\Z", re.IGNORECASE)
_MOST_FROMS = 30
_MOST_PATTERNS = 100_000


def finding(path: str, content: bytes) -> dict[str, Facts]:
    """What the file says, by the list of the slice that it belongs to.  Raises Unparsable."""
    kind = kind_apart(path) or ("template" if "{{" in path else None)
    if _IGNORE.fullmatch(path):
        return {} if kind else _ignore_file(path, content)
    if _DEVCONTAINER.fullmatch(path):
        return {"apart": _apart(kind, path)} if kind else {"devcontainers": devcontainer(path, content)}
    if _BAKE.fullmatch(path):
        return {"apart": _apart(kind, path)} if kind else {"bake_files": bake(path, content)}
    text = text_of(content)
    seems = _seems_dockerfile(path, content)
    if not seems:
        return {}
    if kind:
        return {"apart": _apart(kind, path)}
    if _TEMPLATE.fullmatch(path) or _ACTION.search(text):
        return {"templates": _template(path, text)}
    if _TEMPLATE_DIRECTORY.match(path):
        return {"apart": _apart("template", path)}
    facts, layers = dockerfile_facts(path, content)
    return {"dockerfiles": facts, "layers": layers}


def _seems_dockerfile(path: str, content: bytes) -> bool:
    """A file named just so always is one; of any other name, one that begins as a Dockerfile must."""
    if _PLAIN.fullmatch(path):
        return True
    if _TEMPLATE.fullmatch(path):
        return _FROM.search(text_of(content)) is not None
    try:
        if is_dockerfile(dockerfile.parse(content)):
            return True
    except Unparsable:
        pass
    text = text_of(content)
    return _BEGINS_WITH_ACTION.match(text) is not None and _FROM.search(text) is not None


def _apart(kind: str, path: str) -> Facts:
    return {"kind": kind, "path": path}


def _ignore_file(path: str, content: bytes) -> dict[str, Facts]:
    if b"\0" in content:
        raise Unparsable("not text")
    lines = [line.strip() for line in text_of(content).split("\n")[:_MOST_PATTERNS]]
    patterns = [line for line in lines if line and not line.startswith("#")]
    facts = {
        "path": path,
        "patterns": len(patterns),
        "negations": sum(line.startswith("!") for line in patterns),
        "ignores_all": any(line.lstrip("/") in ("*", "**") for line in patterns),
        "dockerfiles": [],
    }
    return {"ignore_files": facts, "ignored": {"path": path, "patterns": patterns}}


def _template(path: str, text: str) -> Facts:
    """Of a template only the bases that are written out."""
    sign = _SIGN.search(text)
    found = [(match, _AS.sub("", match[1]).rstrip()) for match in _FROM.finditer(text)][:_MOST_FROMS]
    return {
        "path": path,
        "sign": sign[0] if sign else None,
        "bases": [
            {"written": written[:300], "literal": not _SIGN.search(written) and "$" not in written,
             "line": text.count("\n", 0, match.start()) + 1}
            for match, written in found
        ],
    }  # fmt: skip
