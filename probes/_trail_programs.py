"""What is known of programs by their names: inits, wrappers, shells, runtimes, and where their own command stands."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ._arguments import Arguments
from ._shell_wrappers import WRAPPERS

INITS: Mapping[str, str] = {
    "catatonit": "catatonit",
    "docker-init": "docker-init",
    "dumb-init": "dumb-init",
    "my_init": "my_init",
    "tini": "tini",
    "tini-static": "tini",
    "tini-amd64": "tini",
    "tini-arm64": "tini",
}
"""Programs made to be PID 1, that pass signals on to the command behind them and wait for orphans."""

_VALUED: Mapping[str, frozenset[str]] = {
    **WRAPPERS,
    "catatonit": frozenset({"-P"}),
    "chroot": frozenset(),
    "cross-env": frozenset(),
    "ddtrace-run": frozenset(),
    "cross-env-shell": frozenset(),
    "docker-init": frozenset({"-p", "-e"}),
    "dotenv": frozenset({"-e", "-c", "-v", "-o"}),
    "ionice": frozenset({"-c", "-n"}),
    "my_init": frozenset(),
    "opentelemetry-instrument": frozenset({"--traces_exporter", "--metrics_exporter", "--service_name"}),
    "runuser": frozenset({"-u", "-g", "-G", "--user", "--group"}),
    "setpriv": frozenset({"--reuid", "--regid", "--groups", "--bounding-set", "--inh-caps", "--ambient-caps"}),
    "taskset": frozenset(),
    "with-contenv": frozenset(),
}
_POSITIONAL = {"chpst": 0, "gosu": 1, "s6-setuidgid": 1, "su-exec": 1, "timeout": 1, "taskset": 1, "chroot": 1}
# Words between the options and the command: a user, a time, a mask, a directory.

_ASSIGN = frozenset({"env", "cross-env", "cross-env-shell"})
_STARTS_ONLY = frozenset({"command", "exec", "xargs"})
"""What the shell runs itself, or runs a command many times by."""


class Runtime(NamedTuple):
    """How a runtime names its program: behind its options, of which some take the next word, or behind one of `by`.

    `inline` are options whose value is a program text.
    """

    language: str
    valued: frozenset[str] = frozenset()
    by: Mapping[str, str] = {}
    inline: frozenset[str] = frozenset()
    skips: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()


_NODE = Runtime(
    "javascript",
    frozenset({"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file"}),
    inline=frozenset({"-e", "--eval", "-p", "--print"}),
    suffixes=(".js", "/index.js", ".mjs", ".cjs"),
)
_PYTHON = Runtime("python", frozenset({"-W", "-X", "-Q"}), {"-m": "module"}, frozenset({"-c"}))
_JAVA = Runtime(
    "java",
    frozenset({"-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-opens", "--add-modules",
               "--add-exports"}),
    {"-jar": "file", "-m": "class", "--module": "class"},
)  # fmt: skip

RUNTIMES: Mapping[str, Runtime] = {
    "bun": Runtime("javascript", skips=frozenset({"run"}), suffixes=(".ts", ".js")),
    "deno": Runtime("javascript", frozenset({"--config", "-c", "--import-map", "--lock"}), skips=frozenset({"run"})),
    "dotnet": Runtime("dotnet", frozenset({"--additionalprobingpath", "--depsfile", "--runtimeconfig"}),
                      skips=frozenset({"exec"})),
    "elixir": Runtime("elixir", frozenset({"--name", "--sname", "--cookie"}), inline=frozenset({"-e", "--eval"})),
    "java": _JAVA,
    "node": _NODE,
    "nodejs": _NODE,
    "nodemon": Runtime("javascript", frozenset({"-w", "--watch", "-e", "--ext", "-x", "--exec"}), suffixes=(".js",)),
    "perl": Runtime("perl", frozenset({"-I"}), inline=frozenset({"-e", "-E"})),
    "php": Runtime("php", frozenset({"-d", "-c", "-S", "-t"}), inline=frozenset({"-r"})),
    "pypy3": _PYTHON,
    "python": _PYTHON,
    "python3": _PYTHON,
    "ruby": Runtime("ruby", frozenset({"-I", "-r", "-C"}), inline=frozenset({"-e"})),
    "ts-node": Runtime("javascript", frozenset({"-P", "--project", "-r", "--require"}), suffixes=(".ts",)),
    "tsx": Runtime("javascript", frozenset({"--tsconfig"}), skips=frozenset({"watch"}), suffixes=(".ts",)),
}  # fmt: skip
"""Programs that run a program of a language, as their manuals say it is named on the command line."""

APPLICATION_SERVERS = frozenset(
    {"celery", "gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "uwsgi", "waitress-serve"}
)
"""Programs of Python that are given the application as module:name, or Celery by an option."""


class Target(NamedTuple):
    """What a runtime is told to run: a file, a module, a class or a text; nothing where it is not in the words."""

    kind: str
    name: str
    is_known: bool
    at: int
    """The place in the arguments."""


def behind_wrapper(name: str, args: Arguments) -> Arguments | None:
    """The command behind a wrapper's or init's own words; None where the name is that of neither."""
    if name not in _VALUED or name in _STARTS_ONLY - {"exec"}:
        return None
    if name == "sh":
        return None
    at = 1
    while at < len(args):
        text = args[at].text
        if text == "--":
            at += 1
            break
        if text.startswith("-") and len(text) > 1:
            at += 2 if text in _VALUED[name] else 1
        elif name in _ASSIGN and "=" in text:
            at += 1
        else:
            break
    has_user = name == "chpst" and any(each.text.startswith("-") for each in args[1:at])
    rest = args[at + (0 if has_user else _POSITIONAL.get(name, 0)) :]
    return rest[1:] if name in ("runuser", "setpriv") and rest and rest[0].text == "--" else rest


def target_of(runtime: Runtime, args: Arguments) -> Target | None:
    """What the runtime runs."""
    at = 1
    while at < len(args):
        text = args[at].text
        if text in runtime.inline:
            return Target("text", "", is_known=True, at=at + 1)
        if text in runtime.by:
            if at + 1 < len(args):
                return Target(runtime.by[text], args[at + 1].text, args[at + 1].is_known, at + 1)
            return None
        if text in runtime.skips or text == "--":
            at += 1
        elif text.startswith("-") and len(text) > 1:
            at += 2 if text in runtime.valued else 1
        elif runtime.language == "java" and not args[at].is_known and at + 1 < len(args):
            at += 1  # $JAVA_OPTS stands before the rest
        else:
            kind = "class" if runtime.language == "java" else "file"
            return Target(kind, text, args[at].is_known, at)
    return None


def application_of(args: Sequence[str]) -> str | None:
    """The module of `module:name` in the words of an application server; that behind `-A` in those of Celery."""
    if args[:1] and args[0].rpartition("/")[2] == "celery":
        named = [word for option, word in pairwise(args) if option in ("-A", "--app")]
        named += [word.partition("=")[2] for word in args if word.startswith("--app=")]
        return named[0].partition(":")[0] if named else None
    for word in args[1:]:
        module, sign, name = word.partition(":")
        parts = module.split(".")
        if not word.startswith("-") and all(part.isidentifier() for part in parts) and (sign or len(parts) > 1):
            return module if not sign or name.partition("(")[0].replace(".", "").isidentifier() else None
    return None
