"""What the things that a pipeline uses do: actions of GitHub, tasks of Azure, pipes, plugins, and Travis' providers.

The table is `catalogues/ci_actions.json`.  Of an entry, `does` is what it does whatever it is given, `command` what it
does by one of its inputs; `setup` names the inputs for the version of each runtime that it installs, and `cache` and
`artifact` those for what it keeps.
"""

from collections.abc import Mapping
from typing import Any

_TABLES = {"deploy provider": ("providers",), "pipe": ("pipes",), "plugin": ("plugins",)}
_OTHERS = ("actions", "tasks")

Entry = Mapping[str, Any]


class Actions:
    """Looks up what is used by its kind and name; GitHub and Azure take a name in any case."""

    def __init__(self, catalogue: Mapping[str, Mapping[str, Entry]]) -> None:
        self._tables = {
            name: {key.lower(): entry for key, entry in catalogue[name].items()}
            for name in (*_OTHERS, *(table for tables in _TABLES.values() for table in tables))
        }

    def find(self, kind: str, name: str) -> Entry:
        """The entry of what is used; an empty one where there is none."""
        tables = (self._tables[table] for table in _TABLES.get(kind, _OTHERS))
        return next((table[name.lower()] for table in tables if name.lower() in table), {})
