"""The ink mask: what on a page is pen, and what is paper.

1. `paper`: the light is divided out, so that darkness means the same all over the page.
2. `rules`: what printed lines add is taken off.
3. Every stroke is cut at half of its own contrast (so its width comes out true, and its faint
   ends stay), where some of it stands clearly above the grain of the paper around it.
4. Strokes that a rule crossed are joined again; specks and crumbs of rules go.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.morphology import close_by, reached, resize
from inksight_cli.ink.off_page import off_page
from inksight_cli.ink.paper import LEVEL, flatten_light
from inksight_cli.ink.rules import Rules, find_rules
from inksight_cli.ink.specks import without_crumbs, without_specks
from inksight_cli.ink.types import Ink, Mask, Pixels

BLOCK = 32
"""Side of the blocks in which the paper's grain is measured, in pixels."""

WEAK, SURE = 3.0, 2.0
"""Ink is above `WEAK` times the grain; a stroke has some that is `SURE` times above that."""

PALE, AROUND = 0.3, 3.0
"""Nothing paler than this, against the darkest ink so many pen widths around it, is ink."""


def find_ink(pixels: Pixels) -> Ink:
    """Tell the pen's ink from paper, shadows and printed rules on a page (H, W, 3) uint8 RGB."""
    import cv2

    flat = flatten_light(pixels)
    strength = _strength(flat.level)
    grain = _grain(flat.level)
    pen = _pen_strength(strength, grain)
    rules = find_rules(strength, float(np.median(grain)), pen)
    printed = rules.darkness
    bare = _without(strength, printed)
    smooth = np.asarray(cv2.GaussianBlur(bare, (3, 3), 0), dtype=np.uint8)
    weak = _weakest(grain, printed)
    width = pen_width(smooth >= weak)
    smooth = _without_shade(smooth, width, pen)
    mask = _body(smooth, weak, width)
    if printed.any():
        dark = cv2.convertScaleAbs(_writing_around(smooth, width), alpha=0.5)
        mask = _rejoined(mask, np.where(strength < dark, 0, strength).astype(np.uint8), rules)
        mask = without_crumbs(mask, strength, printed, width)
    mask &= ~off_page(flat.paper_low, mask, pen_width(mask))
    width = pen_width(mask)
    mask = without_specks(mask, smooth, width, lined=bool(printed.any()))
    return Ink(mask, (printed > 4) & ~mask, strength, flat.paper, width)


def pen_width(mask: Mask) -> float:
    """Return the typical width of strokes in pixels, from the ridge of the distance transform.

    The mean of the middle half of the ridge: loops run full and crossings do not count.
    """
    import cv2

    if mask.size > 4_000_000:  # every fourth band of rows tells as much
        mask = np.concatenate([mask[k : k + 64] for k in range(0, len(mask), 256)])
    if not mask.any():
        return 1.0
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)) - 0.01) & mask
    # Where no paper is left, OpenCV's distance to it has no bounds: the page itself has.
    depths = np.sort(np.minimum(distance[ridge], min(mask.shape)))
    quarter = len(depths) // 4
    # A stroke 3 px wide has its ridge 2 px from paper, one of 4 px too: 2 d - 1/2 in the mean.
    return max(2.0 * float(depths[quarter : len(depths) - quarter].mean()) - 0.5, 1.0)


