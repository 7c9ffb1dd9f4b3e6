"""The grammar of shell scripts, read once from the first character to the last."""

import re
from typing import Literal

from codegenie.formats.patterns import lazily
from codegenie.formats.shell_drafts import Compound, Draft, Found, Joins, Level, Waiting
from codegenie.formats.shell_parts import Assignment, Function, HereDocument, Redirection
from codegenie.formats.shell_words import DEEPEST, Expansion, Pieces, Substitution, Word, WordReader
from codegenie.formats.unparsable import Unparsable

MOST_COMMANDS = 50_000  # of a script; a `configure` of 500 KB has 15,000
_TEXT_IN_TEXT = 8  # levels that a text within a text counts for, as it is read twice

_REDIRECTION = lazily(
    r"([0-9]{1,9}(?=[<>])|\{[A-Za-z_][A-Za-z0-9_]*\}(?=[<>]))?(&>>|&>|<<<|<<-|<<|<>|>>|>\||>&|<&|(?:<|>)(?!\())"
)
_OPERATOR = lazily(r"&&|\|\||\|&|;;&|;;|;&|[;|&\n]")
_CLOSES = lazily(r"\)|;;&|;;|;&|;|\|&|\|\||\||&&|&(?!>)")
_ASSIGNMENT = lazily(r"([A-Za-z_][A-Za-z0-9_]*+)(\[(?:[^\[\]\n]|\[[^\[\]\n]*+\])*+\])?(\+?=)")
_FUNCTION = lazily(r"([^\s;&|<>()'\"\\$`=]++)[ \t]*+\((?:[ \t]|\\\n)*+\)")
_KEYWORD = lazily(r"[a-z]++(?=[\s;&|<>()]|\Z)|[{}!](?=\s|\Z)|\}(?=[;&|<>)\"'])|!(?=[(<>])|\[\[(?=\s)")
_COMMENT = lazily(r"#[^\n]*+")
_END_OF_TEST = lazily(r"\]\](?=[\s;&|<>)]|\Z)")
_TEST_SIGN = lazily(r"&&|\|\||[()<>!](?=\s|\()|[()<>]")

_REDIRECTION_FEATURES = {
    "<<": "here_document", "<<-": "here_document", "<<<": "here_string", "&>": "redirect_both", "&>>": "redirect_both",
}  # fmt: skip
_COMPOUND = frozenset({"if", "while", "until", "for", "select", "case", "{", "[[", "function", "coproc"})
_MISPLACED = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_DECLARES = frozenset({"declare", "export", "local", "readonly", "typeset"})
_IF_PARTS = {"then": "then", "elif": "condition", "else": "else"}
_CASE_ENDS = frozenset({";;", ";&", ";;&", "esac"})


