"""gradle/verification-metadata.xml: the digests that downloads of a Gradle build must have."""

from collections.abc import Mapping
from typing import NamedTuple

from codegenie.formats.unparsable import Unparsable

MOST_BYTES = 32 << 20
MOST_COMPONENTS = 200_000
_DIGESTS = ("sha512", "sha256", "sha1", "md5")  # the best first
_ARCHIVES = (".jar", ".aar", ".war", ".klib", ".zip")


class Verification(NamedTuple):
    """By `group:name:version` the digest of its archive, `sha256:...`, or of its POM where there is none."""

    digests: Mapping[str, str]
    verifies_metadata: bool | None
    verifies_signatures: bool | None


def parse(content: bytes) -> Verification:
    """Read the file.  Raises Unparsable."""
    from xml.parsers import expat  # late, as in xml_text: 5 ms that a run without such a file need not pay

    if len(content) > MOST_BYTES:
        raise Unparsable(f"over {MOST_BYTES} bytes")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(content, True)
    except Unparsable:
        raise
    except expat.ExpatError as error:
        raise Unparsable(f"not XML: line {error.lineno}") from None
    except (LookupError, ValueError):
        raise Unparsable("an encoding that is not known") from None
    if not reader.is_ours:
        raise Unparsable("no metadata of verification")
    return Verification(
        reader.digests, reader.settings.get("verify-metadata"), reader.settings.get("verify-signatures")
    )


class _Reader:
    """Takes one element after the other, and keeps one digest a component: such files reach 20 MiB."""

    def __init__(self) -> None:
        self.digests: dict[str, str] = {}
        self.settings: dict[str, bool] = {}
        self.is_ours = False
        self._component = ""
        self._artifact = ""
        self._best: tuple[bool, int] | None = None
        self._setting = ""
        self._depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self.is_ours = name.rpartition(":")[2] == "verification-metadata"
        elif name == "component":
            parts = (attributes.get("group", ""), attributes.get("name", ""), attributes.get("version", ""))
            self._component, self._best = ":".join(parts), None
            if len(self.digests) > MOST_COMPONENTS:
                raise Unparsable(f"more than {MOST_COMPONENTS} components")
        elif name == "artifact":
            self._artifact = attributes.get("name", "")
        elif name in _DIGESTS and self._component and self._artifact and (value := attributes.get("value")):
            self._take(name, value)
        elif name in ("verify-metadata", "verify-signatures"):
            self._setting = name

    def _take(self, name: str, value: str) -> None:
        rank = (not self._artifact.endswith(_ARCHIVES), _DIGESTS.index(name))
        if (self._best is None or rank < self._best) and len(value) <= 128:
            self._best = rank
            self.digests[self._component] = f"{name}:{value}"

    def end(self, name: str) -> None:
        self._depth -= 1
        if name == "component":
            self._component = ""
        elif name == "artifact":
            self._artifact = ""
        self._setting = ""

    def text(self, data: str) -> None:
        if self._setting and data.strip() in ("true", "false"):
            self.settings[self._setting] = data.strip() == "true"

    def refuse(self, *_declaration: object) -> None:
        raise Unparsable("a document type, which may declare entities")
