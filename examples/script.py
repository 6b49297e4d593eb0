"""A cursive hand of our own: letters as pen paths, words as strokes in pen order.

A letter is drawn on a grid where the baseline is y = 0, small letters reach 10, tall ones 20 and
tails -9; y points up. ``*`` after a point makes a sharp turn there, ``|`` lifts the pen. The
first path of a small letter is joined to its neighbours, the others (dots, bars) are drawn after
the word, as people do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Path = NDArray[np.float64]

_BOWL = "5.2,9.7 7.3,8.6* 4.4,10 1.6,7.4 1.1,3 3.2,0 6,2.8"
_LOOP = "1,3.6 3.8,12 4.9,18 3.9,19.8 2.9,17 2.5,9"
LETTERS = {
    "a": f"{_BOWL} 7.6,9.2* 7.3,3 8.6,0.1 11,3",
    "b": f"{_LOOP} 2.3,3 3.6,0.2 6.3,0.9 7.3,4.6 6.2,8.6 7.4,7.4 10,7.8",
    "c": "1.2,4.4 2.6,8.8 5,10 6.9,8.2* 4.6,9.9 2,8 1.3,3 3.9,0 6.6,1 9,3.4",
    "d": f"{_BOWL} 8,11 8.9,19* 7.9,9 7.6,3 8.8,0.1 11.2,3",
    "e": "1,2.8 4.6,5 6.3,8.2 4.8,10 2.4,7.8 1.9,3.2 4.1,0 6.8,0.9 9,3.4",
    "f": "1,3.6 4,11 5.6,18 4.6,19.8 3.5,16 3.2,4 3,-5 3.9,-8.6 5.2,-6 4.5,-1 3.8,0.6 6,1.2 9,3.2",
    "g": f"{_BOWL} 7.6,9.2* 7.4,2 6.7,-6 4.5,-8.8 2.6,-6.8 5,-2.4 10.6,3",
    "h": f"{_LOOP} 2.2,0* 3,5.5 5.5,9.7 7.3,8 7.3,3 8.5,0.1 11,3",
    "i": "1,3.4 3.1,9.6* 2.9,3 4.1,0.1 6.8,3 | 4.3,14.6",
    "j": "1,3.4 3.6,9.6* 3.4,2 2.7,-6 0.8,-8.8 -1,-6.8 1.4,-2.4 6.6,3 | 4.6,14.6",
    "k": f"{_LOOP} 2.2,0* 3,5 6,9.6 7.2,7.6 3.4,4.8* 6,1.6 7.8,0.1 10.2,3",
    "l": f"{_LOOP} 2.4,3.4 3.7,0.1 6.8,3",
    "m": "0.6,4 2,9.5* 2.1,5 2,0* 2.8,6 4.9,9.8 6.3,8 6.2,0* 7,6 9.1,9.8 10.7,8 10.6,3 11.8,0 14,3",
    "n": "0.6,4 2,9.5* 2.1,5 2,0* 2.8,6 5.2,9.8 6.9,8 6.8,3 8,0.1 10.4,3",
    "o": "4.9,10* 1.9,8.2 1.1,3.6 3.5,0 6.6,2.8 6.8,7.6 4.6,9.9 5.8,8 9,8.2",
    "p": "1,3.6 2.7,9.8* 2.4,2 2,-8.8* 2.7,2 4.2,8.4 6.2,9.7 7.8,7 7,2 4.6,0.3 3.2,1.4 6,0 9.6,3",
    "q": f"{_BOWL} 7.6,9.2* 7.2,0 7,-8.6* 9,-4.4 8.4,-0.6 11.2,3",
    "r": "0.8,3.6 2.3,10.8* 3.6,9 5.8,9.3* 5.4,4 6.3,0.2 8.8,3",
    "s": "0.8,2.6 4,10.2* 4.7,6.6 5.7,2.6 3.9,0 1.7,1.3* 4.4,0.3 8.4,3",
    "t": "1,3.6 3.7,15.5* 3,6 3.3,1.3 4.7,0.1 7.2,3 | 0.6,11 6.6,11.6",
    "u": "0.8,3.6 2.4,9.7* 2.2,3 3.8,0 6.2,3 7.6,9.7* 7.4,3 8.6,0.1 11,3",
    "v": "0.8,5 2.2,9.7 3.2,6 4.7,0.1* 6.5,6 7,9.5 7.8,8 10.2,8.2",
    "w": "0.8,4 2.2,9.7* 2.2,3 4,0 6,4 6.8,9.2* 6.8,3 8.5,0 10.4,5 10.9,9.5 11.8,8 13.8,8.2",
    "x": "0.8,6 2.6,9.7 4.1,6 5.4,1.2 7,0.1 9.4,3 | 7.8,9.7 1.4,0",
    "y": "0.8,3.6 2.4,9.7* 2.3,3.6 3.9,0.4 6.2,3 7.6,9.7* 7.3,2 6.4,-6 4,-8.8 2.4,-7 5,-2 10.4,3",
    "z": "0.8,7 2.8,9.8 6.6,9.4* 1.8,0.3* 4.2,1 6.8,0 9.4,2.8",
}
OTHERS = {
    "A": "0.4,0 5.5,18.5* 9.6,0 | 2.2,6.6 8.6,6.8",
    "B": "1.6,18.6 1.4,0 | 0.4,17.6 5,18.8 8.4,15.4 6,11 2,10* 7,9.4 9.8,5.4 7,1 1,0",
    "D": "2.4,18.4 2,0 | 0.6,18 6,18 11,13 11,6 7.6,1 0.8,0",
    "G": "10.4,15.6 7.4,18.8 2.4,15 1,8 3.4,1 7.4,0 10.6,4 10.8,8* 6.6,8",
    "I": "3,18.6 2.6,0",
    "M": "0.4,0 2.4,18.6* 6.6,6* 11.6,18.8* 13,0",
    "P": "1.8,18.6 1.4,0 | 0.4,17 5.4,18.9 9.4,15 7,10 1.8,8.8",
    "S": "9,16 6,18.8 2.2,15.6 3.4,11.4 7.6,8.4 8.6,4 5,0 0.6,2.6",
    "T": "6,18 5.4,0 | 0.2,17.6 5,18.4 11.4,18.2",
    "W": "0.4,18.4 3,0* 6.6,13* 9.6,0* 13.6,18.8",
    "0": "5,17 1.6,13.4 1.2,4 4.2,0 7.6,4 7.6,13 4.6,17",
    "2": "1,13.4 4,17 7.4,13.6 5,6.6 0.8,0* 8.4,0.4",
    "3": "1,15 4.6,17 7.4,13.6 3.6,9.4* 8,5.6 5,0 0.6,1.8",
    "4": "5.4,17 0.6,6* 8.6,6.4 | 6.4,10 5.8,-0.6",
    "5": "1.8,16.6 1.2,9.6* 5.2,10.4 7.6,6 4.6,0 0.4,1.4 | 1.8,16.6 7.8,16.8",
    ".": "1.2,0.2",
    ",": "1.8,0.8 1.9,-0.6 0.6,-3.2",
    ":": "1.4,0.4 | 2,7.6",
    ";": "1.8,0.8 1.9,-0.6 0.6,-3.2 | 2.2,7.6",
    "!": "3,18.4 2.2,5.4 | 1.8,0.2",
    "-": "1,6.6 7.6,6.9",
    "?": "1,15 4,18.6 7.4,15.4 5,10 4,5 | 3.8,0.2",
}
SLANT = 0.24
_PER_SPAN = 9


class Hand:
    """Writes words; every letter comes out a little different.

    Args:
        size: pixels of one grid unit.
        random: where the differences come from.
    """

    def __init__(self, size: float, random: np.random.Generator) -> None:
        self.size = size
        self._random = random

    def write(self, word: str, x: float, y: float) -> tuple[list[Path], float]:
        """Write ``word`` from (x, y) on its baseline.

        Returns:
            Strokes in pen order, (N, 2) in pixels with y down, and the x where the word ends.
        """
        body: list[Path] = []
        late: list[Path] = []
        joined: list[tuple[float, float, bool]] = []
        at = 0.0
        for letter in word:
            paths = self._varied(LETTERS.get(letter) or OTHERS[letter], at)
            at = max(float(path[:, 0].max()) for path in paths) + (
                -0.3 if letter in LETTERS else 2.2
            )
            if letter not in LETTERS:
                body += [smooth(path) for path in ([_as_path(joined)] if joined else [])]
                body += [smooth(path) for path in paths]
                joined = []
                continue
            late += [smooth(path) for path in paths[1:]]
            rows = [(float(a), float(b), bool(c)) for a, b, c in paths[0]]
            if joined and self._random.random() < 0.2:  # the pen rests between two letters
                body.append(smooth(_as_path(joined)))
                joined = []
            joined += rows[1:] if joined else rows
        body += [smooth(_as_path(joined))] if joined else []
        return [self._placed(stroke, x, y) for stroke in body + late], x + at * self.size

    def _varied(self, glyph: str, at: float) -> list[Path]:
        """Return the letter's control points as (N, 3): x, y, sharp."""
        wide, high = self._random.normal(1.0, 0.05, 2)
        drop = self._random.normal(0.0, 0.3)
        paths = []
        for part in glyph.split("|"):
            points = [point.removesuffix("*").split(",") for point in part.split()]
            path = np.array(points, dtype=float) * [wide, high] + [at, drop]
            path += self._random.normal(0.0, 0.16, path.shape)
            sharp = [point.endswith("*") for point in part.split()]
            paths.append(np.column_stack([path, sharp]))
        return paths

    def _placed(self, path: Path, x: float, y: float) -> Path:
        slanted = path @ np.array([[1.0, 0.0], [SLANT, -1.0]])
        return slanted * self.size + [x, y]


