"""Source text by its comments and strings, without its grammar: enough to count lines and to know what is code.

A family is a set of languages whose comments and strings are written alike.  Everything here takes bytes, keeps the
number of every line, is total and takes linear time: what is never closed goes to the end of its line where the
language wants it there, else to the end of the text.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple


class Family(NamedTuple):
    """How comments and strings are written.

    `starts` are the bytes that can begin any of them, as in a character class; `opens` is what begins a comment, with
    plain characters first, by which a text that has none is soon known;
    `comments` and `strings` are the expressions of whole ones.  None of them can fail once it has begun, or else the
    text would be searched again and again.
    """

    starts: bytes
    opens: bytes
    comments: bytes
    strings: bytes


class Lines(NamedTuple):
    """How many lines hold code, comments and nothing else, or white space only.

    As cloc and tokei have it: a blank line is blank wherever it stands, a line with code and a comment is code, and a
    text by itself, such as a docstring of Python's, is code.
    """

    code: int
    comment: int
    blank: int


_WHITE = b" \t\r\f\v"
_BLANKS = bytes(ord("\n") if byte == ord("\n") else ord(" ") for byte in range(256))


def lines(content: bytes, code: bytes) -> Lines:
    """Count the lines of a text, given too what `without_comments` left of it."""
    total = content.count(b"\n") + (not content.endswith(b"\n") and content != b"")
    written = _written(content)
    is_code = written if code == content else _written(code)
    return Lines(is_code, written - is_code, total - written)


def without_comments(content: bytes, family: str) -> bytes:
    """The text with one space for each comment, and the line breaks in it; `#!/bin/sh` is none."""
    if not _any_comment(family).search(content):
        return content
    start = len(content.partition(b"\n")[0]) if content.startswith((b"#!/", b"#! /")) else 0
    out = [content[:start]]
    for before, *_, comment in _next_comment(family).findall(content, start):
        out.append(before)
        if comment:
            out.append(b" " + b"\n" * comment.count(b"\n"))
    return b"".join(out)


def without_strings(code: bytes, family: str) -> bytes:
    """Code, already without comments, with blanks for what stands in strings; nothing moves."""
    return _strings(family).sub(_blanked, code)


def _blanked(found: re.Match[bytes]) -> bytes:
    string = found[0]
    return string[:1] + string[1:-1].translate(_BLANKS) + string[-1:] if len(string) > 2 else string


def _written(content: bytes) -> int:
    """The lines that are not blank: without white space, they are words."""
    return len(content.translate(None, _WHITE).split())


@cache
def _any_comment(name: str) -> re.Pattern[bytes]:
    return re.compile(FAMILIES[name].opens)


@cache
def _next_comment(name: str) -> re.Pattern[bytes]:
    """What goes before the next comment, and the comment; at the end of the text, what is left and nothing.

    All of it is one expression, so that only comments cost a step of Python's: it runs over 60,000 files.
    """
    family = FAMILIES[name]
    plain = rb"[^%b]*+" % family.starts
    other = rb"%b|(?!%b)[%b]" % (family.strings, family.opens, family.starts)
    return re.compile(rb"(?P<before>%b(?:(?:%b)%b)*+)(?P<comment>%b|\Z)" % (plain, other, plain, family.comments))


@cache
def _strings(name: str) -> re.Pattern[bytes]:
    family = FAMILIES[name]
    return re.compile(rb"(?=[%b]|\A)(?:%b)" % (family.starts, family.strings))  # most bytes can begin none of them


# Strings that end with their line at the latest, that may go on, and that know no escapes.
_DOUBLE = rb'"(?:[^"\\\n]++|\\[\s\S])*+"?+'
_SINGLE = rb"'(?:[^'\\\n]++|\\[\s\S])*+'?+"
_DOUBLE_ON = rb'"(?:[^"\\]++|\\[\s\S])*+"?+'
_SINGLE_ON = rb"'(?:[^'\\]++|\\[\s\S])*+'?+"
_DOUBLE_RAW = rb'"[^"]*+"?+'
_SINGLE_RAW = rb"'[^']*+'?+"
_BACKTICK_RAW = rb"`[^`]*+`?+"
_TRIPLE_DOUBLE = rb'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+(?:""")?+'
_TRIPLE_SINGLE = rb"'''(?:[^'\\]++|\\[\s\S]|'(?!''))*+(?:''')?+"
_TRIPLE_DOUBLE_RAW = rb'"""(?:[^"]++|"(?!""))*+"{0,5}+'
# With calls in them that have strings of their own: "${f("x")}" and "\(f("x"))".
_DOUBLE_DOLLAR = rb'"(?:[^"\\\n$]++|\\[\s\S]|\$\{(?:[^{}"\n]++|"(?:[^"\\\n]++|\\.)*+"|\{[^{}"\n]*+\})*+\}|\$)*+"?+'
_DOUBLE_SWIFT = (
    rb'"(?:[^"\\\n]++|\\\((?:[^()"\n]++|"(?:[^"\\\n]++|\\.)*+"|\((?:[^()"\n]++|"[^"\n]*+")*+\))*+\)|\\[\s\S])*+"?+'
)
# A character, where the same sign begins a lifetime, a type or a symbol as well.
_CHARACTER = rb"'(?:[\x00-\x7f](?<![\\'\n])|[\x80-\xff]{2,4}+|\\[^\n][^'\n]{0,9}+)'"

