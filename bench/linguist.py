"""How far `language_stack` agrees with github-linguist: `python -m bench.linguist [--lib DIR] REPOSITORY...`.

Needs Ruby with github-linguist (Debian: ruby-github-linguist); `--lib` takes the `lib` of a newer checkout, built.
Both read what is committed at HEAD.  Exits with 1 where they agree on less than 99 % of the bytes of any repository.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ENOUGH = 0.99
SHOWN_FILES = 5

# What Linguist counts, and which language it gives to each file that it counts.
_RUBY = """
require "linguist"
require "rugged"
require "json"
rugged = Rugged::Repository.new(ARGV[0])
found = Linguist::Repository.new(rugged, rugged.head.target_id, 1_000_000)
found.read_index
STDOUT.write(JSON.dump({languages: found.languages, files: found.breakdown_by_file}))
"""


def main() -> int:
    """Print a line for each repository, and below it the languages that differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lib", type=Path, help="the lib directory of a built github-linguist")
    parser.add_argument("repositories", nargs="+", type=Path)
    arguments = parser.parse_args()
    least = min(_compared(repository.resolve(), arguments.lib) for repository in arguments.repositories)
    print(f"\nleast agreement {least:.2%}, at least {ENOUGH:.0%} is asked for")
    return 0 if least >= ENOUGH else 1


def _compared(repository: Path, lib: Path | None) -> float:
    theirs = _theirs(repository, lib)
    ours = _ours(repository)
    counted = {name: size for name, size in theirs["languages"].items() if size}
    differing = {
        name: (counted.get(name, 0), ours.get(name, 0))
        for name in sorted(counted.keys() | ours.keys())
        if counted.get(name, 0) != ours.get(name, 0)
    }
    total = max(sum(counted.values()), sum(ours.values()), 1)
    agreement: float = 1 - sum(abs(one - other) for one, other in differing.values()) / 2 / total
    print(f"{repository.name:28} {sum(counted.values()):>12,} bytes  {len(counted):>3} languages  {agreement:.4%}")
    for name, (one, other) in differing.items():
        examples = ", ".join(theirs["files"].get(name, [])[:SHOWN_FILES])
        print(f"    {name}: Linguist {one:,}, here {other:,}  {examples}")
    return agreement


def _theirs(repository: Path, lib: Path | None) -> dict[str, Any]:
    include = ["-I", str(lib)] if lib else []
    done = subprocess.run(
        ["ruby", "-W0", *include, "-e", _RUBY, str(repository)], stdout=subprocess.PIPE, check=True, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _ours(repository: Path) -> dict[str, int]:
    """The bytes of each language that counts, of a clean checkout of HEAD."""
    with tempfile.TemporaryDirectory() as scratch:
        tree, out = Path(scratch) / repository.name, Path(scratch) / "out"
        git = ["git", "-c", "advice.detachedHead=false", "-c", "core.autocrlf=false"]
        clone = [*git, "clone", "-q", "--shared", str(repository), str(tree)]
        subprocess.run(clone, stderr=subprocess.DEVNULL, check=False)  # a partial copy lacks some files; Linguist too
        tool = [sys.executable, "-m", "codegenie", "gather", str(tree), "--out", str(out), "-q"]
        skipped = ",".join(_others())
        subprocess.run(tool, check=True, env=os.environ | {"CODEGENIE_SKIP_PROBES": skipped})
        slice_ = json.loads((out / "context/raw/language_stack.json").read_text())["slice"]
    return {name: language["bytes"] for name, language in slice_["languages"].items() if language["bytes"]}


def _others() -> list[str]:
    from codegenie import registry

    return [probe.name for probe in registry.all_probes() if probe.name != "language_stack"]


if __name__ == "__main__":
    sys.exit(main())
