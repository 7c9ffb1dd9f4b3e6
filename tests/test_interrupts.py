"""An interrupt is heard once, and cannot be lost."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from codegenie.interrupts import Interrupts


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    found = Interrupts()
    found.listen()
    yield found
    found.end()
    found.release()


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.01)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_a_finalizer_swallows_comes_again(interrupts: Interrupts) -> None:
    class Swallowing:
        def __del__(self) -> None:
            interrupt()

    Swallowing()  # what is raised in there is only printed
    assert interrupts.heard

    with pytest.raises(KeyboardInterrupt):
        time.sleep(5)


def test_it_comes_no_more_once_the_gather_is_ending(interrupts: Interrupts) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    interrupts.end()

    interrupt()
    time.sleep(0.5)


def test_a_gather_that_is_ending_is_not_interrupted(interrupts: Interrupts) -> None:
    interrupts.end()
    interrupt()
    assert not interrupts.heard


def test_what_was_there_before_is_put_back(interrupts: Interrupts) -> None:
    interrupts.release()
    handlers = [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]
    assert handlers == [signal.default_int_handler, signal.SIG_DFL, signal.SIG_DFL]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
