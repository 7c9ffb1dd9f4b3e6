"""pdm.lock: a package may have several entries, one for each set of its extras."""

from typing import Any

from codegenie.formats import toml_lock
from codegenie.formats.python_lock import (
    Locked,
    PythonLock,
    files_of,
    name_of,
    need_of,
    table_in,
    tables_in,
    text_in,
    texts_in,
)
from codegenie.formats.requirement import Source, shown_address


def parse(content: bytes) -> PythonLock:
    """Read the lockfile.  Raises Unparsable."""
    found = toml_lock.parse(content)
    metadata = table_in(found.value, "metadata")
    of_old = table_in(metadata, "files")  # before format 4.4 the files of all packages stood together
    listed = found.packages()
    targets = [target for each in tables_in(metadata, "targets") if (target := text_in(each, "requires_python"))]
    return PythonLock(
        version=text_in(metadata, "lock_version"),
        requires_python=text_in(metadata, "requires_python") or next(iter(targets), None),
        packages=tuple(_locked(name, line, each, of_old) for line, each in listed if (name := name_of(each))),
        groups_known=bool(listed) and all("groups" in each for _, each in listed),
        groups=texts_in(metadata, "groups") or None,
        extras_are_groups=True,
    )


def _locked(name: str, line: int | None, value: dict[str, Any], of_old: dict[str, Any]) -> Locked:
    version = text_in(value, "version")
    files, integrity = files_of(tables_in(value, "files") or tables_in(of_old, f"{value.get('name')} {version}"))
    source: Source = "registry"
    address = commit = None
    if git := text_in(value, "git"):
        source, address, commit = "git", shown_address(git), text_in(value, "revision")
    elif path := text_in(value, "path"):
        source, address = "path", path
    elif url := text_in(value, "url"):
        source, address = "url", shown_address(url)
    needs = (need_of(item) for item in texts_in(value, "dependencies"))
    return Locked(
        name=name,
        version=version,
        line=line,
        source=source,
        address=address,
        commit=commit,
        files=files,
        integrity=integrity,
        needs=tuple(need for need in needs if need),
        extras=texts_in(value, "extras"),
        groups=texts_in(value, "groups"),
        markers=tuple(filter(None, [text_in(value, "marker")])),
    )
