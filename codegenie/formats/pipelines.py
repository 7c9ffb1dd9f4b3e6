"""What the files of all CI services say in common: pipelines of jobs of steps, each with its line.

Values are text as written; what is computed elsewhere (`${{ }}`, `<< >>`, `$VAR`) stays as it is.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.shell_lines import Command, Dialect, commands
from codegenie.formats.yaml_nodes import Node

Pairs = tuple[tuple[str, str], ...]

LONGEST = 500
"""Characters that are kept of a condition, a key of a cache or another text."""

LONGEST_WORD = 60  # of a variable that stands for a program

_CREDENTIAL = lazily(
    r"""([\w-]{0,40}(?:token(?!iz)|secret|passw|credential|api_?key|private_?key|access_?key)[\w-]{0,40}["']?\s?[:=]\s?)[^\s,}\]]+""",
    re.IGNORECASE | re.ASCII,
)
_COMPUTED = lazily(r"\$\{\{|\$\{|\$[A-Za-z_(\[]|<<|\{\{|%[A-Za-z_]\w*%")
_FOLDED = lazily(r"\n+")
_SHA = lazily(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VERSION = lazily(r"(?:refs/tags/)?(?:[\w.-]{1,60}[-/])?[vV]?\d{1,10}(?:[.]\d{1,10}){0,4}(?:[-+.][\w.+-]{1,60})?")
_BRANCHES = ("main", "master", "develop", "development", "dev", "trunk", "HEAD")
_SHELLS: dict[str, Dialect] = {"pwsh": "powershell", "powershell": "powershell", "cmd": "cmd"}
_POSIX = ("bash", "sh", "zsh", "dash", "ash", "busybox", "wsl-bash", "msys2")


class Use(NamedTuple):
    """Something of another file or another repository that is run here: an action, an orb, a template, an include."""

    kind: str
    name: str
    ref: str | None
    line: int
    note: str | None = None
    """The version named in a comment behind it."""
    file: str | None = None
    found: str | None = None
    """The file of the repository that it means, where that is known."""


class Image(NamedTuple):
    """A container image: what it is for (job, service, step), and as written."""

    role: str
    name: str
    line: int
    file: str | None = None


class Secret(NamedTuple):
    """The name of a secret, or of a value kept outside the repository; None where the names are computed."""

    kind: str
    name: str | None
    line: int
    file: str | None = None


class Open(NamedTuple):
    """What the file leaves to something that is not in it: what it is, and as written."""

    what: str
    written: str
    line: int
    file: str | None = None


class Stored(NamedTuple):
    """A cache or an artifact: who keeps it, under which key or name, and which paths."""

    how: str
    key: str | None
    paths: tuple[str, ...]
    line: int
    file: str | None = None


class Asked(NamedTuple):
    """A version of a runtime that is asked for; `file` where the version stands in a file."""

    runtime: str
    how: str
    version: str | None
    file: str | None
    line: int


class Matrix(NamedTuple):
    """The axes as written, and the combinations that they come to; None where that cannot be known here."""

    line: int
    written: Pairs
    names: tuple[str, ...]
    combinations: tuple[tuple[str | None, ...], ...] | None
    size: int | None
    """How many combinations there are, also where they are too many to be listed."""


class Permissions(NamedTuple):
    """The permissions of the job's token: one word for all of them, or one for each scope."""

    line: int
    every: str | None
    scopes: Pairs


class Trigger(NamedTuple):
    """An event that starts a pipeline, and what narrows it."""

    event: str
    line: int
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    file: str | None = None


class Step(NamedTuple):
    """One step of a job: commands, or something used, or neither."""

    line: int
    name: str | None = None
    commands: tuple[Command, ...] = ()
    shell: str | None = None
    unread: bool = False
    """Whether it has a script in a language that is not a shell's."""
    uses: Use | None = None
    inputs: tuple[tuple[str, str, int], ...] = ()
    """What is handed to what it uses: name, value as written, line."""
    variables: Pairs = ()
    """Variables with a literal value, which a command may name its program by; not to be published."""
    directory: str | None = None
    condition: str | None = None


class Job(NamedTuple):
    """One job; None and empty where the file says nothing, and line 0 where it is the file as a whole."""

    name: str
    line: int
    title: str | None = None
    stage: str | None = None
    runner: tuple[str, ...] = ()
    runner_line: int | None = None
    runner_file: str | None = None
    images: tuple[Image, ...] = ()
    services: tuple[str, ...] = ()
    """The names of what runs beside the job, which may be no images."""
    matrix: Matrix | None = None
    needs: tuple[str, ...] = ()
    condition: str | None = None
    environment: str | None = None
    environment_line: int | None = None
    permissions: Permissions | None = None
    concurrency: str | None = None
    calls: Use | None = None
    steps: tuple[Step, ...] = ()
    caches: tuple[Stored, ...] = ()
    artifacts: tuple[Stored, ...] = ()
    asked: tuple[Asked, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    allowed_to_fail: bool = False
    path: str | None = None
    """The file where it stands, where that is not the pipeline's own."""
    defaults: Pairs = ()
    """Of an action or a reusable workflow: what its inputs are where they are not handed to it."""
    handed: Pairs = ()
    """What it hands to the workflow that it calls."""


class Pipeline(NamedTuple):
    """What one file, or one document of it, says."""

    kind: str
    name: str | None = None
    triggers: tuple[Trigger, ...] = ()
    stages: tuple[str, ...] = ()
    permissions: Permissions | None = None
    concurrency: str | None = None
    shell: str | None = None
    parameters: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()
    uses: tuple[Use, ...] = ()
    secrets: tuple[Secret, ...] = ()
    not_resolved: tuple[Open, ...] = ()


def is_computed(text: str) -> bool:
    """Whether the text holds a variable or an expression, so that it is not what it will be when it runs."""
    return bool(_COMPUTED.search(text))


def without_credentials(text: str) -> str:
    """The text without the values of what is named like a credential: `A=1 API_TOKEN=…`."""
    return _CREDENTIAL.sub(r"\1…", text)


def short(text: str | None) -> str | None:
    """The text on one line, and not too long."""
    if text is None:
        return None
    flat = _FOLDED.sub(" ", text.strip())
    return flat if len(flat) <= LONGEST else flat[:LONGEST] + "…"


def script_of(nodes: Iterable[Node], *, shell: str | None = None) -> tuple[Command, ...]:
    """The commands of scripts: a text, or one for each element of a list."""
    dialect = dialect_of(shell)
    found: list[Command] = []
    for node in nodes:
        if node.text is not None and dialect is not None:
            literal = node.style == "|"
            found += commands(node.text, node.starts + literal, one_line=not literal, dialect=dialect, file=node.file)
    return tuple(found)


def dialect_of(shell: str | None) -> Dialect | None:
    """How the scripts of the shell are read; None for what is no shell, such as python."""
    words = shell.split() if shell else ["bash"]
    program = words[0].rpartition("/")[2].removesuffix(".exe") if words else "bash"
    if program in _SHELLS:
        return _SHELLS[program]
    return "posix" if program in _POSIX or is_computed(program) else None


def inputs_of(node: Node) -> tuple[tuple[str, str, int], ...]:
    """The pairs of a mapping, with the lines of a text kept and lists shown with commas."""
    return tuple((key, ", ".join(value.texts).strip()[:LONGEST], value.line) for key, value in node.pairs.items())


def literals(*mappings: Node) -> Pairs:
    """The variables whose values are short literal texts, a later mapping before an earlier one."""
    found = {
        name: value.text
        for node in mappings
        for name, value in node.pairs.items()
        if value.text is not None and len(value.text) < LONGEST_WORD
    }
    return tuple((name, text) for name, text in found.items() if not is_computed(text))


def pin_of(ref: str | None) -> str | None:
    """What a git reference is by its looks: sha, tag (a version), branch (by its usual names), computed, or unknown."""
    if ref is None:
        return None
    if is_computed(ref):
        return "computed"
    if _SHA.fullmatch(ref):
        return "sha"
    if _VERSION.fullmatch(ref):
        return "tag"
    return "branch" if ref.removeprefix("refs/heads/") in _BRANCHES or ref.startswith("refs/heads/") else "unknown"
