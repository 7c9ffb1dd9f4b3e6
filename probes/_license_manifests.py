"""What manifests declare of licences, as written: one reader for each kind of manifest."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from codegenie.formats import json_lines, toml_lines, xml_text
from codegenie.formats.json_text import load_object
from codegenie.formats.jsonc_text import strict
from codegenie.formats.plain import Key, text_of
from codegenie.formats.toml_text import load as load_toml
from codegenie.formats.yaml_text import documents

Kind = Literal["text", "classifier", "file", "inherited"]

MOST = 50  # of one manifest


class Declaration(NamedTuple):
    """One declaration; `kind` says what the text is: a licence, a trove classifier, a file, or "from the workspace"."""

    field: str
    text: str
    line: int | None
    kind: Kind = "text"


Reader = Callable[[bytes], list[Declaration]]


def package_json(content: bytes) -> list[Declaration]:
    """package.json, bower.json, composer.json, deno.json: `license`, and the older `licenses`.  Raises Unparsable."""
    text = strict(text_of(content))
    value, lines = load_object(text.encode()), json_lines.lines_of(text)
    return [
        Declaration(str(way[0]), said, lines.get(way) or lines.get(way[:1]))
        for field in ("license", "licenses")
        for way, said in _texts(value.get(field), (field,))
    ]


def _texts(value: Any, way: Key) -> Iterator[tuple[Key, str]]:
    """A text, the type or name of an object, or those of a list."""
    match value:
        case str():
            yield way, value
        case {"type": str(said)} | {"name": str(said)}:
            yield way, said
        case list():
            for at, item in enumerate(value[:MOST]):
                if not isinstance(item, list):
                    yield from _texts(item, (*way, at))


def pyproject_toml(content: bytes) -> list[Declaration]:
    """`project.license` in its three forms, `license-files`, classifiers; and those of Poetry and Flit.

    Raises Unparsable.
    """
    value, lines = load_toml(content), toml_lines.lines_of(text_of(content))
    found = []
    for table in (("project",), ("tool", "poetry"), ("tool", "flit", "metadata")):
        read = _Table(_beneath(value, table), table, lines)
        found += [*read.license("license"), *read.files("license-files"), *read.classifiers("classifiers")]
    return found[:MOST]


def cargo_toml(content: bytes) -> list[Declaration]:
    """`license` and `license-file` of the package, or of the workspace for its members.  Raises Unparsable."""
    value, lines = load_toml(content), toml_lines.lines_of(text_of(content))
    found = []
    for table in (("package",), ("workspace", "package")):
        read = _Table(_beneath(value, table), table, lines)
        found += [*read.license("license"), *read.files("license-file")]
    return found[:MOST]


class _Table:
    """The fields of one table of a TOML file."""

    def __init__(self, value: Mapping[str, Any], way: tuple[str, ...], lines: Mapping[Key, int]) -> None:
        self._value, self._way, self._lines = value, way, lines

    def license(self, field: str) -> Iterator[Declaration]:
        match self._value.get(field):
            case str(text) if text.strip():
                yield self._said(field, text)
            case {"workspace": True}:
                yield self._said(field, "workspace", "inherited")
            case {"text": str(text)} if text.strip():
                yield self._said(field, text)
            case {"file": str(text)}:
                yield self._said(field, text, "file")

    def files(self, field: str) -> Iterator[Declaration]:
        match self._value.get(field):
            case str(text):
                yield self._said(field, text, "file")
            case list(items) | {"paths": list(items)} | {"globs": list(items)}:
                yield from (self._said(field, text, "file") for text in items[:MOST] if isinstance(text, str))
            case {"workspace": True}:
                yield self._said(field, "workspace", "inherited")

    def classifiers(self, field: str) -> Iterator[Declaration]:
        items = self._value.get(field)
        for at, text in enumerate(items if isinstance(items, list) else ()):
            if isinstance(text, str) and text.startswith("License ::"):
                line = self._lines.get((*self._way, field, at)) or self._lines.get((*self._way, field))
                yield Declaration(_dotted(self._way, field), text, line, "classifier")

    def _said(self, field: str, text: str, kind: Kind = "text") -> Declaration:
        return Declaration(_dotted(self._way, field), text, self._lines.get((*self._way, field)), kind)


def _dotted(way: tuple[str, ...], field: str) -> str:
    return ".".join((*way, field))


def _beneath(value: Any, way: tuple[str, ...]) -> Mapping[str, Any]:
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


_SETUP_CFG = re.compile(r"(license|license_files?|classifiers?)\s*[=:]\s*(.*)", re.IGNORECASE)


def setup_cfg(content: bytes) -> list[Declaration]:
    """`license`, `license_files` and classifiers in `[metadata]`."""
    found: list[Declaration] = []
    section = field = ""
    for number, line in enumerate(text_of(content).splitlines(), start=1):
        if line.startswith("["):
            section, field = line.strip().strip("[]"), ""
        elif line.strip() and line.lstrip()[0] not in "#;" and section == "metadata":
            text = line.strip()
            if not line[0].isspace():
                entry = _SETUP_CFG.fullmatch(text)
                field, text = (entry[1].lower(), entry[2]) if entry else ("", "")
            found += _of_setup_cfg(field, text, number)
    return found[:MOST]


def _of_setup_cfg(field: str, text: str, number: int) -> Iterator[Declaration]:
    if not text:
        return
    if field == "license":
        kind: Kind = "file" if text.startswith("file:") else "text"
        yield Declaration("metadata.license", text.removeprefix("file:").strip(), number, kind)
    elif field.startswith("license_file"):
        yield from (
            Declaration(f"metadata.{field}", one.strip(), number, "file") for one in text.split(",") if one.strip()
        )
    elif field.startswith("classifier") and text.startswith("License ::"):
        yield Declaration(f"metadata.{field}", text, number, "classifier")


def pom_xml(content: bytes) -> list[Declaration]:
    """The names of `<licenses>` at the top of a pom.xml.  Raises Unparsable."""
    root = xml_text.parse(content)
    licenses = [one for group in root.children if group.name == "licenses" for one in group.children]
    return [
        Declaration("licenses.license.name", one.child("name") or one.child("url"), one.line)
        for one in licenses[:MOST]
        if one.name == "license" and (one.child("name") or one.child("url"))
    ]


_DOTNET: dict[str, Kind] = {"PackageLicenseExpression": "text", "PackageLicenseFile": "file"}


def dotnet_xml(content: bytes) -> list[Declaration]:
    """Project and property files of .NET, and .nuspec.  Raises Unparsable."""
    found = []
    for element in xml_text.parse(content).walk():
        text = element.text.strip()
        if element.name in _DOTNET and text:
            found.append(Declaration(element.name, text, element.line, _DOTNET[element.name]))
        elif element.name == "license" and text and element.attributes.get("type") in ("expression", "file"):
            kind: Kind = "file" if element.attributes["type"] == "file" else "text"
            found.append(Declaration("license", text, element.line, kind))
    return found[:MOST]


def citation_cff(content: bytes) -> list[Declaration]:
    """`license` of a CITATION.cff, a text or a list.  Raises Unparsable."""
    found = documents(content, depth=2)
    value = found[0].value if found else None
    said = value.get("license") if isinstance(value, dict) else None
    return [Declaration("license", text, found[0].lines.get(way)) for way, text in _texts(said, ("license",))]


def by_lines(pattern: str, field: str) -> Reader:
    """A reader for what is code, or close to it: each text in quotes on a line that the expression begins."""
    begins = re.compile(pattern)
    quoted = re.compile(r"""(["'])([^"'\n]{1,300})\1""")

    def read(content: bytes) -> list[Declaration]:
        return [
            Declaration(field, text, number)
            for number, line in enumerate(text_of(content).splitlines(), start=1)
            if len(line) < 2000 and (begun := begins.match(line))
            for _, text in quoted.findall(line[begun.end() :].partition("#")[0])
        ][:MOST]

    return read


def plain_field(content: bytes) -> list[Declaration]:
    """`license: MIT` in a .cabal file or in R's DESCRIPTION."""
    found = [
        Declaration("license", entry[1].strip(), number)
        for number, line in enumerate(text_of(content).splitlines(), start=1)
        if len(line) < 2000 and (entry := re.fullmatch(r"(?i)licen[cs]e:[ \t]*(\S.*)", line))
    ]
    return found[:1]


# In the order in which one manifest of a directory is asked before another.
MANIFESTS: tuple[tuple[str, Reader], ...] = (
    ("**/package.json", package_json),
    ("**/bower.json", package_json),
    ("**/composer.json", package_json),
    ("**/deno.json", package_json),
    ("**/deno.jsonc", package_json),
    ("**/jsr.json", package_json),
    ("**/pyproject.toml", pyproject_toml),
    ("**/setup.cfg", setup_cfg),
    ("**/setup.py", by_lines(r"\s*license\s*=\s*(?=[\"'])", "license")),
    ("**/Cargo.toml", cargo_toml),
    ("**/pom.xml", pom_xml),
    ("**/*.gemspec", by_lines(r"\s*\w+\.licenses?\s*=\s*(?=[\[\"'%])", "license")),
    ("**/*.{cs,fs,vb}proj", dotnet_xml),
    ("**/Directory.Build.props", dotnet_xml),
    ("**/*.nuspec", dotnet_xml),
    ("**/mix.exs", by_lines(r"\s*licenses:\s*(?=\[)", "licenses")),
    ("**/*.opam", by_lines(r"license:\s*(?=[\[\"])", "license")),
    ("**/*.cabal", plain_field),
    ("CITATION.cff", citation_cff),
)
