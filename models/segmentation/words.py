"""Words to set pages with: pen paths of UNIPEN writers, and of single-line fonts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.segmentation.capitals import Capitals

Floats = NDArray[np.float64]
HELD_OUT = 5
"""One writer of so many (by a hash of the name) is never trained on: benchmarks use those."""

FEWEST = 15  # words of a writer; whoever wrote fewer makes monotonous pages
MEASURED_BEFORE = {"unipen-dc820ec6", "unipen-78e8e9fe", "unipen-dbc57162", "unipen-d3c9dd54"}
"""Writers of the benchmark's pages from before there was this network."""


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word's strokes in units of its letter height, x from 0, baseline at y = 0 (down).

    Attributes:
        strokes: list of (N, 2).
        body: left, top, right, bottom of the band that holds the small letters.
    """

    strokes: list[Floats]
    body: tuple[float, float, float, float]

    @property
    def width(self) -> float:
        """Right end of the ink."""
        return float(max(stroke[:, 0].max() for stroke in self.strokes))


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """The words of `unipen_words.npz` by writer, and the capitals that lie beside it."""

    points: NDArray[np.int32]
    stroke_ends: NDArray[np.int32]
    sample_ends: NDArray[np.int32]
    texts: list[str]
    by_writer: dict[str, NDArray[np.intp]]
    capitals: Capitals

    @classmethod
    def read(cls, path: Path, held_out: bool) -> Archive:
        """Read the writers that are held out, or the others."""
        from models.segmentation.capitals import Capitals

        archive = np.load(path)
        writers = archive["writer"]
        texts = [str(text) for text in archive["text"]]
        # What is set in figures and signs is often several words.
        plain = np.array([text.isalpha() or (text.isalnum() and len(text) < 5) for text in texts])
        chosen = {
            str(w): np.flatnonzero((writers == w) & plain)
            for w in np.unique(writers[plain])
            if is_held_out(str(w)) == held_out and (writers[plain] == w).sum() >= FEWEST
        }
        points = archive["deltas"].cumsum(axis=0, dtype=np.int32)
        ends = archive["stroke_ends"], archive["sample_ends"]
        capitals = Capitals.read(path.with_name("unipen_chars.npz"), held_out)
        return cls(points, *ends, texts, chosen, capitals)

    def word(self, index: int) -> Word | None:
        """Return a sample scaled to letters one unit high; None where its size makes no sense."""
        first = int(self.sample_ends[index - 1]) if index else 0
        starts = [int(self.stroke_ends[s - 1]) if s else 0 for s in range(first, first + 1)]
        ends = self.stroke_ends[first : int(self.sample_ends[index])]
        starts += [int(end) for end in ends[:-1]]
        strokes = [
            self.points[a:b].astype(np.float64) for a, b in zip(starts, ends, strict=True) if b > a
        ]
        return scaled(strokes, len(self.texts[index])) if strokes else None


def is_held_out(writer: str) -> bool:
    """Return whether a writer is kept for measuring."""
    return writer in MEASURED_BEFORE or crc32(writer.encode()) % HELD_OUT == 0


def scaled(strokes: list[Floats], letters: int) -> Word | None:
    """Put a word's size right: by its small letters' height and by its length together."""
    points = np.concatenate(strokes)
    low, high = np.quantile(points[:, 1], (0.15, 0.85))
    wide = float(np.ptp(points[:, 0]))
    if wide < 1 and high - low < 1:
        return None
    by_height, by_width = 1 / max(high - low, 1.0), 0.95 * letters / max(wide, 1.0)
    scale = float(np.sqrt(by_height * by_width)) if wide > 1 else by_height
    origin = np.array([points[:, 0].min(), high])
    placed = [(stroke - origin) * scale for stroke in strokes]
    moved = np.concatenate(placed)
    top, bottom = (low - high) * scale, 0.0
    # Tails that reach under a neighbour are not the word's body.
    near = moved[(moved[:, 1] > top - 0.35) & (moved[:, 1] < bottom + 0.3), 0]
    if not len(near):
        return None
    return Word(placed, (float(near.min()), top, float(near.max()), bottom))
