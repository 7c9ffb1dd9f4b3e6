"""The licences of the repository: what its files are the texts of, what its manifests declare, what its sources say."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from codegenie.formats.plain import text_of
from codegenie.probe import Confidence, ProbeInputs, ProbeOutput, register_probe

from ._apart import kind_apart, kind_apart_unlocked
from ._license_headers import Header, header_in, sampled
from ._license_manifests import MANIFESTS, Declaration
from ._license_names import CLASSIFIERS, UNKNOWN, Meaning, Names, names
from ._license_notices import named_together, places_of_others
from ._license_texts import Found, recognised, texts
from ._paths import ancestors, parent, shown, under

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
_LISTED = 1000
_HIGHLIGHTED = 3
_LISTED_APART = 20
_EXAMPLES = 5
_EXPRESSIONS = 200
_TITLE_WITHIN = 4000  # characters


@register_probe(
    version="1.4.0",
    declared_inputs=("**/*", "!**/node_modules/**"),
    catalogues=("spdx",),
    timeout_seconds=180,
    section="identity",
    applies_to_tasks=(),  # only where no task is named
)
def licenses(inputs: ProbeInputs) -> ProbeOutput:
    """Say which licences the texts, the manifests and the sources name, and where they do not agree.

    The confidence is low where there is nothing, and where nothing but a title tells a licence; medium where a text
    or a declaration is not recognised, or a file could not be read.
    """
    catalogue = inputs.catalogue("spdx")
    known = names(catalogue)
    survey = _Survey(inputs, known)
    survey.read_manifests()
    survey.read_texts(texts(catalogue))
    headers = survey.headers()
    projects = survey.projects()
    own = [file for file in survey.files if file.apart is None]
    facts = {
        "licenses": survey.summary(headers["expressions"]),
        "files": [file.facts() for file in own[:_LISTED]],
        "files_count": len(own),
        "declared": [one.facts() for one in survey.declared[:_LISTED]],
        "declared_count": len(survey.declared),
        "headers": headers,
        "projects": projects[:_LISTED],
        "projects_count": len(projects),
        "reuse": survey.reuse(),
        "set_apart": survey.set_apart(),
        "unparsed": inputs.unparsed,
    }
    differing = [project for project in projects if project["agreement"] == "differ"]
    warnings = [
        f"{alike[0]['path']}{_others(alike)}: what is declared and what the texts are differ"
        for alike in list(_alike(differing))[:10]
    ]
    confidence = _confidence(survey, own, inputs)
    return ProbeOutput(facts, confidence, tuple(warnings), highlights=tuple(_highlights(facts, differing)))


def _highlights(facts: dict[str, Any], differing: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    texts = [file for file in facts["files"] if file["recognised"] and not file["of_others"]]
    nearest = sorted(texts, key=lambda file: (file["path"].count("/"), file["path"]))
    places: dict[str, list[str]] = {}
    for file in nearest:
        own = [one for one in file["texts"] if not one["of_others"]]
        ids = " and ".join(" or ".join(one["ids"]) for one in own[:_HIGHLIGHTED])
        more = len(own) - _HIGHLIGHTED
        places.setdefault(f"{ids} and {more} more" if more > 0 else ids, []).append(file["path"])
    told = [
        f"{ids} (`{paths[0]}`" + (f" and {len(paths) - 1:,} more)" if len(paths) > 1 else ")")
        for ids, paths in list(places.items())[:_HIGHLIGHTED]
    ]
    if told:
        more = len(places) - len(told)
        yield "Licences", ", ".join(told) + (f", and {more:,} other texts" if more else "")
    else:
        named = [one["id"] for one in facts["licenses"][:_HIGHLIGHTED]]
        yield "Licences", f"no text is recognised; named: {', '.join(named) or 'none'}"
    for alike in list(_alike(differing))[:_HIGHLIGHTED]:
        project = alike[0]
        declared, found = ", ".join(project["declared"]), ", ".join(project["found"])
        who = f"`{project['path']}`{_others(alike)} {'declares' if len(alike) == 1 else 'declare'} {declared}"
        whose = "its" if len(alike) == 1 else "their"
        where = ""
        if above := [file for file in project["files"] if shown(_home(file)) != project["path"]]:
            whose, where = "the", f" above (`{above[0]}`)"
        if project["only_declared"]:
            yield "Licences differ", f"{who}, {whose} text{where} is {found}"
        else:
            also = ", ".join(project["only_found"])
            yield "Licences differ", f"{who}, {whose} texts{where} are also of {also}"


def _alike(differing: Sequence[Mapping[str, Any]]) -> Iterable[list[Mapping[str, Any]]]:
    """Projects that declare the same and have the same texts together."""
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for project in differing:
        key = *project["declared"], "", *project["found"], "", *project["files"]
        found.setdefault(key, []).append(project)
    return found.values()


def _others(alike: Sequence[Mapping[str, Any]]) -> str:
    return f" and {len(alike) - 1:,} more" if len(alike) > 1 else ""


class _File(NamedTuple):
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


class _Declared(NamedTuple):
    path: str
    declaration: Declaration
    meaning: Meaning

    @property
    def file(self) -> str | None:
        """The file that it refers to, from the root; it may be a pattern, and need not exist."""
        return under(parent(self.path), self.meaning.file) if self.meaning.file else None

    def facts(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "line": self.declaration.line,
            "field": self.declaration.field,
            "text": self.declaration.text[:300],
            "how": "inherited" if self.declaration.kind == "inherited" else self.meaning.how,
            "expression": self.meaning.expression,
            "ids": list(self.meaning.ids),
            "exceptions": list(self.meaning.exceptions),
            "unknown": list(self.meaning.unknown),
            "outdated": list(self.meaning.outdated),
            "file": self.meaning.file,
        }


class _Survey:
    """What is read of the repository, step by step."""

    def __init__(self, inputs: ProbeInputs, known: Names) -> None:
        self._inputs = inputs
        self._known = known
        self.files: list[_File] = []
        self.declared: list[_Declared] = []
        self._apart: dict[str, list[str]] = {}

    def read_texts(self, catalogue: Sequence[Any]) -> None:
        listed = {path for path in self._inputs.matching(*_TEXTS) if _may_be_text(path)}
        declared = {one.file for one in self.declared if one.file in self._inputs.files}
        for path in sorted(listed | declared):
            said = self._inputs.parse(path, lambda content: self._read(content, catalogue))
            if said is not None:
                self.files.append(said._replace(path=path, apart=_apart(path)))

    def _read(self, content: bytes, catalogue: Sequence[Any]) -> _File:
        text = text_of(content)
        found, share = recognised(text, catalogue)
        if found:
            own, rest, line = _without_others(text, found, catalogue)
            return _File("", None, [*own, *rest], len(own), line, share, (), None)
        header = header_in(content)
        if header and header.how == "identifier":
            return _File("", None, [], 0, None, 0.0, self._known.meaning(header.text).ids, "identifier")
        titles = self._titles(text[:_TITLE_WITHIN])
        return _File("", None, [], 0, None, 0.0, titles, "title" if titles else None)

    def _titles(self, text: str) -> tuple[str, ...]:
        """Ids that are named: by a line that is the name of a licence, or by `under the <name> license`."""
        lines = [line.strip(" \t#*=-_>\"'.") for line in text.splitlines()]
        said = [line for line in lines if 3 <= len(line) <= 120]
        said += re.findall(
            r"(?i)\bunder (?:the (?:terms of the )?)?([\w .,()-]{2,60}?licen[cs]e[\w .,()-]{0,20}?\d[\d.]*)", text
        )
        said += re.findall(r"(?i)\bunder (?:the (?:terms of the )?)?([\w .,()-]{2,60}?)[ \n]licen[cs]e\b", text)
        found = {name for one in said if _names_a_license(one) and (name := self._known.named(one))}
        return tuple(sorted(found | named_together(text, self._known.named)))

    def read_manifests(self) -> None:
        for glob, reader in MANIFESTS:
            for path in self._inputs.matching(glob):
                if kind := _apart(path):
                    self._apart.setdefault(kind, []).append(path)
                    continue
                for declaration in self._inputs.parse(path, reader) or ():
                    self.declared.append(_Declared(path, declaration, self._meaning(declaration)))
        self.declared = [self._with_inherited(one) for one in self.declared]
        self.declared.sort(key=lambda one: (one.path, one.declaration.line or 0, one.declaration.text))

    def _with_inherited(self, one: _Declared) -> _Declared:
        """With what the nearest workspace around a member of it declares, where the member leaves it to that."""
        if one.declaration.kind != "inherited":
            return one
        field = f"workspace.{one.declaration.field}"
        around = {parent(other.path): other for other in self.declared if other.declaration.field == field}
        home = parent(one.path)
        nearest = next((around[place] for place in (home, *ancestors(home)) if place in around), None)
        return _Declared(one.path, one.declaration, nearest.meaning) if nearest else one

    def _meaning(self, declaration: Declaration) -> Meaning:
        match declaration.kind:
            case "classifier":
                name = declaration.text.split("::")[-1].strip()
                found = CLASSIFIERS.get(name)
                return Meaning("name", found, (found,)) if found else UNKNOWN
            case "file":
                return Meaning("file", file=declaration.text)
            case "inherited":
                return UNKNOWN
        return self._known.meaning(declaration.text)

    def headers(self) -> dict[str, Any]:
        chosen, candidates = sampled(self._inputs)
        seen = self._inputs.scan(_finding, chosen, limit=HEADER_BYTES)
        groups: dict[tuple[str, str], list[tuple[str, int]]] = {}
        with_header = 0
        for path, finding in seen.items():
            if finding is not None and _apart(path) is None:
                with_header += 1
                text, line, how = finding
                groups.setdefault((text, how), []).append((path, line))
        ranked = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
        return {
            "sampled": len(chosen),
            "candidates": candidates,
            "with_header": with_header,
            "expressions": [self._header(text, how, places) for (text, how), places in ranked[:_EXPRESSIONS]],
        }

    def _header(self, text: str, how: str, places: list[tuple[str, int]]) -> dict[str, Any]:
        meaning = self._known.meaning(text)
        return {
            "text": text,
            "how": how,
            "expression": meaning.expression,
            "ids": list(meaning.ids),
            "unknown": list(meaning.unknown),
            "files": len(places),
            "examples": [{"path": path, "line": line} for path, line in sorted(places)[:_EXAMPLES]],
        }

    def projects(self) -> list[dict[str, Any]]:
        """Each directory that declares something, with the texts nearest to it."""
        beside: dict[str, list[_File]] = {}
        for file in self.files:
            if file.apart is None and not file.is_others:
                beside.setdefault(_home(file.path), []).append(file)
        declaring: dict[str, list[_Declared]] = {}
        for one in self.declared:
            declaring.setdefault(parent(one.path), []).append(one)
        rows = []
        for directory in sorted(declaring.keys() | ({""} & beside.keys())):
            nearest = next((there for there in (directory, *ancestors(directory)) if there in beside), None)
            files = beside.get(nearest, []) if nearest is not None else []
            declared = declaring.get(directory, [])
            named = [pattern for one in declared if (pattern := one.file)]
            files = [*files, *(file for file in self.files if file not in files and _is_named(file.path, named))]
            rows.append(_project(directory, declared, files))
        return rows

    def reuse(self) -> dict[str, Any]:
        matching = self._inputs.matching
        files = matching("**/REUSE.toml", ".reuse/dep5")
        sidecars = [path for path in matching("**/*.license") if self._is_beside(path.removesuffix(".license"))]
        return {"files": list(files), "directory": bool(matching("LICENSES/*")), "sidecars": len(sidecars)}

    def _is_beside(self, path: str) -> bool:
        return path in self._inputs

    def set_apart(self) -> list[dict[str, Any]]:
        kinds: dict[str, list[_File]] = {}
        for file in self.files:
            if file.apart is not None:
                kinds.setdefault(file.apart, []).append(file)
        return [
            {
                "kind": kind,
                "files": len(kinds.get(kind, [])),
                "manifests": len(self._apart.get(kind, [])),
                "ids": sorted({name for file in kinds.get(kind, []) for ids in file.ids for name in ids[:1]}),
                "paths": [file.path for file in kinds.get(kind, [])[:_LISTED_APART]],
            }
            for kind in sorted(kinds.keys() | self._apart.keys())
        ]

    def summary(self, headers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Each id that anything names, with how often."""
        counts: dict[str, dict[str, int]] = {}

        def count(ids: Iterable[str], what: str, number: int = 1) -> None:
            for name in ids:
                row = counts.setdefault(name, {"texts": 0, "named": 0, "declared": 0, "headers": 0})
                row[what] += number

        for file in self.files:
            if file.apart is None:
                count(file.named, "named")
                for ids in file.ids:
                    count(ids, "texts")
        for one in self.declared:
            count(one.meaning.ids, "declared")
        for header in headers:
            count(header["ids"], "headers", header["files"])
        facts = self._known.facts
        return [
            {"id": name, "name": facts[name]["name"], "osi_approved": facts[name].get("osi", False)} | counts[name]
            for name in sorted(counts)
        ]


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


