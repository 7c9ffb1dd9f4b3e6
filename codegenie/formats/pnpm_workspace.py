"""pnpm-workspace.yaml: the workspace's patterns, and since pnpm 10 the settings that were in .npmrc."""

from typing import NamedTuple

from codegenie.formats.catalogs import Bound, bound
from codegenie.formats.npmrc import SETTINGS, Setting
from codegenie.formats.parsed_once import parsed_once
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import documents


class PnpmWorkspace(NamedTuple):
    """`packages` is None where the file has none: then it holds settings only, and the root is the only member."""

    packages: tuple[str, ...] | None
    packages_line: int | None
    catalogs: tuple[str, ...]
    """Names of the catalogs, the unnamed one as "default"."""
    bound: tuple[Bound, ...]
    """The versions in catalogues and `overrides`."""
    settings: tuple[Setting, ...]
    """Settings that change an install, under their .npmrc names (`nodeLinker` is node-linker), sorted."""

    def last(self, name: str) -> Setting | None:
        """The setting of that name."""
        return next((setting for setting in self.settings if setting.name == name), None)


@parsed_once(16)
def parse(content: bytes) -> PnpmWorkspace:
    """Read the file.  Raises Unparsable."""
    found = documents(content, depth=3)
    value, lines = (found[0].value, found[0].lines) if found else (None, {})
    if not isinstance(value, dict | None):
        raise Unparsable("not a YAML mapping")
    value = value or {}
    packages = value.get("packages")
    catalogs = value.get("catalogs")
    named = {"default"} if isinstance(value.get("catalog"), dict) else set()
    settings = [
        Setting(name, str(item).lower() if isinstance(item, bool) else str(item), lines.get((key,), 1))
        for key, item in value.items()
        if (name := _kebab(key)) in SETTINGS and isinstance(item, str | bool | int)
    ]
    return PnpmWorkspace(
        packages=tuple(item for item in packages if isinstance(item, str)) if isinstance(packages, list) else None,
        packages_line=lines.get(("packages",)),
        catalogs=tuple(sorted(named | (set(catalogs) if isinstance(catalogs, dict) else set()))),
        bound=tuple(bound(value, lines, "overrides")),
        settings=tuple(sorted(settings, key=lambda setting: setting.name)),
    )


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
