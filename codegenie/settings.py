"""What the user asked for: flags over CODEGENIE_* over the repository's config.yaml over the user's, as one value.

A repository may only narrow: its config.yaml can ask for less (fewer probes, smaller limits), never for more.
"""

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from codegenie.errors import CodegenieError
from codegenie.formats.patterns import lazily
from codegenie.globs import compiled

USER_DIRECTORY = "~/.codegenie"
CONFIG_NAME = "config.yaml"
CONFIG_CAP = 64 << 10
MOST_BYTES = 1 << 60  # what is asked for is packed into 64 bits, and handed to the kernel as a limit


class Settings(NamedTuple):
    """One request, resolved.  Paths are absolute; times are in seconds, sizes in bytes."""

    repo: str
    out: str
    cache_dir: str
    task: str | None = None
    max_concurrent_probes: int = 1
    cache_ttl: float | None = None
    wait: float = 10.0
    skip_probes: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tools: tuple[str, ...] | None = None
    max_file_bytes: int = 32 << 20
    max_source_bytes: int = 1 << 20
    max_files: int = 500_000
    max_depth: int = 64
    max_path_bytes: int = 4096
    max_parse_seconds: float = 5.0
    max_probe_seconds: float = 300.0
    max_run_seconds: float = 300.0
    max_worker_memory: int = 2 << 30
    max_slice_bytes: int = 32 << 20
    max_artifact_bytes: int = 128 << 20
    max_tool_output: int = 16 << 20
    hash_all: bool = False
    refresh_tools: bool = False
    json: bool = False
    quiet: bool = False


def user_directory() -> str | None:
    """The user's own directory for what outlives a repository; None where there is no home, or it is another's."""
    home = os.path.expanduser(USER_DIRECTORY)
    if not os.path.isabs(home):  # it would lead into a stranger's repository
        return None
    home = os.path.realpath(home)
    try:
        return home if os.stat(home).st_uid == os.geteuid() else None
    except OSError:
        return home  # there is none yet


def resolve(variables: Mapping[str, str], environ: Mapping[str, str], cwd: str) -> Settings:
    """Settings from `name=value` words, the environment and the two config files.

    Raises CodegenieError for an unknown or ill-typed setting, and for a repository that cannot be gathered.
    """
    repo = repository(variables.get("repo") or environ.get("CODEGENIE_REPO") or ".", cwd)
    asked: dict[str, Any] = {}
    for name, text in _config_file(user_directory(), CONFIG_NAME).items():
        asked[name] = _value(name, text, f"{USER_DIRECTORY}/{CONFIG_NAME}:")
    for name, text in _config_file(repo, f".codegenie/{CONFIG_NAME}").items():
        value = _value(name, text, f"{repo}/.codegenie/{CONFIG_NAME}:")
        asked[name] = _narrowed(name, asked.get(name), value)
    for name in _TYPES:
        variable = f"CODEGENIE_{name.upper()}"
        if text := environ.get(variable, ""):
            asked[name] = _value(name, text, variable)
    for name, text in variables.items():
        if name != "repo":
            asked[name] = _value(name, text, f"{name}=")
    out = _absolute(asked.pop("out", None), cwd) or os.path.join(repo, ".codegenie")
    cache_dir = _absolute(asked.pop("cache_dir", None), cwd) or os.path.join(out, "cache")
    asked.setdefault("max_concurrent_probes", _PROCESSORS)
    return Settings(repo=repo, out=out, cache_dir=cache_dir, **asked)


def repository(path: str, cwd: str) -> str:
    """The real absolute path of a directory to gather.  Raises CodegenieError for anything else."""
    real = os.path.realpath(os.path.join(cwd, os.path.expanduser(path)))
    if not os.path.lexists(real):
        raise CodegenieError(f"there is no directory {path!r}; give an existing one as repo=<path>")
    if not os.path.isdir(real):
        raise CodegenieError(f"{path!r} is a file; give the directory of a repository as repo=<path>")
    if not os.access(real, os.R_OK | os.X_OK):
        raise CodegenieError(f"{path!r} cannot be read; ask its owner for permission to list it")
    return real


def _truth(value: Any) -> bool:
    text = str(value).lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise ValueError("yes or no")


def _period(value: Any) -> float:
    if not (seconds := _duration(value)):
        raise ValueError("a duration above zero, like 90s, 15m, 12h or 7d")
    return seconds


def _duration(value: Any) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd]?)", str(value))
    if not match:
        raise ValueError("a duration like 90s, 15m, 12h or 7d")
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


def _size(value: Any) -> int:
    match = re.fullmatch(r"(\d{1,15})\s*(|[KMG]i?B?)", str(value))
    size = int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2][:1]] if match else 0
    if not 0 < size < MOST_BYTES:
        raise ValueError("a size in bytes like 65536, 512KiB or 4MiB")
    return size


