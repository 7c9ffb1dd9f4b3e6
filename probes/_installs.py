"""What package managers are asked to install or remove, by the commands of a shell script."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats.dockerfile_words import Inexpansible, expanded
from codegenie.formats.patterns import lazily
from codegenie.formats.shell_parts import Command
from codegenie.formats.shell_words import Word

from ._apt_marks import AptMarks
from ._installers import MANAGERS, WITHOUT_VERBS, Manager

Facts = dict[str, Any]

_WRAPPERS = {
    "sudo": frozenset({"-u", "-g", "-U", "-h", "-p", "-C"}),
    "env": frozenset({"-u", "-C", "--unset", "--chdir"}),
    "command": frozenset(),
    "exec": frozenset({"-a"}),
    "nice": frozenset({"-n"}),
    "time": frozenset({"-f", "-o"}),
    "eatmydata": frozenset(),
    "chronic": frozenset(),
    "retry": frozenset(),
    "timeout": frozenset({"-k", "-s"}),
}
_ASSIGNED = lazily(r"[A-Za-z_][A-Za-z0-9_]*=")
_PYTHON = lazily(r"(?:.*/)?python(?:[23](?:\.\d+)?)?")
_PIP = lazily(r"(?:.*/)?pip(?:[23](?:\.\d+)?)?")
_URL = lazily(r"(?:[a-z][a-z0-9+.-]*:)?//|git@|[a-z]+\+[a-z]+://", re.IGNORECASE)
_LOCAL = lazily(r"\.{1,2}(?:/|\[|$)|/|~/|.*\.(?:deb|rpm|apk|whl|tar\.gz|tgz|zip|gem)$")


def installs(commands: Sequence[Command], values: Mapping[str, tuple[str, str]]) -> Iterator[Facts]:
    """Each package that the commands name, with the action, the manager and where it comes from.

    `values` are what variables are set to before the commands run, and by what.  One that the commands set themselves
    is known where they do so once before, to a text without expansions, whatever happens; none is where a script that
    they read in may have set it.
    """
    own = _set_by(commands)
    known = {name: value for name, value in values.items() if name not in own}
    coming = _set_once(commands)
    marks = AptMarks()
    chain: set[str] = set()  # what is set where all before went well, and counts as long as this is so
    for command in commands:
        if command.before != "&&" and not command.places:
            known = {name: value for name, value in known.items() if name not in chain}
            chain = set()
        if command.kind != "simple":
            continue
        if command.name in _READS_IN:
            known, coming = {}, {}
        for assignment in command.assignments if not command.words else ():
            if assignment.name in coming:
                known[assignment.name] = (coming[assignment.name], "script")
                chain |= {assignment.name} if command.before == "&&" else set()
        words = _unwrapped(command.words)
        marks.mark(words)
        found = _manager(words)
        if not found:
            continue
        manager, arguments = found
        conditional = command.before == "||" or any(place.kind not in _PLAIN_PLACES for place in command.places)
        asked = [one for word in arguments if not _is_comment(word) for one in _filled_in(word, known)]
        filled = {id(word): by for word, by in asked}
        for fact, word in _named(manager, [word for word, _ in asked]):
            is_open = word.value is None and not _is_only_globs(word)
            by = None if is_open else filled.get(id(word)) or "literal"
            fact |= {"resolved_by": by, "line": command.line, "conditional": conditional}
            yield fact
            yield from marks.removed(fact)


def _set_by(commands: Sequence[Command]) -> set[str]:
    """The variables of loops, and those that `read`, `export` and their like set."""
    loops = {place.name for command in commands for place in command.places if place.kind in ("for", "select")}
    words = (word for command in commands if command.name in _SETTERS for word in command.words[1:])
    assigned = {assignment.name for command in commands for assignment in command.assignments}
    return assigned | {name for name in loops if name} | {word.text.partition("=")[0] for word in words}


def _set_once(commands: Sequence[Command]) -> dict[str, str]:
    """The variables that a command of its own sets before all that names them."""
    texts: dict[str, list[str | None]] = {}
    for command in commands:
        is_sure = not command.words and command.before != "||" and not command.places
        for assignment in command.assignments:
            value = assignment.value.value if assignment.value else ""
            is_plain = assignment.items is None and not assignment.appends and not assignment.subscript
            texts.setdefault(assignment.name, []).append(value if is_sure and is_plain else None)
    set_otherwise = _set_by([command._replace(assignments=()) for command in commands])
    return {
        name: found[0]
        for name, found in texts.items()
        if len(found) == 1 and found[0] is not None and name not in set_otherwise
    }


_READS_IN = frozenset({".", "source", "eval"})
_SETTERS = frozenset({"declare", "export", "local", "read", "readonly", "typeset", "unset", "printf", "getopts"})


def _filled_in(word: Word, known: Mapping[str, tuple[str, str]]) -> Iterator[tuple[Word, str | None]]:
    """The words that one comes to with known variables put in, and by what; the word itself where that is not all."""
    names = {one.name or "" for one in word.expansions if one.kind == "parameter" and one.operator is None}
    others = {one.kind for one in word.expansions if one.kind != "parameter" or one.operator is not None}
    if not names or others - {"glob"} or names - set(known):
        yield word, None
        return
    by = "args" if any(known[name][1] == "args" for name in names) else "env"
    try:
        text = expanded(word.text, {name: known[name][0] for name in names}).text
    except Inexpansible:
        yield word, None
        return
    splits = any(not one.is_quoted and one.kind == "parameter" for one in word.expansions)
    for part in text.split() if splits else filter(None, [text]):
        yield Word(word.text, part, word.line), by


_CLEARS = frozenset({"--auto-remove", "--autoremove", "autoremove", "autopurge"})
_PLAIN_PLACES = frozenset({"group", "subshell", "command_substitution"})


def _unwrapped(words: Sequence[Word]) -> Sequence[Word]:
    """The words without `sudo`, `env A=b` and the like before them."""
    at = 0
    while at < len(words) and (name := (words[at].value or "").rpartition("/")[2]) in _WRAPPERS:
        valued = _WRAPPERS[name]
        at += 1
        while at < len(words):
            text = words[at].value or words[at].text
            if text.startswith("-"):
                at += 2 if text in valued else 1
            elif _ASSIGNED.match(text) or (name == "timeout" and text[:1].isdigit()):
                at += 1
            else:
                break
    return words[at:]


def _manager(words: Sequence[Word]) -> tuple[Manager, Sequence[Word]] | None:
    """The package manager that a command is, and its arguments."""
    if not words or words[0].value is None:
        return (MANAGERS["pip"], words[1:]) if _is_pip_somewhere(words) else None
    first = words[0].value
    texts = [word.value or "" for word in words[1:4]]
    if _PYTHON.fullmatch(first):
        at = next((index for index, text in enumerate(texts) if text == "-m"), None)
        if at is not None and texts[at + 1 : at + 2] == ["pip"]:
            return MANAGERS["pip"], words[at + 3 :]
        return None
    if _PIP.fullmatch(first):
        return MANAGERS["pip"], words[1:]
    name = first.rpartition("/")[2]
    if name == "uv" and texts[:1] == ["pip"]:
        return MANAGERS["pip"], words[2:]
    if name == "uv" and texts[:2] == ["tool", "install"]:
        return MANAGERS["pipx"], words[2:]
    return (MANAGERS[name], words[1:]) if name in MANAGERS else None


def _is_pip_somewhere(words: Sequence[Word]) -> bool:
    """`$VIRTUAL_ENV/bin/pip` is pip wherever it lies."""
    return bool(words) and re.fullmatch(r"""["']?\$\{?\w+\}?["']?[\w./-]*/pip[23]?["']?""", words[0].text) is not None


def _named(manager: Manager, words: Sequence[Word]) -> Iterator[tuple[Facts, Word]]:
    if manager.name == "pacman":
        yield from _pacman(words)
        return
    asked = _Asked(manager)
    at = 0
    while at < len(words):
        at += asked.take(words[at], words[at + 1] if at + 1 < len(words) else None)
    if asked.action not in ("install", "remove"):
        return
    cleared = [("unneeded", asked.clears)] if asked.clears and asked.action == "remove" else []
    for kind, word in [*asked.things, *cleared]:
        fact = _package(manager, kind, word)
        if asked.version and fact["version"] is None and fact["kind"] in ("package", "url"):
            fact["version"] = asked.version
        yield {"action": asked.action, "manager": manager.name, "group": asked.group} | fact, word


class _Asked:
    """What the arguments so far ask for."""

    def __init__(self, manager: Manager) -> None:
        self.manager = manager
        self.action = "install" if manager.name in WITHOUT_VERBS else None
        self.group: str | None = None
        self.version: str | None = None
        self.things: list[tuple[str, Word]] = []
        self.clears: Word | None = None
        """What says that packages which nothing needs any more are to go."""

    def take(self, word: Word, following: Word | None) -> int:
        """Take a word, and the one behind it where that is its value; how many were taken."""
        manager, text = self.manager, _written(word)
        option, equals, value = text.partition("=")
        if text in _CLEARS:
            self.clears = word
        if not text.startswith("-"):
            self._take_plain(word, text)
            return 1
        takes_next = not equals and following is not None
        if option in manager.groups | manager.files | manager.versioned | manager.urls:
            given = following if following is not None and takes_next else Word(value, value, word.line)
            self._take_option(option, given)
            return 1 + takes_next
        return 1 + (takes_next and text in manager.valued)

    def _take_plain(self, word: Word, text: str) -> None:
        manager = self.manager
        if self.action is not None:
            self.things.append(("package", word))
        elif text not in manager.before:
            self.action = "install" if text in manager.installs else "remove" if text in manager.removes else "other"

    def _take_option(self, option: str, given: Word) -> None:
        if option in self.manager.groups:
            self.group = _written(given)
        elif option in self.manager.versioned:
            self.version = given.value
        else:
            self.things.append(("file" if option in self.manager.files else "source", given))


def _written(word: Word) -> str:
    return word.text if word.value is None else word.value


def _pacman(words: Sequence[Word]) -> Iterator[tuple[Facts, Word]]:
    texts = [word.value or word.text for word in words]
    actions = {"S": "install", "U": "install", "R": "remove"}
    action = next((actions[text[1]] for text in texts if len(text) > 1 and text[0] == "-" and text[1] in actions), None)
    for word, text in zip(words, texts, strict=True):
        if action and not text.startswith("-"):
            fact = _package(MANAGERS["pacman"], "package", word)
            yield {"action": action, "manager": "pacman", "group": None} | fact, word


def _package(manager: Manager, kind: str, word: Word) -> Facts:
    value = word.text.replace('"', "").replace("'", "") if _is_only_globs(word) else word.value
    fact: Facts = {"kind": kind, "name": None, "version": None, "written": word.text}
    if kind in ("file", "unneeded"):
        return fact
    if value is None:
        return fact | {"kind": "unresolved", "name": _name_before_variable(manager, word)}
    if _URL.match(value):
        return fact | {"kind": "url"}
    if _LOCAL.match(value) or kind == "source":
        return fact | {"kind": "local"}
    match = manager.version.fullmatch(value) if manager.version else None
    if not match:
        return fact | {"kind": "package", "name": None if manager.version else value}
    return fact | {"kind": "package", "name": match[1].strip(), "version": _version(match)}


def _is_comment(word: Word) -> bool:
    """Whether it is a comment between backticks, which comes to nothing: a way to have one on a continued line."""
    return re.fullmatch(r"`\s*#[^`]*`", word.text) is not None


def _is_only_globs(word: Word) -> bool:
    """A star in a version is for the package manager: no file is called so."""
    return bool(word.expansions) and all(one.kind == "glob" for one in word.expansions)


def _version(match: re.Match[str]) -> str | None:
    """An exact version, or else the range."""
    groups = [group for group in match.groups()[1:] if group and not group.startswith("/")]
    return groups[0].strip() if groups else None


def _name_before_variable(manager: Manager, word: Word) -> str | None:
    """`nodejs=$VERSION` names a package, of a version that is not known here."""
    found = re.match(r"""["']?(@?[A-Za-z0-9][A-Za-z0-9_./+-]*)(==?|@|:)["']?\$""", word.text)
    return found[1] if found and manager.version else None
