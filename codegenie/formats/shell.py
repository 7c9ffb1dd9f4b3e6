"""Shell scripts: every simple command in order, with its words, what joins it to its neighbours, and what it stands in.

The grammar is that of POSIX (Shell Command Language, 2.10) with what bash, ksh and busybox add.  Nothing is expanded,
no file is refused for its faults: what a shell would refuse is told as a problem, and the rest is read as far as it
makes sense.  `[[ ]]` and `(( ))` count as commands, of a kind of their own.
"""

from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of, writable
from codegenie.formats.shell_drafts import Found
from codegenie.formats.shell_grammar import Parser
from codegenie.formats.shell_parts import Feature, Interpreter, Script
from codegenie.formats.shell_words import Problem
from codegenie.formats.unparsable import Unparsable

SHELLS = frozenset(
    {"sh", "ash", "bash", "bats", "busybox", "dash", "ksh", "ksh93", "mksh", "oksh", "posh", "rbash", "yash", "zsh"}
)
"""The interpreters whose scripts are read; bats and zsh as far as they are like the others."""

_BEFORE_SHELLS = frozenset({"env", "with-contenv"})  # the latter is that of s6-overlay
_SHEBANG = lazily(r"#![ \t]*+([^\s]++)[ \t]*+([^\n]*+)")


@parsed_once(64)
def parse(content: bytes) -> Script:
    """Read a script.  Raises Unparsable for one that holds NULs, is nested too deep or has too many commands."""
    if b"\0" in content:
        raise Unparsable("not text")
    text = writable(text_of(content))
    interpreter = _interpreter(text)
    if interpreter and interpreter.name not in SHELLS:
        return Script(interpreter, is_shell=False, commands=(), functions=(), features=(), problems=())
    return _script(text, 1, interpreter)


@parsed_once(256)
def parse_text(text: str, line: int = 1) -> Script:
    """Read a command line that stands at a line of its file.  Raises Unparsable."""
    if "\0" in text:
        raise Unparsable("not text")
    return _script(writable(text), line, None)


def _script(text: str, line: int, interpreter: Interpreter | None) -> Script:
    plain = text.replace("\r\n", "\n")
    found = Found()
    parser = Parser(plain, line, found)
    parser.all()
    if plain != text:
        found.tally.problems.append(Problem(line, "lines that end in a carriage return"))
    drafts = sorted(found.drafts, key=lambda draft: draft.key)
    features = sorted((line, name) for name, line in found.tally.features.items())
    return Script(
        interpreter,
        is_shell=True,
        commands=tuple(draft.command() for draft in drafts),
        functions=tuple(sorted(found.functions, key=lambda function: function.line)),
        features=tuple(Feature(name, line) for line, name in features),
        problems=tuple(sorted(found.tally.problems)),
    )


def _interpreter(text: str) -> Interpreter | None:
    found = _SHEBANG.match(text)
    if not found:
        return None
    path, words = found[1], found[2].split()
    name = path.rpartition("/")[2]
    if name in _BEFORE_SHELLS:
        named = (word for word in words if not word.startswith("-") and "=" not in word)
        name = next(named, name).rpartition("/")[2]
    return Interpreter(path, tuple(words), name)
