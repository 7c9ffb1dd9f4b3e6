"""Where a git repository lies, as git reads an address; no credential and no path of a machine can come out of it."""

import re
from typing import Literal, NamedTuple

from codegenie.formats.patterns import lazily

Kind = Literal["https", "http", "ssh", "git", "local", "relative", "other"]

_SCHEMES: dict[str, Kind] = {
    "https": "https",
    "http": "http",
    "git": "git",
    "ssh": "ssh",
    "git+ssh": "ssh",
    "ssh+git": "ssh",
    "file": "local",
}
_URL = lazily(r"([A-Za-z][A-Za-z0-9+.-]{0,20})://")
_HOST = lazily(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5})?)?")
_SCP_HOST = lazily(r"\[?([A-Za-z0-9._-]+(?::[0-9]{1,5})?|[0-9A-Fa-f:.]+)\]?")
_DRIVE = lazily(r"[A-Za-z]:[\\/]")
_RELATIVE = lazily(r"\.\.?(?:/|\Z)")


class Address(NamedTuple):
    """`host` is in lower case, with a port that is written; `path` is without the slash before and `.git` after it.

    Of what is local, and of what is not understood, both are None.  What is relative is so to another address.
    """

    kind: Kind
    host: str | None
    path: str | None


LOCAL = Address("local", None, None)
OTHER = Address("other", None, None)


def address_of(text: str) -> Address:
    """Read an address: a URL, `user@host:path`, a path, or what a helper of git's takes."""
    text = text.strip()
    if not text:
        return OTHER
    if url := _URL.match(text):
        return _of_url(_SCHEMES.get(url[1].lower(), "other"), text[url.end() :])
    if _RELATIVE.match(text):
        return Address("relative", None, _path(text))
    if _DRIVE.match(text):
        return LOCAL
    host, colon, path = _split_as_scp(text)
    if not colon or "/" in host:
        return LOCAL
    if path.startswith(":") or "@" in path:  # `helper::address`; `user:password@host`, which has lost its scheme
        return OTHER
    user_free = host.rpartition("@")[2]
    found = _SCP_HOST.fullmatch(user_free)
    return Address("ssh", found[1].lower(), _path(path)) if found else OTHER


def _split_as_scp(text: str) -> tuple[str, str, str]:
    """Host and path at the first colon that is not within brackets."""
    end = text.find("]") if "[" in text.partition("/")[0] else -1
    head, colon, path = text[end + 1 :].partition(":")
    return text[: end + 1] + head, colon, path


def _of_url(kind: Kind, rest: str) -> Address:
    if kind in ("local", "other"):
        return Address(kind, None, None)
    authority, _, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    found = _HOST.fullmatch(authority.rpartition("@")[2])
    if not found or "@" in path:  # a slash in a password: what stands where is not certain
        return OTHER
    return Address(kind, found[1].lower() + (f":{found[2]}" if found[2] else ""), _path(path))


def _path(text: str) -> str:
    return text.lstrip("/").rstrip("/").removesuffix(".git") or text
