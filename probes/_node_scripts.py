"""Scripts: how one runs them, which events run them, and the programs that they name."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from codegenie.formats.patterns import lazily

from ._linters import linting

INTENTS = {
    "build": ("build", "compile"),
    "test": ("test",),
    "lint": ("lint",),
    "start": ("start",),
    "typecheck": (
        "typecheck", "type-check", "check-types", "check:types", "types:check", "ts:check", "tsc",
        "test:types", "test:typecheck", "lint:types",
    ),
    "format": ("format", "fmt", "prettier"),
    "dev": ("dev", "develop", "start:dev"),
}  # fmt: skip
"""What one wants of a project, and the script names it goes by, the most usual first."""

# npm writes it into every new manifest; it says that there is no test.
_NO_TEST = lazily(r"""echo ["']?Error: no test specified["']?\s*(?:&&|;)\s*exit 1""")

_RUNS = {"npm": "npm run {}", "pnpm": "pnpm {}", "yarn": "yarn {}", "bun": "bun run {}"}
_SHORT = {("npm", "test"): "npm test", ("npm", "start"): "npm start"}

_EVENTS = {
    "install": (
        "preinstall",
        "install",
        "postinstall",
        "prepublish",
        "preprepare",
        "prepare",
        "postprepare",
        "dependencies",
    ),
    "pack": ("prepack", "postpack"),
    "publish": ("prepublishOnly", "publish", "postpublish"),
    "version": ("preversion", "version", "postversion"),
    "uninstall": ("preuninstall", "uninstall", "postuninstall"),
}
_EVENT_OF = {script: event for event, scripts in _EVENTS.items() for script in scripts}

_SEPARATORS = lazily(r"[&|;()\n\"'`]+")
_ASSIGNMENT = lazily(r"\w+=")
# Words before the program itself; the name of another script may follow `run`, so nothing is concluded from it.
_LAUNCHERS = (
    "npx", "pnpx", "bunx", "pnpm", "yarn", "bun", "exec", "dlx", "x", "cross-env", "cross-env-shell", "env", "dotenv",
    "--", "-y", "--yes", "-s",
)  # fmt: skip


def run_command(tool: str, script: str) -> str:
    """How one runs a script with the tool."""
    return _SHORT.get((tool, script)) or _RUNS[tool].format(script)


def script_for(intent: str, scripts: Mapping[str, str]) -> str | None:
    """The script that serves the intent; None where there is none, or only npm's placeholder for one.

    It is told by its name; a linter also by what the script runs and nothing else (`test:code`: `eslint .`).
    """
    found = next((name for name in INTENTS[intent] if name in scripts), None)
    if found is None and intent == "lint":
        found = linting(scripts.items())
    return None if found and _NO_TEST.match(scripts[found].strip()) else found


def event_of(name: str, scripts: Mapping[str, str], *, berry: bool) -> str | None:
    """What runs the script by itself: an event, or another script that it comes before or after (not in yarn berry)."""
    if name in _EVENT_OF:
        return _EVENT_OF[name]
    if berry:
        return None
    around = (name.removeprefix(prefix) for prefix in ("pre", "post") if name.startswith(prefix))
    return next((script for script in around if script in scripts), None)


@lru_cache(maxsize=4096)
def programs(script: str) -> tuple[tuple[str, ...], ...]:
    """The programs that a script names, each with its arguments, as far as one can tell without a shell."""
    return tuple(words for part in _SEPARATORS.split(script) if (words := tuple(_program(part.split()))))


def _program(words: list[str]) -> Iterator[str]:
    at = 0
    while at < len(words) and (words[at] in _LAUNCHERS or _ASSIGNMENT.match(words[at])):
        at += 1
    if at < len(words):
        yield words[at].rpartition("/")[2]
        yield from words[at + 1 :]
