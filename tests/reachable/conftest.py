"""The one fixture of these tests."""

from pathlib import Path

import pytest

from tests.reachable.entries import Ask, asker


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """What a probe says of files and of the slices that it requires."""
    return asker(tmp_path)
