"""The engine for OCRmyPDF by a short name: ``ocrmypdf --plugin inksight_ocr scan.pdf out.pdf``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrmypdf import hookimpl

from inksight_cli.ocrmypdf_plugin import NAME, new_engine

if TYPE_CHECKING:
    from ocrmypdf._options import OcrOptions
    from ocrmypdf.pluginspec import OcrEngine


@hookimpl
def get_ocr_engine(options: OcrOptions | None) -> OcrEngine | None:
    """Return the engine unless another one was asked for by name."""
    return new_engine() if getattr(options, "ocr_engine", "auto") in ("auto", NAME) else None
