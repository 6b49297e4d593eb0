"""A word that is cut, set on its base line: in bodies, level, its left end at x = 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Word
from inksight_cli.geometry import Affine
from inksight_cli.polylines import simplify_all
from inksight_cli.reading.drawing import HEIGHT, Frame
from inksight_cli.writing.guides import guides, reach
from inksight_cli.writing.hand import Letter
from inksight_cli.writing.shape import extent
from inksight_cli.writing.style import Placed

_DOUBT = 1.5  # a word's own size counts as much as the page's where so many letters tell it
_TILT = 0.12  # how far a word's own base line may lean, y a unit of x
_SIZES = 2.5  # times larger or smaller than the page's usual word: not measured well
_FINE = 0.012  # bodies: points nearer to their path are left out
_OFF = 0.8  # bodies that a sign may lie above or below its usual place
_ON_LINE = set("aceimnorsuvwxzbdhklt")
_FEWEST = 4  # letters on the line that tell how it leans


@dataclass(frozen=True, slots=True)
class Cut:
    """A word in columns of the reader's drawing.

    Attributes:
        page, line: where it stands, counted from 0.
        word: as the page has it; at: how the reader saw it.
        letters: its ink.
    """

    page: int
    line: int
    word: Word
    at: Frame
    letters: list[Letter]

    @property
    def texts(self) -> list[str]:
        """The letters."""
        return [letter.text for letter in self.letters]

    def body(self) -> float | None:
        """Return how tall its body is in the page's pixels, None where no letter tells."""
        found = guides(self.texts, *_ends(self.letters))
        return found[1] / self.at.scale if found else None


def _ends(letters: Sequence[Letter]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the ink of letters ends above and below; NaN without ink."""
    ink = [np.concatenate(each.paths)[:, 1] if each.paths else [np.nan] for each in letters]
    return np.array([np.min(y) for y in ink]), np.array([np.max(y) for y in ink])


def usual_bodies(cuts: Sequence[Cut]) -> dict[int, float]:
    """Return for every page how tall a body usually is, in its pixels; 0 where nothing tells."""
    found: dict[int, list[float]] = {one.page: [] for one in cuts}
    for one in cuts:
        if body := one.body():
            found[one.page].append(body)
    everywhere = [body for bodies in found.values() for body in bodies]
    usual = float(np.median(everywhere)) if everywhere else 0.0
    return {k: float(np.median(bodies)) if bodies else usual for k, bodies in found.items()}


def place(one: Cut, usual: float) -> Placed | None:
    """Return a word set on its base line, None where nothing tells how large it is.

    Letters beside one that got no ink are not good: they have its ink.

    Args:
        one: a word.
        usual: how tall the body is on its page, in pixels.
    """
    own = one.body()
    if not usual or (own and not 1 / _SIZES < own / usual < _SIZES):
        return None
    told = sum(reach(text)[0] is not None for text in one.texts)
    body = usual * ((own or usual) / usual) ** (told / (told + _DOUBT))
    columns = body * one.at.scale
    found = guides(one.texts, *_ends(one.letters), columns)
    if found is None:
        return None
    left = min(float(path[:, 0].min()) for each in one.letters for path in each.paths)
    origin = np.array([left, found[0]])
    letters = _levelled([_moved(each, origin, columns) for each in one.letters])
    inked = [True, *(bool(each.paths) for each in letters), True]
    for k, letter in enumerate(letters):
        letter.good = letter.good and all(inked[k : k + 3]) and _plausible(letter)
    level = (origin - (one.at.column(0.0), 0.5 * HEIGHT)) / one.at.scale + (0.0, one.at.middle)
    x, y = Affine.rotation(one.word.quad.angle)(level)[0].tolist()
    return Placed(one.page, one.line, one.word, letters, body, (x, y))


def _plausible(letter: Letter) -> bool:
    """Whether a sign lies where it should; of letters and digits the reader has said so."""
    if letter.text.isalnum() or not letter.paths:
        return True
    y = np.concatenate(letter.paths)[:, 1]
    above, below = extent(letter.text)
    return bool(abs(y.min() + above) < _OFF and abs(y.max() - below) < _OFF)


def _moved(letter: Letter, origin: NDArray[np.float64], columns: float) -> Letter:
    paths = simplify_all([(path - origin) / columns for path in letter.paths], _FINE)
    return replace(letter, paths=paths)


def _levelled(letters: list[Letter]) -> list[Letter]:
    """Shear a word of several letters until its own base line is level."""
    ink = [np.concatenate(each.paths) for each in letters if each.paths and each.text in _ON_LINE]
    if len(ink) < _FEWEST:
        return letters
    x = np.array([points[:, 0].mean() for points in ink])
    y = np.array([points[:, 1].max() for points in ink])
    slope, base = np.polyfit(x, y, 1)
    rest = np.abs(y - slope * x - base)
    keep = rest <= max(2.5 * float(np.median(rest)), 0.05)
    if keep.sum() < _FEWEST:
        return letters
    slope = float(np.clip(np.polyfit(x[keep], y[keep], 1)[0], -_TILT, _TILT))
    shear = np.array([[1.0, -slope], [0.0, 1.0]])
    shift = np.array([0.0, float(np.median((y - slope * x)[keep]))])
    return [replace(each, paths=[path @ shear - shift for path in each.paths]) for each in letters]
