"""The plug-in for OCRmyPDF: scans of handwriting get a layer of text, and stay as they are.

Registered under OCRmyPDF's entry-point group it only offers itself (``--ocr-engine inksight``):
who installs this package for other things keeps Tesseract. ``--plugin inksight_ocr`` asks for it.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from ocrmypdf import hookimpl

if TYPE_CHECKING:
    from ocrmypdf._options import OcrOptions
    from ocrmypdf.pluginspec import OcrEngine

NAME = "inksight"


@hookimpl
def add_options(parser: ArgumentParser) -> None:
    """Make ``inksight`` one of OCRmyPDF's engines."""
    for action in parser._actions:
        if "--ocr-engine" in action.option_strings and action.choices is not None:
            action.choices = list(dict.fromkeys([*action.choices, NAME]))


@hookimpl
def get_ocr_engine(options: OcrOptions | None) -> OcrEngine | None:
    """Return the engine if it was asked for by name."""
    return new_engine() if getattr(options, "ocr_engine", "") == NAME else None


def new_engine() -> OcrEngine:
    """Return the engine; its models are loaded with the first page."""
    from inksight_cli.ocrmypdf_plugin.reading import InksightEngine

    return InksightEngine()