def _strength(level: Pixels) -> Pixels:
    table = np.clip((LEVEL - np.arange(256)) * (255 / LEVEL) + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(table[level], dtype=np.uint8)


def _grain(level: Pixels) -> NDArray[np.float32]:
    """Standard deviation of the paper in blocks, in units of strength, at least 1.

    The median deviation of a block is the paper's as long as ink covers less than half of it.
    """
    import cv2

    step = 2 if level.size > 1_000_000 else 1
    side = BLOCK // step
    part = level[::step, ::step]
    pad = [(0, -part.shape[0] % side), (0, -part.shape[1] % side)]
    part = np.pad(part, pad, mode="reflect" if min(part.shape) > side else "edge")
    rows, columns = part.shape[0] // side, part.shape[1] // side
    off = cv2.absdiff(part, np.full_like(part, LEVEL))
    blocks = off.reshape(rows, side, columns, side).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    middle = np.partition(blocks, side * side // 2, axis=2)[:, :, side * side // 2]
    grain = np.maximum((middle + 0.5) * np.float32(1.4826 * 255 / LEVEL), 1.0)
    # A block full of writing is not grain: its neighbours speak for it.
    calm = cv2.erode(grain.astype(np.float32), np.ones((5, 5), np.uint8))
    return np.asarray(cv2.blur(calm, (3, 3)), dtype=np.float32)


def _pen_strength(strength: Pixels, grain: NDArray[np.float32]) -> float:
    """How dark the pen typically is: the darker tenth of all that is not paper."""
    part = strength[::3, ::3]
    dark = part[part > max(SURE * WEAK * float(np.median(grain)), 24)]
    return float(np.percentile(dark, 90)) if len(dark) else 255.0


def _without(strength: Pixels, rules: Pixels) -> Pixels:
    """Divide out what the rules absorb: ink over a rule keeps its own darkness."""
    if not rules.any():
        return strength
    out = strength.copy()
    on = rules > 0
    s, r = strength[on].astype(np.float32), rules[on].astype(np.float32)
    out[on] = np.clip(255 * (s - r) / np.maximum(255 - r, 1), 0, 255).astype(np.uint8)
    return out


def _without_shade(smooth: Pixels, width: float, pen: float) -> Pixels:
    """Take off what is too wide for the pen and too pale for a blot: creases, stains, shadows."""
    import cv2

    step = 2 if width >= 3 else 1
    size = (smooth.shape[1] // step, smooth.shape[0] // step)
    if min(size) < 8:
        return smooth
    small = resize(smooth, *size)
    side = int(np.ceil(4 * width / step)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    shade = cv2.morphologyEx(small, cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_REPLICATE)
    pale = np.where(np.asarray(shade) > 0.5 * pen, 0, shade).astype(np.uint8)
    wide = resize(pale, smooth.shape[1], smooth.shape[0])
    return np.asarray(cv2.subtract(smooth, wide), dtype=np.uint8)


def _weakest(grain: NDArray[np.float32], printed: Pixels) -> Pixels:
    """Below this strength nothing is ink: it follows the grain, and is higher on uneven print."""
    import cv2

    height, width = printed.shape
    small = np.clip(grain * WEAK, 11, 127).astype(np.uint8)
    wide = resize(small, small.shape[1] * BLOCK, small.shape[0] * BLOCK)[:height, :width]
    if not printed.any():
        return wide
    return np.asarray(cv2.add(wide, cv2.convertScaleAbs(printed, alpha=0.35)), dtype=np.uint8)


def _body(smooth: Pixels, weak: Pixels, width: float) -> Mask:
    """Cut each stroke at half of its own contrast, faint ends included.

    What is far paler than the writing around it is none: grey in the eyes of letters, creases.
    """
    import cv2

    reach = 2 * int(np.ceil(width / 2)) + 3
    peak = cv2.dilate(smooth, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    pale = cv2.convertScaleAbs(_writing_around(smooth, width), alpha=PALE)
    own = cv2.max(cv2.convertScaleAbs(peak, alpha=0.5), pale)
    half = cv2.max(own, weak)
    return reached(smooth >= half, smooth >= cv2.convertScaleAbs(weak, alpha=SURE))


def _writing_around(smooth: Pixels, width: float) -> Pixels:
    """Return how dark the darkest ink near each pixel is."""
    import cv2

    side = 2 * int(np.ceil(AROUND * width)) + 1
    return np.asarray(cv2.dilate(smooth, np.ones((side, side), np.uint8)), dtype=np.uint8)


def _rejoined(mask: Mask, strength: Pixels, rules: Rules) -> Mask:
    """Bridge the gaps that taking out a rule leaves in strokes as dark as the rule."""
    out = mask | _bridged(mask, strength, rules.across)
    return np.asarray(out | _bridged(mask.T, strength.T, rules.down.T).T, dtype=bool)


def _bridged(mask: Mask, strength: Pixels, across: Pixels) -> Mask:
    """What lies on a horizontal rule, dark, with ink above and below it."""
    on = (across > 0) & (strength >= np.maximum(across, 20) // 2)
    if not on.any():
        return on
    length = int(np.clip(pen_width(across > 0), 2, 12)) + 3
    window = _around(on, length)
    part = mask[window]
    bridged = np.zeros_like(part)
    steps = np.arange(length)
    for lean in (-0.6, 0.0, 0.6):
        bar = np.zeros((length, length), dtype=np.uint8)
        bar[steps, length // 2 + np.round(lean * (steps - length // 2)).astype(int)] = 1
        bridged |= close_by(part, bar)
    on[window] &= bridged
    return on


def _around(mask: Mask, margin: int) -> tuple[slice, slice]:
    """Return the rows and columns that hold all of ``mask``, and ``margin`` more."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        slice(max(int(rows[0]) - margin, 0), int(rows[-1]) + 1 + margin),
        slice(max(int(columns[0]) - margin, 0), int(columns[-1]) + 1 + margin),
    )
