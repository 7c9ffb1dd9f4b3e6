"""An interrupt is heard once, and cannot be lost.

Each test is a process of its own: an interrupt that comes late must not hit the tests.
"""

import signal
import subprocess
import sys
import textwrap

from codegenie.interrupts import Interrupts

PREPARED = """
import os, signal, time
from codegenie.interrupts import Interrupts

interrupts = Interrupts()
interrupts.listen()

def interrupt():
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.01)
"""


def said(script: str) -> list[str]:
    """The lines that a script prints, which must come to its end."""
    process = subprocess.run(
        [sys.executable, "-c", PREPARED + textwrap.dedent(script)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return process.stdout.split()


def test_an_interrupt_that_a_finalizer_swallows_comes_again() -> None:
    script = """
        class Swallowing:
            def __del__(self):
                interrupt()

        try:
            Swallowing()  # what is raised in there is only printed
            print("swallowed", flush=True)
            time.sleep(30)
        except KeyboardInterrupt:
            interrupts.end()
            print("interrupted", interrupts.heard)
    """
    assert said(script)[-2:] == ["interrupted", "True"]


def test_it_comes_no_more_once_the_gather_is_ending() -> None:
    script = """
        try:
            interrupt()
        except KeyboardInterrupt:
            interrupts.end()
            interrupt()
            time.sleep(0.5)
            print("ended")
    """
    assert said(script) == ["ended"]


def test_a_gather_that_is_ending_is_not_interrupted() -> None:
    script = """
        interrupts.end()
        interrupt()
        print(interrupts.heard)
    """
    assert said(script) == ["False"]


def test_what_was_there_before_is_put_back() -> None:
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    before = [signal.getsignal(name) for name in signals]
    interrupts = Interrupts()
    interrupts.listen()
    interrupts.release()
    assert [signal.getsignal(name) for name in signals] == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
