"""Registries by host: the one part of an address that cannot hold a credential."""

from typing import NamedTuple

from codegenie.formats.patterns import lazily

# Some registries take a token in the path, and any of them user:password@, so neither is ever kept.
_ADDRESS = lazily(
    r"(?:[a-z][a-z0-9+.-]{0,20}:)?//(?:[^/?#\s]*@)?([A-Za-z0-9._-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\])(?=[/?#]|$)"
)


REGISTRY_KEY = lazily(r"(?:(@[\w.~-]+):)?registry")
"""The keys that name a registry, with the scope; strict, since in a damaged file anything may stand before a colon."""


class Registry(NamedTuple):
    """Where packages of a scope (None: all others) come from; the host is None where it is not written out."""

    scope: str | None
    host: str | None
    line: int | None


def host_of(address: str) -> str | None:
    """`npm.example.com:8443` of `https://user:secret@npm.example.com:8443/x/`; None where there is no plain host."""
    found = _ADDRESS.match(address.strip())
    return found[1].lower() if found else None
