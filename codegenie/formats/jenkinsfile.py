"""Jenkinsfiles, as far as one can read Groovy without running it: stages, agents, and the shell steps written out.

What a loop, a variable or a shared library makes of it stays unknown.
"""

import re
from typing import NamedTuple

from codegenie.formats.ci_matrix import made_out
from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import Asked, Image, Job, Matrix, Open, Pipeline, Secret, Step, Trigger, Use, short
from codegenie.formats.plain import text_of
from codegenie.formats.shell_lines import Dialect, commands
from codegenie.formats.yaml_nodes import Node

MOST_TOKENS = 200_000

_TOKEN = lazily(
    r"""
      (?P<triple>  '''(?:[^'\\]++|\\.|'(?!''))*+(?:''')? | \"\"\"(?:[^"\\]++|\\.|"(?!""))*+(?:\"\"\")? )
    | (?P<string>  '(?:[^'\\\n]++|\\.)*+'? | "(?:[^"\\\n]++|\\.)*+"? )
    | (?P<comment> //[^\n]*+ | /\*(?:[^*]++|\*(?!/))*+(?:\*/)? )
    | (?P<word>    @?[A-Za-z_][\w.]*+ )
    | (?P<mark>    [{}()\[\]:,;\n] )
    | (?P<other>   [^'"/@A-Za-z_{}()\[\]:,;\n]++ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_SHELLS: dict[str, Dialect] = {"sh": "posix", "bat": "cmd", "powershell": "powershell", "pwsh": "powershell"}
_ESCAPE = lazily(r"\\([\\'\"$])")
_LABELS = ("label", "node")
_WORDS_OF_JENKINS = frozenset({
    "pipeline", "node", "stage", "properties", "def", "import", "library", "timeout", "timestamps", "parallel",
    "try", "if", "for", "while", "catch", "finally", "else", "return", "ansiColor", "echo", "checkout", "env",
    "currentBuild", "final", "String", "int", "boolean", "class", "switch", "throw", "static", "void", "List",
    "Map", "docker", "catchError", "milestone", "lock", "retry", "withEnv", "params", "package", "private",
    "public", "throttle", "println", "readYaml", "podTemplate", "ws", "dir", "sh", "bat", "powershell", "pwsh",
    "input", "build", "error", "sleep", "emailext", "mail", "junit", "archiveArtifacts", "stash", "unstash",
    "deleteDir", "cleanWs", "withCredentials", "load", "assert", "new",
})  # fmt: skip
"""Of the language, and of Jenkins and its usual plugins: what else is called at the top comes from a library."""


class _Stage:
    """What was found in a stage, or outside of all of them."""

    def __init__(self, name: str, line: int) -> None:
        self.name = name
        self.line = line
        self.runner: list[str] = []
        self.runner_line: int | None = None
        self.images: list[Image] = []
        self.steps: list[Step] = []
        self.asked: list[Asked] = []
        self.calls: list[Use] = []
        self.axes: dict[str, list[str]] = {}
        self.axes_line = 0


class _Block(NamedTuple):
    """An open brace: the word before it, and the stage that it belongs to."""

    name: str
    stage: _Stage


def parse(content: bytes) -> Pipeline:
    """Read a Jenkinsfile; any text gives something."""
    return _Reader().read(text_of(content))


class _Reader:
    """Goes through the text once, with the braces that are open."""

    def __init__(self) -> None:
        whole = _Stage("pipeline", 0)
        self._stages = [whole]
        self._open = [_Block("", whole)]
        self._line = 1
        self._words: list[str] = []
        self._strings: list[str] = []
        self._last = ""
        self._shell: str | None = None  # the last of the statement's words that is one
        self._starts = 1
        self._depth = 0
        self._is_call = False
        self._declarative = False
        self._secrets: list[Secret] = []
        self._uses: list[Use] = []
        self._triggers: list[Trigger] = []
        self._left: list[Open] = []

    def read(self, text: str) -> Pipeline:
        for count, token in enumerate(_TOKEN.finditer(text)):
            if count > MOST_TOKENS:
                break
            self._take(token)
            self._line += token[0].count("\n")
        self._statement()
        jobs = [stage for stage in self._stages if _says_something(stage)]
        return Pipeline(
            kind="declarative pipeline" if self._declarative else "scripted pipeline",
            triggers=tuple(self._triggers),
            stages=tuple(dict.fromkeys(stage.name for stage in self._stages[1:])),
            jobs=tuple(map(_job, jobs)),
            uses=tuple(self._uses),
            secrets=tuple(self._secrets),
            not_resolved=tuple(self._left),
        )

    def _take(self, token: re.Match[str]) -> None:
        text = token[0]
        match token.lastgroup:
            case "triple":
                self._string(text[3:-3] if text.endswith(text[:3]) and len(text) >= 6 else text[3:])
            case "string":
                self._string(text[1:-1] if len(text) > 1 and text[-1] == text[0] else text[1:])
            case "word":
                if not self._words and not self._strings:
                    self._starts = self._line
                self._words.append(text)
                self._last = text
                self._shell = text if text in _SHELLS else self._shell
            case "mark":
                self._mark(text)

    def _mark(self, mark: str) -> None:
        if mark == "{":
            self._enter()
        elif mark == "}":
            self._statement()
            if len(self._open) > 1:
                self._open.pop()
        elif mark in "([":
            self._depth += 1
            self._is_call = self._is_call or (mark == "(" and len(self._words) == 1)
        elif mark in ")]":
            self._depth = max(self._depth - 1, 0)
        elif mark == ";" or (mark == "\n" and not self._depth):
            self._statement()

    @property
    def _stage(self) -> _Stage:
        return self._open[-1].stage

    def _string(self, text: str) -> None:
        """What a string is says the word before it: `sh 'make'`, `script: 'make'`, `credentialsId: 'x'`."""
        plain = _ESCAPE.sub(r"\1", text)
        self._strings.append(plain)
        word = self._last.rpartition(".")[2]
        shell = self._shell
        if word in _SHELLS or (word == "script" and shell):
            made = commands(plain, self._line, dialect=_SHELLS[shell or "sh"])
            self._stage.steps.append(Step(line=self._line, commands=made, shell=shell))
        elif word in ("credentialsId", "credentials") and len(plain) < 200:
            self._secrets.append(Secret("credential", plain, self._line))
        elif self._last == "docker.image":
            self._stage.images.append(Image("step", plain, self._line))
        elif word == "Library":
            name, _, ref = plain.partition("@")
            self._uses.append(Use("library", name, ref or None, self._line))

    def _enter(self) -> None:
        words, strings = self._words, self._strings
        name = words[0] if words else ""
        stage = self._stage
        if words[-1:] == ["stage"] or (name == "stage" and strings):
            outer = f"{stage.name} / " if stage is not self._stages[0] else ""
            stage = _Stage(short(outer + (strings[0] if strings else "")) or "stage", self._starts)
            self._stages.append(stage)
        elif name == "node" and (strings or len(words) > 1):
            stage.runner.append(strings[0] if strings else f"${words[1]}")
            stage.runner_line = self._starts
        elif name == "pipeline":
            self._declarative = True
        self._open.append(_Block(name, stage))
        self._clear()

    def _statement(self) -> None:
        words, strings = self._words, self._strings
        if words:
            self._known(words[0], words, strings)
        self._clear()

    def _known(self, name: str, words: list[str], strings: list[str]) -> None:
        block, stage = self._open[-1].name, self._stage
        first = strings[0] if strings else None
        if name == "agent" and words[1:] == ["none"]:
            return
        if name == "agent" and len(words) > 1 and not first:
            stage.runner.append(words[1])
            stage.runner_line = self._starts
        elif block in ("agent", *_LABELS) and name == "label" and first:
            stage.runner.append(first)
            stage.runner_line = self._starts
        elif block in ("agent", "docker") and name in ("docker", "image") and first:
            stage.images.append(Image("job", first, self._starts))
        elif block == "axis" and name == "name" and first:
            stage.axes[first] = []
            stage.axes_line = stage.axes_line or self._starts
        elif block == "axis" and name == "values" and stage.axes:
            stage.axes[next(reversed(stage.axes))] += strings
        elif block == "exclude":
            stage.axes.clear()
        elif block == "tools" and first:
            stage.asked.append(Asked(name, "tools", first, None, self._starts))
        elif block == "triggers":
            self._triggers.append(Trigger(name, self._starts, (("value", tuple(strings)),)))
        elif name == "build" and first and "job" in words:
            stage.calls.append(Use("job", first, None, self._starts))
        elif name == "library" and first:
            library, _, ref = first.partition("@")
            self._uses.append(Use("library", library, ref or None, self._starts))
        elif len(self._open) == 1 and self._is_call and name not in _WORDS_OF_JENKINS and name.isidentifier():
            self._left.append(Open("step of a shared library", name, self._starts))

    def _clear(self) -> None:
        self._words, self._strings, self._last, self._depth, self._is_call = [], [], "", 0, False
        self._shell = None


def _says_something(stage: _Stage) -> bool:
    found = (stage.runner, stage.images, stage.steps, stage.asked, stage.calls, stage.axes_line)
    return any(found) or stage.name != "pipeline"


def _job(stage: _Stage) -> Job:
    steps = [*stage.steps, *(Step(line=use.line, uses=use) for use in stage.calls)]
    return Job(
        name=stage.name,
        line=stage.line,
        runner=tuple(short(label) or "" for label in stage.runner),
        runner_line=stage.runner_line,
        images=tuple(stage.images),
        steps=tuple(steps),
        matrix=_matrix(stage),
        asked=tuple(stage.asked),
    )


def _matrix(stage: _Stage) -> Matrix | None:
    """The axes; what they come to is not made out where some combinations are excluded."""
    if not stage.axes_line:
        return None
    axes = {
        name: Node(stage.axes_line, elements=tuple(Node(stage.axes_line, value) for value in values), kind="list")
        for name, values in stage.axes.items()
    }
    written = tuple((name, short(", ".join(values)) or "") for name, values in stage.axes.items())
    return made_out(stage.axes_line, written, axes) if axes else Matrix(stage.axes_line, (), (), None, None)
