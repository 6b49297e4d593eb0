"""Writes the speed table of docs/figures.md from the stored results.

``python benchmarks/speed_table.py docs/figures.md`` replaces what stands between the two marks
``<!-- speed -->`` and ``<!-- /speed -->``; results are
``benchmarks/results/speed-<machine>.json``, written by ``inksight bench --json``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from inksight_cli.speed.table import describe

RESULTS = Path(__file__).parent / "results"
PUBLISHED = "Published for"  # said once, at the end
BEGIN, END = "<!-- speed -->", "<!-- /speed -->"


def tables(folder: Path = RESULTS) -> str:
    """Every stored result as Markdown, in the order of file names."""
    reports = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("speed-*.json"))
    ]
    *parts, last = map(describe, reports)
    return "\n".join([*(part.partition(PUBLISHED)[0].rstrip() + "\n" for part in parts), last])


def main() -> None:
    """Rewrite the file between the marks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    path = parser.parse_args().file
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, found, tail = rest.partition(END)
    if not found:
        parser.error(f"{path} lacks the marks {BEGIN} and {END}")
    path.write_text(f"{head}{BEGIN}\n{tables()}{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
