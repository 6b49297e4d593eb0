"""The ink of a page: what the network sees, the paper around it, and the pen's width."""

from __future__ import annotations

import numpy as np

from inksight_cli.ink.morphology import dilate_round, resize
from inksight_cli.ink.network import Look, look_at
from inksight_cli.ink.scale import INKED, pen_width
from inksight_cli.ink.types import Ink, Mask, Pixels

SEEN = 90  # of 255: from here on a pixel is ink, where its patch is
FAINT = 45  # on a centre line that is no rule a pixel is ink from here on,
ON_LINE, NO_RULE = 40, 64  # where its centre line is at least, and a rule at most, as sure as this
SURE = 166  # of 255: a patch of ink is somewhere as sure as this
SPECK = 0.35  # of the square of the pen's width: what is smaller is no dot
RULED = 128  # of 255: from here on a pixel is a rule
PALER, AS_DARK = 0.5, 0.75  # of the pen's contrast: rules paler, drawn lines darker than this
ACROSS = 0.9  # of the page's side: a longer line is a margin
LONG = 5.0  # pen widths: a shorter bit of a rule is no drawn line
THROUGH = 0.28  # of the pen's contrast: what is paler shines through from the other side
GRID = 8  # pixels of the page in a cell of its paper


def find_ink(pixels: Pixels) -> Ink:
    """Tell the pen's ink from paper, shadows, rules and all else on a page (H, W, 3) uint8 RGB.

    The page is looked at as large as it is: `inksight_cli.ink.scale` says how large is right.
    """
    look = look_at(pixels)
    pen = pen_width(look.cover >= INKED)
    mask = _mask(look, pen)
    rules = (look.ruled >= RULED) & ~mask
    paper = _paper(pixels, mask, rules, pen)
    strength = _strength(pixels, paper)
    mask = _of_this_side(mask, look.middle, strength)
    drawn = _drawn_on_rules(mask, rules, strength, pen)
    if drawn.any():
        mask, rules = mask | drawn, rules & ~drawn
        look.cover[drawn], look.drawn[drawn] = 255, 255
    return Ink(mask, look.cover, look.middle, look.drawn, rules, strength, paper, pen)


def _mask(look: Look, pen: float) -> Mask:
    """Return what is ink: patches as large as a dot, and somewhere sure.

    Hairlines and faded places are seen faintly; it is their centre lines that join them.
    """
    import cv2

    faint = (look.cover >= FAINT) & (look.middle >= ON_LINE) & (look.ruled < NO_RULE)
    inked = (look.cover >= SEEN) | faint
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inked.view(np.uint8), connectivity=8)
    sure = np.zeros(count, dtype=np.bool_)
    sure[labels[look.cover >= SURE]] = True
    keep = sure & (stats[:, cv2.CC_STAT_AREA] >= SPECK * pen**2)
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.bool_)


def _of_this_side(mask: Mask, middle: Pixels, strength: Pixels) -> Mask:
    """Take off what is far paler than the page's pen: writing of the sheet's other side.

    A tile does not tell how dark the pen of its page is; the page does. What shines through has
    a tenth to three tenths of its contrast, pencil beside ink four tenths and more.
    """
    import cv2

    lines = mask & (middle >= INKED)
    if not lines.any():
        return mask
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    at = labels[lines]
    length = np.bincount(at, minlength=count)
    dark = np.bincount(at, weights=strength[lines], minlength=count) / np.maximum(length, 1)
    pale = (dark < THROUGH * float(np.percentile(strength[lines][::7], 90))) & (length > 0)
    return np.asarray(mask & ~pale[labels], dtype=np.bool_)


def _drawn_on_rules(mask: Mask, rules: Mask, strength: Pixels, pen: float) -> Mask:
    """Return what looks like a rule and is as dark as the pen, on paper whose rules are paler.

    Frames and arrows follow the lines of squared paper: only their ink tells them from these.
    """
    import cv2

    nothing = np.zeros_like(mask)
    if not (mask.any() and rules.any()):
        return nothing
    inked = float(np.median(strength[mask][::7]))
    # Nearly all rules, not half of them: a dark grid is printed unevenly.
    if float(np.percentile(strength[rules][::7], 90)) > PALER * inked:
        return nothing
    dark = rules & (strength >= AS_DARK * inked)
    # A piece is joined over the pixels where its edge is paler.
    joined = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    extents = stats[:, 2:4]
    long = extents.max(axis=1) >= LONG * pen
    # A dark line across the whole page is its margin.
    long &= (extents < ACROSS * np.array(mask.shape[::-1])).all(axis=1)
    long[0] = False
    return np.asarray(long[labels] & rules, dtype=np.bool_)


def _paper(pixels: Pixels, mask: Mask, rules: Mask, pen: float) -> Pixels:
    """Return the paper's colour in cells of `GRID` pixels, from what is neither ink nor rule."""
    import cv2

    around = dilate_round(mask | rules, 2 * round(0.5 * pen + 1) + 1)
    bare = (~around).astype(np.uint8)
    height, width = mask.shape
    size = max(width // GRID, 1), max(height // GRID, 1)
    shown = cv2.bitwise_and(pixels, pixels, mask=bare)
    total = np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    weight = cv2.resize(bare * np.uint8(255), size, interpolation=cv2.INTER_AREA)
    weight = np.asarray(weight, dtype=np.float32) / 255
    # Cells full of ink take the paper around them: wider and wider blurs fill in.
    filled, known = total.copy(), weight.copy()
    for spread in (1, 4, 16, 64):
        wide = cv2.GaussianBlur(total, (0, 0), spread), cv2.GaussianBlur(weight, (0, 0), spread)
        lacking = known < 0.2
        filled[lacking], known[lacking] = wide[0][lacking], wide[1][lacking]
    cells = filled / np.maximum(known, 1e-3)[..., None]
    return np.asarray(np.clip(cells + 0.5, 0, 255), dtype=np.uint8)


def _strength(pixels: Pixels, paper: Pixels) -> Pixels:
    """Return how much each pixel differs from the paper around, in the channel that shows most."""
    import cv2

    wide = resize(paper, pixels.shape[1], pixels.shape[0])
    return np.asarray(cv2.absdiff(pixels, wide).max(axis=2), dtype=np.uint8)
