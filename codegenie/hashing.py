"""Digests: the only module that names xxh3.

A digest answers "did it change?" on the user's own tree and names local blobs.  xxh3 is not proof against an
adversary, so a blob that crosses a trust boundary is authenticated elsewhere (see docs/decisions/0005).
"""

from collections.abc import Iterable

from xxhash import xxh3_128

CHUNK = 1 << 20


def digest(content: bytes | memoryview) -> str:
    """The xxh3-128 of some bytes, as 32 hexadecimal digits."""
    return xxh3_128(content).hexdigest()


def digest_of(parts: Iterable[str]) -> str:
    """The digest of a sequence of texts; lengths are part of it, so ("ab", "c") and ("a", "bc") differ."""
    state = xxh3_128()
    for part in parts:
        encoded = part.encode("utf-8", "surrogateescape")
        state.update(b"%d:" % len(encoded))
        state.update(encoded)
    return state.hexdigest()


def sealed(text: str) -> str:
    """A text after its own digest, by which damage is told."""
    return f"{digest(text.encode())} {text}"


def unsealed(text: str) -> str | None:
    """The text of a sealed one; None where it is damaged."""
    seal, _, content = text.partition(" ")
    return content if seal == digest(content.encode("utf-8", "surrogateescape")) else None


def stream() -> xxh3_128:
    """A digest under construction: `.update(bytes)`, `.hexdigest()`."""
    return xxh3_128()
