"""Pages of a physical size: the paper that a picture shows, said by its name."""

from __future__ import annotations

from dataclasses import replace

from inksight_cli.document import Document, Page
from inksight_cli.errors import UsageError

PAPERS = {
    "a3": (297.0, 420.0),
    "a4": (210.0, 297.0),
    "a5": (148.0, 210.0),
    "a6": (105.0, 148.0),
    "letter": (215.9, 279.4),
    "legal": (215.9, 355.6),
}
"""Width and height in millimetres, upright (ISO 216, ANSI Y14.1)."""

_MM_PER_INCH = 25.4
_POINTS_PER_INCH = 72.0
UNKNOWN_WIDTH = 2.0
"""Pixels: how wide strokes are drawn whose width nobody knows."""


def on_paper(document: Document, name: str) -> Document:
    """Return ``document`` with its pages as large as they fit on a paper, upright or across.

    Only `Page.dpi` changes, so every format that knows millimetres follows.

    Raises:
        UsageError: no such paper.
    """
    size = PAPERS.get(name.lower())
    if size is None:
        raise UsageError(f"--page-size is one of {', '.join(PAPERS)}, not {name!r}.")
    return replace(document, pages=[_fitted(page, size) for page in document.pages])


def points_per_pixel(page: Page) -> float:
    """Return points of 1/72 inch per pixel; a page of unknown size fits on A4."""
    dpi = page.dpi or _fitted(page, PAPERS["a4"]).dpi
    assert dpi is not None
    return _POINTS_PER_INCH / dpi


def _fitted(page: Page, size: tuple[float, float]) -> Page:
    short, long = sorted((page.width, page.height))
    dpi = max(short / size[0], long / size[1]) * _MM_PER_INCH
    return replace(page, dpi=dpi)
