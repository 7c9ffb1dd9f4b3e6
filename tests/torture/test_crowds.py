"""Several gathers at once: each ends well or says that it gives way, and the result is that of one."""

import os
import shutil
import signal
import time
from functools import partial

from tests.conftest import Figures
from tests.torture.harness import DOORS, Bench, alive, chance, complaint, dead_within, litter, published, rounds

BUSY = 75


def test_gathers_at_once_through_both_doors(bench: Bench, figures: Figures) -> None:
    """Two and eight, a little apart; patient and not; over state that is there, and over none."""
    random = chance("crowds")
    for number in range(rounds(5, 250)):
        content = "AB"[number % 2]
        bench.put(content)
        if number % 3 == 0:
            shutil.rmtree(bench.out, ignore_errors=True)
        patient = number % 2 == 0
        runs = []
        for _ in range(8 if number % 5 == 4 else 2):
            time.sleep(random.uniform(0.0, 0.05))
            runs.append(bench.start(f"wait={50 if patient else 0}", door=random.choice(DOORS)))
        ended = [(run, *run.communicate(timeout=60)) for run in runs]

        for run, _, err in ended:
            complaint(err)
            assert run.returncode == 0 or (not patient and run.returncode == BUSY and "another gather" in err), err
        assert 0 in {run.returncode for run in runs}
        assert published(bench.out) == bench.clean[content]
        assert litter(bench.out, bench.home) == []
        figures["gathers at once"] += len(runs)


def test_the_one_that_holds_the_repository_is_killed(bench: Bench, figures: Figures) -> None:
    """While others wait for it: one of them goes on at once."""
    bench.house.probe("slow", "time.sleep(0.4)\nreturn ProbeOutput({})")
    bench.learn()
    random = chance("holders")
    for number in range(rounds(2, 60)):
        content = "AB"[number % 2]
        bench.put(content)
        shutil.rmtree(bench.out / "cache/blobs", ignore_errors=True)
        marker = f"torture-{os.getpid()}-{number}"
        holder = bench.start(door="codegenie", marker=marker)
        time.sleep(random.uniform(0.2, 0.4))
        others = [bench.start("wait=50", door=door) for door in DOORS]
        time.sleep(random.uniform(0.1, 0.4))
        os.killpg(holder.pid, signal.SIGKILL)
        holder.communicate()

        survivors = dead_within(2, partial(alive, marker))
        figures["survivors found"] += len(survivors)
        assert survivors == []
        for run in others:
            _, err = run.communicate(timeout=60)
            complaint(err)
            assert run.returncode == 0, err
        assert published(bench.out) == bench.clean[content]
        assert litter(bench.out, bench.home) == []
        figures["kills survived"] += 1
