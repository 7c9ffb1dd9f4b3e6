""".yarnrc.yml of yarn 2 and later, and .yarnrc of yarn 1; no credential can come out of them."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from codegenie.formats.catalogs import Bound, bound
from codegenie.formats.hosts import REGISTRY_KEY, Registry, host_of
from codegenie.formats.npmrc import MOST_SETTINGS, Setting
from codegenie.formats.patterns import lazily
from codegenie.formats.plain import Key, text_of
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import documents

# What changes an install; a list of names that may leave, for the same reason as that of .npmrc.
SETTINGS = (
    "checksumBehavior", "compressionLevel", "defaultSemverRangePrefix", "enableGlobalCache", "enableHardenedMode",
    "enableImmutableInstalls", "enableInlineBuilds", "enableScripts", "enableStrictSsl", "immutablePatterns",
    "installStatePath", "nmHoistingLimits", "nmMode", "nodeLinker", "npmMinimalAgeGate", "patchFolder", "pnpMode",
    "pnpFallbackMode", "pnpEnableEsmLoader", "tsEnableAutoTypes", "virtualFolder", "yarnPath",
)  # fmt: skip
_CLASSIC = lazily(r"""[ \t]*("[^"\n]*"|[^\s"#]\S*)[ \t]+("[^"\n]*"|[^\s"]\S*)[ \t]*$""", re.MULTILINE)


class Yarnrc(NamedTuple):
    """The file's registries, and those of its settings that change an install, sorted by name."""

    registries: tuple[Registry, ...]
    settings: tuple[Setting, ...]
    bound: tuple[Bound, ...] = ()
    """The ranges in its catalogues."""

    def last(self, name: str) -> Setting | None:
        """The setting of that name."""
        return next((setting for setting in self.settings if setting.name == name), None)


def parse(content: bytes) -> Yarnrc:
    """Read .yarnrc.yml.  Raises Unparsable."""
    found = documents(content, depth=3)
    value, lines = (found[0].value, found[0].lines) if found else (None, {})
    if not isinstance(value, dict | None):
        raise Unparsable("not a YAML mapping")
    value = value or {}
    registries = _registries(value, lines)
    if len(registries) > MOST_SETTINGS:
        raise Unparsable(f"more than {MOST_SETTINGS} settings")
    settings = [
        Setting(name, _text(value[name]), lines.get((name,), 1))
        for name in SETTINGS
        if isinstance(value.get(name), str | bool | int)
    ]
    return Yarnrc(tuple(registries), tuple(settings), tuple(bound(value, lines)))


def parse_classic(content: bytes) -> Yarnrc:
    """Read .yarnrc; a line that is no pair of words is passed over.  Raises Unparsable."""
    text = text_of(content)
    registries, settings = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        pair = _CLASSIC.fullmatch(line.rstrip("\r"))
        name, value = (pair[1].strip('"'), pair[2].strip('"')) if pair else ("", "")
        if key := REGISTRY_KEY.fullmatch(name):
            registries.append(Registry(key[1], host_of(value), number))
        elif name == "yarn-path" or name.startswith("--install."):
            settings.append(Setting(name, value, number))
        if len(registries) + len(settings) > MOST_SETTINGS:
            raise Unparsable(f"more than {MOST_SETTINGS} settings")
    return Yarnrc(tuple(registries), tuple(sorted(settings, key=lambda setting: setting.name)))


def _registries(value: Mapping[str, Any], lines: Mapping[Key, int]) -> list[Registry]:
    scopes = value.get("npmScopes")
    named = [(None, value.get("npmRegistryServer"), ("npmRegistryServer",))] + [
        (f"@{scope}", settings.get("npmRegistryServer"), ("npmScopes", scope, "npmRegistryServer"))
        for scope, settings in (scopes.items() if isinstance(scopes, dict) else ())
        if isinstance(settings, dict) and REGISTRY_KEY.fullmatch(f"@{scope}:registry")
    ]
    return [Registry(scope, host_of(server), lines.get(key)) for scope, server, key in named if isinstance(server, str)]


def _text(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
