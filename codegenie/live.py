"""The rows of a run on a terminal, live; the only module that imports rich."""

import threading
import time
from typing import Any

from rich.console import Console
from rich.live import Live as RichLive
from rich.table import Table
from rich.text import Text

from codegenie.text import escaped

_STYLES = {
    "waiting": "dim",
    "running": "yellow",
    "ran": "green",
    "restored": "cyan",
    "current": "dim green",
    "failed": "bold red",
    "skipped": "magenta",
}


class Live:
    """A table of the probes that changes in place; `reporter.Screen`."""

    def __init__(self, names: list[str]) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, dict[str, Any]] = {name: {"outcome": "waiting"} for name in names}
        self._since: dict[str, float] = {}
        self._live = RichLive(get_renderable=self._table, console=Console(), refresh_per_second=8)
        self._live.start()

    def began(self, name: str) -> None:
        """Show the probe as running, with the seconds going by."""
        with self._lock:
            self._since[name] = time.monotonic()
            self._rows[name] = {"outcome": "running"}

    def ended(self, name: str, row: dict[str, Any]) -> None:
        """Show how the probe ended."""
        with self._lock:
            self._rows[name] = row

    def close(self) -> None:
        """Leave the last table standing."""
        self._live.stop()

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, show_header=False)
        with self._lock:
            for name, row in self._rows.items():
                outcome = row["outcome"]
                if outcome == "running":
                    spent = f"{time.monotonic() - self._since[name]:.1f} s"
                else:
                    spent = f"{row['milliseconds']:.0f} ms" if "milliseconds" in row else ""
                table.add_row(
                    Text(outcome, style=_STYLES[outcome]),
                    Text(name.partition(":")[2], style="bold"),
                    Text(spent, justify="right"),
                    Text(escaped(row.get("why", "")), style="dim"),
                )
        return table
