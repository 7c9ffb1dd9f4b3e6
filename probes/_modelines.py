"""What a file says about its own language: the modelines of Emacs and Vim, and the interpreter after `#!`.

The rules are github-linguist's (MIT): lib/linguist/strategy/modeline.rb and lib/linguist/shebang.rb.
"""

import re

from codegenie.formats.patterns import lazily

LINES = 5
"""The lines that Linguist and Vim look at from either end, where what stands after the last line break is none."""
_LINE_CAP = 1024  # no one writes a modeline into a longer line, and the expressions are not linear
MARKS = (b"-*-", b"vi:", b"vim", b"Vim", b"ex:")
"""The texts without any of which there is no modeline."""

_EMACS = lazily(
    rb"""
    -\*-
    (?: [ \t]* (?= [^:;\s]+ [ \t]* -\*- )                   # -*- ruby -*-
      | (?: .*?[ \t;] | (?<=-\*-) ) [ \t]*mode[ \t]*:[ \t]* # -*- foo: bar; mode: ruby -*-
    )
    ([^:;\s]+)
    (?= [ \t;] | (?<![-*])-\*- )
    .*? -\*-
    """,
    re.VERBOSE | re.IGNORECASE,
)
_VIM = lazily(
    rb"""
    (?: (?:^|[ \t]) (?:vi|Vi(?=m)) (?: m[<=>]?[0-9]+ | m )? | [ \t]ex )
    (?= : (?=[ \t]*set?[ \t][^\r\n:]+:) | : (?![ \t]*set?[ \t]) )           # `set` asks for a colon at the end
    (?: [ \t:\w] | = (?: [^\\\s] | \\. )*+ [ \t] )* (?: = (?: [^\\\s] | \\. )* )?  # other options
    [ \t:] (?:filetype|ft|syntax) [ \t]*= (\w+) (?=$|\s|:)
    """,
    re.VERBOSE,
)
_ENV_ARGUMENT = lazily(rb"-[i0uCSv]*|--\S+|\S+=\S+")
_EXEC = lazily(rb"""exec (\w+)[\s"']+\$0[\s"']+\$@""")


def modeline(head: bytes) -> str | None:
    """The file type that the first or last lines declare, Emacs before Vim; None where they don't."""
    first, last = head.split(b"\n", LINES)[:LINES], head.rsplit(b"\n", LINES + 1)[-LINES - 1 :]
    text = b"\n".join((*first, *last))
    if not any(map(text.__contains__, MARKS)) or b"UseVimball" in text:
        return None  # the modeline of a Vimball speaks of the files in it
    lines = [line for line in first + last if len(line) < _LINE_CAP]
    for line in lines:
        if b"-*-" in line and (found := _EMACS.search(line)):
            return found[1].decode("utf-8", "replace")
    for line in lines:
        if b"=" in line and (found := _VIM.search(line)):
            return found[1].decode("utf-8", "replace")
    return None


def interpreter(head: bytes) -> str | None:
    """The program that `#!` names, looked up through `env` and without its minor version: `python3.11` is `python3`."""
    if not head.startswith(b"#!"):
        return None
    words = head.partition(b"\n")[0][2:].split()
    if not words:
        return None
    script = words.pop(0).rpartition(b"/")[2]
    if script == b"env":
        while len(words) > 1 and _ENV_ARGUMENT.fullmatch(words[0]):
            words.pop(0)
        if not words:
            return None
        script = words[0]
    script = re.sub(rb"\.\d+\Z", b"", script)
    if script == b"sh":
        lines = head.split(b"\n", LINES)[:LINES]
        script = next((found[1] for line in lines if (found := _EXEC.search(line))), script)
    if script == b"osascript" and any(word.startswith(b"-l") for word in words):
        return None  # some other language, by a name that is not an interpreter's
    return script.rpartition(b"/")[2].decode("utf-8", "replace")
