"""Kill -9 of everything at any moment: nothing is torn, nothing survives, the next gather equals a clean one."""

import os
import shutil
import signal
import time
from functools import partial

from tests.conftest import Figures
from tests.torture.harness import DOORS, SEED, Bench, alive, chance, dead_within, rounds

# In a session of its own, deaf to what can be ignored, with a child.
ESCAPE = """subprocess.Popen(["setsid", "sh", "-c", "trap '' HUP INT TERM; sleep 71 & sleep 72"])\n"""


def test_a_gather_killed_at_a_random_moment(bench: Bench, figures: Figures) -> None:
    """The contents alternate, the doors too; half of the time nothing is in the cache, so that workers are at work."""
    bench.house.probe("escaping", f"{ESCAPE}time.sleep(0.05)\nreturn ProbeOutput({{}})")
    bench.learn()
    random = chance("kills")
    old, new = "A", "B"
    bench.put(old)
    assert bench.gather().code == 0
    longest = _seconds(bench, new)
    for number in range(rounds(12, 500)):
        marker = f"torture-{os.getpid()}-{number}"
        if random.random() < 0.5:
            shutil.rmtree(bench.out / "cache/blobs", ignore_errors=True)
        before = bench.whole()
        bench.put(new)
        run = bench.start(door=random.choice(DOORS), marker=marker)
        time.sleep(random.uniform(0.0, longest))
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()

        survivors = dead_within(2, partial(alive, marker))
        figures["survivors found"] += len(survivors)
        where = f"round {number} of TORTURE_SEED={SEED}"
        assert survivors == [], where
        assert bench.whole() in (before, new), where
        bench.check_recovery(new)
        figures["kills survived"] += 1
        old, new = new, old


def _seconds(bench: Bench, content: str) -> float:
    """How long a gather takes in which workers are at work."""
    shutil.rmtree(bench.out / "cache/blobs")
    bench.put(content)
    began = time.monotonic()
    bench.start(door="doit").communicate()
    return time.monotonic() - began
