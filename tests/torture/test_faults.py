"""Crash-safe: whatever fails, and whenever the process dies, the document is the old or the new one, whole.

Each fault comes at call N of a gather, for N = 1, 2, 3... until a gather ends before it reaches N.
"""

import shutil
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.conftest import Figures
from tests.torture.harness import DOCUMENTED, LONG, SEED, Bench, Ended, Fault, complaint

Kinds = list[tuple[str, bool]]
"""How a call fails, and whether all later ones do too."""

FAILING = [(how, persist) for how in ("ENOSPC", "EIO", "EROFS", "EDQUOT") for persist in (False, True)]
WRITING = [("short", False), ("short", True), ("torn", False)]
DYING = [("die", False), ("die torn", False), ("die after", False)]
KINDS = [*FAILING, *WRITING, *DYING]
DOCUMENT = "repo-context.yaml"


def restored(bench: Bench) -> None:
    """Everything was gathered before: no worker is needed."""


def to_be_run(bench: Bench) -> None:
    """The cache is empty: workers run, and blobs are written."""
    shutil.rmtree(bench.out / "cache/blobs", ignore_errors=True)


def cold(bench: Bench) -> None:
    """The first gather of this user; whose home, if it was read-only and is no more, makes a stranger of him."""
    shutil.rmtree(bench.out, ignore_errors=True)
    shutil.rmtree(bench.home / ".codegenie", ignore_errors=True)


def a_strangers(bench: Bench) -> None:
    """The stamp does not fit, so that all there is is set aside."""
    shutil.rmtree(bench.out / "set-aside", ignore_errors=True)
    (bench.out / "state/owner").write_text("a stranger's")


# How many of the calls get a fault in a short run, and the first of them: one of so many.
SCENES: dict[str, tuple[Callable[[Bench], None], int]] = {
    "restored": (restored, 7),
    "run": (to_be_run, 23),
    "cold": (cold, 23),
    "a stranger's": (a_strangers, 23),
}


@pytest.mark.parametrize(("scene", "sample"), SCENES.values(), ids=SCENES.keys())
def test_the_document_is_the_old_or_the_new_one_and_the_next_gather_is_clean(
    bench: Bench, figures: Figures, scene: Callable[[Bench], None], sample: int
) -> None:
    """At every call of a gather with every kind of fault in a long run; in a short one, at some, with one kind each."""

    def kinds(at: int) -> Kinds:
        return KINDS if LONG else [KINDS[(at // sample + SEED) % len(KINDS)]]

    numbers = count(1) if LONG else count(1 + SEED % sample, sample)
    _torture(bench, figures, scene, numbers, kinds)


def test_no_call_on_the_document_itself_can_harm_it(bench: Bench, figures: Figures) -> None:
    """Every call on it and on its temporary file, with every kind of fault that can tear it."""
    kinds = [("ENOSPC", False), ("EIO", True), *WRITING, *DYING]
    _torture(bench, figures, restored, count(1), lambda _: kinds, on=DOCUMENT)


def _torture(
    bench: Bench,
    figures: Figures,
    scene: Callable[[Bench], None],
    numbers: Iterator[int],
    kinds: Callable[[int], Kinds],
    on: str = "",
) -> None:
    old, new = "A", "B"
    bench.put("A")
    assert bench.gather().code == 0
    for at in numbers:
        reached = False
        for how, persist in kinds(at):
            scene(bench)
            before = {bench.whole(), *([None] if scene is a_strangers else [])}
            bench.put(new)
            ended = bench.gather(fault=Fault(at, how, persist, on))
            try:
                _check(bench, ended, how, before, new)
                bench.check_recovery(new, aside=scene is a_strangers or (scene is cold and how == "EROFS"))
            except AssertionError as error:
                raise AssertionError(f"call {at}, {how}{', persisting' if persist else ''}: {ended}") from error
            old, new = new, old
            if ended.failed_at:
                reached = True
                figures["kills survived" if how.startswith("die") else "faults injected"] += 1
        if not reached:
            break


def _check(bench: Bench, ended: Ended, how: str, before: set[str | None], new: str) -> None:
    found = bench.whole()
    if how.startswith("die") and ended.failed_at:
        assert ended.code == 137
    else:
        assert ended.code in DOCUMENTED
        complaint(ended.err)
    if ended.code == 0:
        assert found == new
    elif ended.code in DOCUMENTED:
        assert ended.err.startswith("codegenie: ") or "\ncodegenie: " in ended.err
    assert found in {*before, new}
