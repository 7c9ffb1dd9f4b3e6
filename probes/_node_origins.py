"""Where a package of a Node lockfile comes from, without credentials: only a registry's host is ever named."""

import re
from typing import NamedTuple

from codegenie.formats.hosts import host_of
from codegenie.formats.patterns import lazily

from ._manifest import Source

USUAL = frozenset({"registry.npmjs.org", "registry.yarnpkg.com"})
"""The public registry under its two names."""

_GIT = lazily(r"(?:git(?:\+[a-z]+)?:|ssh:|github:|gitlab:|bitbucket:|gist:|[\w.-]+@[\w.-]+:)")
_SHORT = lazily(r"(github|gitlab|bitbucket):([\w.-]+/[\w.-]+)")
_SCP = lazily(r"(?:git\+ssh://)?([\w.-]+)@([\w.-]+):(?!\d+/)/?(.+)")
_CODELOAD = lazily(r"https://codeload\.github\.com/([\w.-]+)/([\w.-]+)/(?:tar\.gz|legacy\.tar\.gz|zip)/([\w.-]+)")
_ADDRESS = lazily(r"([a-z][a-z0-9+.-]*://)(?:([^/@]*)@)?([^?#]*)")
_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}


class Origin(NamedTuple):
    """The kind of place, and where it is not the usual registry, which."""

    source: Source
    address: str | None = None
    qualifiers: tuple[tuple[str, str], ...] = ()


USUAL_REGISTRY = Origin("registry")


def origin(reference: str | None, *, from_registry: bool) -> Origin:
    """The origin that a lockfile gives as an address; `from_registry` where the package was asked for by a range."""
    if not reference:
        return USUAL_REGISTRY
    if found := _CODELOAD.match(reference):
        return _git(f"git+https://github.com/{found[1]}/{found[2]}.git", found[3])
    if _GIT.match(reference) or re.match(r"https?://[^?#]*\.git(?:#|$)", reference):
        url, _, commit = reference.partition("#")
        return _git(url, commit)
    if reference.startswith(("file:", "link:", "portal:")):
        return Origin("path", reference.partition(":")[2].partition("::")[0].partition("#")[0])
    if reference.startswith(("http://", "https://")):
        return registry(reference) if from_registry else _url(reference)
    return USUAL_REGISTRY if from_registry else Origin("path", reference)


def registry(address: str) -> Origin:
    """The registry that an address belongs to: only its host, since some take a token in the path."""
    host = host_of(address)
    return USUAL_REGISTRY if host is None or host in USUAL else Origin("registry", f"https://{host}")


def _git(url: str, commit: str) -> Origin:
    commit = commit.rpartition("commit=")[2].partition("&")[0]
    if short := _SHORT.match(url):
        url = f"git+https://{_HOSTS[short[1]]}/{short[2].removesuffix('.git')}.git"
    elif "://" not in url.removeprefix("git+ssh://") and (scp := _SCP.fullmatch(url)):
        url = f"git+ssh://{scp[1]}@{scp[2]}/{scp[3]}"
    address = bare(url if url.startswith("git") else f"git+{url}")
    if address is None:
        return Origin("git")
    pinned = f"{address}@{commit}" if re.fullmatch(r"[\w./-]+", commit) else address
    return Origin("git", pinned, (("vcs_url", pinned),))


def _url(reference: str) -> Origin:
    address = bare(reference)
    return Origin("url", address, (("download_url", address),) if address else ())


def bare(address: str) -> str | None:
    """The address without user, password, query and fragment; `git@`, which is a name for all, stays."""
    found = _ADDRESS.match(address)
    return f"{found[1]}{'git@' if found[2] == 'git' else ''}{found[3]}" if found else None
