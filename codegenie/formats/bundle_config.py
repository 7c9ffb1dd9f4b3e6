""".bundle/config: settings of Bundler that change an install; no credential can come out of it."""

from typing import NamedTuple

from codegenie.formats.npmrc import Setting
from codegenie.formats.unparsable import Unparsable
from codegenie.formats.yaml_text import documents

# A list of names that may leave: those of hosts hold credentials.  https://bundler.io/man/bundle-config.1.html
SETTINGS = frozenset({
    "BUNDLE_BIN", "BUNDLE_CACHE_ALL", "BUNDLE_CACHE_ALL_PLATFORMS", "BUNDLE_CLEAN", "BUNDLE_DEPLOYMENT",
    "BUNDLE_FORCE_RUBY_PLATFORM", "BUNDLE_FROZEN", "BUNDLE_GEMFILE", "BUNDLE_JOBS", "BUNDLE_NO_PRUNE", "BUNDLE_ONLY",
    "BUNDLE_PATH", "BUNDLE_PATH__SYSTEM", "BUNDLE_RETRY", "BUNDLE_SPECIFIC_PLATFORM", "BUNDLE_WITH", "BUNDLE_WITHOUT",
})  # fmt: skip


class BundleConfig(NamedTuple):
    """The settings, by name."""

    settings: tuple[Setting, ...]


def parse(content: bytes) -> BundleConfig:
    """Read the file.  Raises Unparsable."""
    found = documents(content, depth=1)
    value, lines = (found[0].value, found[0].lines) if found else ({}, {})
    if not isinstance(value or {}, dict):
        raise Unparsable("not a YAML mapping")
    return BundleConfig(
        tuple(
            Setting(name, str(item).lower() if isinstance(item, bool) else str(item), lines.get((name,), 1))
            for name, item in sorted((value or {}).items())
            if name in SETTINGS and isinstance(item, str | int | bool)
        )
    )