def _as_path(rows: list[tuple[float, float, bool]]) -> Path:
    return np.array(rows, dtype=float)


def smooth(controls: Path) -> Path:
    """Return a smooth curve through control points (N, 3): centripetal Catmull-Rom."""
    points, sharp = controls[:, :2], controls[:, 2] > 0
    pieces, start = [], 0
    for end in [*np.flatnonzero(sharp[1:-1]) + 1, len(points) - 1]:
        pieces.append(_spline(points[start : end + 1]))
        start = int(end)
    return np.concatenate([piece if i == 0 else piece[1:] for i, piece in enumerate(pieces)])


def _spline(points: Path) -> Path:
    if len(points) < 2:
        return points
    first, last = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    padded = np.vstack([first, points, last])
    knots = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(padded, axis=0).T) ** 0.5 + 1e-9)])
    curve = [points[:1]]
    for i in range(1, len(points)):
        t = np.linspace(knots[i], knots[i + 1], _PER_SPAN + 1)[1:, None]
        k, p = knots[i - 1 : i + 3], padded[i - 1 : i + 3]
        a = [_mix(p[j], p[j + 1], k[j], k[j + 1], t) for j in range(3)]
        b = [_mix(a[j], a[j + 1], k[j], k[j + 2], t) for j in range(2)]
        curve.append(_mix(b[0], b[1], k[1], k[2], t))
    return np.vstack(curve)


def _mix(a: Path, b: Path, start: float, end: float, t: Path) -> Path:
    return (end - t) / (end - start) * a + (t - start) / (end - start) * b