_LINE = rb"//[^\n]*+"
_BLOCK = rb"/\*(?:[^*]++|\*(?!/))*+(?:\*/)?+"
_C_OPENS = rb"//|/\*"
_C_COMMENTS = rb"%b|%b" % (_LINE, _BLOCK)
_HASH = rb"#[^\n]*+"


def _nested(opens: bytes, closes: bytes, first: bytes, last: bytes, depth: int = 4) -> bytes:
    """A comment in which others may stand; `first` and `last` are the bytes by which to look for either end."""
    inner = rb"%b(?:[^%b%b]++|(?!%b|%b)[%b%b])*+%b" % (opens, first, last, opens, closes, first, last, closes)
    for _ in range(depth):
        inner = rb"%b(?:[^%b%b]++|%b|(?!%b)[%b%b])*+(?:%b)?+" % (
            *(opens, first, last, inner, closes, first, last, closes),
        )
    return inner


_NESTED = _nested(rb"/\*", rb"\*/", rb"/", rb"*")
_C_NESTED = rb"%b|%b" % (_LINE, _NESTED)

# What stands between slashes and is no division: after an operator, a bracket or a word that wants a value.
_REGEX_BODY = rb"(?:[^/\\\n\[]++|\\[^\n]|\[(?:[^\]\\\n]++|\\[^\n])*+\]?+)++/?+"
_REGEX = (
    rb"/(?![/*])(?:(?<=[(,=:\[!&|?{;+~]/)|(?<=[(,=:\[!&|?{;+~] /)|(?<=[=]> /)|(?<=return /)|(?<=typeof /)|(?<=case /))"
    + _REGEX_BODY
)
_REGEX_AT_LINE = rb"\n[ \t]*+(?:/(?![/*>])[^/\\\n\[ ]" + _REGEX_BODY + rb")?+"


def _template(depth: int = 3) -> bytes:
    """JavaScript's text between backticks, with code in it that may hold such texts again."""
    inner = rb"`(?:[^`\\]++|\\[\s\S])*+`?+"
    for _ in range(depth):
        code = (
            rb"""(?:[^{}`"'\\]++|"(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+'|\{[^{}`"']*+\}|\\[\s\S]|%b)*+""" % inner
        )
        inner = rb"`(?:[^`\\$]++|\\[\s\S]|\$\{%b\}|\$)*+`?+" % code
    return inner


_TEMPLATE = _template()
_SINGLE_JS = rb"(?<![\w$])" + _SINGLE  # not the apostrophe of a text between tags
_JS_STRINGS = b"|".join([_REGEX_AT_LINE, _DOUBLE, _SINGLE_JS, _TEMPLATE, _REGEX])  # the first is tried at every line

# From `<<EOF` to the line that says EOF; the rest of the first line is taken with it.
_BODY = rb"[^\n]*+\n(?:(?![ \t]*(?P=%b)[ \t\r]*$)[^\n]*+\n)*+(?:[ \t]*+(?P=%b)\b)?+"


def _heredoc(opening: bytes, name: bytes = b"end") -> bytes:
    return rb"(?m:%b%b)" % (opening, _BODY % (name, name))


# No group may fail once it has begun: in a possessive repetition Python 3.11 then keeps where it began and not where it
# ended, and raises SystemError (https://github.com/python/cpython/issues/101955).
_END = rb"(?=[A-Za-z_])(?P<end>[A-Za-z_]\w*+)"
_HEREDOC_SHELL = _heredoc(rb"""<<(?!<)-?[ \t]*+["'\\]?+""" + _END + rb"""["']?+""")
_HEREDOC_RUBY = _heredoc(rb"""<<(?:[~-]["'`]?+|(?<=[\s(=,]<<)["']?+(?=[A-Z_]{2}))""" + _END + rb"""["'`]?+""")
_HEREDOC_PERL = _heredoc(rb"""<<(?:~?["']|~?(?=[A-Z_]{2}))""" + _END + rb"""["']?+""")
_HEREDOC_PHP = _heredoc(rb"""<<<[ \t]*+["']?+""" + _END + rb"""["']?+""")
_HTML = rb"(?:\?>|\A(?!<\?))(?:[^<]++|<(?!\?))*+(?:<\?)?+"

