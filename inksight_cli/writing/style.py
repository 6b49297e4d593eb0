"""How a person writes on a page: measured on words whose base lines are known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from inksight_cli.document import Page, Word
from inksight_cli.formats.sizes import points_per_pixel
from inksight_cli.writing.cut import slant_of
from inksight_cli.writing.gaps import gap_of
from inksight_cli.writing.hand import Letter, Style

_MM = 25.4 / 72  # a point's
_FEW = 4  # values that a median needs
_WITHIN = {"body": (0.8, 12.0), "pen": (0.03, 0.5), "lift": (0.05, 0.8), "blank": (0.5, 4.0),
           "blank_spread": (0.05, 1.0), "leading": (2.4, 9.0), "left": (0.03, 0.3),
           "right": (0.03, 0.3), "top": (0.03, 0.3), "ragged": (0.0, 2.0), "waver": (0.0, 0.2),
           "rise": (-0.06, 0.06), "rise_spread": (0.0, 0.02)}  # fmt: skip
"""Bounds beyond which a page was something else than a letter."""


@dataclass(slots=True)
class Placed:
    """A word that is cut, and where it lies.

    Attributes:
        page, line: counted from 0.
        word: on its page.
        letters: in bodies.
        body: in the page's pixels; at: the left end of its base line, in these as well.
    """

    page: int
    line: int
    word: Word
    letters: list[Letter]
    body: float
    at: tuple[float, float]


def style_of(pages: Sequence[Page], words: Sequence[Placed]) -> Style:
    """Return how ``words`` are written; what they do not tell is as people usually do."""
    found: dict[str, list[float]] = defaultdict(list)
    for number, page in enumerate(pages):
        own = [each for each in words if each.page == number]
        if own:
            _measure_page(page, own, found)
    for each in words:
        for a, b in pairwise(each.letters):
            if a.after is None and a.paths and b.paths:
                found["lift"].append(gap_of(a.paths, b.paths))
    medians = {name: float(np.median(v)) for name, v in found.items() if len(v) >= _FEW}
    for name in ("left", "right", "top"):
        if found[name]:
            medians[name] = float(np.median(found[name]))
    for name, of in (("blank_spread", "blank"), ("rise_spread", "rise")):
        if of in medians:
            medians[name] = _spread(found[of])
    kept = {k: float(np.clip(v, *_WITHIN[k])) for k, v in medians.items() if k in _WITHIN}
    colors = Counter(s.color for each in words for s in each.word.strokes)
    color = colors.most_common(1)[0][0] if colors else Style().color
    paths = [path for each in words for letter in each.letters for path in letter.paths]
    return Style(**kept, color=color, slant=slant_of(paths) if paths else 0.0)


def _spread(values: Iterable[float]) -> float:
    """Return a standard deviation that outliers do not move."""
    low, high = np.percentile(list(values), [25, 75])
    return float(high - low) / 1.35


def _measure_page(page: Page, words: Sequence[Placed], found: dict[str, list[float]]) -> None:
    mm = points_per_pixel(page) * _MM
    lines: dict[int, list[Placed]] = defaultdict(list)
    for each in words:
        lines[each.line].append(each)
        found["body"].append(each.body * mm)
        widths = [stroke.width for stroke in each.word.strokes if stroke.width]
        if widths:
            found["pen"].append(float(np.median(widths)) / each.body)
    body = float(np.median([each.body for each in words]))
    starts, ends, heights = [], [], []
    for own in lines.values():
        own.sort(key=lambda each: each.at[0])
        starts.append(own[0].word.box.left)
        ends.append(max(each.word.box.right for each in own))
        heights.append(float(np.median([each.at[1] for each in own])))
        found["blank"] += [
            (b.at[0] - max(s.box.right for s in a.word.strokes)) / body for a, b in pairwise(own)
        ]
        if len(own) >= _FEW:
            x, y = np.array([each.at for each in own]).T
            slope, base = np.polyfit(x, y, 1)
            found["rise"].append(float(slope))
            found["waver"].append(float(np.std(y - slope * x - base)) / body)
    if len(lines) >= _FEW:
        steps = np.diff(np.sort(heights)) / body
        found["leading"] += steps[(steps > 2) & (steps < 12)].tolist()
        left = float(np.median(starts))
        found["left"].append(left / page.width)
        found["ragged"] += [abs(start - left) / body for start in starts]
        found["right"].append(1 - float(np.percentile(ends, 85)) / page.width)
        found["top"].append((min(heights) - body) / page.height)