def _apart(path: str) -> str | None:
    """Why what a file says is said of fixtures, templates or vendored code."""
    return kind_apart(parent(path)) or kind_apart_unlocked(parent(path))


def _may_be_text(path: str) -> bool:
    """Whether a path that the globs match is named like a text; SPDX's ids are the names below `LICENSES`."""
    name = path.rpartition("/")[2]
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if _NAME.fullmatch(name):
        return ending not in _NO_TEXT
    return ending in _IN_LICENSES or ("/LICENSES/" in f"/{path}" and ending not in _NO_TEXT)


def _names_a_license(text: str) -> bool:
    """Whether a text can be the name of a licence: `Ruby` or `Vim` alone is the name of something else."""
    return re.search(r"(?i)licen[cs]e|\d|\b(?:A?GPL|LGPL|MIT|ISC|MPL|EPL)\b", text) is not None


def _is_named(path: str, patterns: Iterable[str]) -> bool:
    return any(path == pattern or fnmatchcase(path, pattern) for pattern in patterns)


def _home(path: str) -> str:
    """The directory whose licence a file gives: that above a `LICENSES` directory."""
    directory = parent(path)
    return parent(directory) if directory.rpartition("/")[2].lower() in ("licenses", "licences") else directory


def _project(directory: str, declared: Sequence[_Declared], files: Sequence[_File]) -> dict[str, Any]:
    said = sorted({name for one in declared for name in one.meaning.ids})
    there = [ids for file in files for ids in file.own_ids]
    unclear = [one for one in declared if one.meaning.how == "unknown" and one.declaration.kind != "inherited"]
    only_declared = [name for name in said if not any(name in ids for ids in there)]
    only_found = sorted({ids[0] for ids in there if not set(ids) & set(said)})
    manifests: dict[str, set[str]] = {}
    for one in declared:
        if one.meaning.ids:
            manifests.setdefault(one.path, set()).update(one.meaning.ids)
    comparable = said and there
    agreement = "unknown" if not comparable else "differ" if only_declared or only_found else "agree"
    return {
        "path": shown(directory),
        "declared": said,
        "manifests_differ": len({frozenset(ids) for ids in manifests.values()}) > 1,
        "undetermined": len(unclear),
        "files": [file.path for file in files[:_EXAMPLES]],
        "found": sorted({name for ids in there for name in ids}),
        "agreement": agreement,
        "only_declared": only_declared if agreement == "differ" else [],
        "only_found": only_found if agreement == "differ" else [],
    }


def _confidence(survey: _Survey, own: Sequence[_File], inputs: ProbeInputs) -> Confidence:
    if not any(file.found for file in own) and not any(one.meaning.ids for one in survey.declared):
        return "low"
    outermost = [file for file in own if "/" not in file.path and not file.is_others]
    unread = [one for one in survey.declared if one.meaning.how == "unknown" and one.declaration.kind == "text"]
    doubtful = inputs.unparsed or unread or any(not file.found for file in outermost)
    return "medium" if doubtful else "high"


HEADER_BYTES = 2048


def _finding(_path: str, head: bytes) -> Any:
    found: Header | None = header_in(head)
    return None if found is None else [found.text, found.line, found.how]
