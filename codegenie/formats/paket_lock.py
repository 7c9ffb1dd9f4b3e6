"""paket.lock: the packages that Paket pins, by group."""

from typing import NamedTuple

from codegenie.formats.hosts import host_of
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

MOST_PACKAGES = 100_000
_KINDS = ("NUGET", "GITHUB", "GIT", "GIST", "HTTP")
_PACKAGE = lazily(r" {4}(\S.{0,500}?) \(([^()\s]{1,200})\)(.{0,100})")
_REQUIRES = lazily(r" {6}(\S{1,300})(?: |$)")
_COMMIT = lazily(r" {5}\(([0-9a-f]{7,64})\)")


class Locked(NamedTuple):
    """One package; of GITHUB and GIT `remote` is the repository and `version` the commit, of NUGET it is the host."""

    group: str
    kind: str
    remote: str | None
    name: str
    version: str
    restriction: str
    requires: tuple[str, ...]
    line: int


class PaketLock(NamedTuple):
    """The packages in the order of the file."""

    packages: tuple[Locked, ...]


def parse(content: bytes) -> PaketLock:
    """Read a lockfile.  Raises Unparsable."""
    reader = _Reader()
    for number, line in enumerate(text_of(content).split("\n"), 1):
        reader.take(number, line.rstrip("\r"))
    reader.close()
    if not reader.is_ours:
        raise Unparsable("not a lockfile of Paket")
    return PaketLock(tuple(reader.found))


class _Reader:
    """Follows the sections line by line; a line that fits none is one of settings."""

    def __init__(self) -> None:
        self.found: list[Locked] = []
        self.is_ours = False
        self._group, self._kind = "Main", ""
        self._remote: str | None = None
        self._open: tuple[str, str, str, int] | None = None
        self._requires: list[str] = []

    def take(self, number: int, line: str) -> None:
        """Read one line."""
        if line.startswith("      "):
            if self._open and (required := _REQUIRES.match(line)):
                self._requires.append(required[1])
        elif line.startswith("    "):
            self._take_package(number, line)
        elif line.startswith("  "):
            self._take_remote(line.strip())
        elif line:
            self._take_section(line)

    def _take_section(self, line: str) -> None:
        self.close()
        if line.startswith("GROUP "):
            self._group, self._kind = line[6:].strip(), ""
        elif line in _KINDS:
            self._kind, self.is_ours = line, True

    def _take_remote(self, line: str) -> None:
        self.close()
        if line.startswith("remote:"):
            written = line[7:].strip()
            self._remote = written if self._kind in ("GITHUB", "GIST") else host_of(written)
            if self._kind == "GIT":
                self._remote = _without_credentials(written)

    def _take_package(self, number: int, line: str) -> None:
        self.close()
        if self._kind == "GIT" and (commit := _COMMIT.match(line)):
            self._open = (self._remote or "a directory", commit[1], "", number)
        elif found := _PACKAGE.match(line):
            self._open = (found[1], found[2], found[3].removeprefix(" - ").strip(), number)

    def close(self) -> None:
        """End the package that is being read."""
        if self._open and self._kind:
            name, version, restriction, line = self._open
            self.found.append(
                Locked(self._group, self._kind, self._remote, name, version, restriction, tuple(self._requires), line)
            )
            if len(self.found) > MOST_PACKAGES:
                raise Unparsable(f"more than {MOST_PACKAGES} packages")
        self._open, self._requires = None, []


def _without_credentials(address: str) -> str | None:
    host = host_of(address)
    path = address.partition("//")[2].partition("/")[2].partition("?")[0]
    return f"{host}/{path}" if host else None
