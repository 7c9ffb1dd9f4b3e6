"""go.mod: the module, what it requires, and how it bends the versions of others."""

import re
from typing import NamedTuple

from codegenie.formats.go_lines import Line, directives
from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

_PATH = lazily(r"[A-Za-z0-9._~/+!\-]+")
_LOCAL = lazily(r"\.{1,2}(?:[/\\]|$)|/|[A-Za-z]:[/\\]")


class Required(NamedTuple):
    """One `require`; `indirect` where a comment says that no package of the module imports it itself."""

    path: str
    version: str
    indirect: bool
    line: int


class Replaced(NamedTuple):
    """One `replace`: `old` (at `old_version`, or at every) is taken from `new`, a directory where `local`."""

    old: str
    old_version: str | None
    new: str
    new_version: str | None
    line: int

    @property
    def local(self) -> bool:
        """Whether it is replaced by a directory."""
        return self.new_version is None and bool(_LOCAL.match(self.new))


class Named(NamedTuple):
    """A word, the line that it stands on, and for an exclusion the version."""

    name: str
    line: int
    version: str | None = None


class GoMod(NamedTuple):
    """The file.  `go` is the language version, None where it has none: Go then takes it for 1.16."""

    module: Named | None
    go: Named | None
    toolchain: Named | None
    required: tuple[Required, ...]
    replaced: tuple[Replaced, ...]
    excluded: tuple[Named, ...]
    retracted: tuple[Named, ...]
    """Each version or interval as written."""
    tools: tuple[Named, ...]
    """Packages that `go tool` runs."""
    unknown: tuple[str, ...]
    """Directives that are none of those above; Go itself refuses such a file."""

    @property
    def pruned(self) -> bool:
        """Whether the file lists every module that a build needs: true from go 1.17 on."""
        return version_of(self.go.name if self.go else None) >= (1, 17)


def parse(content: bytes) -> GoMod:
    """Read the file.  Raises Unparsable."""
    by_verb: dict[str, list[Line]] = {}
    for line in directives(content):
        by_verb.setdefault(line.verb, []).append(line)
    known = {"module", "go", "toolchain", "require", "replace", "exclude", "retract", "tool", "godebug", "ignore"}
    return GoMod(
        module=_only(by_verb, "module"),
        go=_only(by_verb, "go"),
        toolchain=_only(by_verb, "toolchain"),
        required=tuple(_required(line) for line in by_verb.get("require", ())),
        replaced=tuple(replacement(line) for line in by_verb.get("replace", ())),
        excluded=tuple(_excluded(line) for line in by_verb.get("exclude", ())),
        retracted=tuple(Named(_interval(line.words), line.number) for line in by_verb.get("retract", ())),
        tools=tuple(Named(line.words[0], line.number) for line in by_verb.get("tool", ()) if line.words),
        unknown=tuple(sorted(by_verb.keys() - known)),
    )


def version_of(go: str | None) -> tuple[int, int]:
    """(1, 22) of `1.22.3` or `1.22rc1`; (1, 16) where it is missing or no version."""
    found = re.match(r"([0-9]{1,4})\.([0-9]{1,4})", go or "")
    return (int(found[1]), int(found[2])) if found else (1, 16)


def replacement(line: Line) -> Replaced:
    """The `replace` of a go.mod or go.work.  Raises Unparsable."""
    match line.words:
        case (old, "=>", new):
            return Replaced(old, None, new, None, line.number)
        case (old, "=>", new, version):
            return Replaced(old, None, new, version, line.number)
        case (old, old_version, "=>", new):
            return Replaced(old, old_version, new, None, line.number)
        case (old, old_version, "=>", new, version):
            return Replaced(old, old_version, new, version, line.number)
        case _:
            raise Unparsable(f"a replace of an unknown form, line {line.number}")


def _only(by_verb: dict[str, list[Line]], verb: str) -> Named | None:
    lines = by_verb.get(verb, [])
    if any(len(line.words) != 1 for line in lines):
        raise Unparsable(f"a {verb} of an unknown form")
    return Named(lines[0].words[0], lines[0].number) if lines else None


def _required(line: Line) -> Required:
    if len(line.words) != 2 or not _PATH.fullmatch(line.words[0]):
        raise Unparsable(f"a require of an unknown form, line {line.number}")
    note = line.comment.partition(";")[0].strip()
    return Required(*line.words, indirect=note == "indirect", line=line.number)


def _excluded(line: Line) -> Named:
    if len(line.words) != 2:
        raise Unparsable(f"an exclude of an unknown form, line {line.number}")
    return Named(line.words[0], line.number, line.words[1])


def _interval(words: tuple[str, ...]) -> str:
    return " ".join(words).replace("[ ", "[").replace(" ]", "]").replace(" ,", ",")