class Parser:
    """Goes through a text once."""

    def __init__(
        self,
        text: str,
        line: int,
        found: Found,
        *,
        depth: int = 0,
        key: tuple[int, ...] = (),
        level: Level | None = None,
    ) -> None:
        self._found = found
        self._key = key
        self._level = level
        self._ends: list[frozenset[str]] = []
        self._waiting: list[Waiting] = []
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

    def _list(self, ends: frozenset[str], level: Level | None = None) -> str:
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
        chain: list[Joins] = []  # of the list that `&` puts in the background
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

    def _pipeline(self, before: str | None) -> list[Joins]:
        """Commands with pipes between them, and the operator behind them."""
        reader = self.reader
        parts: list[Joins] = []
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

    def _command(self, keyword: str) -> Joins | None:
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

    def _compound(self, keyword: str, at: int) -> Compound:
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

    def _finished(self, compound: Compound) -> Joins:
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

    def _simple(self) -> Joins | None:
        reader = self.reader
        start = reader.at
        draft = Draft("simple", (*self._key, start), reader.line(start), self._level)
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

    def _argument(self, draft: Draft) -> bool:
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
            self._waiting.append(Waiting(name, operator == "<<-", expands, at, into, len(into), self._level))
        into.append(Redirection(operator, found[1], target, reader.line(at)))

    def _test(self) -> Joins:
        """`[[`: its words and signs up to `]]`, over lines."""
        reader = self.reader
        start = reader.at
        draft = Draft("test", (*self._key, start), reader.line(start), self._level)
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

    def _arithmetic(self) -> Joins:
        reader = self.reader
        start = reader.at
        draft = Draft("arithmetic", (*self._key, start), reader.line(start), self._level)
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

    def _closed(self, draft: Draft, start: int) -> Joins:
        draft.text = self.reader.text[start : self.reader.at]
        draft.end_line = self.reader.line(self.reader.at)
        self._add(draft)
        while True:
            self.reader.blanks()
            found = _REDIRECTION.match(self.reader.text, self.reader.at)
            if not found:
                return draft.joins
            self._redirection(found, draft.redirections)

    def _if(self, at: int) -> Compound:
        compound = Compound("if", self.reader.line(at))
        part = "condition"
        while True:
            ends = {"then"} if part == "condition" else {"elif", "else", "fi"} if part == "then" else {"fi"}
            end = self._list(frozenset(ends), Level(self._level, compound, part))
            if end not in _IF_PARTS:
                break
            part = _IF_PARTS[end]
        if end != "fi":
            self.reader.problem(at, "an if without its end")
        return compound

    def _while(self, kind: Literal["while", "until"], at: int) -> Compound:
        compound = Compound(kind, self.reader.line(at))
        end = self._list(frozenset({"do"}), Level(self._level, compound, "condition"))
        end = end and self._list(frozenset({"done"}), Level(self._level, compound, "body"))
        if end != "done":
            self.reader.problem(at, f"a {kind} without its end")
        return compound

    def _for(self, kind: Literal["for", "select"], at: int) -> Compound:
        reader = self.reader
        compound = Compound(kind, reader.line(at))
        reader.blanks()
        outer = self._level
        self._level = Level(outer, compound, "words")
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
        end = self._list(frozenset({closing}), Level(self._level, compound, "body")) if closing else ""
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

    def _case(self, at: int) -> Compound:
        reader = self.reader
        compound = Compound("case", reader.line(at))
        outer = self._level
        self._level = Level(outer, compound, "word")
        reader.blanks()
        word = reader.word()
        compound.words = (word,) if word else ()
        compound.name = word.text if word else None
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
            end = self._list(_CASE_ENDS, Level(outer, compound, "branch", patterns))
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

    def _group(self, at: int) -> Compound:
        compound = Compound("group", self.reader.line(at))
        if not self._list(frozenset({"}"}), Level(self._level, compound, "body")):
            self.reader.problem(at, "a { that is not closed")
        return compound

    def _subshell(self, at: int) -> Compound:
        compound = Compound("subshell", self.reader.line(at))
        if not self._list(frozenset({")"}), Level(self._level, compound, "body")):
            self.reader.problem(at, "a parenthesis that is not closed")
        return compound

    def _named_function(self, at: int) -> Joins:
        reader = self.reader
        reader.feature("function_keyword", at)
        reader.blanks()
        word = reader.word()
        reader.blanks()
        if found := re.compile(r"\([ \t]*+\)").match(reader.text, reader.at):
            reader.at = found.end()
        return self._function(word.text if word else "", at)

    def _function(self, name: str, at: int) -> Joins:
        reader = self.reader
        compound = Compound("function", reader.line(at), name)
        self._lines()
        outer = self._level
        self._level = Level(outer, compound, "body")
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
        behind = Compound("group", reader.line(at))
        self._finished(behind)
        return behind.redirections

    def _coprocess(self, at: int) -> Joins:
        reader = self.reader
        reader.feature("coprocess", at)
        compound = Compound("coprocess", reader.line(at))
        reader.blanks()
        if found := re.compile(r"([A-Za-z_]\w*)[ \t]+(?=\{\s|\()", re.ASCII).match(reader.text, reader.at):
            compound.name = found[1]
            reader.at = found.end()
        outer = self._level
        self._level = Level(outer, compound, "body")
        reader.down()
        if self._command(self._keyword()) is None:
            reader.problem(at, "a coproc without a command")
        reader.depth -= 1
        self._level = outer
        return compound.joins

    def _within(self, kind: Substitution, at: int) -> None:
        """The commands of a substitution in the same text."""
        end = "}" if kind == "function_substitution" else ")"
        compound = Compound(kind, self.reader.line(at))
        if not self._list(frozenset({end}), Level(self._level, compound, "body")):
            self.reader.problem(at, "a substitution that is not closed")

    def _apart(self, text: str, at: int, line: int) -> None:
        """The commands of backquotes."""
        if text.strip():
            level = Level(self._level, Compound("command_substitution", line), "body")
            self._other(text, line, at, level).all()

    def _other(self, text: str, line: int, at: int, level: Level | None) -> "Parser":
        depth = self.reader.depth + _TEXT_IN_TEXT
        if depth > DEEPEST:
            raise Unparsable(f"commands nested deeper than {DEEPEST} levels")
        return Parser(text, line, self._found, depth=depth, key=(*self._key, at), level=level)

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

    def _document(self, one: Waiting) -> None:
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
        one.into[one.place] = one.into[one.place]._replace(document=document)

    def _keyword(self) -> str:
        """The keyword at hand, where it is one."""
        found = _KEYWORD.match(self.reader.text, self.reader.at)
        return found[0] if found else ""

    def _is_awaited(self, end: str) -> bool:
        return any(end in ends for ends in self._ends)

    def _skip(self, length: int, problem: str) -> None:
        self.reader.problem(self.reader.at, problem)
        self.reader.at += length

    def _add(self, draft: Draft) -> None:
        self._found.drafts.append(draft)
        if len(self._found.drafts) > MOST_COMMANDS:
            raise Unparsable(f"more than {MOST_COMMANDS} commands")
