"""The colours that ink is written in: its own, or such as can be read on another ground."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from inksight_cli.document import Document, Page, Stroke, Word
from inksight_cli.errors import UsageError

ORIGINAL, DARK, CURRENT = "original", "dark", "currentColor"
LIGHT = 0.55  # of white: ink as light as this cannot be read on white
READABLE = 0.4  # of white: as dark as this it can be
DARKER = 0.1  # of white: ink so much darker than its paper was read on it, and will be on white
GROUND = "#202124"
"""What lies behind light ink where nobody knows its paper."""


def with_ink(document: Document, choice: str) -> Document:
    """Return ``document`` with all its strokes in the colours that were chosen.

    Args:
        document: is not changed.
        choice: ``original``; ``dark`` turns light ink dark and keeps its hue; ``#rrggbb`` gives
            all ink one colour; ``currentColor`` leaves it to the page that an SVG stands in.

    Raises:
        UsageError: the choice is none of these.
    """
    if checked(choice) == ORIGINAL:
        return document
    color: Callable[[str], str] = darkened if choice == DARK else lambda _: choice
    return replace(document, pages=[_page(page, color) for page in document.pages])


def checked(choice: str) -> str:
    """Return ``choice`` if `with_ink` knows it.

    Raises:
        UsageError: it does not.
    """
    if choice not in (ORIGINAL, DARK, CURRENT) and not re.fullmatch(r"#[0-9a-fA-F]{6}", choice):
        raise UsageError(f"--ink takes original, dark, currentColor or #rrggbb, not {choice!r}.")
    return choice


def darkened(color: str) -> str:
    """Return ``#rrggbb`` with its lightness mirrored where it is light."""
    red, green, blue = _channels(color)
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    if luminance(color) < LIGHT:
        return color
    made = colorsys.hls_to_rgb(hue, min(lightness, 1 - lightness), saturation)
    dark = "#" + "".join(f"{round(255 * value):02x}" for value in made)
    if luminance(dark) < READABLE:
        return dark
    share = READABLE / luminance(dark)  # yellow is light even when it is dark
    return "#" + "".join(f"{int(255 * value * share):02x}" for value in made)


def luminance(color: str) -> float:
    """Return how light ``#rrggbb`` looks, 0..1 (Rec. 709 weights on the coded values)."""
    return float(np.dot(_channels(color), (0.2126, 0.7152, 0.0722)))


def ground_of(page: Page) -> str | None:
    """Return the colour that must lie behind a page's ink, None where white will do."""
    strokes = [s for s in page.strokes if s.color.startswith("#")]
    if not strokes:
        return None
    lengths = np.array([stroke.length + (stroke.width or 1.0) for stroke in strokes])
    paper = luminance(page.paper) if page.paper else 0.0
    ink = np.array([luminance(stroke.color) for stroke in strokes])
    light = (ink >= LIGHT) & (ink > paper - DARKER)
    if lengths[light].sum() <= 0.5 * lengths.sum():
        return None
    return page.paper if page.paper and paper < LIGHT else GROUND


def _channels(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return red, green, blue


def _page(page: Page, color: Callable[[str], str]) -> Page:
    def inked(strokes: list[Stroke]) -> list[Stroke]:
        return [replace(stroke, color=color(stroke.color)) for stroke in strokes]

    def word_of(word: Word) -> Word:
        return replace(word, strokes=inked(word.strokes))

    lines = [replace(line, words=[word_of(word) for word in line.words]) for line in page.lines]
    return replace(page, lines=lines, drawings=inked(page.drawings))
