"""mix.lock: what mix resolved, one line a package."""

from typing import NamedTuple

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_PACKAGES = 20_000

_HEX = lazily(
    r'[ \t]*+"([^"]{1,100})": \{:hex, :"?([\w.]{1,100})"?, "([^"]{1,100})", "([0-9a-f]{0,128})", (.*)\},?[ \t\r]*'
)
_GIT = lazily(r'[ \t]*+"([^"]{1,100})": \{:git, "([^"]{1,500})", "([0-9a-f]{7,64})", .*')
_REQUIRED = lazily(r'\{:"?(\w{1,100})"?, "')
_CHECKSUM = lazily(r'"([0-9a-f]{64})"$')
_REPOSITORY = lazily(r'\], "([^"]{1,100})"')


class MixLocked(NamedTuple):
    """One package; `checksum` is that of the archive, which newer locks hold beside that of the content."""

    app: str
    package: str
    version: str | None
    checksum: str | None
    repository: str | None
    git: str | None
    commit: str | None
    requires: tuple[str, ...]
    line: int


class MixLock(NamedTuple):
    """The file; `unknown` counts lines of another form."""

    packages: tuple[MixLocked, ...]
    unknown: int


def parse(content: bytes) -> MixLock:
    """Read the file.  Raises Unparsable."""
    text = text_of(content)
    if not text.lstrip().startswith("%{"):
        raise Unparsable("not a map of Elixir")
    packages: list[MixLocked] = []
    unknown = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _HEX.fullmatch(line):
            checksum, repository = _CHECKSUM.search(found[5]), _REPOSITORY.findall(found[5])
            packages.append(
                MixLocked(
                    found[1], found[2], found[3], checksum[1] if checksum else None,
                    repository[-1] if repository else None, None, None, tuple(_REQUIRED.findall(found[5])), number,
                )
            )  # fmt: skip
        elif found := _GIT.fullmatch(line):
            packages.append(MixLocked(found[1], found[1], None, None, None, found[2], found[3], (), number))
        elif '": {' in line:
            unknown += 1
        if len(packages) > MOST_PACKAGES:
            raise Unparsable(f"more than {MOST_PACKAGES} packages")
    return MixLock(tuple(packages), unknown)
