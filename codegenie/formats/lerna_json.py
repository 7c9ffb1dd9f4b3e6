"""lerna.json: the workspace of repositories that leave it to lerna."""

from typing import NamedTuple

from codegenie.formats.json_lines import lines_of
from codegenie.formats.json_text import load_object
from codegenie.formats.plain import text_of


class LernaJson(NamedTuple):
    """`packages` is None where lerna takes the patterns of the package manager."""

    npm_client: str | None
    npm_client_line: int | None
    packages: tuple[str, ...] | None
    packages_line: int | None


def parse(content: bytes) -> LernaJson:
    """Read the file.  Raises Unparsable."""
    value = load_object(content)
    lines = lines_of(text_of(content), depth=1)
    client, packages = value.get("npmClient"), value.get("packages")
    return LernaJson(
        npm_client=client if isinstance(client, str) else None,
        npm_client_line=lines.get(("npmClient",)),
        packages=tuple(item for item in packages if isinstance(item, str)) if isinstance(packages, list) else None,
        packages_line=lines.get(("packages",)),
    )
