"""What the globs of all probes match, kept between runs for as long as the list of paths stays the same.

The globs and the list alone decide it.  To compile some hundred globs takes a tenth of a small gather that has nothing
to do, and to search 60,000 paths by them a fifth of a large one.
"""

import json

from codegenie import registry
from codegenie.hashing import digest_of, sealed, unsealed
from codegenie.inventory import Inventory
from codegenie.state import State

_CAP = 64 << 20


def recall(state: State, inventory: Inventory) -> None:
    """Tell the inventory what was matched over its list before; nothing where that is damaged, or another's."""
    content = state.read(state.matches, _CAP) or b""
    key, runs = json.loads(unsealed(content.decode("utf-8", "replace"), state.secret) or "[null, {}]")
    if key == _key(inventory):
        inventory.lookup.recall(runs)


def keep(state: State, inventory: Inventory) -> None:
    """Write down what was matched, where any of it had to be searched for.  Raises OSError."""
    if inventory.lookup.searched:
        told = json.dumps([_key(inventory), inventory.lookup.runs()], separators=(",", ":"))
        state.write(state.matches, sealed(told, state.secret).encode())


def _key(inventory: Inventory) -> str:
    return digest_of([registry.code_fingerprint(), inventory.names_digest])
