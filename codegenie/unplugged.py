"""doit without its plugins, for the console script: it obeys nothing that happens to be installed, and starts sooner.

doit looks for plugins through importlib.metadata, whose import costs a fifth of a gather with nothing to do
(docs/decisions/0016).
"""

import sys
from types import ModuleType
from typing import Any


class PluginDict(dict[str, Any]):
    """What doit 0.37 asks of `doit.plugin`: a dictionary of its own commands, backends and reporters."""

    def add_plugins(self, cfg_data: object, category: str) -> None:
        """Add none."""

    def get_plugin(self, key: str) -> Any:
        """One of doit's own."""
        return self[key]

    def to_dict(self) -> dict[str, Any]:
        """All of doit's own."""
        return dict(self)


def unplug() -> None:
    """Let `import doit` find this instead of its plugin module; to be called before that."""
    module = ModuleType("doit.plugin", __doc__)
    vars(module)["PluginDict"] = PluginDict
    sys.modules.setdefault("doit.plugin", module)
