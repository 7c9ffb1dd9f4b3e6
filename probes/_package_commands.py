"""Commands that run a script or a program of a package: npm, yarn, pnpm, bun, npx, composer, bundle, poetry, uv."""

from collections.abc import Mapping
from typing import NamedTuple

from ._arguments import Arguments

_DIRECTORIES = frozenset({"--prefix", "-C", "--dir", "--cwd"})
_WORKSPACES = frozenset({"-w", "--workspace", "--filter", "-F"})
_VALUED = frozenset({"--loglevel", "--userconfig", "--cache", "--registry", "--script-shell", "--package", "-p", "-c"})
_OWN = {
    "npm": frozenset({"start", "stop", "test", "restart"}),
    "bun": frozenset(),
    "pnpm": frozenset(),
    "yarn": frozenset(),
}
_YARN_COMMANDS = frozenset({
    "add", "audit", "bin", "cache", "config", "dlx", "exec", "global", "info", "init", "install", "link", "list",
    "node", "npm", "outdated", "pack", "plugin", "publish", "rebuild", "remove", "set", "up", "upgrade", "version",
    "why",
})  # fmt: skip
_RUN = frozenset({"run", "run-script"})
_EXECUTE = frozenset({"exec", "x", "dlx"})

# Behind these words stands a program with its arguments.
_EXECUTORS: Mapping[tuple[str, ...], str] = {
    ("bundle", "exec"): "ruby",
    ("bunx",): "javascript",
    ("corepack", "npm"): "npm",
    ("corepack", "pnpm"): "pnpm",
    ("corepack", "yarn"): "yarn",
    ("hatch", "run"): "python",
    ("mise", "exec"): "mise",
    ("npx",): "javascript",
    ("pdm", "run"): "python",
    ("pipenv", "run"): "python",
    ("pixi", "run"): "python",
    ("poetry", "run"): "python",
    ("rye", "run"): "python",
    ("uv", "run"): "python",
}
_EXECUTOR_VALUED = frozenset({
    "--project", "--directory", "--python", "-p", "--with", "--extra", "--group", "--env-file", "--package", "-e",
})  # fmt: skip


class ScriptCall(NamedTuple):
    """A script of package.json or composer.json by its name, where that stands, and what is given to it."""

    manifest: str
    name: str | None
    directory: str | None
    workspace: str | None
    given: Arguments
    may_be_program: bool = False
    """Whether it names a program of a package where no script has the name."""


def script_call(program: str, args: Arguments) -> ScriptCall | None:
    """The script that a package manager is told to run; None where it is told something else."""
    if program == "composer":
        return _composer(args)
    if program not in _OWN:
        return None
    directory = workspace = None
    words: list[int] = []
    at = 1
    while at < len(args):
        text = args[at].text
        option, sign, value = text.partition("=")
        if text == "--":
            break
        if words and _names_script(program, [args[each].text for each in words]):
            break
        if not text.startswith("-"):
            words.append(at)
        elif option in _DIRECTORIES or option in _WORKSPACES:
            given = value if sign else args[at + 1].text if at + 1 < len(args) else None
            directory, workspace = (given, workspace) if option in _DIRECTORIES else (directory, given)
            at += 0 if sign else 1
        elif text in _VALUED:
            at += 1
        at += 1
    named = [args[each].text for each in words]
    if program == "yarn" and named[:1] == ["workspace"] and len(named) > 2:
        workspace, named = named[1], named[2:]
    name = _script_name(program, named)
    if name is None:
        return None
    rest = args[at + 1 :] if at < len(args) and args[at].text == "--" else args[at:]
    is_known = all(args[each].is_known for each in words)
    is_program = program != "npm" and named[0] not in _RUN
    return ScriptCall("package.json", name if is_known else None, directory, workspace, rest, is_program)


def executed(args: Arguments) -> Arguments | None:
    """The command behind `npx`, `bundle exec` and their like; None where it is none of them."""
    words = [args[0].text.rpartition("/")[2], *(each.text for each in args[1:2])] if args else []
    for start in _EXECUTORS:
        if tuple(words[: len(start)]) == start:
            at = len(start) - (1 if start[0] == "corepack" else 0)
            break
    else:
        if words[:1] not in (["npm"], ["pnpm"], ["yarn"], ["bun"]) or words[1:] not in (["exec"], ["x"], ["dlx"]):
            return None
        at = 2
    while at < len(args) and args[at].text.startswith("-"):
        at += 2 if args[at].text in _EXECUTOR_VALUED and "=" not in args[at].text else 1
    return args[at:]


def _names_script(program: str, words: list[str]) -> bool:
    """Whether the words name a script already, so that what follows is given to it."""
    if program == "yarn" and words[0] == "workspace":
        return len(words) > 2 and (words[2] != "run" or len(words) > 3)
    return words[0] not in _RUN or len(words) > 1


def _script_name(program: str, words: list[str]) -> str | None:
    if not words or words[0] in _EXECUTE:
        return None
    if words[0] in _RUN:
        return words[1] if len(words) > 1 else None
    if program == "npm":
        return words[0] if words[0] in _OWN["npm"] else None
    if program == "bun":
        return None  # `bun x` is a file as often as a script
    return None if words[0] in _YARN_COMMANDS else words[0]


def _composer(args: Arguments) -> ScriptCall | None:
    words = [each.text for each in args[1:] if not each.text.startswith("-")]
    if words[:1] in (["run"], ["run-script"]) and len(words) > 1:
        return ScriptCall("composer.json", words[1], None, None, ())
    return None
