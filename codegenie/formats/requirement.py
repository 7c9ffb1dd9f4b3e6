"""One requirement of a Python package, as PEP 508 and pip's and poetry's dialects of it write it."""

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from codegenie.formats.patterns import lazily

Kind = Literal["runtime", "extra", "development", "build", "constraint"]
"""What a requirement is for; `extra` where it is only installed with an extra of the package."""

Source = Literal["registry", "git", "path", "url", "workspace"]

LONGEST = 4000  # characters of one requirement, without its hashes

_HEAD = lazily(r"([A-Za-z0-9][A-Za-z0-9._-]*+)\s*+(?:\[([^\]]*+)\]\s*+)?")
_CLAUSE = lazily(r"(?:===?|[~!<>]=|[<>])\s*+[^\s,;()\[\]<>=!~]++")
_SEPARATORS = lazily(r"[-_.]+")
_VCS = lazily(r"(?:git|hg|svn|bzr)(?:\+|:|$)")
_CREDENTIALS = lazily(r"^([a-z][a-z0-9+.-]{0,30}://)[^/?#\s]*@")
_SCHEME = lazily(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:(?!\\)")
_WHEEL = lazily(r"([A-Za-z0-9][A-Za-z0-9._]*+)-[0-9][^-/]*+-[^/]*\.whl")
_EGG = lazily(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*+)(?:\[([^\]]*+)\])?")


class Requirement(NamedTuple):
    """What a line asks for.  `name` is as written; `address` is where it comes from, if not from a registry."""

    name: str | None
    constraint: str | None = None
    extras: tuple[str, ...] = ()
    marker: str | None = None
    source: Source = "registry"
    address: str | None = None

    def asked(self, group: str, kind: Kind, line: int | None) -> "Asked":
        """It as one of a group; it must have a name."""
        assert self.name is not None
        return Asked(
            group=group,
            kind=kind,
            name=normal(self.name),
            constraint=self.constraint,
            line=line,
            extras=self.extras,
            marker=self.marker,
            source=self.source,
            optional=kind == "extra",
            address=self.address,
        )


class Asked(NamedTuple):
    """One requirement of a manifest, with the table that it stands in; `name` is normalised."""

    group: str
    kind: Kind
    name: str
    constraint: str | None
    line: int | None
    extras: tuple[str, ...] = ()
    marker: str | None = None
    source: Source = "registry"
    optional: bool = False
    address: str | None = None
    """The path, or the address without credentials, of what does not come from a registry."""


def normal(name: str) -> str:
    """The name by which PEP 503 knows it: `zope-interface` of `Zope.Interface`."""
    return _SEPARATORS.sub("-", name).lower()


def read(text: str) -> Requirement | None:
    """`text` by PEP 508: `name[extra] >=1,<2 ; marker` or `name @ address ; marker`.  None where it is neither."""
    text = text.strip()
    if len(text) > LONGEST or not (head := _HEAD.match(text)):
        return None
    name, rest = head[1], text[head.end() :]
    extras = split_extras(head[2])
    if rest.startswith("@"):
        address, marker = _address_and_marker(rest[1:].strip())
        return Requirement(name, None, extras, marker, source_of(address), shown_address(address))
    constraint, _, marker = rest.partition(";")
    constraint = constraint.strip()
    if constraint.startswith("(") and constraint.endswith(")"):
        constraint = constraint[1:-1].strip()
    if not is_specifier(constraint):
        return None
    return Requirement(name, constraint or None, extras, marker.strip() or None)


def read_address(text: str) -> Requirement | None:
    """`text` as pip takes it beside PEP 508: a path, an archive, a repository, each perhaps with `#egg=name`."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    address, marker = _address_and_marker(text)
    is_address = _SCHEME.match(address) or address.startswith((".", "/", "~", "${")) or "/" in address
    if not is_address and not address.endswith((".whl", ".tar.gz", ".zip")):
        return None
    name: str | None = None
    extras: tuple[str, ...] = ()
    if egg := _EGG.search(address):
        name, extras = egg[1], split_extras(egg[2])
    elif wheel := _WHEEL.fullmatch(shown_address(address).rpartition("/")[2]):
        name = wheel[1]
    elif address.endswith("]") and "[" in address:
        extras = split_extras(address[address.rindex("[") + 1 : -1])
        address = address[: address.rindex("[")]
    return Requirement(name, None, extras, marker, source_of(address), shown_address(address))


def is_specifier(text: str) -> bool:
    """Whether the text is empty or a list of clauses like `>=1, !=1.5.*`."""
    clauses = [clause.strip() for clause in text.split(",")]
    return clauses == [""] or all(_CLAUSE.fullmatch(clause) for clause in clauses if clause)


def split_extras(text: str | None) -> tuple[str, ...]:
    """`("a", "b")` of "b, a"."""
    return tuple(sorted({name for part in (text or "").split(",") if (name := part.strip())}))


def source_of(address: str) -> Source:
    """What kind of place an address is."""
    if _VCS.match(address) or address.startswith(("git@", "ssh:")):
        return "git"
    if address.startswith("file:") or not _SCHEME.match(address):
        return "path"
    return "url"


def shown_address(address: str) -> str:
    """The address without user, password, query and fragment."""
    bare = re.split(r"[?#]", address, maxsplit=1)[0].strip()
    return _CREDENTIALS.sub(r"\1", bare)


def git_address(address: str, more: Mapping[Any, Any]) -> str:
    """The address of a repository with what is checked out of it, as uv and poetry name it."""
    reference = next((ref for key in ("rev", "tag", "branch") if isinstance(ref := more.get(key), str)), None)
    return shown_address(address) + (f"@{reference}" if reference else "")


def _address_and_marker(text: str) -> tuple[str, str | None]:
    """PEP 508 wants blanks before the semicolon that follows an address, as an address may hold one."""
    found = re.search(r"\s;", text)
    if not found:
        return text, None
    return text[: found.start()].strip(), text[found.end() :].strip() or None
