"""mix.exs, as far as it is a list: the application, its version and its dependencies as literals; it is never run."""

import re
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of

MOST_ENTRIES = 5000

_BLANK = lazily(r'#[^\n]*+|("""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?|"(?:[^"\\]++|\\.)*+"?)', re.DOTALL)
_APP = lazily(r"(?<![\w:])app:\s*+:(\w{1,100})")
_VERSION = lazily(r'(?<![\w:])version:\s*+(?:"([^"#\n]{1,100})"|@(\w{1,50}))')
_ANY_VERSION = lazily(r"(?<![\w:])version:")
_ELIXIR = lazily(r'(?<![\w:])elixir:\s*+(?:"([^"#\n]{1,100})"|@(\w{1,50}))')
_APPS_PATH = lazily(r'(?<![\w:])apps_path:\s*+"([^"#\n]{1,200})"')
_DEPENDENCY = lazily(r'\{\s*+:(\w{1,100})\s*+,((?:[^{}"]++|"(?:[^"\\]++|\\.)*+"){0,400}+)\}')
_REQUIREMENT = lazily(r'\s*+"([^"#\n]{1,200})"')
_OPTION = lazily(r'(?<![\w:])(git|github|path|tag|branch|ref|hex|organization):\s*+(?:"([^"\n]{0,300})"|:(\w{1,100}))')
_ONLY = lazily(r"(?<![\w:])only:\s*+(:\w++|\[[^\]\n]*+\])")
_TRUE = lazily(r"(?<![\w:])(optional|in_umbrella):\s*+true")
_DEPS = lazily(r"\bdefp?\s++deps\b[^\n]*+\n")


class MixDependency(NamedTuple):
    """One dependency; `only` are the environments that it is for, empty for all."""

    name: str
    requirement: str | None
    only: tuple[str, ...]
    optional: bool
    source: Literal["registry", "git", "path", "workspace"]
    path: str | None
    package: str | None
    """The name of its package, where that is another."""
    line: int


class MixExs(NamedTuple):
    """The file."""

    app: str | None
    version: str | None
    version_computed: bool
    elixir: str | None
    elixir_line: int | None
    apps_path: str | None
    """Of an umbrella, where its applications lie."""
    apps_line: int | None
    dependencies: tuple[MixDependency, ...]
    computed: bool
    """Whether there are dependencies that no literal names."""


def parse(content: bytes) -> MixExs:
    """Read the file; any text is one."""
    text = _BLANK.sub(lambda found: found[1] or " " * len(found[0]), text_of(content))
    app, version, elixir, apps = (pattern.search(text) for pattern in (_APP, _VERSION, _ELIXIR, _APPS_PATH))
    deps = _DEPS.search(text)
    start = deps.end() if deps else len(text)
    body = text[start : (text.find("\n  end", start) + 1 or len(text)) - 1 if deps else len(text)]
    return MixExs(
        app=app[1] if app else None,
        version=_version(text, version),
        version_computed=_version(text, version) is None and bool(_ANY_VERSION.search(text)),
        elixir=_version(text, elixir),
        elixir_line=_line(text, elixir),
        apps_path=apps[1] if apps else None,
        apps_line=_line(text, apps),
        dependencies=tuple(_dependencies(text, start, start + len(body))),
        computed="++" in body or "Enum." in body or "fn " in body,
    )


def _version(text: str, found: re.Match[str] | None) -> str | None:
    """The literal, or that of the attribute that it names."""
    if found is None or found[1]:
        return found[1] if found else None
    attribute = re.findall(rf'^[ \t]*@{found[2]}[ \t]+"([^"#\n]{{1,100}})"', text, re.MULTILINE)
    return attribute[0] if len(attribute) == 1 else None


def _dependencies(text: str, start: int, end: int) -> list[MixDependency]:
    found = []
    line, counted = 1, 0
    for each in list(_DEPENDENCY.finditer(text, start, end))[:MOST_ENTRIES]:
        line, counted = line + text.count("\n", counted, each.start()), each.start()
        options = {name: text or atom for name, text, atom in _OPTION.findall(each[2])}
        true = set(_TRUE.findall(each[2]))
        required, only = _REQUIREMENT.match(each[2]), _ONLY.search(each[2])
        reference = next((f"{name}={options[name]}" for name in ("tag", "branch", "ref") if name in options), None)
        source: Literal["registry", "git", "path", "workspace"] = "registry"
        if "in_umbrella" in true:
            source = "workspace"
        elif "path" in options:
            source = "path"
        elif "git" in options or "github" in options:
            source = "git"
        found.append(
            MixDependency(
                name=each[1],
                requirement=required[1] if required else reference,
                only=tuple(sorted(re.findall(r":(\w+)", only[1]))) if only else (),
                optional="optional" in true,
                source=source,
                path=options.get("path"),
                package=options.get("hex"),
                line=line,
            )
        )
    return found


def _line(text: str, found: re.Match[str] | None) -> int | None:
    return 1 + text.count("\n", 0, found.start()) if found else None
