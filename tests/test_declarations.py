"""Declarations are those of the probes, from wherever they come."""

from pathlib import Path

import pytest

from codegenie import registry
from codegenie.cache import Blobs
from codegenie.declarations import declarations
from codegenie.probe import Probe
from tests.house import House


def without_run(probes: tuple[Probe, ...]) -> list[dict[str, object]]:
    return [{name: value for name, value in probe._asdict().items() if name != "run"} for probe in probes]


def test_what_is_kept_is_what_the_probes_declare(tmp_path: Path) -> None:
    home = Blobs(str(tmp_path), b"key")
    assert declarations(home, keep=True) == registry.all_probes()

    kept = declarations(home, keep=True)

    assert without_run(kept) == without_run(registry.all_probes())
    with pytest.raises(TypeError, match="in a worker"):
        kept[0].run(None)  # type: ignore[arg-type]


def test_what_cannot_be_kept_is_found_out_each_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert declarations(Blobs(str(blocked), b"key"), keep=True) == registry.all_probes()
    assert declarations(None, keep=True) == registry.all_probes()
    declarations(Blobs(str(tmp_path / "none"), b"key"), keep=False)
    assert not (tmp_path / "none").exists()


def test_a_gather_with_nothing_to_do_imports_no_probe(house: House, repo: Path) -> None:
    mark = repo.parent / "imported"
    house.probe("alpha", 'return ProbeOutput({"count": len(inputs.files)})')
    probe = house.path / "probes/alpha.py"
    probe.write_text(probe.read_text() + f"\nwith open({str(mark)!r}, 'a') as log:\n    log.write('x')\n")
    house.gather(repo)
    mark.unlink()

    assert house.gather(repo).outcomes == {"alpha": "current"}

    assert not mark.exists()


def test_a_probe_that_changes_its_declaration_is_seen(house: House, repo: Path) -> None:
    (repo / "b.md").write_text("")
    house.probe("alpha", 'return ProbeOutput({"files": list(inputs.files)})')
    assert house.gather(repo).outcomes == {"alpha": "ran"}

    house.probe("alpha", 'return ProbeOutput({"files": list(inputs.files)})', inputs='("**/*.md",)')
    house.probe("beta", "return ProbeOutput({})")

    assert house.gather(repo).outcomes == {"alpha": "ran", "beta": "ran"}
