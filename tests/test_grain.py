"""A file system is believed to tell times finely only where it is known to."""

import os
import time
from pathlib import Path

import pytest

from codegenie.grain import COARSE_NS, FINE_NS, ahead_ns, grain_ns, settled_ns


def test_whole_seconds_are_coarse_wherever_they_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ext4 does whose inodes have 128 bytes: it was the default for small ones."""
    found = os.stat(tmp_path)
    of_seconds = os.stat_result(found[:10], {"st_dev": found.st_dev, "st_ctime_ns": found.st_ctime_ns // 10**9 * 10**9})
    assert of_seconds.st_dev == found.st_dev
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", lambda _: of_seconds)
        told = grain_ns(str(tmp_path))
    assert told == COARSE_NS


def test_what_is_not_there_is_coarse(tmp_path: Path) -> None:
    assert grain_ns(str(tmp_path / "nothing")) == COARSE_NS


def test_it_is_one_of_the_two(tmp_path: Path) -> None:
    assert grain_ns(str(tmp_path)) in (FINE_NS, COARSE_NS)


def test_a_clock_that_is_set_back_makes_what_was_written_since_no_older(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, ahead, hour = time.time_ns(), ahead_ns(), 3600 * 10**9
    settled = began - grain_ns(str(tmp_path))
    assert settled - COARSE_NS < settled_ns(str(tmp_path), began, ahead) <= settled
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() - hour)
    written = time.time_ns()
    assert settled_ns(str(tmp_path), began, ahead) <= written


def test_a_clock_that_is_set_forward_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began, ahead = time.time_ns(), ahead_ns()
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 10**12)
    assert settled_ns(str(tmp_path), began, ahead) == began - grain_ns(str(tmp_path))
