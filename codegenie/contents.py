"""What kind of content a file has, as git sees it: what can be told while its digest is taken, and by many is asked."""

from typing import Literal

Kind = Literal["text", "binary", "pointer"]
KINDS: tuple[Kind, ...] = ("text", "binary", "pointer")

BEGINNING = 8000  # bytes: git takes a file for binary where there is a NUL in these
_POINTER = b"version https://"


def kind_of(beginning: bytes) -> Kind:
    """The kind of a content with these first bytes; a `pointer` only may be one of LFS, which its reader tells."""
    if b"\0" in (beginning if len(beginning) <= BEGINNING else beginning[:BEGINNING]):
        return "binary"
    return "pointer" if beginning.startswith(_POINTER) else "text"
