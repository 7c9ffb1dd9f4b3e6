"""What it costs to be asked: --help and --version answer before anything is imported."""

import sys
import time
from pathlib import Path

from bench.measure import console, cpu_seconds, in_turn

MOST_TIMES_AN_EMPTY_PYTHON = 1.6
CANARY_SECONDS = 0.2


def test_help_costs_little_more_than_an_empty_python(tmp_path: Path) -> None:
    ours, empty = in_turn(console("--help"), [sys.executable, "-c", "pass"], tmp_path)
    print(f"\n--help: {ours * 1000:.1f} ms CPU, {ours / empty:.2f} x an empty python ({empty * 1000:.1f} ms)")
    assert ours / empty <= MOST_TIMES_AN_EMPTY_PYTHON


def test_help_answers_at_once(tmp_path: Path) -> None:
    walls = []
    for _ in range(5):
        began = time.monotonic()
        cpu_seconds(console("--help"), tmp_path)
        walls.append(time.monotonic() - began)
    print(f"\n--help: {sorted(walls)[2] * 1000:.0f} ms on the wall, median of 5")
    assert sorted(walls)[2] <= CANARY_SECONDS
