""".npmrc, the ini file that npm, pnpm, yarn classic and bun read; no credential can come out of it."""

import re
from typing import NamedTuple

from codegenie.formats.hosts import REGISTRY_KEY, Registry, host_of
from codegenie.formats.plain import text_of
from codegenie.formats.unparsable import Unparsable

# What changes an install.  A list of names that may leave, since no list of those that may not is ever complete.
SETTINGS = frozenset((
    "access", "auto-install-peers", "dedupe-peer-dependents", "engine-strict", "enable-pre-post-scripts", "force",
    "foreground-scripts", "hoist", "hoist-pattern", "ignore-dep-scripts", "ignore-scripts",
    "ignore-workspace-root-check", "include", "include-workspace-root", "inject-workspace-packages", "install-links",
    "install-strategy", "legacy-bundling", "legacy-peer-deps", "link-workspace-packages", "lockfile",
    "manage-package-manager-versions", "minimum-release-age", "modules-dir", "node-linker", "node-version", "omit",
    "only-built-dependencies", "optional", "package-import-method", "package-lock", "package-manager-strict",
    "package-manager-strict-version", "prefer-dedupe", "prefer-frozen-lockfile", "prefer-offline",
    "prefer-workspace-packages", "production", "provenance", "public-hoist-pattern", "recursive-install",
    "resolution-mode", "resolve-peers-from-workspace-root", "save-exact", "save-prefix", "save-workspace-protocol",
    "script-shell", "shamefully-hoist", "shared-workspace-lockfile", "side-effects-cache", "shell-emulator",
    "strict-peer-dependencies", "strict-peer-deps", "symlink", "use-lockfile-v6", "use-node-version", "workspaces",
    "workspaces-update",
))  # fmt: skip


MOST_SETTINGS = 1000
"""In one file; a line of `registry=` is 9 bytes, and its facts are a hundred."""


class Setting(NamedTuple):
    """One setting as written."""

    name: str
    value: str
    line: int


class Npmrc(NamedTuple):
    """The file's registries, and those of its settings that change an install, each in the file's order."""

    registries: tuple[Registry, ...]
    settings: tuple[Setting, ...]

    def last(self, name: str) -> Setting | None:
        """The setting of that name that counts."""
        return next((setting for setting in reversed(self.settings) if setting.name == name), None)


def parse(content: bytes) -> Npmrc:
    """Read the file; any text is one, but for its length.  Raises Unparsable."""
    registries, settings = [], []
    for number, line in enumerate(re.split("\r\n|\r|\n", text_of(content)), start=1):
        name, value = _entry(line)
        if key := REGISTRY_KEY.fullmatch(name):
            registries.append(Registry(key[1], host_of(value), number))
        elif name in SETTINGS:
            settings.append(Setting(name, value, number))
        if len(registries) + len(settings) > MOST_SETTINGS:
            raise Unparsable(f"more than {MOST_SETTINGS} settings")
    return Npmrc(tuple(registries), tuple(settings))


def _entry(line: str) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    return _unquoted(name).removesuffix("[]"), _unquoted(value) if equals else "true"


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
