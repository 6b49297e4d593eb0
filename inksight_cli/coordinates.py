"""A page's ink and boxes in the pixels of the photo that it was flattened from."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from inksight_cli.document import Line, Page, Stroke, Word
from inksight_cli.geometry import Quad
from inksight_cli.homography import Homography

Coordinates: TypeAlias = Literal["page", "photo"]
"""Whose pixels an output counts in: the flat page's, or the upright photo's as it was taken."""


def in_coordinates(page: Page, coordinates: Coordinates) -> Page:
    """Return ``page`` with everything where it lies on its photo, where that is asked for.

    A page that was not flattened is its own photo. What comes back is a page of the photo's
    size; strokes stay polylines, for a perspective keeps straight lines straight, and widths
    grow as lengths around them do.
    """
    photo = page.photo
    if coordinates == "page" or photo is None:
        return page
    mapped = mapped_page(page, photo.to_photo)
    return replace(mapped, width=photo.width, height=photo.height, dpi=photo.dpi, photo=None)


def mapped_page(page: Page, to: Homography) -> Page:
    """Return ``page`` with all its lines and drawings mapped; its size is not changed."""
    return replace(
        page,
        lines=[mapped_line(line, to) for line in page.lines],
        drawings=[mapped_stroke(stroke, to) for stroke in page.drawings],
    )


def mapped_quad(quad: Quad, to: Homography) -> Quad:
    """Return ``quad`` with its corners mapped; its sides stay straight."""
    return Quad.from_points(to(quad.points))


def mapped_stroke(stroke: Stroke, to: Homography) -> Stroke:
    """Return ``stroke`` with its points mapped and its widths scaled as lengths are there."""
    widths = None if stroke.widths is None else stroke.widths * to.scale_at(stroke.points)
    return replace(stroke, points=to(stroke.points), widths=widths)


def mapped_line(line: Line, to: Homography) -> Line:
    """Return ``line`` with its quad, its words and their strokes mapped."""
    words = [_word(word, to) for word in line.words]
    return replace(line, words=words, quad=mapped_quad(line.quad, to))


def _word(word: Word, to: Homography) -> Word:
    strokes = [mapped_stroke(stroke, to) for stroke in word.strokes]
    return replace(word, quad=mapped_quad(word.quad, to), strokes=strokes)
