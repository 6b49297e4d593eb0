"""Letters that a hand lacks, as the nearest of many writers makes them.

`letters.npz` holds, for each letter, the kinds in which people write it (mean curves), and which
kinds each of some hundred writers uses (`models/writing`). The writer whose kinds are nearest to
the letters that are known lends the others, bent to the hand's slant, height and width.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inksight_cli.errors import ModelError
from inksight_cli.files import read_regular
from inksight_cli.geometry import Points
from inksight_cli.polylines import resample
from inksight_cli.writing.hand import Hand, Letter
from inksight_cli.writing.shape import Shape, extent, paths_of, shape

SHIPPED = Path(__file__).with_name("letters.npz")
NONE = 255
"""In a writer's row: a letter that is not known of them."""
_LARGEST = 1 << 22
_UNIT = 40  # of a body in the file
_PER_LETTER = 3  # of the hand's, that are compared
_LENDERS = 2  # writers that lend a letter: so two of them differ
_STROKES = 0.3  # bodies that other strokes count for
_CORNER = 0.06  # bodies between points of a borrowed path


@dataclass(frozen=True, eq=False)
class Kinds:
    """How people write letters.

    Attributes:
        letters: all of them.
        first: (N + 1,) where each letter's kinds begin.
        strokes: (K,) of every kind; points: (K, POINTS, 2) its curve, in bodies, upright.
        writers: (W, N) which of a letter's kinds each writer uses, NONE where that is unknown.
    """

    letters: str
    first: NDArray[np.int64]
    strokes: NDArray[np.int64]
    points: NDArray[np.float64]
    writers: NDArray[np.uint8]

    def of(self, letter: str) -> range:
        """Return the numbers of a letter's kinds."""
        k = self.letters.find(letter)
        return range(int(self.first[k]), int(self.first[k + 1])) if k >= 0 else range(0)


@cache
def kinds(path: Path = SHIPPED) -> Kinds:
    """Read how people write.

    Raises:
        ModelError: the file is damaged.
    """
    try:
        with np.load(io.BytesIO(read_regular(path, _LARGEST)), allow_pickle=False) as data:
            return Kinds(
                str(data["letters"]),
                data["first"].astype(np.int64),
                data["strokes"].astype(np.int64),
                data["points"] / _UNIT,
                data["writers"],
            )
    except Exception as error:  # zipfile, zlib and NumPy share none for damaged bytes
        raise ModelError(f"{path} does not tell how people write: {error}.") from error


class Lender:
    """Lends a hand letters.

    Args:
        hand: whose letters are like those wanted.
        known: how people write.
    """

    def __init__(self, hand: Hand, known: Kinds) -> None:
        self._hand, self._kinds = hand, known
        self._wide, self._tall = 1.0, 1.0
        self._order = np.argsort(self._distances(), kind="stable")

    def _distances(self) -> NDArray[np.float64]:
        """Return how far each writer's letters are from the hand's, and measure the hand's."""
        sums, counts = (np.zeros(len(self._kinds.writers)) for _ in range(2))
        wides, talls = [], []
        for column, letter in enumerate(self._kinds.letters):
            own = self._own(letter)
            which = self._kinds.of(letter)
            if not own or not letter.isalnum():
                continue
            away = np.array([[_apart(mine, self._kinds, k) for k in which] for mine in own])
            nearest = away.min(axis=0)
            best = self._kinds.points[which[int(nearest.argmin())]]
            wides += [np.ptp(points[:, 0]) / max(np.ptp(best[:, 0]), 0.2) for _, points in own]
            if extent(letter)[0] > 1.3:
                talls += [-points[:, 1].min() / extent(letter)[0] for _, points in own]
            uses = self._kinds.writers[:, column]
            some = uses != NONE
            sums[some] += nearest[uses[some]]
            counts[some] += 1
        self._wide = float(np.clip(np.median(wides), 0.5, 2.0)) if wides else 1.0
        self._tall = float(np.clip(np.median(talls), 0.7, 1.4)) if talls else 1.0
        # A writer of few letters is near by chance.
        mean = (sums.sum() / counts.sum()) if counts.any() else 1.0
        result: NDArray[np.float64] = (sums + 3 * mean) / (counts + 3)
        return result

    def _own(self, letter: str) -> list[tuple[int, Shape]]:
        found: list[tuple[int, Shape]] = []
        for word in self._hand.words:
            for each in word:
                if each.text == letter and each.good and len(found) < _PER_LETTER:
                    made = shape(each.paths, self._hand.style.slant)
                    found += [made] if made else []
        return found

    def lend(self, letter: str) -> list[Letter]:
        """Return a letter as the nearest writers make it; none where nobody is known to."""
        column = self._kinds.letters.find(letter)
        if column < 0:
            return []
        which = self._kinds.of(letter)
        uses = self._kinds.writers[self._order, column]
        chosen = list(dict.fromkeys(uses[uses != NONE].tolist()))[:_LENDERS]
        return [Letter(letter, self._bent(letter, which[k])) for k in chosen]

    def _bent(self, letter: str, kind: int) -> list[Points]:
        above, _ = extent(letter)
        tall = self._tall if above > 1.3 else 1.0
        points = self._kinds.points[kind] * (self._wide, tall)
        paths = paths_of(int(self._kinds.strokes[kind]), points, self._hand.style.slant)
        left = min(float(path[:, 0].min()) for path in paths)
        return [_round(path - np.array([left, 0.0])) for path in paths]


def _apart(mine: tuple[int, Shape], known: Kinds, kind: int) -> float:
    """Return how far a letter is from a kind; other strokes are far."""
    strokes, points = mine
    away = float(np.sqrt(((points - known.points[kind]) ** 2).sum(axis=1)).mean())
    return away + _STROKES * bool(strokes != known.strokes[kind])


def _round(path: Points) -> Points:
    """Return a path with its bends rounded (Chaikin's corners cut), its ends kept."""
    for _ in range(2):
        if len(path) < 3:
            return path
        a, b = path[:-1], path[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        path = np.concatenate([path[:1], cut[1:-1], path[-1:]])
    return resample(path, _CORNER)
