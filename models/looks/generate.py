"""Draw samples once: `python -m models.looks.generate OUT --fonts FONTS ...`."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from inksight_cli.looks.drawing import Drawing
from models.looks.samples import Samples


def packed(drawings: list[Drawing]) -> tuple[np.ndarray, np.ndarray]:
    """Return drawings as PNG end to end, and where each ends."""
    files = [cv2.imencode(".png", drawing)[1] for drawing in drawings]
    return np.concatenate(files), np.cumsum([len(f) for f in files])


def unpacked(path: Path) -> tuple[list[Drawing], list[str], list[str]]:
    """Return the drawings of a file, their kinds and where they come from."""
    with np.load(path) as data:
        parts = np.split(data["plain"], data["ends"][:-1])
        drawings = [np.asarray(cv2.imdecode(p, cv2.IMREAD_GRAYSCALE), np.uint8) for p in parts]
        return drawings, data["kind"].tolist(), data["source"].tolist()


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="a folder")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/strokes"))
    parser.add_argument("--fonts", type=Path, nargs="+", required=True)
    parser.add_argument("--count", type=int, default=2000, help="samples a file")
    parser.add_argument("--files", type=int, nargs=2, default=(1, 17), help="first and last + 1")
    options = parser.parse_args()
    for held, files in ((True, range(1)), (False, range(*options.files))):
        if held and (options.out / "held.npz").exists():
            continue
        samples = Samples(options.data, options.fonts, held=held)
        for number in files:
            rng = np.random.default_rng([number, held])
            name = "held" if held else f"t{number}"
            drawn = [samples.draw(rng) for _ in range(options.count)]
            save(options.out / f"{name}.npz", drawn)
            print(name, flush=True)


def save(out: Path, drawn: list[tuple[Drawing, str, str]]) -> None:
    """Write samples, whole or not at all."""
    drawings, kinds, sources = zip(*drawn, strict=True)
    plain, ends = packed(list(drawings))
    part = out.with_suffix(".part.npz")
    np.savez(part, plain=plain, ends=ends, kind=np.array(kinds), source=np.array(sources))
    part.replace(out)


if __name__ == "__main__":
    main()
