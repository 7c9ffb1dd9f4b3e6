"""The packages that are still in an image at its end."""

from collections.abc import Mapping, Sequence
from typing import Any


def kept(stages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The installs of stages, each built on the one before, that no later command of them surely removes.

    A removal names a package, or the virtual package of apk that it was installed under.
    """
    gone: set[tuple[str, str]] = set()
    found = []
    for stage in reversed(stages):
        for each in reversed(stage["packages"]):
            manager = each["manager"]
            if each["action"] == "install":
                if not {(manager, each["name"]), (manager, each["group"])} & gone:
                    found.append(each)
            elif each["name"] and not each["conditional"]:
                gone.add((manager, each["name"]))
    return found[::-1]
