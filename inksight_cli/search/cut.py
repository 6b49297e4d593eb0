"""A cut-out picture of what was found."""

from __future__ import annotations

import numpy as np

from inksight_cli.errors import OutputError
from inksight_cli.geometry import Box
from inksight_cli.pages.page import PageImage

MARGIN = 0.35
"""Of the box's height, around it: enough to see a word's neighbours begin."""


def cut_out(image: PageImage, box: tuple[float, float, float, float]) -> bytes:
    """Return a PNG of the page around ``box`` (left, top, right, bottom in pixels).

    Raises:
        OutputError: the box lies beside the page, or the picture cannot be encoded.
    """
    import cv2

    around = Box(*box).grown(MARGIN * (box[3] - box[1]) + 4).clipped(image.width, image.height)
    if around.width < 1 or around.height < 1:
        raise OutputError("What was found lies beside the page.")
    rows, columns = around.pixels()
    good, data = cv2.imencode(".png", np.ascontiguousarray(image.pixels[rows, columns, ::-1]))
    if not good:
        raise OutputError("The cut-out cannot be encoded as PNG.")
    return bytes(data)
