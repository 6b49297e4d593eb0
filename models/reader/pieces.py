"""Real lines, whole and in pieces: what `models.reader.lines` has traced and found cuts in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from inksight_cli.geometry import Points
from models.reader.alphabet import Alphabet
from models.reader.hands import Written
from models.training.corpus import Archive

WORD, WORDS = 0.5, 0.35  # how often a piece is from one cut to the next, and some of these


class Lines:
    """The lines of one split; archives that come while a run goes on are taken up as well."""

    def __init__(self, folder: Path, split: str, alphabet: Alphabet) -> None:
        self.folder, self.split, self.alphabet = folder, split, alphabet
        self._seen: set[Path] = set()
        self._lines: list[tuple[Archive, int, list[tuple[float, int]]]] = []
        self.refresh()

    def __len__(self) -> int:
        """How many lines there are so far."""
        return len(self._lines)

    def refresh(self) -> None:
        """Read the archives that are new."""
        for path in sorted(self.folder.glob(f"{self.split}-*.npz")):
            if path in self._seen:
                continue
            self._seen.add(path)
            archive = Archive(path)
            with np.load(path) as data:
                ends = np.concatenate([[0], data["cut_ends"]]).astype(np.int64)
                x, at = data["cut_x"], data["cut_at"]
            for i, text in enumerate(archive.text):
                own = slice(ends[i], ends[i + 1])
                cuts = list(zip(x[own].tolist(), at[own].tolist(), strict=True))
                if self.alphabet.knows(text):
                    self._lines.append((archive, i, cuts))

    def whole(self) -> Iterator[Written]:
        """Yield every line."""
        for archive, i, _ in self._lines:
            yield Written(archive[i].strokes, archive.text[i])

    def draw(self, rng: np.random.Generator, longest: int) -> Written | None:
        """Return a word, some words or a whole line; None where it is longer than ``longest``."""
        archive, i, cuts = self._lines[rng.integers(len(self._lines))]
        text, steps, kind = archive.text[i], len(cuts) + 1, rng.random()
        count = 1 if kind < WORD else int(rng.integers(2, 5)) if kind < WORD + WORDS else steps
        count = min(count, steps)
        first = int(rng.integers(steps - count + 1))
        edges = [(-np.inf, -1), *cuts, (np.inf, len(text))]
        (left, before), (right, behind) = edges[first], edges[first + count]
        said = text[before + 1 : behind]
        if len(said) > longest:
            return None
        return Written(between(archive[i].strokes, left, right), said)


def between(strokes: Sequence[Points], left: float, right: float) -> list[Points]:
    """Return what of some strokes lies between two places: x right."""
    found: list[Points] = []
    for stroke in strokes:
        path = stroke
        for edge in (left, right):
            x = path[:, 0]
            (at,) = np.nonzero((x[:-1] < edge) != (x[1:] < edge))
            if len(at):
                way = ((edge - x[at]) / (x[at + 1] - x[at]))[:, None]
                path = np.insert(path, at + 1, path[at] + way * (path[at + 1] - path[at]), axis=0)
        inside = (path[:, 0] >= left - 1e-6) & (path[:, 0] <= right + 1e-6)
        for own, run in itertools.groupby(range(len(path)), inside.__getitem__):
            numbers = list(run)
            if own and (len(numbers) > 1 or len(path) == 1):
                found.append(path[numbers[0] : numbers[-1] + 1])
    return found
