"""What one Dockerfile says: its stages with bases, configuration, packages, copies and mounts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from codegenie.formats import dockerfile
from codegenie.formats.dockerfile import Dockerfile, Instruction
from codegenie.formats.dockerfile_stages import Base, Build, Command, HealthCheck, Stage, Text, build_of
from codegenie.formats.dockerfile_words import unquoted
from codegenie.formats.image_reference import reference
from codegenie.formats.patterns import lazily

from ._dockerfile_runs import Run, run_facts, runs_of
from ._image_layers import copy_layer, run_layer
from ._installs import installs

Facts = dict[str, Any]
LONGEST = 300  # characters of a text
MOST_INSTRUCTIONS = 300  # of a file that are listed
MOST = 200  # entries of any other list of a stage
MOST_STAGES = 60

# BuildKit's rule SecretsUsedInArgOrEnv (docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env).
_SECRET = lazily(
    r"(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)", re.IGNORECASE | re.ASCII
)
_PUBLIC = lazily(r"(?:_|^)public(?:_|$)", re.IGNORECASE | re.ASCII)
_ASSIGNED = lazily(r"\b([A-Za-z_][A-Za-z0-9_]{2,60})=(?![$\s]|[\"']?\$)(\"[^\"]*+\"|'[^']*+'|[^\s;&|\"']++)")
_SIGN = lazily(r"[^\n]")
_URL = lazily(r"(?:https?|ftp)://", re.IGNORECASE)
_GIT = lazily(r"git@|git://|ssh://|https?://[^\s#]+\.git(?:#|$)|https?://github\.com/[^/\s]+/[^/\s]+#", re.IGNORECASE)
_COPIES = frozenset({"ADD", "COPY"})


def seems_secret(name: str) -> bool:
    """Whether a variable's name is one that BuildKit warns of as that of a secret."""
    return _SECRET.search(name) is not None and _PUBLIC.search(name) is None


def dockerfile_facts(path: str, content: bytes) -> tuple[Facts, Facts]:
    """The facts of a file, and its layers.  Raises Unparsable."""
    parsed = dockerfile.parse(content)
    build = build_of(parsed)
    runs = [runs_of(stage, build) for stage in build.stages[:MOST_STAGES]]
    stages = [_layers(stage, build, own, parsed.escape) for stage, own in zip(build.stages, runs, strict=False)]
    return _facts(path, parsed, build, runs), {"path": path, "stages": stages}


def _facts(path: str, parsed: Dockerfile, build: Build, runs: Sequence[Sequence[Run]]) -> Facts:
    return {
        "path": path,
        "syntax": parsed.syntax,
        "escape": parsed.escape,
        "check": parsed.check,
        "args": [_arg(name, text) for name, text in build.args.items()][:MOST],
        "stages": [_stage(stage, build, own) for stage, own in zip(build.stages, runs, strict=False)],
        "stage_count": len(build.stages),
        "instructions": [_instruction(one) for one in parsed.instructions[:MOST_INSTRUCTIONS]],
        "instruction_count": len(parsed.instructions),
        "problems": [{"line": one.line, "text": one.text} for one in parsed.problems][:20],
        "builds": [],
        "runs": [run_facts(run, index) for index, own in enumerate(runs) for run in own][:MOST_INSTRUCTIONS],
    }


def is_dockerfile(parsed: Dockerfile) -> bool:
    """Whether a file of a doubtful name is one: it begins as one must, and most of it is known."""
    keywords = [one.keyword for one in parsed.instructions]
    unknown = sum(problem.text.startswith("an unknown instruction") for problem in parsed.problems)
    return "FROM" in keywords and keywords[0] in ("ARG", "FROM") and unknown * 4 <= len(keywords)


def _stage(stage: Stage, build: Build, runs: Sequence[Run]) -> Facts:
    env = [one for one in stage.config.env.items() if stage.line <= one[1].line <= stage.end_line]
    args = [one for one in stage.config.args.items() if stage.line <= one[1].line <= stage.end_line]
    packages = [
        fact
        for run in runs
        if run.script
        for fact in installs(run.script.commands, _values(stage, run.instruction.line))
    ]
    copies = [_copy(one, stage, build) for one in stage.instructions if one.keyword in _COPIES]
    secrets = sorted({name for name, _ in (*env, *args) if seems_secret(name)})
    return {
        "index": stage.at,
        "name": stage.name,
        "line": stage.line,
        "end_line": stage.end_line,
        "base": _base(stage.base),
        "root": stage.root,
        "args": [_arg(name, text) for name, text in args][:MOST],
        "config": _config(stage, build),
        "packages": packages[:MOST],
        "package_count": len(packages),
        "copies": copies[:MOST],
        "mounts": [fact for run in runs for fact in _mounts(run.instruction)][:MOST],
        "secret_names": secrets[:MOST],
    }


