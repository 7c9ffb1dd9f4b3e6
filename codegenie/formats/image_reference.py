"""References to container images, by the grammar that Docker and the OCI registries share.

The grammar and the defaults (`docker.io`, `library/`) are those of github.com/distribution/reference, Apache-2.0.
"""

from typing import NamedTuple

from codegenie.formats.patterns import lazily

_COMPONENT = r"[a-z0-9]++(?:(?:\.|_{1,2}|-++)[a-z0-9]++)*+"
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
_HOST = lazily(rf"(?:{_DOMAIN}|\[[0-9a-fA-F:]{{2,45}}\])(?::[0-9]{{1,5}})?")
_PATH = lazily(rf"{_COMPONENT}(?:/{_COMPONENT})*+")
_TAG = lazily(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = lazily(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,128}")
_IDENTIFIER = lazily(r"[0-9a-f]{64}")
LONGEST = 512  # characters: a name of 255, a tag of 128 and a digest of 128 with what is between them


class ImageReference(NamedTuple):
    """The parts of a reference, with the defaults that Docker and Kubernetes put in; no tag is not made `latest`."""

    registry: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def normalized(self) -> str:
        """The reference with all that was left out but a tag: `docker.io/library/redis:7` for `redis:7`."""
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.registry}/{self.repository}{tag}{digest}"


def reference(text: str) -> ImageReference | None:
    """The reference that the text is; None where it is not one, or has parts still to be filled in."""
    if len(text) > LONGEST or _IDENTIFIER.fullmatch(text):
        return None
    rest, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        return None
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        name, colon, tag = rest, "", ""
    if colon and not _TAG.fullmatch(tag):
        return None
    registry, path = _split(name)
    if not _HOST.fullmatch(registry) or len(path) > 255 or not _PATH.fullmatch(path):
        return None
    return ImageReference(registry, path, tag or None, digest or None)


def _split(name: str) -> tuple[str, str]:
    """The first part is a host where it could not be a user's name: it has a dot, a colon or a capital."""
    first, slash, rest = name.partition("/")
    is_host = slash and ("." in first or ":" in first or first == "localhost" or first != first.lower())
    registry, path = (first, rest) if is_host else ("docker.io", name)
    if registry in ("docker.io", "index.docker.io"):
        return "docker.io", path if "/" in path else f"library/{path}"
    return registry, path
