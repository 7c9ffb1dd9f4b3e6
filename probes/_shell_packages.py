"""Package managers that run scripts of a package, and whether words tell them to."""

from collections.abc import Sequence

# docs.npmjs.com/cli/v9/commands/npm-run-script and pnpm.io/settings#scriptshell: both run scripts by /bin/sh.  yarn
# does so up to version 1; later ones have a shell of their own (yarnpkg.com/features/scripting).
PACKAGE_TOOLS = {"npm": True, "npx": True, "pnpm": True, "pnpx": True, "yarn": False}
"""Whether they run scripts by a shell in all their versions."""

_SHORT = frozenset({"start", "stop", "restart", "test", "t"})  # scripts that npm runs without `run`
_NO_SCRIPTS = frozenset({"add", "audit", "cache", "ci", "config", "i", "install", "list", "ls", "prune", "version"})
_MORE_WORDS = frozenset({"run", "run-script", "rum", "urn", "exec", "dlx", "x"})


def runs_script(words: Sequence[str]) -> bool:
    """Whether the words tell a package manager to run a script, or a program of a package, which it does by a shell."""
    name, *rest = (words[0].rpartition("/")[2], *words[1:]) if words else ("",)
    if name not in PACKAGE_TOOLS:
        return False
    plain = [word for word in rest if not word.startswith("-")]
    if name in ("npx", "pnpx"):
        return bool(plain)
    first = plain[0] if plain else ""
    if name == "npm":
        return first in _SHORT or first in _MORE_WORDS
    return bool(first) and first not in _NO_SCRIPTS
