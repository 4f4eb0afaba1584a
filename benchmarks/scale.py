"""How the cost of a worst-case package grows: channels, measures, scenarios (easier form).

Usage: python benchmarks/scale.py --nodes 2000 --channels 8000 --goods 10 --measures 150 --scenarios 100
           [--gap .25] [--limit 1800] [--rows benchmarks/scale.csv]
Prints one row and, with --rows, appends it: sizes, seconds, gap (share of the achievable effect), effect (share of
the risk taken away), replies, peak memory.
`python benchmarks/scale.py --plot docs/reference/scale.svg --rows benchmarks/scale.csv` draws the rows.
"""

from __future__ import annotations

import argparse
import csv
import resource
import time
from pathlib import Path

FIELDS = ("nodes", "channels", "goods", "measures", "scenarios", "build_s", "first_sweep_s", "seconds", "cpu_s", "gap",
          "effect", "replies", "memory_gb")  # fmt: skip
SIZES = {"nodes": 2000, "channels": 8000, "goods": 10, "measures": 150, "scenarios": 100}


def measure(asked: argparse.Namespace) -> dict[str, float]:
    """One design; its row."""
    from generators import plain

    from counterpact.strategy.solving.package import Request, design
    from counterpact.strategy.solving.reply import Oracle
    from counterpact.strategy.solving.risk import Risk

    begun, cpu = time.perf_counter(), time.process_time()
    instance = plain(
        scenarios=asked.scenarios, nodes=asked.nodes, arcs=asked.channels, goods=asked.goods, measures=asked.measures
    )
    oracle = Oracle(instance)
    built = time.perf_counter()
    oracle.zero()
    swept = time.perf_counter()
    package = design(instance, Request(Risk("worst"), gap=asked.gap, time_limit=asked.limit), oracle=oracle)
    row: dict[str, float] = {name: getattr(asked, name) for name in SIZES}
    row |= {
        "build_s": built - begun, "first_sweep_s": swept - built, "seconds": time.perf_counter() - begun,
        "gap": package.gap, "effect": package.effect, "replies": oracle.solves,
        "memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, "cpu_s": time.process_time() - cpu,
    }  # fmt: skip
    return row


def plot(rows: list[dict[str, str]], file: Path) -> None:
    """Three panels: processor seconds against each size, one line for rows that differ in that size alone."""
    import math

    axes = ("channels", "measures", "scenarios")
    width, height, left, top = 250, 200, 48, 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {3 * (width + left) + 20} {height + 90}" '
        'font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="10" y="16" font-size="13">Processor seconds to a worst-case package of gap 25 %, easier form</text>',
    ]
    seconds = [float(r["cpu_s"]) for r in rows]
    low, high = math.log10(min(seconds)) - 0.1, math.log10(max(seconds)) + 0.1
    for k, axis in enumerate(axes):
        others = [a for a in axes if a != axis]
        families: dict[tuple[str, ...], list[tuple[float, float]]] = {}
        for r in rows:
            key = tuple(r[a] for a in others)
            families.setdefault(key, []).append((float(r[axis]), float(r["cpu_s"])))
        lines = sorted((sorted(f) for f in families.values() if len({x for x, _ in f}) > 1), key=len)
        x0, y0 = left + k * (width + left), top + height
        values = [math.log10(x) for f in lines for x, _ in f] or [0.0, 1.0]
        first, last = min(values) - 0.05, max(values) + 0.05
        parts.append(f'<path d="M{x0} {top}V{y0}H{x0 + width}" fill="none" stroke="#444"/>')
        parts.append(f'<text x="{x0 + width / 2}" y="{y0 + 34}" text-anchor="middle">{axis}</text>')
        ticks = [m * 10.0**e for e in range(-1, 5) for m in (1, 2, 5)]
        for tick in (t for t in ticks if low <= math.log10(t) <= high):
            y = y0 - (math.log10(tick) - low) / (high - low) * height
            parts.append(f'<text x="{x0 - 5}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
            parts.append(f'<path d="M{x0} {y:.1f}h{width}" stroke="#ddd"/>')
        for x in sorted({x for f in lines for x, _ in f}):
            at = x0 + (math.log10(x) - first) / (last - first) * width
            parts.append(f'<text x="{at:.1f}" y="{y0 + 16}" text-anchor="middle">{x:g}</text>')
        for family in lines:
            points = [
                (
                    x0 + (math.log10(x) - first) / (last - first) * width,
                    y0 - (math.log10(s) - low) / (high - low) * height,
                )
                for x, s in family
            ]
            parts.append(
                '<path fill="none" stroke="#1f5a8a" stroke-width="2" d="M'
                + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
                + '"/>'
            )
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#1f5a8a"/>' for x, y in points]
    parts.append("</svg>\n")
    file.write_text("\n".join(parts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--gap", type=float, default=0.25)
    parser.add_argument("--limit", type=float, default=1800.0)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args()
    if asked.plot:
        with asked.rows.open() as stream:
            plot(list(csv.DictReader(stream)), asked.plot)
        return
    row = measure(asked)
    text = {name: f"{value:.4g}" for name, value in row.items()}
    print(", ".join(f"{name} {value}" for name, value in text.items()))
    if asked.rows:
        new = not asked.rows.exists()
        with asked.rows.open("a", newline="") as stream:
            writer = csv.DictWriter(stream, FIELDS)
            if new:
                writer.writeheader()
            writer.writerow(text)


if __name__ == "__main__":
    main()
