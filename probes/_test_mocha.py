"""Which files a script tells mocha to take for tests."""

import shlex

from ._test_globs import is_directory
from ._test_rules import Rule, matching

_VALUED = frozenset((
    *("-r", "--require", "--import", "-R", "--reporter", "-t", "--timeout", "--slow", "-u", "--ui", "-g", "--grep"),
    *("-f", "--fgrep", "--config", "--opts", "--extension", "--file", "--ignore", "--exclude", "--loader", "-n", "-O"),
    "-j",
))  # fmt: skip


def of_command(directory: str, script: str, path: str, line: int | None) -> Rule | None:
    """The rule of a script that calls mocha with files or directories."""
    try:
        words = shlex.split(script[:2000])
    except ValueError:
        return None
    at = next((at for at, word in enumerate(words) if word.rpartition("/")[2] in ("mocha", "_mocha")), None)
    if at is None:
        return None
    specs, recursive, words = [], False, words[at + 1 :]
    while words:
        word = words.pop(0)
        if word in ("&&", "||", ";", "|"):
            break
        if word in _VALUED:
            words = words[1:]
        elif word == "--recursive":
            recursive = True
        elif not word.startswith("-"):
            specs.append(word)
    if not specs and not recursive:
        return None
    patterns = [
        f"{spec.rstrip('/')}/{'**/' if recursive else ''}*.{{js,cjs,mjs}}" if is_directory(spec.rstrip("/")) else spec
        for spec in (specs or ["./test"])
    ]
    return Rule("Mocha", directory, matching(patterns), configured=True, path=path, line=line, patterns=tuple(specs))
