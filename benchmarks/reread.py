"""A judge that needs no truth: what RapidOCR reads on a photo, and on the page re-drawn from ink.

    python -m benchmarks.reread ../shared/data/images ../shared/field
    python -m benchmarks.reread photo.jpg --tool /path/to/another/inksight

Text that only the photo has is ink that was lost; text that only the re-drawn page has came from
nowhere. Lines are found on the photo; each is read there and on the drawing, and the letters are
aligned. What RapidOCR itself reads unsurely (under 0.7) is not counted. Results are printed as a
table; seconds and CPU seconds are those of the whole command.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from inksight_cli import load_pages, read
from inksight_cli.detectors.embedded.rapid import read_lines, read_quads
from inksight_cli.document import Page, Stroke

SURE = 0.7
ENDINGS = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True)
class Row:
    """One picture: letters read on the photo, lost, and from nowhere; strokes; seconds."""

    name: str
    letters: int
    lost: int
    nowhere: int
    words: int
    strokes: int
    seconds: float
    cpu: float


def redrawn(page: Page) -> NDArray[np.uint8]:
    """Return the page (H, W, 3) as its strokes alone, black on white."""
    canvas = np.full((page.height, page.width, 3), 255, np.uint8)
    for stroke in page.strokes:
        _draw(canvas, stroke)
    return canvas


def _draw(canvas: NDArray[np.uint8], stroke: Stroke) -> None:
    points = np.rint((stroke.points - 0.5) * 16).astype(np.int32)
    width = max(round(stroke.width or 2.0), 1)
    if len(points) == 1:
        cv2.circle(canvas, points[0].tolist(), width * 8, (0, 0, 0), -1, cv2.LINE_AA, 4)
    cv2.polylines(canvas, [points[:, None]], False, (0, 0, 0), width, cv2.LINE_AA, 4)


def derender(tool: str, path: Path) -> tuple[Page, float, float]:
    """Run the command on a picture; return its page, and wall and CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "page.json"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        subprocess.run([tool, "derender", str(path), "-o", str(out), "-q"], check=True)
        wall = time.perf_counter() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return read(out).pages[0], wall, cpu


def judge(path: Path, tool: str) -> Row:
    """Compare what is read on a picture and on its ink re-drawn."""
    page, wall, cpu = derender(tool, path)
    photo, drawing = next(load_pages(path)).pixels, redrawn(page)
    lines = [line for line in read_lines(photo) if line.confidence >= SURE]
    again = read_quads(drawing, [line.quad for line in lines], lines)
    lost = sum(_only(_text(a), _text(b)) for a, b in zip(lines, again, strict=True))
    found = [line for line in read_lines(drawing) if line.confidence >= SURE]
    before = read_quads(photo, [line.quad for line in found], found)
    nowhere = sum(_only(_text(a), _text(b)) for a, b in zip(found, before, strict=True))
    letters = sum(len(_text(line)) for line in lines)
    words = sum(1 for _ in page.words)
    strokes = sum(1 for _ in page.strokes)
    return Row(
        path.parent.name + "/" + path.name, letters, lost, nowhere, words, strokes, wall, cpu
    )


def _text(line: object) -> str:
    return "".join(letter for letter, _ in line.characters).lower()  # type: ignore[attr-defined]


def _only(text: str, other: str) -> int:
    """Return how many letters of ``text`` are not in ``other``, in order."""
    return len(text) - int(LCSseq.similarity(text, other))


def pictures(paths: Sequence[str]) -> Iterator[Path]:
    """Yield the pictures in folders, and those that are named."""
    for each in map(Path, paths):
        inside = sorted(p for p in each.rglob("*") if p.suffix.lower() in ENDINGS)
        yield from inside if each.is_dir() else [each]


def main() -> None:
    """Print a row a picture, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--tool", default=str(Path(sys.executable).with_name("inksight")))
    parser.add_argument("--json", type=Path, help="write the rows here as well")
    options = parser.parse_args()
    rows = []
    print(f"{'picture':44} letters   lost nowhere  words strokes seconds    CPU")
    for path in pictures(options.paths):
        if "broken" in path.parts:
            continue
        rows.append(judge(path, options.tool))
        _show(rows[-1])
    sums = [sum(getattr(r, f) for r in rows) for f in Row.__annotations__ if f != "name"]
    _show(Row("all", *sums))
    if options.json:
        options.json.write_text(json.dumps([vars(row) for row in rows], indent=1))


def _show(row: Row) -> None:
    lost, nowhere = (100 * n / max(row.letters, 1) for n in (row.lost, row.nowhere))
    print(
        f"{row.name[-44:]:44} {row.letters:7} {lost:5.1f}% {nowhere:6.1f}% {row.words:6} "
        f"{row.strokes:7} {row.seconds:7.1f} {row.cpu:6.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