def _base(base: Base) -> Facts:
    parts = reference(base.image.value) if base.image.value and base.stage is None and not base.is_scratch else None
    by = "literal" if "$" not in base.image.written else "defaults"
    return {
        "written": base.image.written[:LONGEST],
        "resolved": (base.image.value or "")[:LONGEST] or None,
        "resolved_by": by if base.image.value else None,
        "unset": list(base.image.unset),
        "stage": base.stage,
        "is_scratch": base.is_scratch,
        "registry": parts.registry if parts else None,
        "repository": parts.repository if parts else None,
        "tag": parts.tag if parts else None,
        "digest": parts.digest if parts else None,
        "platform": _text(base.platform) if base.platform else None,
        "family": None,
        "line": base.image.line,
    }


def _config(stage: Stage, build: Build) -> Facts:
    """What the image of the stage is set to, with what the stages below it have set."""
    config = stage.config

    def placed(text: Text | None) -> Facts | None:
        return None if text is None else _text(text) | {"stage": _stage_at(build, text.line)}

    return {
        "user": placed(config.user),
        "workdir": placed(config.workdir),
        "stop_signal": placed(config.stop_signal),
        "shell": list(config.shell) if config.shell is not None else None,
        "entrypoint": _command(config.entrypoint),
        "cmd": _command(config.cmd),
        "health_check": _health_check(config.healthcheck),
        "env": [_env(name, text) | {"stage": _stage_at(build, text.line)} for name, text in config.env.items()][:MOST],
        "exposed": [_text(text) | {"stage": _stage_at(build, text.line)} for text in config.exposed][:MOST],
        "volumes": [_text(text) | {"stage": _stage_at(build, text.line)} for text in config.volumes][:MOST],
        "labels": [
            {"name": name, **_text(text), "stage": _stage_at(build, text.line)} for name, text in config.labels.items()
        ][:MOST],
        "onbuild": [{"keyword": one.keyword, "text": masked(one.text), "line": one.line} for one in config.onbuild][
            :MOST
        ],
    }


def _stage_at(build: Build, line: int) -> int:
    return next((stage.at for stage in build.stages if stage.line <= line <= stage.end_line), 0)


def _text(text: Text) -> Facts:
    return {
        "written": text.written[:LONGEST],
        "value": None if text.value is None else text.value[:LONGEST],
        "unset": list(text.unset),
        "line": text.line,
    }


def _arg(name: str, text: Text) -> Facts:
    is_secret = seems_secret(name)
    given = text.written != "" or text.value is not None
    return {
        "name": name,
        "has_default": given,
        "default": None if is_secret or not given else text.written[:LONGEST],
        "seems_secret": is_secret,
        "line": text.line,
    }


def _env(name: str, text: Text) -> Facts:
    is_secret = seems_secret(name)
    return {
        "name": name,
        "value": None if is_secret or text.value is None else text.value[:LONGEST],
        "written": None if is_secret else text.written[:LONGEST],
        "unset": list(text.unset),
        "seems_secret": is_secret,
        "line": text.line,
    }


def _command(command: Command | None) -> Facts | None:
    if command is None:
        return None
    return {
        "form": command.form,
        "words": [masked(word) for word in command.words][:MOST],
        "text": None if command.text is None else masked(command.text),
        "shell": None if command.shell is None else list(command.shell),
        "line": command.line,
        "stage": command.stage,
    }


def _health_check(check: HealthCheck | None) -> Facts | None:
    if check is None:
        return None
    return {
        "command": _command(check.command),
        "options": [{"name": name, "value": value} for name, value in check.options],
        "line": check.line,
        "stage": check.stage,
    }


def _instruction(one: Instruction) -> Facts:
    is_pairs = one.keyword in ("ARG", "ENV")
    text = " ".join(_pair(name, value) for name, value in one.pairs) if is_pairs else one.text
    return {
        "keyword": one.keyword,
        "line": one.line,
        "end_line": one.end_line,
        "flags": [f"--{name}" if value is None else f"--{name}={value}"[:LONGEST] for name, value in one.flags],
        "text": masked(text),
        "heredocs": [{"name": each.name[:LONGEST], "line": each.line} for each in one.heredocs],
    }


