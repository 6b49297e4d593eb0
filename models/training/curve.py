"""Draws the loss curve of a training log: `python -m models.training.curve LOG.jsonl CURVE.svg`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 320, 48, 36
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#e377c2")
Series = dict[str, list[tuple[float, float]]]


def read_log(path: Path) -> Series:
    """Loss against words: training and each validation set."""
    series: Series = {"training": []}
    for line in path.read_text().splitlines():
        entry = json.loads(line)
        if "loss" in entry:
            series["training"].append((entry["words"], entry["loss"]))
        for name, value in entry.get("validation", {}).items():
            series.setdefault(name, []).append((entry["words"], value))
    return {name: points for name, points in series.items() if points}


def svg(series: Series) -> str:
    """The curves as one small SVG, axes in thousands of words and nats per token."""
    points = [point for line in series.values() for point in line]
    most = max(x for x, _ in points)
    low, high = min(y for _, y in points) - 0.1, min(max(y for _, y in points), 4.0)

    def place(x: float, y: float) -> str:
        across = LEFT + (WIDTH - LEFT - 175) * x / most
        down = (HEIGHT - BOTTOM) * (high - min(y, high)) / (high - low) + 8
        return f"{across:.1f},{down:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + 12}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{HEIGHT + 12}" fill="#fff"/>',
    ]
    for tick in range(int(low * 2) + 1, int(high * 2) + 1):
        start, end = place(0, tick / 2), place(most, tick / 2)
        (x1, y1), (x2, y2) = start.split(","), end.split(",")
        parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{float(y1) + 4:.1f}" text-anchor="end">{tick / 2}</text>'
        )
    step = max(1, round(most / 6 / 10_000)) * 10_000
    for words in range(0, int(most) + 1, step):
        x = place(words, low).split(",")[0]
        parts.append(f'<text x="{x}" y="{HEIGHT - 8}" text-anchor="middle">{words // 1000}k</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT + 6}">words seen; nats per token</text>')
    for i, (name, line) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join(place(x, y) for x, y in line)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
        label = f"{name} {line[-1][1]:.2f}"
        parts.append(f'<text x="{WIDTH - 167}" y="{24 + 16 * i}" fill="{colour}">{label}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Read a log, write an SVG."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("curve", type=Path)
    options = parser.parse_args()
    options.curve.write_text(svg(read_log(options.log)))


if __name__ == "__main__":
    main()
