"""The digests of our own files, kept between runs for as long as all of them look as they did.

There are some 550: to read them on every run takes three times as long as to look at them.
"""

import json
import time
from contextlib import suppress
from typing import Any

from codegenie import registry
from codegenie.cache import Blobs
from codegenie.grain import COARSE_NS
from codegenie.hashing import digest_of


def recall(home: Blobs | None, *, keep: bool) -> None:
    """Tell the registry what is known of our files, else find it out; it is kept in `home` if `keep`."""
    if home is None:
        return
    key = digest_of(["fingerprints", registry.data_directory("probes")])
    looks, newest = registry.own_looks()
    kept: dict[str, Any] = json.loads(home.get(key) or "{}")
    if kept.get("looks") == looks:
        registry.know(kept["digests"])
    elif keep and newest < time.time_ns() - COARSE_NS:  # at rest, wherever they lie
        with suppress(OSError):  # they are read again each time
            home.put(key, json.dumps({"looks": looks, "digests": registry.own_digests()}).encode(), time.time())
