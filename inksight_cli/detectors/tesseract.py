"""Tesseract, the real program, through pytesseract.

Source: Smith, "An Overview of the Tesseract OCR Engine", ICDAR 2007. It is made for print: good
on clean forms, poor on handwriting (see ``benchmarks/detection.py``).
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any, ClassVar

from inksight_cli.detectors.reading_order import ordered
from inksight_cli.document import Line, Word
from inksight_cli.errors import MissingBackendError, UsageError
from inksight_cli.geometry import Box, Quad
from inksight_cli.pages.page import PageImage

INSTALL = "Install it: sudo apt-get install tesseract-ocr"
MODES = range(3, 14)  # 0 to 2 find no words: orientation and layout only


class TesseractDetector:
    """Words as Tesseract boxes them.

    Args:
        languages: as Tesseract names them, joined by plus signs: ``eng``, ``deu+fra``.
        psm: page segmentation mode, 3 to 13 (3 automatic, 6 one block, 11 sparse text).
        tessdata: folder with the ``.traineddata`` files; None for Tesseract's own.
        timeout: seconds a page may take.
    """

    name: ClassVar[str] = "tesseract"
    summary: ClassVar[str] = "Tesseract's words: printed text and clean forms"

    def __init__(
        self,
        languages: str = "eng",
        psm: int = 3,
        tessdata: str | Path | None = None,
        timeout: float = 120.0,
    ) -> None:
        if psm not in MODES:
            raise UsageError(f"Tesseract's page segmentation mode is 3 to 13, not {psm}.")
        self.languages = languages
        self.psm = psm
        self.tessdata = None if tessdata is None else Path(tessdata)
        self.timeout = timeout

    def missing(self) -> str | None:
        """Return what is missing: the package, the program, a folder or a language."""
        if not find_spec("pytesseract"):
            return "The package pytesseract is missing. Install it: pip install pytesseract"
        if not which("tesseract"):
            return f"The program tesseract is missing. {INSTALL}"
        if self.tessdata is not None and not self.tessdata.is_dir():
            return f"There is no folder {self.tessdata} with Tesseract's languages."
        known = self._known_languages()
        for language in self.languages.split("+"):
            if language not in known:
                return self._missing_language(language)
        return None

    def detect(self, page: PageImage) -> list[Line]:
        """Return the page's lines of words in reading order.

        Raises:
            MissingBackendError: the program or a language is missing, or the program fails.
        """
        import pytesseract

        reason = self.missing()
        if reason:
            raise MissingBackendError(reason)
        with _one_thread():
            try:
                found = pytesseract.image_to_data(
                    page.pixels,
                    lang=self.languages,
                    config=f"--psm {self.psm} {self._folder()}".strip(),
                    timeout=self.timeout,
                    output_type=pytesseract.Output.DICT,
                )
            except pytesseract.TesseractError as error:
                raise MissingBackendError(f"Tesseract failed: {error.message.strip()}") from error
            except RuntimeError as error:
                raise MissingBackendError(
                    f"Tesseract took longer than {self.timeout:g} seconds."
                ) from error
        return ordered(_lines(found))

    def _folder(self) -> str:
        return f"--tessdata-dir {shlex.quote(str(self.tessdata))}" if self.tessdata else ""

    def _known_languages(self) -> list[str]:
        import pytesseract

        with _one_thread():
            known: list[str] = pytesseract.get_languages(config=self._folder())
        return known

    def _missing_language(self, language: str) -> str:
        where = f" in {self.tessdata}" if self.tessdata else ""
        package = f"tesseract-ocr-{language.lower().replace('_', '-')}"
        return (
            f"Tesseract's language {language!r} is missing{where}. "
            f"Install it: sudo apt-get install {package}"
        )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep Tesseract to one thread: its OpenMP threads cost more than they give."""
    before = os.environ.get("OMP_THREAD_LIMIT")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_THREAD_LIMIT"]
        else:
            os.environ["OMP_THREAD_LIMIT"] = before


def _lines(found: Mapping[str, list[Any]]) -> list[Line]:
    grouped: dict[tuple[int, int, int], list[Word]] = {}
    for i, text in enumerate(found["text"]):
        # Level 5 is a word; Tesseract also boxes empty "words" around drawings.
        if found["level"][i] != 5 or not text.strip():
            continue
        left, top = float(found["left"][i]), float(found["top"][i])
        box = Box(left, top, left + found["width"][i], top + found["height"][i])
        confidence = min(max(float(found["conf"][i]) / 100, 0.0), 1.0)
        key = (found["block_num"][i], found["par_num"][i], found["line_num"][i])
        word = Word(Quad.from_box(box), text=text.strip(), confidence=confidence)
        grouped.setdefault(key, []).append(word)
    return [
        Line(words, Quad.from_box(Box.union(word.box for word in words)))
        for words in grouped.values()
    ]
