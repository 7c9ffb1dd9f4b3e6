"""The signals that end a gather: the first interrupts it, what follows on its heels is not heard.

Python drops an exception that comes up in a finalizer or a callback of the interpreter's own; so the interrupt comes
again until the gather is seen to end.
"""

import os
import signal
import time
from typing import Any

from codegenie.errors import INTERRUPTED

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 1.0  # seconds; ending takes less, and whoever asks again after that wants no more of it
_AGAIN = 0.3  # seconds after which an interrupt that has led to nothing is repeated


class Interrupts:
    """Raises KeyboardInterrupt in the main thread at the first of the signals, up to `end`; then ends in peace.

    `heard` says whether there was one.
    """

    def __init__(self) -> None:
        self.heard = False
        self._is_ending = False
        self._since = 0.0
        self._before: dict[signal.Signals, Any] = {}

    def listen(self) -> None:
        """From here on; a signal that the caller has the process ignore (nohup) stays ignored."""
        for name in ENDING:
            if signal.getsignal(name) is not signal.SIG_IGN:
                self._before[name] = signal.signal(name, self._hear)
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._repeat)

    def end(self) -> None:
        """The gather is ending anyway: interrupt it no more."""
        if not self._is_ending:
            self._is_ending = True
            self._since = self._since or time.monotonic()

    def release(self) -> None:
        """Put back what was there before."""
        if self._before:
            signal.setitimer(signal.ITIMER_REAL, 0)
        while self._before:
            signal.signal(*self._before.popitem())

    def _hear(self, _signal: int, _frame: object) -> None:
        if not self.heard and not self._is_ending:
            self.heard = True
            self._since = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, _AGAIN, _AGAIN)
            raise KeyboardInterrupt
        if time.monotonic() - self._since > _PATIENCE:
            os._exit(INTERRUPTED)  # the keepers clean up, and what was half-written is swept next time

    def _repeat(self, _signal: int, _frame: object) -> None:
        if not self._is_ending:
            raise KeyboardInterrupt
        signal.setitimer(signal.ITIMER_REAL, 0)
