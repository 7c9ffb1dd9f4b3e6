"""Shell scripts: every simple command in order, with its words, what joins it to its neighbours, and what it stands in.

The grammar is that of POSIX (Shell Command Language, 2.10) with what bash, ksh and busybox add.  Nothing is expanded,
no file is refused for its faults: what a shell would refuse is told as a problem, and the rest is read as far as it
makes sense.  `[[ ]]` and `(( ))` count as commands, of a kind of their own.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from codegenie.formats.plain import text_of, writable
from codegenie.formats.shell_parts import (
    Assignment,
    Command,
    CommandKind,
    Feature,
    Function,
    HereDocument,
    Interpreter,
    Place,
    PlaceKind,
    Redirection,
    Script,
)
from codegenie.formats.shell_words import DEEPEST, Expansion, Pieces, Problem, Substitution, Tally, Word, WordReader
from codegenie.formats.unparsable import Unparsable

MOST_COMMANDS = 50_000  # of a script; a `configure` of 500 KB has 15,000
_TEXT_IN_TEXT = 8  # levels that a text within a text counts for, as it is read twice


SHELLS = frozenset(
    {"sh", "ash", "bash", "bats", "busybox", "dash", "ksh", "ksh93", "mksh", "oksh", "posh", "rbash", "yash", "zsh"}
)
"""The interpreters whose scripts are read; bats and zsh as far as they are like the others."""

_SHEBANG = re.compile(r"#![ \t]*+([^\s]++)[ \t]*+([^\n]*+)")
_REDIRECTION = re.compile(
    r"([0-9]{1,9}(?=[<>])|\{[A-Za-z_][A-Za-z0-9_]*\}(?=[<>]))?(&>>|&>|<<<|<<-|<<|<>|>>|>\||>&|<&|(?:<|>)(?!\())"
)
_OPERATOR = re.compile(r"&&|\|\||\|&|;;&|;;|;&|[;|&\n]")
_CLOSES = re.compile(r"\)|;;&|;;|;&|;|\|&|\|\||\||&&|&(?!>)")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*+)(\[(?:[^\[\]\n]|\[[^\[\]\n]*+\])*+\])?(\+?=)")
_FUNCTION = re.compile(r"([^\s;&|<>()'\"\\$`=]++)[ \t]*+\((?:[ \t]|\\\n)*+\)")
_KEYWORD = re.compile(r"[a-z]++(?=[\s;&|<>()]|\Z)|[{}!](?=\s|\Z)|\}(?=[;&|<>)\"'])|!(?=\()|\[\[(?=\s)")
_COMMENT = re.compile(r"#[^\n]*+")
_END_OF_TEST = re.compile(r"\]\](?=[\s;&|<>)]|\Z)")
_TEST_SIGN = re.compile(r"&&|\|\||[()<>!](?=\s|\()|[()<>]")

_REDIRECTION_FEATURES = {
    "<<": "here_document", "<<-": "here_document", "<<<": "here_string", "&>": "redirect_both", "&>>": "redirect_both",
}  # fmt: skip
_COMPOUND = frozenset({"if", "while", "until", "for", "select", "case", "{", "[[", "function", "coproc"})
_MISPLACED = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_DECLARES = frozenset({"declare", "export", "local", "readonly", "typeset"})
_IF_PARTS = {"then": "then", "elif": "condition", "else": "else"}
_CASE_ENDS = frozenset({";;", ";&", ";;&", "esac"})


def parse(content: bytes) -> Script:
    """Read a script.  Raises Unparsable for one that holds NULs, is nested too deep or has too many commands."""
    if b"\0" in content:
        raise Unparsable("not text")
    text = writable(text_of(content))
    interpreter = _interpreter(text)
    if interpreter and interpreter.name not in SHELLS:
        return Script(interpreter, is_shell=False, commands=(), functions=(), features=(), problems=())
    return _script(text, 1, interpreter)


def parse_text(text: str, line: int = 1) -> Script:
    """Read a command line that stands at a line of its file.  Raises Unparsable."""
    if "\0" in text:
        raise Unparsable("not text")
    return _script(writable(text), line, None)


def _script(text: str, line: int, interpreter: Interpreter | None) -> Script:
    plain = text.replace("\r\n", "\n")
    found = _Found()
    parser = _Parser(plain, line, found)
    parser.all()
    if plain is not text:
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
    if name == "env":
        named = (word for word in words if not word.startswith("-") and "=" not in word)
        name = next(named, "env").rpartition("/")[2]
    return Interpreter(path, tuple(words), name)


class _Compound:
    """A compound command while it is read: what is known of it only behind its end is filled in then."""

    def __init__(self, kind: PlaceKind, line: int, name: str | None = None, words: tuple[Word, ...] = ()) -> None:
        self.kind = kind
        self.line = line
        self.name = name
        self.words = words
        self.joins = _Joins()
        self.redirections: list[Redirection] = []


class _Joins:
    """How a command is joined to others."""

    __slots__ = ("after", "before", "in_background", "is_negated", "is_piped")

    def __init__(self) -> None:
        self.before: str | None = None
        self.after: str | None = None
        self.is_piped = self.in_background = self.is_negated = False


class _Level:
    """A part of a compound command, within those around it."""

    def __init__(
        self, outer: "_Level | None", compound: _Compound, part: str, words: tuple[Word, ...] | None = None
    ) -> None:
        self._outer = outer
        self._compound = compound
        self._part = part
        self._words = compound.words if words is None else words
        self._places: tuple[Place, ...] | None = None

    def places(self) -> tuple[Place, ...]:
        """The places, outermost first, when all is read."""
        if self._places is None:
            one, joins = self._compound, self._compound.joins
            own = Place(
                one.kind, self._part, one.line, one.name, self._words,
                joins.is_piped, joins.in_background, joins.is_negated, tuple(one.redirections),
            )  # fmt: skip
            self._places = (*(self._outer.places() if self._outer else ()), own)
        return self._places


class _Draft:
    """A command while it is read."""

    __slots__ = ("assignments", "end_line", "joins", "key", "kind", "level", "line", "redirections", "text", "words")

    def __init__(self, kind: CommandKind, key: tuple[int, ...], line: int, level: _Level | None) -> None:
        self.kind = kind
        self.key = key
        self.line = self.end_line = line
        self.level = level
        self.joins = _Joins()
        self.text = ""
        self.words: list[Word] = []
        self.assignments: list[Assignment] = []
        self.redirections: list[Redirection] = []

    def command(self) -> Command:
        """What it comes to."""
        joins = self.joins
        return Command(
            self.kind, tuple(self.words), tuple(self.assignments), tuple(self.redirections), self.text, self.key[0],
            self.line, self.end_line, joins.before, joins.after, joins.is_piped, joins.in_background, joins.is_negated,
            self.level.places() if self.level else (),
        )  # fmt: skip


@dataclass(slots=True)
class _Found:
    """What is found in the whole script."""

    drafts: list[_Draft] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class _Waiting:
    """A here-document whose lines are yet to come, and where it is to be put."""

    name: str
    strips_tabs: bool
    expands: bool
    at: int
    into: list[Redirection]
    index: int
    level: _Level | None


class _Parser:
    """Goes through a text once."""

    def __init__(
        self,
        text: str,
        line: int,
        found: _Found,
        *,
        depth: int = 0,
        key: tuple[int, ...] = (),
        level: _Level | None = None,
    ) -> None:
        self._found = found
        self._key = key
        self._level = level
        self._ends: list[frozenset[str]] = []
        self._waiting: list[_Waiting] = []
        self.reader = WordReader(text, line, found.tally, self._within, self._apart, depth=depth)

    def all(self) -> None:
        """The commands of the whole text."""
        self._list(frozenset())
        self._documents()

    def document(self) -> tuple[Expansion, ...]:
        """The expansions of a here-document, whose commands are found too."""
        expansions = self.reader.quoted_text()
        self._documents()
        return expansions

    def _list(self, ends: frozenset[str], level: _Level | None = None) -> str:
        """The commands up to one of `ends`, which is passed and returned; nothing at the end of the text."""
        reader, outer = self.reader, self._level
        self._level = level or outer
        self._ends.append(ends)
        reader.down()
        found = self._commands(ends)
        reader.depth -= 1
        self._ends.pop()
        self._level = outer
        return found

    def _commands(self, ends: frozenset[str]) -> str:
        reader = self.reader
        before: str | None = None
        chain: list[_Joins] = []  # of the list that `&` puts in the background
        while True:
            self._lines()
            if not reader.peek():
                return ""
            found = _CLOSES.match(reader.text, reader.at)
            closing = found[0] if found else self._keyword()
            if closing in ends:
                reader.at += len(closing)
                return closing
            if found or closing in _MISPLACED:
                if self._is_awaited(closing):
                    return ""
                self._skip(len(closing), f"an unexpected {closing}")
                continue
            joins = self._pipeline(before)
            chain += joins
            before = joins[-1].after if joins else None
            if before not in ("&&", "||"):
                for join in chain if before == "&" else ():
                    join.in_background = True
                chain = []

    def _pipeline(self, before: str | None) -> list[_Joins]:
        """Commands with pipes between them, and the operator behind them."""
        reader = self.reader
        parts: list[_Joins] = []
        negated = False
        while True:
            keyword = self._keyword()
            while keyword in ("!", "time"):
                negated ^= keyword == "!"
                reader.at += len(keyword)
                if keyword == "time":
                    self._time()
                reader.blanks()
                keyword = self._keyword()
            joins = self._command(keyword)
            if joins is None:
                if (parts or negated) and reader.peek() in ("", "\n", ";", "&", "|", ")"):
                    break
                self._skip(1, f"an unexpected {reader.peek()}")
                break
            joins.before = before
            parts.append(joins)
            reader.blanks()
            at = reader.at
            operator = self._operator()
            if operator in _CASE_ENDS:
                reader.at = at
                joins.after = operator
                break
            joins.after = operator or None
            if operator not in ("|", "|&"):
                break
            if operator == "|&":
                reader.feature("pipe_both", at)
            before = operator
            self._lines()
        for join in parts:
            join.is_piped = len(parts) > 1
            join.is_negated = negated
        return parts

    def _time(self) -> None:
        self.reader.feature("time", self.reader.at - 1)
        self.reader.blanks()
        if found := re.compile(r"-p(?=\s)").match(self.reader.text, self.reader.at):
            self.reader.at = found.end()

    def _command(self, keyword: str) -> _Joins | None:
        reader = self.reader
        at = reader.at
        if keyword == "[[":
            return self._test()
        if keyword in ("function", "coproc"):
            reader.at += len(keyword)
            return self._named_function(at) if keyword == "function" else self._coprocess(at)
        if keyword in _COMPOUND:
            reader.at += len(keyword)
            return self._finished(self._compound(keyword, at))
        if reader.peek() == "(":
            if reader.starts("((") and reader.is_arithmetic(at + 2):
                return self._arithmetic()
            reader.at += 1
            return self._finished(self._subshell(at))
        if found := _FUNCTION.match(reader.text, at):
            reader.at = found.end()
            return self._function(found[1], at)
        return self._simple()

    def _compound(self, keyword: str, at: int) -> _Compound:
        match keyword:
            case "if":
                return self._if(at)
            case "while" | "until":
                return self._while(keyword, at)
            case "for" | "select":
                return self._for(keyword, at)
            case "case":
                return self._case(at)
        return self._group(at)

    def _finished(self, compound: _Compound) -> _Joins:
        """The redirections behind a compound command."""
        reader = self.reader
        while True:
            reader.blanks()
            found = _REDIRECTION.match(reader.text, reader.at)
            if not found:
                break
            self._redirection(found, compound.redirections)
        if reader.peek() not in ("", "\n", ";", "&", "|", ")", "#", "}") and self._keyword() not in _MISPLACED:
            reader.problem(reader.at, "words behind a compound command")
            reader.word()
        return compound.joins

    def _simple(self) -> _Joins | None:
        reader = self.reader
        start = reader.at
        draft = _Draft("simple", (*self._key, start), reader.line(start), self._level)
        end = start
        while True:
            found = _REDIRECTION.match(reader.text, reader.at)
            if found:
                self._redirection(found, draft.redirections)
            elif not self._argument(draft):
                break
            end = reader.at
            reader.blanks()
        if end == start:
            return None
        draft.text = reader.text[start:end]
        draft.end_line = reader.line(end)
        self._add(draft)
        return draft.joins

    def _argument(self, draft: _Draft) -> bool:
        """One word or assignment; False where the command ends."""
        reader = self.reader
        sign = reader.peek()
        if sign in ("", "\n", ";", "&", "|", ")", "#"):
            return False
        prefix = not draft.words
        declares = bool(draft.words) and draft.words[0].value in _DECLARES
        if (prefix or declares) and (found := _ASSIGNMENT.match(reader.text, reader.at)):
            is_array = reader.text.startswith("(", found.end())
            if prefix or is_array:
                draft.assignments.append(self._assignment(found, is_array=is_array))
                return True
        word = reader.word()
        if word is None:  # a parenthesis where none can be
            reader.problem(reader.at, f"an unexpected {sign}")
            return False
        draft.words.append(word)
        return True

    def _assignment(self, found: re.Match[str], *, is_array: bool) -> Assignment:
        reader = self.reader
        at, reader.at = reader.at, found.end()
        if found[3] == "+=":
            reader.feature("append_assignment", at)
        if found[2] or is_array:
            reader.feature("array", at)
        value, items = None, None
        if is_array:
            reader.at += 1
            items = self._items()
        elif reader.peek() not in ("", " ", "\t", "\n", ";", "&", "|", ")"):
            value = reader.word()
        return Assignment(found[1], found[2], found[3] == "+=", value, items, reader.line(at))

    def _items(self) -> tuple[Word, ...]:
        """The elements of an array, up to its parenthesis."""
        reader = self.reader
        start, words = reader.at, []
        while True:
            self._lines()
            word = reader.word()
            if word:
                words.append(word)
            elif reader.peek() == ")":
                reader.at += 1
                return tuple(words)
            elif reader.peek():
                self._skip(1, f"an unexpected {reader.peek()}")
            else:
                reader.problem(start, "an array that is not closed")
                return tuple(words)

    def _redirection(self, found: re.Match[str], into: list[Redirection]) -> None:
        reader = self.reader
        at, operator = reader.at, found[2]
        reader.tally.count()
        reader.at = found.end()
        reader.blanks()
        if operator in _REDIRECTION_FEATURES:
            reader.feature(_REDIRECTION_FEATURES[operator], at)
        if found[1] and found[1][0] == "{":
            reader.feature("named_descriptor", at)
        target = reader.word()
        if target is None:
            reader.problem(at, f"{operator} without a target")
        elif operator in ("<<", "<<-"):
            name = target.value if target.value is not None else target.text
            expands = not target.is_quoted
            self._waiting.append(_Waiting(name, operator == "<<-", expands, at, into, len(into), self._level))
        into.append(Redirection(operator, found[1], target, reader.line(at)))

    def _test(self) -> _Joins:
        """`[[`: its words and signs up to `]]`, over lines."""
        reader = self.reader
        start = reader.at
        draft = _Draft("test", (*self._key, start), reader.line(start), self._level)
        reader.feature("double_bracket", start)
        draft.words.append(Word("[[", "[[", reader.line(start)))
        reader.at += 2
        while True:
            self._lines()
            if found := _END_OF_TEST.match(reader.text, reader.at):
                draft.words.append(Word("]]", "]]", reader.line(reader.at)))
                reader.at = found.end()
                break
            if found := _TEST_SIGN.match(reader.text, reader.at):
                draft.words.append(Word(found[0], found[0], reader.line(reader.at)))
                reader.at = found.end()
                continue
            matches = draft.words[-1].text == "=~" and not draft.words[-1].is_quoted
            word = reader.regex() if matches else reader.word()
            if word:
                draft.words.append(word)
            else:
                reader.problem(start, "a [[ that is not closed")
                break
        return self._closed(draft, start)

    def _arithmetic(self) -> _Joins:
        reader = self.reader
        start = reader.at
        draft = _Draft("arithmetic", (*self._key, start), reader.line(start), self._level)
        reader.feature("arithmetic_command", start)
        reader.at += 2
        into = Pieces()
        reader.arithmetic(into)
        if reader.peek() == ")":
            reader.at += 1
        text = reader.text[start : reader.at]
        draft.words.append(
            Word(text, None, reader.line(start), (Expansion("arithmetic", text[:400]), *into.expansions))
        )
        return self._closed(draft, start)

    def _closed(self, draft: _Draft, start: int) -> _Joins:
        draft.text = self.reader.text[start : self.reader.at]
        draft.end_line = self.reader.line(self.reader.at)
        self._add(draft)
        while True:
            self.reader.blanks()
            found = _REDIRECTION.match(self.reader.text, self.reader.at)
            if not found:
                return draft.joins
            self._redirection(found, draft.redirections)

    def _if(self, at: int) -> _Compound:
        compound = _Compound("if", self.reader.line(at))
        part = "condition"
        while True:
            ends = {"then"} if part == "condition" else {"elif", "else", "fi"} if part == "then" else {"fi"}
            end = self._list(frozenset(ends), _Level(self._level, compound, part))
            if end not in _IF_PARTS:
                break
            part = _IF_PARTS[end]
        if end != "fi":
            self.reader.problem(at, "an if without its end")
        return compound

    def _while(self, kind: Literal["while", "until"], at: int) -> _Compound:
        compound = _Compound(kind, self.reader.line(at))
        end = self._list(frozenset({"do"}), _Level(self._level, compound, "condition"))
        end = end and self._list(frozenset({"done"}), _Level(self._level, compound, "body"))
        if end != "done":
            self.reader.problem(at, f"a {kind} without its end")
        return compound

    def _for(self, kind: Literal["for", "select"], at: int) -> _Compound:
        reader = self.reader
        compound = _Compound(kind, reader.line(at))
        reader.blanks()
        outer = self._level
        self._level = _Level(outer, compound, "words")
        if kind == "select":
            reader.feature("select", at)
        if kind == "for" and reader.starts("(("):
            reader.feature("c_style_for", at)
            reader.at += 2
            reader.arithmetic(Pieces())
            reader.at += reader.peek() == ")"
        else:
            name = reader.word()
            compound.name = name.text if name else None
            self._lines()
            if self._keyword() == "in":
                reader.at += 2
                compound.words = self._loop_words()
        self._level = outer
        reader.blanks()
        if reader.peek() == ";":
            reader.at += 1
        self._lines()
        keyword = self._keyword()
        closing = {"do": "done", "{": "}"}.get(keyword)
        if closing:
            reader.at += len(keyword)
        end = self._list(frozenset({closing}), _Level(self._level, compound, "body")) if closing else ""
        if not end:
            reader.problem(at, f"a {kind} without its {'end' if closing else 'body'}")
        return compound

    def _loop_words(self) -> tuple[Word, ...]:
        words = []
        while True:
            self.reader.blanks()
            if self.reader.peek() == "#":
                break
            word = self.reader.word()
            if word is None:
                break
            words.append(word)
        return tuple(words)

    def _case(self, at: int) -> _Compound:
        reader = self.reader
        compound = _Compound("case", reader.line(at))
        outer = self._level
        self._level = _Level(outer, compound, "word")
        reader.blanks()
        word = reader.word()
        compound.words = (word,) if word else ()
        self._lines()
        if self._keyword() == "in":
            reader.at += 2
        else:
            reader.problem(at, "a case without in")
            self._level = outer
            return compound
        end = ";;"
        while end in (";;", ";&", ";;&"):
            if end != ";;":
                reader.feature("case_fallthrough", reader.at - len(end))
            self._lines()
            if self._keyword() == "esac":
                reader.at += 4
                end = "esac"
                break
            patterns = self._patterns()
            if patterns is None:
                end = ""
                break
            end = self._list(_CASE_ENDS, _Level(outer, compound, "branch", patterns))
        self._level = outer
        if end != "esac":
            reader.problem(at, "a case without its end")
        return compound

    def _patterns(self) -> tuple[Word, ...] | None:
        """The patterns of a branch, up to the parenthesis; None where there are none."""
        reader = self.reader
        if reader.peek() == "(":
            reader.at += 1
        words: list[Word] = []
        while True:
            self._lines()
            word = reader.word()
            if word:
                words.append(word)
            elif reader.peek() == ")":
                reader.at += 1
                return tuple(words)
            elif reader.peek() == "|":
                reader.at += 1
            else:
                return None

    def _group(self, at: int) -> _Compound:
        compound = _Compound("group", self.reader.line(at))
        if not self._list(frozenset({"}"}), _Level(self._level, compound, "body")):
            self.reader.problem(at, "a { that is not closed")
        return compound

    def _subshell(self, at: int) -> _Compound:
        compound = _Compound("subshell", self.reader.line(at))
        if not self._list(frozenset({")"}), _Level(self._level, compound, "body")):
            self.reader.problem(at, "a parenthesis that is not closed")
        return compound

    def _named_function(self, at: int) -> _Joins:
        reader = self.reader
        reader.feature("function_keyword", at)
        reader.blanks()
        word = reader.word()
        reader.blanks()
        if found := re.compile(r"\([ \t]*+\)").match(reader.text, reader.at):
            reader.at = found.end()
        return self._function(word.text if word else "", at)

    def _function(self, name: str, at: int) -> _Joins:
        reader = self.reader
        compound = _Compound("function", reader.line(at), name)
        self._lines()
        outer = self._level
        self._level = _Level(outer, compound, "body")
        reader.down()
        keyword = self._keyword()
        if keyword in ("{", *_COMPOUND) or reader.peek() == "(":
            inner = self._body(keyword)
            compound.redirections += inner
        else:
            reader.problem(at, f"a function without its body {name[:40]}")
        reader.depth -= 1
        self._level = outer
        self._found.functions.append(Function(name, reader.line(at), reader.line(reader.at)))
        return compound.joins

    def _body(self, keyword: str) -> list[Redirection]:
        """The compound command that is the body of a function; a group's braces are the function's own."""
        if keyword != "{":
            self._command(keyword)
            return []
        reader = self.reader
        at = reader.at
        reader.at += 1
        if not self._list(frozenset({"}"})):
            reader.problem(at, "a { that is not closed")
        behind = _Compound("group", reader.line(at))
        self._finished(behind)
        return behind.redirections

    def _coprocess(self, at: int) -> _Joins:
        reader = self.reader
        reader.feature("coprocess", at)
        compound = _Compound("coprocess", reader.line(at))
        reader.blanks()
        if found := re.compile(r"([A-Za-z_]\w*)[ \t]+(?=\{\s|\()", re.ASCII).match(reader.text, reader.at):
            compound.name = found[1]
            reader.at = found.end()
        outer = self._level
        self._level = _Level(outer, compound, "body")
        reader.down()
        if self._command(self._keyword()) is None:
            reader.problem(at, "a coproc without a command")
        reader.depth -= 1
        self._level = outer
        return compound.joins

    def _within(self, kind: Substitution, at: int) -> None:
        """The commands of a substitution in the same text."""
        end = "}" if kind == "function_substitution" else ")"
        compound = _Compound(kind, self.reader.line(at))
        if not self._list(frozenset({end}), _Level(self._level, compound, "body")):
            self.reader.problem(at, "a substitution that is not closed")

    def _apart(self, text: str, at: int, line: int) -> None:
        """The commands of backquotes."""
        if text.strip():
            level = _Level(self._level, _Compound("command_substitution", line), "body")
            self._other(text, line, at, level).all()

    def _other(self, text: str, line: int, at: int, level: _Level | None) -> "_Parser":
        depth = self.reader.depth + _TEXT_IN_TEXT
        if depth > DEEPEST:
            raise Unparsable(f"commands nested deeper than {DEEPEST} levels")
        return _Parser(text, line, self._found, depth=depth, key=(*self._key, at), level=level)

    def _lines(self) -> None:
        """Go past blanks, comments and line breaks, with the here-documents behind these."""
        reader = self.reader
        while True:
            reader.blanks()
            sign = reader.peek()
            if sign == "\n":
                reader.at += 1
                if self._waiting:
                    self._documents()
            elif sign == "#" and (found := _COMMENT.match(reader.text, reader.at)):
                reader.at = found.end()
            else:
                return

    def _operator(self) -> str:
        """The operator at hand, which is passed; line breaks behind it are no other one."""
        reader = self.reader
        reader.blanks()
        if reader.peek() == "#" and (comment := _COMMENT.match(reader.text, reader.at)):
            reader.at = comment.end()
        found = _OPERATOR.match(reader.text, reader.at)
        if not found:
            return ""
        reader.at = found.end()
        if found[0] == "\n" and self._waiting:
            self._documents()
        return found[0]

    def _documents(self) -> None:
        """Read the here-documents that wait for the line at hand."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            self._document(one)

    def _document(self, one: _Waiting) -> None:
        reader = self.reader
        start, text = reader.at, reader.text
        tabs = r"\t*+" if one.strips_tabs else ""
        ends = re.compile(rf"^{tabs}{re.escape(one.name)}$", re.MULTILINE)
        found = ends.search(text, start) if start < len(text) or not one.name else None
        if found is None:
            reader.problem(one.at, f"a here-document without its end {one.name[:40]}")
        content = text[start : found.start() if found else len(text)]
        reader.at = min(found.end() + 1, len(text)) if found else len(text)
        expansions: tuple[Expansion, ...] = ()
        if one.expands and ("$" in content or "`" in content):
            expansions = self._other(content, reader.line(start), start, one.level).document()
        shown = re.sub(r"^\t+", "", content, flags=re.MULTILINE) if one.strips_tabs else content
        document = HereDocument(one.name, shown, reader.line(start), one.expands, expansions)
        one.into[one.index] = one.into[one.index]._replace(document=document)

    def _keyword(self) -> str:
        """The keyword at hand, where it is one."""
        found = _KEYWORD.match(self.reader.text, self.reader.at)
        return found[0] if found else ""

    def _is_awaited(self, end: str) -> bool:
        return any(end in ends for ends in self._ends)

    def _skip(self, length: int, problem: str) -> None:
        self.reader.problem(self.reader.at, problem)
        self.reader.at += length

    def _add(self, draft: _Draft) -> None:
        self._found.drafts.append(draft)
        if len(self._found.drafts) > MOST_COMMANDS:
            raise Unparsable(f"more than {MOST_COMMANDS} commands")
