"""The figures in docs/performance.md: its tables and its plot are written from a run of the benchmarks.

`python -m bench --full --json figures.json; python -m bench.page figures.json`
"""

import json
import math
import re
import sys
from pathlib import Path
from typing import Any

from bench.measure import PROJECT, Figure

PAGE = PROJECT / "docs/performance.md"
PLOT = PROJECT / "docs/growth.svg"
SIZE = re.compile(r"([\d,]+) files: (cold|nothing to do), CPU")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 60, 130, 20, 40
COLOURS = {"cold": "#b3541e", "nothing to do": "#1e6bb3"}


def main() -> int:
    """Write the tables and the plot."""
    told = json.loads(Path(sys.argv[1]).read_text())
    text = PAGE.read_text()
    text = placed(text, "machine", _machine(told["machine"]))
    for number, figures in told["rows"].items():
        text = placed(text, f"row {number}", _table([Figure(**figure) for figure in figures]))
    PAGE.write_text(text)
    if "8" in told["rows"]:
        PLOT.write_text(_plot(_costs([Figure(**figure) for figure in told["rows"]["8"]])))
    return 0


def placed(text: str, name: str, content: str) -> str:
    """The page with other content between `<!-- name -->` and `<!-- end -->`; as it is where it has no such place."""
    return re.sub(
        rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda found: f"{found[1]}{content}{found[2]}", text, flags=re.DOTALL
    )


def _machine(found: dict[str, Any]) -> str:
    return "".join(f"| {name} | {value} |\n" for name, value in ({"": "", "---": "---"} | found).items())


def _table(figures: list[Figure]) -> str:
    rows = [("what", "measured", "at most", ""), ("---", "---:", "---:", "---")]
    for figure in figures:
        limit = "" if figure.limit is None else f"{figure.limit:g}"
        kept = "" if figure.limit is None else "yes" if figure.fits else "**no**"
        value = f"{figure.value:.0f}" if figure.unit in ("files", "probes") else f"{figure.value:.2f}"
        rows.append((figure.what, f"{value} {figure.unit}", limit, kept))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _costs(figures: list[Figure]) -> dict[str, list[tuple[int, float]]]:
    """CPU seconds by number of files, of each kind of gather."""
    found: dict[str, list[tuple[int, float]]] = {}
    for figure in figures:
        if match := SIZE.fullmatch(figure.what):
            found.setdefault(match[2], []).append((int(match[1].replace(",", "")), figure.value))
    return found


def _plot(costs: dict[str, list[tuple[int, float]]]) -> str:
    """CPU seconds over files, both by powers of ten: a line as steep as the grid's diagonal is cost in proportion."""
    points = [point for line in costs.values() for point in line]
    low, high = (round_(math.log10(pick(point[1] for point in points))) for round_, pick in _ENDS)
    first, last = (round_(math.log10(pick(point[0] for point in points))) for round_, pick in _ENDS)

    def x(files: float) -> float:
        return LEFT + (math.log10(files) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(seconds: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(seconds) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"',
        ' font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        drawn.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        drawn.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>')
    for power in range(first, last + 1):
        at = x(10.0**power)
        drawn.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#dddddd"/>')
        drawn.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{10**power:,} files</text>')
    for name, line in costs.items():
        colour = COLOURS[name]
        way = " ".join(f"{x(files):.1f},{y(seconds):.1f}" for files, seconds in line)
        drawn.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [
            f'<circle cx="{x(files):.1f}" cy="{y(seconds):.1f}" r="3.5" fill="{colour}"/>' for files, seconds in line
        ]
        files, seconds = line[-1]
        drawn.append(
            f'<text x="{x(files) + 10:.1f}" y="{y(seconds) + 4:.1f}" fill="{colour}">{name}, {seconds:.1f} s</text>'
        )
    return "\n".join([*drawn, "</svg>", ""])


_ENDS = ((math.floor, min), (math.ceil, max))


if __name__ == "__main__":
    sys.exit(main())
