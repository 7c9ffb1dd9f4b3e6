"""The signals that end a gather: the first interrupts it, what follows on its heels is not heard."""

import os
import signal
import time
from typing import Any

from codegenie.errors import INTERRUPTED

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 1.0  # seconds; ending takes less, and whoever asks again after that wants no more of it


class Interrupts:
    """Raises KeyboardInterrupt in the main thread at the first of the signals, up to `end`; then ends in peace.

    `heard` says whether there was one.
    """

    def __init__(self) -> None:
        self.heard = False
        self._ending_since: float | None = None
        self._before: dict[signal.Signals, Any] = {}

    def listen(self) -> None:
        """From here on; a signal that the caller has the process ignore (nohup) stays ignored."""
        for name in ENDING:
            if signal.getsignal(name) is not signal.SIG_IGN:
                self._before[name] = signal.signal(name, self._hear)

    def end(self) -> None:
        """The gather is ending anyway: interrupt it no more."""
        if self._ending_since is None:
            self._ending_since = time.monotonic()

    def release(self) -> None:
        """Put back what was there before."""
        while self._before:
            signal.signal(*self._before.popitem())

    def _hear(self, _signal: int, _frame: object) -> None:
        if self._ending_since is None:
            self.heard = True
            self.end()
            raise KeyboardInterrupt
        if time.monotonic() - self._ending_since > _PATIENCE:
            os._exit(INTERRUPTED)  # the keepers clean up, and what was half-written is swept next time