def _pair(name: str, value: str | None) -> str:
    if value is None:
        return name
    return f"{name}=…" if seems_secret(name) and value and not value.startswith("$") else f"{name}={value}"


def _layers(stage: Stage, build: Build, runs: Sequence[Run], escape: str) -> list[Facts]:
    placed = {run.instruction.line: run for run in runs}
    return [
        run_layer(placed[one.line], config, blanked)
        if one.keyword == "RUN"
        else copy_layer(one, config, _copy(one, stage, build), escape, blanked)
        for one, config in zip(stage.instructions, stage.before, strict=True)
        if one.keyword == "RUN" or one.keyword in _COPIES
    ][:MOST_INSTRUCTIONS]


def blanked(text: str) -> str:
    """The whole text, with a sign for each character of what is set to names of secrets."""
    return _ASSIGNED.sub(
        lambda found: f"{found[1]}={_SIGN.sub('…', found[2])}" if seems_secret(found[1]) else found[0], text
    )


def masked(text: str) -> str:
    """A text without what is set to names of secrets, as long as anybody reads."""
    shown = _ASSIGNED.sub(lambda found: f"{found[1]}=…" if seems_secret(found[1]) else found[0], text[: 4 * LONGEST])
    return shown if len(shown) <= LONGEST and len(text) <= 4 * LONGEST else shown[: LONGEST - 1] + "…"


def _values(stage: Stage, line: int) -> dict[str, tuple[str, str]]:
    """What variables are set to at a line, and by which instruction; ENV counts more than ARG.

    Of one that is set once more behind the line the value is not known.
    """
    known: dict[str, tuple[str, str]] = {}
    for by, texts in (("args", stage.config.args), ("env", stage.config.env)):
        known |= {name: (text.value, by) for name, text in texts.items() if text.value is not None}
        for name, text in texts.items():
            if text.line > line or text.value is None:
                known.pop(name, None)
    return known


def _copy(one: Instruction, stage: Stage, build: Build) -> Facts:
    written = [word if one.is_json else _plain(word) for word in one.words]
    *sources, destination = written or [""]
    documents = {each.name for each in one.heredocs}
    return {
        "instruction": one.keyword,
        "from": _from(one.flag("from"), stage, build),
        "sources": [{"written": source[:LONGEST], "kind": _kind(one, source, documents)} for source in sources][:MOST],
        "destination": destination[:LONGEST],
        "chown": one.flag("chown"),
        "chmod": one.flag("chmod"),
        "link": _is_set(one, "link"),
        "line": one.line,
    }


def _is_set(one: Instruction, name: str) -> bool:
    return any(flag == name and value in (None, "true") for flag, value in one.flags)


def _plain(word: str) -> str:
    try:
        return unquoted(word)
    except ValueError:
        return word


def _kind(one: Instruction, source: str, documents: Iterable[str]) -> str:
    """Where a source comes from."""
    if source.startswith("<<") and any(name in source for name in documents):
        return "here_document"
    if one.flag("from") is not None:
        return "from"
    if one.keyword == "ADD" and _GIT.match(source):
        return "git"
    if one.keyword == "ADD" and _URL.match(source):
        return "url"
    return "context"


def _from(written: str | None, stage: Stage, build: Build) -> Facts | None:
    """An earlier stage or an image; a context that the build is given under the same name comes before both."""
    if written is None:
        return None
    index = build.stage_named(written, stage.at)
    parts = reference(written) if index is None else None
    return {"written": written[:LONGEST], "stage": index, "image": parts.normalized if parts else None}


def _mounts(run: Instruction) -> Iterator[Facts]:
    for name, value in run.flags:
        if name != "mount" or value is None:
            continue
        options = {key: rest for key, _, rest in (part.strip().partition("=") for part in _csv(value))}

        def option(*names: str, options: dict[str, str] = options) -> str | None:
            return next((options[each][:LONGEST] for each in names if each in options), None)

        yield {
            "type": option("type") or "bind",
            "id": option("id"),
            "target": option("target", "dst", "destination"),
            "source": option("source", "src"),
            "from": option("from"),
            "env": option("env"),
            "required": "required" in options and options["required"] in ("", "true"),
            "line": run.line,
        }


def _csv(text: str) -> list[str]:
    return [part.replace('"', "") for part in re.findall(r'(?:"[^"]*"|[^,"])+', text)]


def effective(facts: Facts) -> Facts | None:
    """The stage that a build without a target ends with."""
    stages = facts["stages"]
    return stages[-1] if stages and len(stages) == facts["stage_count"] else None