_CPP_RAW = rb'(?<=R)"(?P<raw>[^()\\\s"]{0,16}+)\((?:[^)]++|\)(?!(?P=raw)"))*+(?:\)(?P=raw)")?+'
_CPP_CHARACTER = rb"(?<![0-9A-Fa-f])" + _SINGLE  # not the apostrophe in 1'000'000
_VERBATIM = rb'(?<=@)"(?:[^"]++|"")*+"?+|(?<=@\$)"(?:[^"]++|"")*+"?+'
_RUST_RAW = b"|".join(
    rb'(?<=[rb])%b"(?:[^"]++|"(?!%b))*+(?:"%b)?+' % (hashes, hashes, hashes) for hashes in (b"###", b"##", b"#")
)
_SWIFT_RAW = rb'#"(?:[^"]++|"(?!#))*+(?:"#)?+'
_ESCAPED = rb"\\[\s\S]"

_PLAIN_C = Family(rb"""/"'""", _C_OPENS, _C_COMMENTS, rb"%b|%b|%b" % (_CPP_RAW, _DOUBLE, _CPP_CHARACTER))

FAMILIES: Mapping[str, Family] = {
    "c": _PLAIN_C,
    "java": Family(rb"""/"'""", _C_OPENS, _C_COMMENTS, rb"%b|%b|%b" % (_TRIPLE_DOUBLE, _DOUBLE, _SINGLE)),
    "kotlin": Family(rb"""/"'""", _C_OPENS, _C_NESTED, rb"%b|%b|%b" % (_TRIPLE_DOUBLE_RAW, _DOUBLE_DOLLAR, _CHARACTER)),
    "groovy": Family(
        rb"""/"'""",
        _C_OPENS,
        _C_COMMENTS,
        b"|".join([_TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE_DOLLAR, _SINGLE, _REGEX]),
    ),
    "dart": Family(
        rb"""/"'""", _C_OPENS, _C_NESTED, b"|".join([_TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE_DOLLAR, _SINGLE])
    ),
    "csharp": Family(
        rb"""/"'""", _C_OPENS, _C_COMMENTS, b"|".join([_VERBATIM, _TRIPLE_DOUBLE_RAW, _DOUBLE, _CHARACTER])
    ),
    "go": Family(rb"""/"'`""", _C_OPENS, _C_COMMENTS, rb"%b|%b|%b" % (_BACKTICK_RAW, _DOUBLE, _SINGLE)),
    "rust": Family(
        rb"""/"'#""", _C_OPENS, _C_NESTED, rb"%b|(?<=r)%b|%b|%b" % (*(_RUST_RAW, _DOUBLE_RAW, _DOUBLE_ON, _CHARACTER),)
    ),
    "swift": Family(rb"""/"#""", _C_OPENS, _C_NESTED, rb"%b|%b|%b" % (_SWIFT_RAW, _TRIPLE_DOUBLE, _DOUBLE_SWIFT)),
    "javascript": Family(rb"""/"'`\n""", _C_OPENS, _C_COMMENTS, _JS_STRINGS),
    "markup": Family(
        rb"""<(/"'`""",
        rb"<!--|/\*|//(?<![:\w]//)",
        rb"<!--(?:[^-]++|-(?!->))*+(?:-->)?+|%b|(?<![:\w])%b" % (_BLOCK, _LINE),
        rb"%b|%b|%b" % (_DOUBLE_ON, _SINGLE_JS, _TEMPLATE),
    ),
    "php": Family(
        rb"""/#"'?<""",
        rb"//|/\*|#(?!\[)",
        rb"//(?:[^\n?]++|\?(?!>))*+|#(?:[^\n?]++|\?(?!>))*+|%b" % _BLOCK,
        rb"%b|%b|%b|%b" % (_HTML, _HEREDOC_PHP, _DOUBLE_ON, _SINGLE_ON),
    ),
    "fsharp": Family(
        rb"""/("'""",
        rb"//|\(\*(?!\))",
        rb"%b|\(\*(?:[^*]++|\*(?!\)))*+(?:\*\))?+" % _LINE,
        b"|".join([_TRIPLE_DOUBLE_RAW, _VERBATIM, _DOUBLE_ON, _CHARACTER]),
    ),
    "python": Family(rb"""#"'""", rb"#", _HASH, b"|".join([_TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE])),
    "elixir": Family(
        rb"""#"'?""",
        rb"#",
        _HASH,
        rb"""(?<!\w)\?\\?+[#"'\\]|%b|%b|%b|%b""" % (*(_TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE_ON, _SINGLE),),
    ),
    "ruby": Family(
        rb"""#"'`<\n/""",
        rb"#|\n=begin\b",
        rb"%b|\n=begin\b(?:[^\n]++|\n(?!=end\b))*+(?:\n=end[^\n]*+)?+" % _HASH,
        # Not the quotes of `$'` and `$"`, which are variables.
        rb"%b|(?<!\$)%b|(?<!\$)%b|(?<!\$)`(?:[^`\\\n]++|\\[\s\S])*+`?+|%b"
        % (*(_HEREDOC_RUBY, _DOUBLE_ON, _SINGLE_ON, _REGEX),),
    ),
    "shell": Family(
        rb"""#"'\\<""",
        rb"#(?<![^\s;&|()]#)",
        rb"(?<![^\s;&|()])" + _HASH,
        rb"%b|%b|(?<=\$)%b|%b|%b" % (_ESCAPED, _HEREDOC_SHELL, _SINGLE_ON, _SINGLE_RAW, _DOUBLE_ON),
    ),
    "perl": Family(
        rb"""#"'<\n""",
        rb"#(?<![^\s;{}(),]#)|\n=[a-z]",
        rb"(?<![^\s;{}(),])%b|\n=[a-z](?:[^\n]++|\n(?!=cut\b))*+(?:\n=cut[^\n]*+)?+" % _HASH,
        rb"%b|%b|%b" % (_HEREDOC_PERL, _DOUBLE, _SINGLE_JS),
    ),
    "powershell": Family(
        rb"""#"'<`@""",
        rb"#(?<![^\s;{}(),]#)|<#",
        rb"<#(?:[^#]++|#(?!>))*+(?:#>)?+|(?<![^\s;{}(),])%b" % _HASH,
        rb"""`[\s\S]|@"[ \t\r]*+\n(?:[^\n]++|\n(?!"@))*+(?:\n"@)?+|@'[ \t\r]*+\n(?:[^\n]++|\n(?!'@))*+(?:\n'@)?+"""
        rb"""|"(?:[^"`]++|`[\s\S])*+"?+|%b""" % _SINGLE_RAW,
    ),
    "hash": Family(rb"""#"'""", rb"#", _HASH, rb"%b|%b|%b" % (_TRIPLE_DOUBLE, _DOUBLE_ON, _SINGLE)),
    "julia": Family(
        rb"""#"'""",
        rb"#",
        rb"%b|%b" % (_nested(rb"#=", rb"=#", rb"#", rb"="), _HASH),
        rb"%b|%b|%b" % (_TRIPLE_DOUBLE, _DOUBLE_ON, _CHARACTER),
    ),
    "lua": Family(
        rb"""-"'[""",
        rb"--",
        rb"--\[\[(?:[^\]]++|\](?!\]))*+(?:\]\])?+|--[^\n]*+",
        rb"\[\[(?:[^\]]++|\](?!\]))*+(?:\]\])?+|%b|%b" % (_DOUBLE, _SINGLE),
    ),
    "haskell": Family(
        rb"""-{"'""",
        rb"--(?![!#$%&*+./<=>?@^|~])|\{-",
        rb"--(?![!#$%%&*+./<=>?@^|~])[^\n]*+|%b" % _nested(rb"\{-", rb"-\}", rb"{", rb"-"),
        rb"%b|%b" % (_DOUBLE_ON, _CHARACTER),
    ),
    "erlang": Family(rb"""%"'$""", rb"%", rb"%[^\n]*+", rb"""\$\\?+[%"']|""" + rb"%b|%b" % (_DOUBLE_ON, _SINGLE)),
    "lisp": Family(rb""";"\\""", rb";", rb";[^\n]*+", rb"%b|%b" % (_ESCAPED, _DOUBLE_ON)),
    # YAML, Dockerfiles, INI and the like: a text in quotes ends with its line, and an apostrophe is often one.
    "settings": Family(
        rb"""#"';""",
        rb"#(?<!\S#)|;(?<![^\n];)",
        rb"(?<!\S)%b|(?:(?<=\n)|\A);[^\n]*+" % _HASH,
        rb"%b|%b" % (_DOUBLE, _SINGLE_JS),
    ),
    "sql": Family(
        rb"""-/"'`""", rb"--|/\*", rb"--[^\n]*+|%b" % _BLOCK, rb"'(?:[^']++|'')*+'?+|%b|`[^`\n]*+`?+" % _DOUBLE
    ),
}
"""By name.  Zig, Solidity and Objective-C are as C; R, Nim and Crystal as `hash`; Vue and Svelte as `markup`."""
