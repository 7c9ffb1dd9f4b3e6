"""Gathers with the time they took, and the memory of the largest of their processes."""

import sys
import time
from dataclasses import dataclass

from tests.house import House, Run


@dataclass(frozen=True)
class Measured:
    """A gather, how long it took, and the largest process of it."""

    run: Run
    seconds: float
    mib: int


def measured(house: House, *arguments: str, within: tuple[str, ...] = ()) -> Measured:
    """Run the console script below a process of its own, whose descendants the kernel accounts for.

    `within` is a command that runs another.
    """
    console = f"import sys; sys.path[0] = {str(house.path)!r}; from codegenie.__main__ import main; sys.exit(main())"
    code = (
        "import resource, subprocess, sys\n"
        f"code = subprocess.run([sys.executable, '-c', {console!r}, *sys.argv[1:]]).returncode\n"
        "sys.stderr.write(f'\\n{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}')\n"
        "sys.exit(code)\n"
    )
    began = time.monotonic()
    run = house._run([*within, sys.executable, "-c", code, *arguments], cwd=house.path, timeout=300)
    err, _, most = run.err.rpartition("\n")
    kib = int(most) // (1024 if sys.platform == "darwin" else 1)
    return Measured(Run(run.code, run.out, err), time.monotonic() - began, kib // 1024)
