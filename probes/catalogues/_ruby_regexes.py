"""Linguist's Ruby expressions as Python ones that match the same texts, in time linear in the length of a bait.

Only whether an expression matches somewhere is kept; what its groups hold is not.
"""

import re
import warnings
from collections.abc import Sequence

_TOKEN = re.compile(
    r"""
      \\.                                     # an escape
    | \[\^?\]?(?:\\.|\[[^\]]*\]|[^\]\\])*\]   # a character class
    | \(\?[-imx]+\)                           # flags up to the end of the group
    | \(\?<(?![=!])\w+>                       # a named group opens
    | \(\?(?:[-imx]*:|[=!>]|<[=!])            # a group of another kind opens
    | [()]
    | .
    """,
    re.DOTALL | re.VERBOSE,
)
_SAME_IN_PYTHON = {r"\z": r"\Z", r"\/": "/", r"[\s&&[^\r\n]]": r"[^\S\r\n]"}

_BLANKS = r"[^\S\n]"
_LINEAR = (
    # `^\s*` tries every blank line against all that follow it; the last line start it could reach does as well.
    (r"(?:\A\W{0,3}|^)\s*", rf"(?:\A\W{{0,3}}\s*|^{_BLANKS}*)"),
    (r"(?:^|<)\s*", rf"(?:^{_BLANKS}*|<\s*)"),
    (r"^(\s*)", rf"^{_BLANKS}*"),
    (r"^\s*", rf"^{_BLANKS}*"),
    (r"^\s+", rf"^(?:{_BLANKS}+|{_BLANKS}*\n)"),
    (r"|      (subroutine|program|end|data)\s|\s*!", rf"|      (subroutine|program|end|data)\s|{_BLANKS}*!"),
    (r"^((/{2,3})?\s*(namespace|operation)\b)", rf"^(?:/{{2,3}}\s*|{_BLANKS}*)(namespace|operation)\b"),
    (r"^[#\s]*", r"^[# \t\r\f\v]*"),
    (r'[^"m]*mov', r'[^"m\n]*mov'),
    (r"^[^#]*:-", r"^[^#\n]*:-"),
    (r"^[^#]+:-", r"^(?:[^#\n]+|[^#\n]*\n):-"),
    (r"^[^\[#]+:-", r"^(?:[^\[#\n]+|[^\[#\n]*\n):-"),
    (r"^[^#;=\[]+[^ \r\n=]$", r"^(?:[^#;=\[\n]+|[^#;=\[\n]*\n)[^ \r\n=]$"),
    (r"^[\w\s/\\.]+\w+\.\w+\s*:\s+[\w\s/\\.]+\w+\.\w+",
     r"^(?:[\w \t\r\f\v/\\.]+\w|[\w \t\r\f\v/\\.]*\n\w+)\.\w+\s*:\s+[\w\s/\\.]+\w\.\w"),
    # The first of a line's characters that may begin a match is as good as any later one; so is the first colon.
    (r"[/\\].*:\s+.*\s\\$",
     r"^[^/\\\n]*+[/\\](?:(?>.*?:[^\S\n]).*\s\\$|.*:[^\S\n]*\n\s*+(?:.+(?<=\s)|(?<=\s\s))\\$)"),
    # The first line that may begin a match is as good as any later one.
    (r"^[^#!;][^=]*=", r"\A(?:[#!;][^\n]*\n)*+[^#!;][^=]*+="),
    (r"^[^#!][^:]*:", r"\A(?:[#!][^\n]*\n)*+[^#!][^:]*+:"),
    # What may be empty, or be repeated, at the open end of an expression decides nothing.
    (r"\s*(Declare|", r"(Declare|"),
    (r"\s*(extends|", r"(extends|"),
    (r"\s*\}\s*", r"\}"),
    (r"[ \t]*gosub ", r"gosub "),
    (r"\w+\.prototype\.\w+", r"\w\.prototype\.\w"),
    (r"\w+\s+\w+\s*\(.*\)", r"\w\s+\w+\s*\(.*\)"),
    (r"\w+\s*::\s*(?:proc|struct)", r"\w\s*::\s*(?:proc|struct)"),
    # Two repetitions of the same characters in a row are one.
    (r"|\s+class\s+extends\s", r"|\sclass\s+extends\s"),
    (r"(?:public\s+|private\s+|\s*)function", r"(?:public\s+|private\s+|)function"),
    (r"(?i:[A-Z.][\w.]*:\{)", r"(?i:(?<![\w.])[0-9_]*+[A-Z.][\w.]*+:\{)"),
    (r"^\t+.*?[^\s:].*?:", r"^\t(?:[^\S\n]|:)*+[^\s:][^:\n]*+:"),
    (r"([A-Za-z]+[A-Za-z_0-9]+)", r"[A-Za-z][A-Za-z_0-9]+"),
    (r"\(.*\)(?:\(.*\))?\s*\{", r"\(.*\)\s*\{"),
    (r"unittest\s*(?:\(.*\))?\s*\{", r"unittest\s*+(?:\(.*\)\s*)?\{"),
    (r"module\s+[\w.]*\s*;", r"module\s++(?:[\w.]++\s*+)?;"),
    (r"(let|module|type)\s+\w*\s+=\s+", r"(let|module|type)\s++(?:\w++\s++|(?<=\s\s))=\s"),
    (r"(def|var)\s+(.+):=", r"(def|var)\s++(?:.+|(?<=\s[^\S\n])):="),
    (r"\w+\s*(?:\(\s*\w+[:][^)]+\))?(?:[:]\s*\w+)?(?:--.+\s+)*\s+(?:do|local)\s",
     r"\w++(?:\s*+\(\s*+\w++[:][^)]{1,999}+\))?(?:\s*+[:]\s*+\w++)?(?:\s*+--.*+)*+(?<!-)\s++(?:do|local)\s"),
    # The start of a word is as good as any later letter of it.
    (r"[a-zA-Z_]\w*\s*:=\s*[a-zA-Z_]\w*", r"(?<!\w)\d*+[a-zA-Z_]\w*+\s*+:=\s*+[a-zA-Z_]"),
    (r"(?i:^begin[\s\S]*^end)", r"(?i:\A(?>[\s\S]*?^begin)[\s\S]*^end)"),
    # Two ways to take a colon between blanks, or a carriage return, are as many as there are texts, when repeated.
    (r"(?:(?:[ \t]*:[ \t]*|[ \t])\w*(?:[ \t]*=(?:[^\\\s]|\\.)*)?)*",
     r"(?:[ \t:\w]|=(?:[^\\\s]|\\.){0,999}+[ \t]){0,999}(?:=(?:[^\\\s]|\\.){0,999})?"),
    (r"(?:.*(?:\r?\n|\r)){0,9}B4", r"(?:(?:.*\n){0,9}|(?:.*\n){0,8}.*\r)B4"),
    # More than anybody writes there, and no more than a bait may take.
    (r"(\S+\s)+", r"(?:\S{1,99}\s){1,40}"),
    (r"package\s*[\w\./\*\s]*\s*\{", r"package[\w./*\s]{0,999}+\{"),
    (r"(?:(?:public|protected|private|static)\s+)*", r"(?:(?:public|protected|private|static)\s+){0,9}"),
    (r"\[[^\]]+\]\s*$", r"\[[^\]]{1,999}\]\s*$"),
    (r"import\s+[\w\s,.:]*;", r"import\s[\w\s,.:]{0,999}+;"),
    (r"\{[^}]*\}", r"\{[^}]{0,1999}+\}"),
)  # fmt: skip


