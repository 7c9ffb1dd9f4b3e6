"""pylock.toml, the lockfile of PEP 751."""

from typing import Any

from codegenie.formats import toml_lock
from codegenie.formats.patterns import lazily
from codegenie.formats.python_lock import (
    Locked,
    Need,
    PythonLock,
    files_of,
    name_of,
    table_in,
    tables_in,
    text_in,
    texts_in,
)
from codegenie.formats.requirement import Source, shown_address

_GROUP = lazily(r"""['"]([^'"]{1,200})['"]\s{1,9}in\s{1,9}dependency_groups\b""")


def parse(content: bytes) -> PythonLock:
    """Read the lockfile.  Raises Unparsable."""
    found = toml_lock.parse(content)
    listed = found.packages("packages")
    defaults = texts_in(found.value, "default-groups")
    return PythonLock(
        version=text_in(found.value, "lock-version"),
        requires_python=text_in(found.value, "requires-python"),
        packages=tuple(_locked(name, line, each, defaults) for line, each in listed if (name := name_of(each))),
        groups_known=bool(texts_in(found.value, "dependency-groups")),
        needs_known=any("dependencies" in each for _, each in listed),
    )


def _locked(name: str, line: int | None, value: dict[str, Any], defaults: tuple[str, ...]) -> Locked:
    listed = tables_in(value, "wheels")
    listed += [each for key in ("sdist", "archive") if (each := table_in(value, key))]
    files, integrity = files_of(listed)
    marker = text_in(value, "marker")
    source: Source = "registry"
    index = text_in(value, "index")
    address = shown_address(index) if index else None
    commit = None
    if vcs := table_in(value, "vcs"):
        written = text_in(vcs, "url") or text_in(vcs, "path")
        source, address, commit = "git", shown_address(written) if written else None, text_in(vcs, "commit-id")
    elif directory := table_in(value, "directory"):
        source, address = "path", text_in(directory, "path")
    elif archive := table_in(value, "archive"):
        url = text_in(archive, "url")
        source, address = ("url", shown_address(url)) if url else ("path", text_in(archive, "path"))
    groups = tuple(sorted(set(_GROUP.findall(marker)) - set(defaults))) if marker else ()
    return Locked(
        name=name,
        version=text_in(value, "version"),
        line=line,
        source=source,
        address=address,
        commit=commit,
        files=files,
        integrity=integrity,
        needs=tuple(
            Need(needed, version=text_in(each, "version"))
            for each in tables_in(value, "dependencies")
            if (needed := name_of(each))
        ),
        groups=groups or ("default",),
        markers=(marker,) if marker else (),
    )