def _count(value: Any) -> int:
    if not re.fullmatch(r"\d{1,9}", str(value)) or int(value) < 1:
        raise ValueError("a whole number from 1")
    return int(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def _names(value: Any) -> tuple[str, ...]:
    items = _COMMA.split(value) if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ValueError("a list of texts (comma-separated on the command line)")
    return tuple(sorted({item.strip() for item in items if item.strip()}))


def _globs(value: Any) -> tuple[str, ...]:
    found = _names(value)
    compiled(found)
    return found


_COMMA = lazily(r",(?![^{}]*\})")  # not those in a glob's braces


_TYPES: dict[str, Callable[[Any], Any]] = {
    "task": _text,
    "out": _text,
    "cache_dir": _text,
    "max_concurrent_probes": _count,
    "cache_ttl": _period,
    "wait": _duration,
    "skip_probes": _names,
    "exclude": _globs,
    "tools": _names,
    "max_file_bytes": _size,
    "max_source_bytes": _size,
    "max_files": _count,
    "max_depth": _count,
    "max_path_bytes": _size,
    "max_parse_seconds": _period,
    "max_probe_seconds": _period,
    "max_run_seconds": _period,
    "max_worker_memory": _size,
    "max_slice_bytes": _size,
    "max_artifact_bytes": _size,
    "max_tool_output": _size,
    "hash_all": _truth,
    "refresh_tools": _truth,
    "json": _truth,
    "quiet": _truth,
}

VARIABLES = ("repo", *_TYPES)
"""The names that `name=value` words on the command line may set."""

SWITCHES = tuple(name for name, parse in _TYPES.items() if parse is _truth)
"""The settings that are on or off."""

VALUED = tuple(name for name in _TYPES if name not in SWITCHES)
"""The settings that take a value."""

_NARROWING: dict[str, Callable[[Any, Any], Any]] = {
    "max_concurrent_probes": min,
    "cache_ttl": min,
    "max_file_bytes": min,
    "max_source_bytes": min,
    "max_files": min,
    "max_depth": min,
    "max_path_bytes": min,
    "max_parse_seconds": min,
    "max_probe_seconds": min,
    "max_run_seconds": min,
    "max_worker_memory": min,
    "max_slice_bytes": min,
    "max_artifact_bytes": min,
    "max_tool_output": min,
    "skip_probes": lambda ours, theirs: tuple(sorted({*ours, *theirs})),
    "exclude": lambda ours, theirs: tuple(sorted({*ours, *theirs})),
    "tools": lambda ours, theirs: tuple(sorted({*ours} & {*theirs})),
}


def _value(name: str, text: Any, where: str) -> Any:
    if name not in _TYPES:
        import difflib

        near = difflib.get_close_matches(name, VARIABLES, 1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(VARIABLES)}"
        raise CodegenieError(f"{where.rstrip(':')} sets {name!r}, which is not a setting{hint}")
    try:
        return _TYPES[name](text)
    except ValueError as error:
        what = f"{where} {name}" if where.endswith(":") else where
        raise CodegenieError(f"{what} must be {error}, not {text!r}") from None


def _narrowed(name: str, ours: Any, theirs: Any) -> Any:
    if name not in _NARROWING:
        allowed = ", ".join(sorted(_NARROWING))
        raise CodegenieError(
            f"a repository's .codegenie/{CONFIG_NAME} cannot set {name!r}: it may only narrow ({allowed}); "
            f"set it in {USER_DIRECTORY}/{CONFIG_NAME} or on the command line"
        )
    if ours is None:
        ours = getattr(_DEFAULTS, name, None)
    return theirs if ours is None else _NARROWING[name](ours, theirs)


_PROCESSORS = min(os.cpu_count() or 1, 8)
_DEFAULTS = Settings(repo="", out="", cache_dir="", max_concurrent_probes=_PROCESSORS)


def _config_file(directory: str | None, name: str) -> dict[str, Any]:
    """The mapping in a config.yaml, not through a link; empty where there is none.  Raises CodegenieError."""
    if directory is None or not os.path.lexists(path := os.path.join(directory, name)):
        return {}
    from codegenie.beneath import Root
    from codegenie.errors import Refused
    from codegenie.formats import yaml_text
    from codegenie.formats.unparsable import Unparsable

    try:
        with Root(directory) as root:
            found = yaml_text.load(root.read(name, CONFIG_CAP))
    except (Refused, Unparsable, OSError) as error:
        raise CodegenieError(f"{path} cannot be used ({error}); mend or remove it") from None
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise CodegenieError(f"{path} must be a mapping of settings, like `skip_probes: [ci]`")
    return found


def _absolute(path: str | None, cwd: str) -> str | None:
    return path and os.path.abspath(os.path.join(cwd, os.path.expanduser(path)))