def translated(pattern: str) -> str:
    """The Python expression for one of Linguist's, to be compiled as bytes with re.MULTILINE.

    Raises ValueError where the result does not compile.
    """
    python = _linear(_in_python(pattern))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(python.encode("ascii"), re.MULTILINE)
        except (re.error, FutureWarning, UnicodeEncodeError) as error:
            raise ValueError(f"{pattern}: {error}") from None
    return python


def union(expressions: Sequence[str]) -> str:
    """One expression that matches where any of the translated ones does: what begins a line is tried only there."""
    of_lines = [one for one in expressions if one.startswith("^") and not _is_choice(one)]
    if len(of_lines) < 2:
        return "|".join(f"(?:{one})" for one in expressions)
    others = [f"|(?:{one})" for one in expressions if one not in of_lines]
    return f"^(?:{'|'.join(one[1:] for one in of_lines)}){''.join(others)}"


def _is_choice(expression: str) -> bool:
    """Whether there is a "|" outside of all groups."""
    depth = 0
    for part in _TOKEN.findall(expression):
        depth += part.startswith("(") - (part == ")")
        if part == "|" and depth == 0:
            return True
    return False


def _in_python(pattern: str) -> str:
    out: list[str] = []
    bodies: dict[str, str] = {}
    opened = [(0, "", "")]  # where each open group starts, its name, and what closes it besides ")"
    for part in _TOKEN.findall(pattern):
        at, name, closing = opened[-1]
        if re.fullmatch(r"\(\?[-imx]+\)", part):
            # Ruby's flags hold to the end of the group, Python's must open one; Ruby's m is Python's s.
            if flags := part[2:-1].partition("-")[0].replace("m", "s"):
                out.append(f"(?{flags}:")
                opened[-1] = (at, name, closing + ")")
        elif part.startswith("("):
            named = re.fullmatch(r"\(\?<(\w+)>", part)
            opened.append((len(out), named[1] if named else "", ""))
            out.append("(?:" if named else part)
        elif part == ")":
            out.append(closing + ")")
            opened.pop()
            bodies[name] = "".join(out[at:])
        elif part in _SAME_IN_PYTHON:
            out.append(_SAME_IN_PYTHON[part])
        elif part.startswith("[") and len(part) > 1:
            members = part[1:-1].replace(r"\/", "/")
            out.append("[" + re.sub(r"(\\.)|\[", lambda found: found[1] or r"\[", members) + "]")
        else:
            out.append(part)
    whole = "".join(out) + opened[0][2]
    return re.sub(r"\\g<(\w+)>", lambda call: bodies[call[1]], whole)


def _linear(pattern: str) -> str:
    for quadratic, linear in _LINEAR:
        pattern = pattern.replace(quadratic, linear)
    return pattern
