"""Reading for OCRmyPDF: its page images go to the detector, words come back."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence

from inksight_cli import __version__
from inksight_cli.cores import usable_cores, work_on
from inksight_cli.detectors import find_detector
from inksight_cli.document import Page
from inksight_cli.flatten.skew import find_skew
from inksight_cli.ocrmypdf_plugin.tree import ocr_tree, plain_text
from inksight_cli.pages.load import load_pages
from inksight_cli.pipeline import find_words

if TYPE_CHECKING:
    from ocrmypdf._options import OcrOptions
    from ocrmypdf.hocrtransform import OcrElement

    from inksight_cli.detectors.protocol import Detector
    from inksight_cli.pages.page import PageImage

_SURE = 10.0
"""OCRmyPDF's own measure of an orientation: Tesseract's, for which 2 is enough by default."""

_FEW = 3  # words from which no page's orientation is concluded
_local = threading.local()


class InksightEngine(OcrEngine):
    """OCRmyPDF's engine protocol; it makes one wherever it needs one."""

    @staticmethod
    def version() -> str:
        """Return this package's version."""
        return __version__

    @staticmethod
    def creator_tag(options: OcrOptions) -> str:
        """Return what the PDF says made its text."""
        return f"inksight {__version__}"

    def __str__(self) -> str:
        return f"inksight {__version__}"

    @staticmethod
    def languages(options: OcrOptions) -> set[str]:
        """Return nothing, so that OCRmyPDF refuses no ``-l``: the reader does not ask for it."""
        return set()

    @staticmethod
    def get_orientation(input_file: Path, options: OcrOptions) -> OrientationConfidence:
        """Return by how many degrees the page is turned clockwise, as its words run."""
        words = list(_words(input_file, options).words)
        if len(words) < _FEW:
            return OrientationConfidence(0, 0.0)
        quarters = np.array([round(word.quad.angle / (np.pi / 2)) % 4 for word in words])
        most = int(np.bincount(quarters, minlength=4).argmax())
        return OrientationConfidence(90 * most, _SURE * float((quarters == most).mean()))

    @staticmethod
    def get_deskew(input_file: Path, options: OcrOptions) -> float:
        """Return how far the page must be turned counterclockwise, in degrees."""
        return float(np.degrees(find_skew(_image(input_file).pixels)))

    @staticmethod
    def supports_generate_ocr() -> bool:
        """Say that no hOCR file is needed between."""
        return True

    @staticmethod
    def generate_ocr(
        input_file: Path, options: OcrOptions, page_number: int = 0
    ) -> tuple[OcrElement, str]:
        """Return a page's words as OCRmyPDF's tree, and as text for ``--sidecar``."""
        page = _words(input_file, options)
        return ocr_tree(page, page_number), plain_text(page)

    @staticmethod
    def generate_hocr(
        input_file: Path, output_hocr: Path, output_text: Path, options: OcrOptions
    ) -> None:
        """Refuse: nothing in OCRmyPDF 17 asks for it of an engine with `generate_ocr`."""
        raise NotImplementedError("inksight writes no hOCR for OCRmyPDF: use ocrmypdf itself.")

    @staticmethod
    def generate_pdf(
        input_file: Path, output_pdf: Path, output_text: Path, options: OcrOptions
    ) -> None:
        """Refuse the renderer that leaves the PDF to the engine."""
        raise NotImplementedError("inksight needs OCRmyPDF's own renderer: --pdf-renderer fpdf2.")


def _image(path: Path) -> PageImage:
    (image,) = load_pages(path)
    return image


def _words(path: Path, options: OcrOptions) -> Page:
    return find_words(_detector(options), _image(path))


def _detector(options: OcrOptions) -> Detector:
    """Return this thread's detector: OCRmyPDF works on pages in threads, or in processes."""
    found: Detector | None = getattr(_local, "detector", None)
    if found is None:
        work_on(max(usable_cores() // (options.jobs or usable_cores()), 1))
        found = _local.detector = find_detector("embedded")
    return found
