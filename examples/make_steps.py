"""Make ``docs/steps/*.webp``: what every step makes of the example page, for docs/how-it-works.md.

Run: ``python examples/make_steps.py``
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli import load_pages
from inksight_cli.api import derender
from inksight_cli.document import Page
from inksight_cli.flatten.corners import find_corners
from inksight_cli.flatten.sheet import flatten_page
from inksight_cli.ink.network import Look, look_at
from inksight_cli.ownership.assign import assign_ink
from inksight_cli.pages.page import PageImage
from inksight_cli.trace.graph import build_graph

HERE = Path(__file__).parent
STEPS = HERE.parent / "docs" / "steps"
PART = slice(600, 840), slice(150, 750)
"""Rows and columns of the page that are shown large."""
TIMES = 2  # how much larger
WRITTEN, DRAWN, RULED = (40, 70, 200), (20, 150, 60), (225, 150, 60)

Picture = NDArray[np.uint8]


def save(name: str, picture: Picture) -> None:
    """Write one RGB picture."""
    STEPS.mkdir(exist_ok=True)
    data = np.ascontiguousarray(picture[..., ::-1])
    cv2.imwrite(str(STEPS / f"{name}.webp"), data, [cv2.IMWRITE_WEBP_QUALITY, 80])


def large(picture: Picture) -> Picture:
    """Return the shown part, enlarged pixel by pixel."""
    return np.asarray(picture[PART].repeat(TIMES, 0).repeat(TIMES, 1), dtype=np.uint8)


def at(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return where points of the page lie on the enlarged part, in sixteenths of a pixel."""
    corner = np.array([PART[1].start, PART[0].start])
    return np.round((points - corner) * TIMES * 16 - 8).astype(np.int32)


def line(picture: Picture, points: NDArray[np.float64], colour: tuple[int, ...], wide: int) -> None:
    """Draw a path of the page."""
    cv2.polylines(picture, [at(points)], False, colour, wide, cv2.LINE_AA, 4)


def photographed(page: PageImage) -> PageImage:
    """Lay the page askew on a dark table."""
    height, width = page.pixels.shape[:2]
    sheet = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[190, 120], [1440, 60], [1560, 1080], [60, 1130]], np.float32)
    warp = cv2.getPerspectiveTransform(sheet, seen)
    table = (70, 55, 45)
    pixels = cv2.warpPerspective(page.pixels, warp, (width, height + 100), borderValue=table)
    return replace(page, pixels=np.asarray(pixels, np.uint8), _ink=None)


def flattened(page: PageImage) -> Picture:
    """The photo with the corners that were found, and the page pulled straight."""
    photo = photographed(page)
    shown, corners = photo.pixels.copy(), find_corners(photo.pixels)
    assert corners is not None, "the sheet's corners were not found"
    cv2.polylines(shown, [np.round(corners).astype(np.int32)], True, (255, 60, 40), 6, cv2.LINE_AA)
    flat = flatten_page(photo).pixels
    high = 420
    sides = [
        cv2.resize(p, (round(p.shape[1] * high / p.shape[0]), high), interpolation=cv2.INTER_AREA)
        for p in (shown, flat)
    ]
    return np.hstack([sides[0], np.full((high, 12, 3), 255, np.uint8), sides[1]])


def kinds(look: Look) -> Picture:
    """What the eyes say: writing, drawing, rules, each as strong as it is sure."""
    ink = look.cover / 255.0
    drawn = ink * look.drawn / 255.0
    shown = np.full((*ink.shape, 3), 255.0)
    for share, colour in ((ink - drawn, WRITTEN), (drawn, DRAWN), (look.ruled / 255.0, RULED)):
        shown -= share[..., None] * (255 - np.array(colour))
    return np.asarray(np.clip(shown, 0, 255), np.uint8)


def pale(page: PageImage) -> Picture:
    """The shown part, faint: something to draw on."""
    return np.asarray(large(page.pixels) // 4 + 188, np.uint8)


def graph(page: PageImage, result: Page) -> Picture:
    """Centre lines, and where a pen could have gone on in more than one way."""
    shown = pale(page)
    ownership = assign_ink(page.ink, list(result.words))
    for index, _ in enumerate(result.words):
        region = ownership.region(index)
        if not region.area:
            continue
        corner = np.array([region.left, region.top])
        found = build_graph(region.mask)
        for edge in found.edges:
            line(shown, edge.path + corner, WRITTEN, 2)
        for node, ends in zip(found.nodes, found.ends_at(), strict=True):
            colour = (220, 40, 40) if len(ends) > 2 else (20, 20, 20)
            centre = tuple(at(node + corner).tolist())
            cv2.circle(shown, centre, 4 * 16, colour, -1, cv2.LINE_AA, 4)
    return shown


def words(page: PageImage, result: Page) -> Picture:
    """The boxes of words, and whose ink is whose."""
    shown = pale(page)
    ownership = assign_ink(page.ink, list(result.words))
    for index, word in enumerate(result.words):
        region = ownership.region(index)
        own = np.zeros(page.ink.mask.shape, np.uint8)
        rows, columns = region.mask.shape
        own[region.top : region.top + rows, region.left : region.left + columns] = region.mask
        shown[large(own) > 0] = _hue(index * 67 % 180)
        line(shown, word.quad.points[[0, 1, 2, 3, 0]], (150, 150, 150), 1)
    return shown


def order(page: PageImage, result: Page) -> Picture:
    """Every word's strokes from blue to red, numbered where the pen comes down."""
    shown = pale(page)
    for word in result.words:
        for number, stroke in enumerate(word.strokes):
            colour = _hue(round(120 * (1 - number / max(len(word.strokes) - 1, 1))))
            line(shown, stroke.points, colour, 3)
        for number, stroke in enumerate(word.strokes, start=1):
            x, y = at(stroke.points[0]) // 16
            for colour, wide in (((255, 255, 255), 3), ((0, 0, 0), 1)):
                face = cv2.FONT_HERSHEY_SIMPLEX
                cv2.putText(shown, str(number), (x - 8, y - 4), face, 0.45, colour, wide, 16)
    return shown


def _hue(hue: int) -> tuple[int, ...]:
    pixel = np.array([[[hue, 230, 210]]], np.uint8)
    return tuple(cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].tolist())


def main() -> None:
    """Write all pictures."""
    (page,) = load_pages(HERE / "page.jpg")
    result = derender(HERE / "page.jpg").pages[0]
    look = look_at(page.pixels)
    save("1-flatten", flattened(page))
    save("2-page", large(page.pixels))
    save("3-ink", 255 - large(np.repeat(look.cover[..., None], 3, axis=2)))
    save("4-kinds", large(kinds(look)))
    save("5-words", words(page, result))
    save("6-graph", graph(page, result))
    save("7-order", order(page, result))


if __name__ == "__main__":
    main()
