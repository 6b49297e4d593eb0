"""The null detector: all the page's ink is one word."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from inksight_cli.document import Line, Word
from inksight_cli.geometry import Box, Quad
from inksight_cli.pages.page import PageImage


class WholeDetector:
    """For pictures of a single word; and for drawings, where words do not matter."""

    name: ClassVar[str] = "whole"
    summary: ClassVar[str] = "the whole picture is one word"

    def missing(self) -> None:
        """Return None: nothing is needed."""
        return

    def detect(self, page: PageImage) -> list[Line]:
        """Return one line of one word around the page's ink; none on an empty page."""
        rows = np.flatnonzero(page.ink.mask.any(axis=1))
        columns = np.flatnonzero(page.ink.mask.any(axis=0))
        if not len(rows):
            return []
        box = Box(float(columns[0]), float(rows[0]), columns[-1] + 1.0, rows[-1] + 1.0)
        quad = Quad.from_box(box)
        return [Line([Word(quad)], quad)]
