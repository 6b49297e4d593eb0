"""Make ``examples/page_and_ink.jpg``, the README's first picture: a page, and the ink of it.

Both halves come from `inksight derender` on ``page.jpg``: the photo, and its strokes on white,
coloured from blue, where the pen starts a word, to red, where it ends.
Run: ``python examples/make_picture.py [MODEL]``
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from inksight_cli import derender
from inksight_cli.formats.preview import preview_png

HERE = Path(__file__).parent
WIDTH = 1600


def main(model: str | None = None) -> None:
    """Write the picture beside this script."""
    photo = cv2.imread(str(HERE / "page.jpg"))
    page = derender(HERE / "page.jpg", model=model).pages[0]
    for word in page.words:
        word.quad = type(word.quad).from_box(type(word.box)(-9, -9, -8, -8))  # no boxes
    white = np.full_like(photo, 255)
    ink = cv2.imdecode(np.frombuffer(preview_png(white, page), np.uint8), cv2.IMREAD_COLOR)
    both = np.hstack([photo, np.full((len(photo), 12, 3), 255, np.uint8), ink])
    height = round(WIDTH * both.shape[0] / both.shape[1])
    small = cv2.resize(both, (WIDTH, height), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(HERE / "page_and_ink.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main(*sys.argv[1:2])
