"""Captures docs/gather.svg, the picture in the README: a real gather in a real terminal, cold and again.

Run it as `python -m docs.picture <repository>`; it needs `script` (util-linux).  The picture shows that run's times.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).with_name("gather.svg")
WIDTH = 100


def main(repository: str) -> None:
    """Gather twice, and keep what the terminal showed at the end of each."""
    repo = Path(repository).resolve()
    shutil.rmtree(repo / ".codegenie", ignore_errors=True)
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for _ in (1, 2):
        console.print(Text(f"$ doit gather repo={repo.name}", style="bold"))
        console.print(_last_screen(_shown(repo).replace(str(repo.parent), "~/src")))
    console.save_svg(str(PICTURE), title="codegenie")


def _shown(repo: Path) -> str:
    """What a terminal was sent."""
    command = f"{sys.executable} -m doit -f {Path(__file__).parent.parent / 'dodo.py'} gather repo={repo.name}"
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    ran = subprocess.run(
        ["/usr/bin/script", "-qec", f"stty cols {WIDTH}; {command}", os.devnull],
        cwd=repo.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def _last_screen(sent: str) -> Text:
    """The text that stands at the end: live rows are drawn again and again, each time from their first line."""
    last = sent.rpartition("\x1b[1A")[2] if "\x1b[1A" in sent else sent
    lines = [line.split("\r")[-1] for line in last.replace("\r\n", "\n").split("\n")]
    shown = "\n".join(line for line in lines if Text.from_ansi(line).plain.strip())
    return Text.from_ansi(shown)


if __name__ == "__main__":
    main(sys.argv[1])
