"""What an ink mask holds that is no pen's: crumbs of rules, grain of paper, faint remains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.morphology import components, dilate, resize
from inksight_cli.ink.types import Mask, Pixels

FAINT = 0.33
"""On lined paper nothing is ink that is nowhere darker than this share of the usual ink."""

LETTER = 40
"""Pen widths of line in a letter: what is longer counts no more for what is usual."""


def without_crumbs(mask: Mask, strength: Pixels, rules: Pixels, width: float) -> Mask:
    """Drop components that lie along a rule, are hardly darker than it, and little else."""
    import cv2

    count, labels = components(mask)
    near = np.asarray(cv2.dilate(rules, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    label = labels[mask]
    area = np.maximum(np.bincount(label, minlength=count), 1)
    on = np.bincount(label, weights=near[mask] > 0, minlength=count)
    dark = np.bincount(label, weights=strength[mask], minlength=count)
    printed = np.bincount(label, weights=near[mask], minlength=count)
    keep = ~((on > 0.5 * area) & (area - on < 4 * width * width) & (dark < 1.8 * printed))
    keep[0] = False
    return np.asarray(keep[labels], dtype=bool)


def without_specks(mask: Mask, smooth: Pixels, width: float, *, lined: bool) -> Mask:
    """Drop what is too small for a pen, and small pale spots: the grain of old paper.

    A dot or a comma is nearly as dark as the writing it belongs to; far from any writing it
    must be quite as dark. On lined paper what is faint all along and stands alone goes as well,
    however large: rules that bend where the paper curls, creases, ink that shows through.
    """
    count, labels = components(mask)
    label, dark = labels[mask], smooth[mask]
    area = np.bincount(label, minlength=count)
    peak = np.zeros(count, dtype=np.uint8)
    np.maximum.at(peak, label, dark)
    small = area < 3 * width * width
    usual = _usual(peak, np.where(small, 0, np.minimum(area, LETTER * width * width)))
    far = _far_from(np.asarray((~small)[labels] & mask, dtype=np.bool_), 12 * width)
    alone = np.bincount(label, weights=far[mask], minlength=count) > 0
    pale = peak < np.where(alone, 0.75, 0.4) * usual
    keep = (area >= max(0.3 * width * width, 3)) & ~(small & pale)
    if lined:
        faint = np.bincount(label, weights=dark >= FAINT * usual, minlength=count) <= 0.1 * area
        away = _far_from(np.asarray((keep & ~faint)[labels] & mask, dtype=np.bool_), 6 * width)
        keep &= ~faint | (np.bincount(label, weights=away[mask], minlength=count) < 0.5 * area)
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.bool_)


def _usual(values: Pixels, weights: NDArray[np.float64]) -> float:
    """Return the weighted median; 0 where nothing weighs anything."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2)]]) if reached[-1] else 0.0


def _far_from(mask: Mask, distance: float) -> Mask:
    """Return where no ink of ``mask`` lies within ``distance`` pixels, on a coarse grid."""
    height, width = mask.shape
    step = max(int(distance / 4), 1)
    size = max(width // step, 1), max(height // step, 1)
    coarse = resize(mask.astype(np.uint8) * 255, *size) > 0
    near = dilate(coarse, 9, 9)
    return resize((~near).astype(np.uint8), width, height, smooth=False) > 0
