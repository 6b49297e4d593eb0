"""Run as a program: the steps of a page one by one, or plain OCR, over the pictures on stdin.

It says what it did on stderr, in the events of ``--log-format json``.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inksight_cli.pages.page import PageImage


def by_rapidocr() -> Callable[[PageImage], int]:
    """Return what counts the words of a page that RapidOCR reads, as it comes out of its box."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def read(image: PageImage) -> int:
        said: Any = engine(image.pixels[:, :, ::-1])
        return sum(len(text.split()) for text in said.txts or ())

    return read


def by_tesseract() -> Callable[[PageImage], int]:
    """Return what counts the words of a page that Tesseract reads."""
    import pytesseract
    from PIL import Image

    def read(image: PageImage) -> int:
        return len(pytesseract.image_to_string(Image.fromarray(image.pixels)).split())

    return read


def by_steps(clock: defaultdict[str, float]) -> Callable[[PageImage], int]:
    """Return what derenders a page and adds each step's CPU seconds to ``clock``."""
    from inksight_cli.api import document_of, open_derenderer
    from inksight_cli.cores import work_on
    from inksight_cli.detectors.embedded.rapid import engine
    from inksight_cli.formats import find_writer
    from inksight_cli.formats.protocol import WriteOptions
    from inksight_cli.pages.zoom import at_pen_scale

    derenderer = open_derenderer()
    work_on(1)
    reader = engine()
    reader.recognize_txt = _timed(reader.recognize_txt, clock, "read")
    detector = derenderer.detector
    detect = _timed(detector.detect, clock, "detect")
    vars(detector)["detect"] = detect

    def make(image: PageImage) -> int:
        begin = time.process_time()
        image = at_pen_scale(image)
        assert image.ink is not None
        clock["ink"] += time.process_time() - begin
        others = clock["detect"]
        begin = time.process_time()
        (page,) = derenderer.pages([image])
        clock["draw"] += time.process_time() - begin - (clock["detect"] - others)
        begin = time.process_time()
        document = document_of(derenderer, [page])
        find_writer("svg").write(document, io.BytesIO(), WriteOptions())
        clock["write"] += time.process_time() - begin
        return sum(1 for _ in page.words)

    return make


def _timed(
    work: Callable[..., Any], clock: defaultdict[str, float], name: str
) -> Callable[..., Any]:
    def timed(*args: object, **more: object) -> object:
        begin = time.process_time()
        try:
            return work(*args, **more)
        finally:
            clock[name] += time.process_time() - begin

    return timed


def _pages(clock: defaultdict[str, float]) -> Iterator[PageImage]:
    from inksight_cli.errors import InksightError
    from inksight_cli.pages.load import load_pages

    for name in os.fsdecode(sys.stdin.buffer.read()).splitlines():
        pages = load_pages(name)
        while True:
            begin = time.process_time()
            try:
                page = next(pages, None)
            except InksightError as error:
                _say({"event": "error", "message": str(error)})
                page = None
            clock["load"] += time.process_time() - begin
            if page is None:
                break
            yield page


def _say(event: dict[str, Any]) -> None:
    sys.stderr.write(json.dumps(event) + "\n")


def main(what: str) -> None:
    """Do ``what`` (``rapidocr``, ``tesseract`` or ``stages``) with every page."""
    clock: defaultdict[str, float] = defaultdict(float)
    makers = {"rapidocr": by_rapidocr, "tesseract": by_tesseract}
    make = by_steps(clock) if what == "stages" else makers[what]()
    count = 0
    for count, page in enumerate(_pages(clock), start=1):
        if count == 1 and what == "stages":  # models load with the first page
            make(page)
            clock = _emptied(clock)
        _say({"event": "page", "words": make(page)})
    clock["detect"] -= clock["read"]
    steps = ("load", "ink", "detect", "read", "draw", "write")
    stages = {name: round(clock[name] / max(count, 1), 3) for name in steps}
    _say({"event": "stages", "stages": stages})


def _emptied(clock: defaultdict[str, float]) -> defaultdict[str, float]:
    """Start the clock anew; the pages' loading counts."""
    loaded = clock["load"]
    clock.clear()
    clock["load"] = loaded
    return clock


if __name__ == "__main__":
    main(sys.argv[1])
