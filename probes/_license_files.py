"""The files of the repository that are texts of licences, or name one."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from codegenie.formats.plain import text_of
from codegenie.probe import ProbeInputs

from ._apart import kind_apart, kind_apart_unlocked
from ._license_headers import header_in
from ._license_names import Names
from ._license_notices import named_together, places_of_others
from ._license_texts import Found, recognised
from ._paths import parent, per_directory

_TEXTS = (
    "**/{LICENSE,LICENCE,License,Licence,license,licence,COPYING,Copying,copying,NOTICE,Notice,UNLICENSE,UNLICENCE}*",
    "**/*[-_]{LICENSE,LICENCE,License,license}{,.md,.txt}",
    "**/{LICENSES,LICENCES,licenses,licences}/*",
)
_NAME = re.compile(
    r"(?i)(?:un)?licen[cs]es?(?:[-_.].*)?|copying(?:[-_.].*)?|notices?(?:[-_.].*)?|.*[-_]licen[cs]e(?:\.(?:md|txt))?"
)
# Endings of what has the name of a licence, but is a program, a page, a picture or a setting.
_NO_TEXTS = """
    c cc cfg cjs cpp cs css d dic ex exs gif go h htm html ini java jpeg jpg js json jsx kt lock lua mdx mjs ml pdf php
    pl png po pot py rb rs scss sh snap svg swift tmpl toml ts tsx twig vue xml yaml yml
"""
_NO_TEXT = frozenset(_NO_TEXTS.split())
_IN_LICENSES = frozenset({"", "adoc", "markdown", "md", "rst", "txt"})
_OF_OTHERS = re.compile(r"(?i)\bnotices?\b|third[-_ ]?part|3rd[-_ ]?part|bundled|vendor|dependenc")
_TITLE_WITHIN = 4000  # characters
_ALIKE = 8  # files that are remembered: the packages of one repository have the same text again and again


class File(NamedTuple):
    path: str
    apart: str | None
    found: list[Found]
    """The texts; those from `others_from` on are after the others."""
    own: int
    """How many of them are the repository's own."""
    others_from: int | None
    """The line that says that what follows is of others."""
    share: float
    named: tuple[str, ...]
    """Ids that are only named in it."""
    how_named: str | None

    @property
    def is_others(self) -> bool:
        """Whether it is named like a list of what was taken from others."""
        return _OF_OTHERS.search(self.path.rpartition("/")[2]) is not None

    @property
    def ids(self) -> list[tuple[str, ...]]:
        return [found.ids for found in self.found]

    @property
    def own_ids(self) -> list[tuple[str, ...]]:
        """Those of the texts that are not of others."""
        return [found.ids for found in self.found[: self.own]]

    def facts(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "of_others": self.is_others,
            "recognised": bool(self.found),
            "texts": [
                {
                    "ids": list(one.ids),
                    "how": "exact" if one.exact else "similar",
                    "similarity": one.similarity,
                    "of_others": at >= self.own,
                }
                for at, one in enumerate(self.found)
            ],
            "others_from": self.others_from,
            "share": self.share if self.found else None,
            "named": list(self.named),
            "named_by": self.how_named,
        }


def read_files(
    inputs: ProbeInputs, known: Names, catalogue: Sequence[Any], declared: Iterable[str | None]
) -> list[File]:
    """The files that are named like a text of a licence, and those that manifests name, by path."""
    listed = {path for path in inputs.matching(*_TEXTS) if _may_be_text(path)}
    named = set(inputs.files).intersection(declared)
    read = lru_cache(_ALIKE)(lambda content: _read(content, known, catalogue))
    found = ((path, inputs.parse(path, read)) for path in sorted(listed | named))
    return [said._replace(path=path, apart=why_apart(path)) for path, said in found if said is not None]


def _may_be_text(path: str) -> bool:
    """Whether a path that the globs match is named like a text; SPDX's ids are the names below `LICENSES`."""
    name = path.rpartition("/")[2]
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if _NAME.fullmatch(name):
        return ending not in _NO_TEXT
    return ending in _IN_LICENSES or ("/LICENSES/" in f"/{path}" and ending not in _NO_TEXT)


def _read(content: bytes, known: Names, catalogue: Sequence[Any]) -> File:
    text = text_of(content)
    found, share = recognised(text, catalogue)
    if found:
        own, rest, line = _without_others(text, found, catalogue)
        return File("", None, [*own, *rest], len(own), line, share, (), None)
    header = header_in(content)
    if header and header.how == "identifier":
        return File("", None, [], 0, None, 0.0, known.meaning(header.text).ids, "identifier")
    titles = _titles(text[:_TITLE_WITHIN], known)
    return File("", None, [], 0, None, 0.0, titles, "title" if titles else None)


def _without_others(
    text: str, found: list[Found], catalogue: Sequence[Any]
) -> tuple[list[Found], list[Found], int | None]:
    """The texts apart: before the first line that says that what follows is of others, if there is a whole text."""
    if len(found) > 1:
        for at, line in places_of_others(text):
            before = {one.ids for one in recognised(text[:at], catalogue)[0]}
            own = [one for one in found if one.ids in before]
            if own:
                return own, [one for one in found if one.ids not in before], line
    return found, [], None


def _titles(text: str, known: Names) -> tuple[str, ...]:
    """Ids that are named: by a line that is the name of a licence, or by `under the <name> license`."""
    lines = [line.strip(" \t#*=-_>\"'.") for line in text.splitlines()]
    said = [line for line in lines if 3 <= len(line) <= 120]
    said += re.findall(
        r"(?i)\bunder (?:the (?:terms of the )?)?([\w .,()-]{2,60}?licen[cs]e[\w .,()-]{0,20}?\d[\d.]*)", text
    )
    said += re.findall(r"(?i)\bunder (?:the (?:terms of the )?)?([\w .,()-]{2,60}?)[ \n]licen[cs]e\b", text)
    found = {name for one in said if _names_a_license(one) and (name := known.named(one))}
    return tuple(sorted(found | named_together(text, known.named)))


def _names_a_license(text: str) -> bool:
    """Whether a text can be the name of a licence: `Ruby` or `Vim` alone is the name of something else."""
    return re.search(r"(?i)licen[cs]e|\d|\b(?:A?GPL|LGPL|MIT|ISC|MPL|EPL)\b", text) is not None


def why_apart(path: str) -> str | None:
    """Why what a file says is said of fixtures, templates or vendored code."""
    return _why_directory_apart(parent(path))


@per_directory
def _why_directory_apart(directory: str) -> str | None:
    return kind_apart(directory) or kind_apart_unlocked(directory)
