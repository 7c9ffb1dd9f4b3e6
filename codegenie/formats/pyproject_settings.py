"""How a pyproject.toml has its packages installed: workspaces, indexes and settings of uv, poetry, pdm and rye."""

from collections.abc import Iterator

from codegenie.formats.hosts import host_of
from codegenie.formats.pyproject_tables import Index, Setting, Tables, Workspace

_RYE_SOURCES = ("tool", "rye", "sources")
_SETTINGS = {
    "uv": (
        *("managed", "package", "default-groups", "exclude-newer", "index-strategy", "link-mode", "no-binary"),
        *("no-binary-package", "no-build", "no-build-isolation", "no-build-isolation-package", "no-build-package"),
        *("no-index", "no-sources", "prerelease", "python-preference", "resolution", "required-environments"),
        *("environments", "fork-strategy", "universal"),
    ),
    "poetry": ("package-mode",),
    "pdm": ("distribution", "ignore_package_warnings", "plugins"),
    "rye": ("managed", "virtual", "universal", "generate-hashes", "lock-with-sources"),
}


def workspace(tables: Tables) -> Workspace | None:
    """The packages that are locked together."""
    for way in (("tool", "uv", "workspace"), ("tool", "rye", "workspace")):
        if isinstance(tables.at(*way), dict):
            members, exclude = tables.items(*way, "members"), tables.items(*way, "exclude")
            return Workspace(
                tables.shown(*way),
                tuple(item for item in members if isinstance(item, str)),
                tuple(item for item in exclude if isinstance(item, str)),
                tables.line(*way),
            )
    return None


def indexes(tables: Tables) -> Iterator[Index]:
    """Where packages come from, and where they go to."""
    for way in (("tool", "uv", "index"), ("tool", "poetry", "source"), ("tool", "pdm", "source"), _RYE_SOURCES):
        for position, item in enumerate(tables.items(*way, quiet=True)):
            if isinstance(item, dict) and isinstance(address := item.get("url"), str):
                name = item.get("name")
                yield Index(
                    "install", name if isinstance(name, str) else None, host_of(address),
                    tables.line(*way, position, "url"),
                )  # fmt: skip
            if isinstance(item, dict) and isinstance(address := item.get("publish-url"), str):
                yield Index("publish", None, host_of(address), tables.line(*way, position, "publish-url"))
    for field, use in (("index-url", "install"), ("extra-index-url", "install"), ("publish-url", "publish")):
        way = ("tool", "uv", field)
        found = tables.at(*way)
        for address in [found] if isinstance(found, str) else found if isinstance(found, list) else ():
            if isinstance(address, str):
                yield Index(use, None, host_of(address), tables.line(*way))


def settings(tables: Tables) -> Iterator[Setting]:
    """What changes an install."""
    for tool, names in _SETTINGS.items():
        for name in names:
            value = tables.at("tool", tool, name)
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                value = ", ".join(value)
            if isinstance(value, bool):
                value = str(value).lower()
            if isinstance(value, str | int):
                yield Setting(tables.shown("tool", tool, name), str(value), tables.line("tool", tool, name))
