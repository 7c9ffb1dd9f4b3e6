"""Which language a file is written in, by github-linguist's rules in Linguist's order (MIT, lib/linguist.rb).

Linguist ends with a classifier trained on samples.  There is none here: where it would be asked, several languages
remain, and all of them are the answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from codegenie.formats.patterns import lazily

from ._heuristics import heuristics
from ._modelines import interpreter, modeline
from ._path_patterns import Matcher, matcher

HEAD = 128 * 1024
"""The bytes of a file that Linguist looks at."""

COUNTED = frozenset({"programming", "markup"})
"""The types of language that count in the statistics of a repository."""

_MANPAGE = lazily(r"\.(?:[1-9](?![0-9])[a-z_0-9]*|0p|n|man|mdoc)(?:\.in)?\Z", re.IGNORECASE)
_TEXT_DESPITE_NUL = (b"%!PS-Adobe-", b"\x00\x00\xfe\xff", b"\xff\xfe", b"\xfe\xff")  # UTF-32 and UTF-16 among them
_BINARY_MAGIC = (b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"%PDF-", b"\xff\xd8\xff")


class Linguist(NamedTuple):
    """The catalogue `linguist`, ready to ask."""

    types: Mapping[str, str]
    groups: Mapping[str, str]
    aliases: Mapping[str, str]
    extensions: Mapping[str, Sequence[str]]
    filenames: Mapping[str, Sequence[str]]
    interpreters: Mapping[str, Sequence[str]]
    popular: Sequence[str]
    heuristics: Callable[[Sequence[str], bytes], list[str]]
    is_vendored: Matcher
    is_documentation: Matcher

    def named(self, alias: str) -> str | None:
        """The language of this name or alias, in any case."""
        return self.aliases.get(alias.lower()) or self.aliases.get(alias.lower().partition(",")[0])

    def candidates(self, path: str, head: bytes) -> list[str]:
        """The languages that a text may be written in: none where nothing tells, several where nothing decides."""
        if (declared := modeline(head)) and (language := self.named(declared)):
            return [language]
        return self.undeclared(path, head)

    def undeclared(self, path: str, head: bytes) -> list[str]:
        """`candidates` of a text that is known to have no modeline."""
        name = path.rpartition("/")[2]
        known = list(self.filenames.get(name, ()))
        if len(known) == 1:
            return known
        if head.startswith(b"#!"):
            known = _narrowed(known, self.interpreters.get(interpreter(head) or "", ()))
            if len(known) == 1:
                return known
        extensions = suffixes(name.lower())
        for extension in extensions:
            if extension in self.extensions:
                known = _narrowed(known, self.extensions[extension])
                if len(known) == 1:
                    return known
                break
        if not known and _says_xml(head):
            return ["XML"]
        if not known and _MANPAGE.search(name):
            known = ["Roff Manpage", "Roff"]
        return self.heuristics(extensions, head) or known


def linguist(catalogue: Mapping[str, Any]) -> Linguist:
    """Make the catalogue's tables ready."""
    languages, generic = catalogue["languages"], tuple(catalogue["generic"])
    aliases = {re.sub(r"\s", "-", name.lower()): name for name in languages}
    for name, facts in languages.items():
        for alias in facts.get("aliases", ()):
            aliases.setdefault(alias.lower(), name)
    return Linguist(
        types={name: facts["type"] for name, facts in languages.items()},
        groups={name: facts["group"] for name, facts in languages.items() if "group" in facts},
        aliases=aliases,
        extensions={known: names for known, names in catalogue["extensions"].items() if not known.endswith(generic)},
        filenames=catalogue["filenames"],
        interpreters=catalogue["interpreters"],
        popular=catalogue["popular"],
        heuristics=heuristics(catalogue["heuristics"]),
        is_vendored=matcher(catalogue["vendored"]),
        is_documentation=matcher(catalogue["documentation"]),
    )


def suffixes(name: str) -> list[str]:
    """What may be the extension, the longest first: `a.d.ts` has `.d.ts` and `.ts`."""
    found = []
    at = name.find(".")
    while at >= 0:
        found.append(name[at:])
        at = name.find(".", at + 1)
    return found


def is_binary(head: bytes) -> bool:
    """Whether Linguist's character detection takes the content for binary."""
    if head.startswith(_BINARY_MAGIC):
        return True
    return b"\0" in head and not head.startswith(_TEXT_DESPITE_NUL)


def _narrowed(known: list[str], found: Sequence[str]) -> list[str]:
    """The candidates so far that this evidence supports too; without support they stay as they are."""
    both = [name for name in known if name in found] if known else list(found)
    return both or known


def _says_xml(head: bytes) -> bool:
    return b"xml version=" in b"\n".join(head.split(b"\n", 2)[:2])
