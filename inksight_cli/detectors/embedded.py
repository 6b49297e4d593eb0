"""The default detector: RapidOCR's lines, split into words by the ink itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import ClassVar

import numpy as np

from inksight_cli.detectors.marks import ink_of_lines
from inksight_cli.detectors.order import ordered, union_quad
from inksight_cli.document import Line
from inksight_cli.errors import MissingBackendError
from inksight_cli.images.page import PageImage

LONG_SIDE = 1600


class EmbeddedDetector:
    """Works offline, for any writing; boxes are tight around each word's own ink."""

    name: ClassVar[str] = "embedded"
    summary: ClassVar[str] = "RapidOCR's lines split into words by the ink (built in, offline)"

    def missing(self) -> str | None:
        """Return None when RapidOCR is there, else the line that installs it."""
        if find_spec("rapidocr") and find_spec("onnxruntime"):
            return None
        return "The package rapidocr is missing. Install it: pip install rapidocr onnxruntime"

    def detect(self, page: PageImage) -> list[Line]:
        """Return the page's lines of words in reading order.

        Raises:
            MissingBackendError: RapidOCR is not installed.
        """
        from inksight_cli.detectors.rapid import engine, read_lines
        from inksight_cli.detectors.split import (
            PageKind,
            is_chinese,
            reads_as_writing,
            split_line,
        )

        if self.missing():
            raise MissingBackendError("The package rapidocr is missing.", "pip install rapidocr")
        scale = min(1.0, LONG_SIDE / max(page.width, page.height))
        # The ink is found while RapidOCR loads, and not while it reads: memory, not time, is short.
        with ThreadPoolExecutor(1) as beside:
            ink_found = beside.submit(lambda: page.ink)
            engine()
            mask = ink_found.result().mask
        raw = read_lines(page.pixels, scale)
        inks, left = ink_of_lines(mask, [line.quad for line in raw])
        letters = [letter for line in raw for letter, _ in line.characters]
        kind = PageKind(
            chinese=sum(map(is_chinese, letters)) >= 0.3 * max(len(letters), 1),
            drawn=bool(np.count_nonzero(left) > 0.3 * np.count_nonzero(mask)),
        )
        lines = []
        for line, ink in zip(raw, inks, strict=True):
            words = split_line(line, ink) if reads_as_writing(line, ink, kind) else []
            if words:
                lines.append(Line(words, union_quad([w.quad for w in words], line.quad.angle)))
        return ordered(lines)
