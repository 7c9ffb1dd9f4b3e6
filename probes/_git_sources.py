"""Packages from git repositories, as a slice and a package URL name the place: without credentials and queries."""

from typing import NamedTuple

from codegenie.formats.git_address import address_of


class GitSource(NamedTuple):
    """Where it comes from (None where that is local, or not understood), and the qualifiers of its package URL."""

    address: str | None
    qualifiers: tuple[tuple[str, str], ...]


def git_source(url: str, commit: str | None) -> GitSource:
    """The place of a commit in a repository: `vcs_url` is `git+https://github.com/a/b@0123abc`.

    https://github.com/package-url/purl-spec/blob/main/docs/common-qualifiers.md
    """
    found = address_of(url.removeprefix("git+"))
    if found.host is None or found.path is None:
        return GitSource(None, ())
    address = f"{found.kind}://{found.host}/{found.path}"
    return GitSource(address, (("vcs_url", f"git+{address}@{commit}" if commit else f"git+{address}"),))
