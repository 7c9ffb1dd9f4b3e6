"""The declarations of all probes, kept between runs.

The engine plans by them and never calls a probe: to import all probes, with the parsers that they use, would cost it
more than all else in a run that has nothing to do.
"""

import json
from contextlib import suppress
from time import time
from typing import NoReturn

from codegenie import registry
from codegenie.cache import Blobs
from codegenie.hashing import digest_of
from codegenie.probe import Probe, ProbeInputs


def declarations(home: Blobs | None, *, keep: bool) -> tuple[Probe, ...]:
    """Every probe's declaration, in name order, as `registry.all_probes` has them but for `run`.

    `home` is where the user's things are kept that no repository is about; they are kept there if `keep`.
    """
    key = digest_of(["declarations", registry.code_fingerprint()])
    if home and (kept := home.get(key)):
        return tuple(_restored(fields) for fields in json.loads(kept))
    probes = registry.all_probes()
    if home and keep:
        with suppress(OSError):  # they are found out anew each time
            home.put(key, json.dumps([_told(probe) for probe in probes]).encode(), time())
    return probes


def _told(probe: Probe) -> dict[str, object]:
    return {name: value for name, value in probe._asdict().items() if name != "run"}


def _restored(fields: dict[str, object]) -> Probe:
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return Probe(**plain, run=_elsewhere)  # type: ignore[arg-type]


def _elsewhere(_inputs: ProbeInputs) -> NoReturn:
    raise TypeError("a probe runs in a worker; the engine knows its declaration only")
