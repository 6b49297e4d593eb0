"""PDFium at work: drawing one PDF's pages, in a process of its own or in this one.

Run as a program, it draws for its parent under limits that the parent sets; it imports nothing of
this package, so that it starts at once. What goes through the pipes: the PDF's length and the PDF;
then, for every page, one line of JSON each way, and the pixels.
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
import time
from typing import Any, BinaryIO

POINTS_PER_INCH = 72.0


class Drawer:
    """An opened PDF.

    Attributes:
        error: why it cannot be read: ``password``, ``damaged``, or empty.
    """

    def __init__(self, data: bytes) -> None:
        import pypdfium2

        self.error, self.pages = "", 0
        try:
            self._document = pypdfium2.PdfDocument(data)
            self.pages = len(self._document)
        except pypdfium2.PdfiumError as error:
            self.error = "password" if "password" in str(error).lower() else "damaged"

    def size(self, number: int) -> tuple[float, float]:
        """Return a page's width and height in points."""
        page = self._document[number - 1]
        try:
            width, height = page.get_size()
            return width, height
        finally:
            page.close()

    def draw(self, number: int, dpi: float) -> tuple[int, int, int, bytes]:
        """Return a page as RGB: width, height, bytes a row, and the rows."""
        page = self._document[number - 1]
        try:
            bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
            shape = (bitmap.width, bitmap.height, bitmap.stride)
            pixels = bytes(bitmap.buffer)
            if bitmap.n_channels != 3:
                raise ValueError("a page is not drawn in three colours")
            bitmap.close()
            return (*shape, pixels)
        finally:
            page.close()


def answer(drawer: Drawer, ask: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return what is asked of a page: its size, or its pixels."""
    import pypdfium2

    try:
        if "dpi" not in ask:
            return {"size": drawer.size(ask["page"])}, b""
        width, height, stride, pixels = drawer.draw(ask["page"], ask["dpi"])
        return {"shape": (width, height, stride), "bytes": len(pixels)}, pixels
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        return {"error": f"{type(error).__name__}: {error}"}, b""


def limit(seconds: int, memory: int) -> None:
    """Let this process work so many seconds more and hold so much memory; beyond that it ends."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    until = math.ceil(time.process_time()) + seconds
    for which, most in (
        (resource.RLIMIT_CPU, until),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(which)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):  # a system without this limit
            resource.setrlimit(which, (allowed, hard))


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    """Answer until nobody asks any more."""
    first = json.loads(asked.readline())
    limit(first["seconds"], first["memory"])
    drawer = Drawer(asked.read(first["bytes"]))
    _tell(told, {"error": drawer.error, "pages": drawer.pages})
    for line in asked:
        ask = json.loads(line)
        limit(ask["seconds"], ask["memory"])
        said, pixels = answer(drawer, ask)
        _tell(told, said, pixels)


def _tell(stream: BinaryIO, said: dict[str, Any], pixels: bytes = b"") -> None:
    stream.write(json.dumps(said).encode() + b"\n")
    stream.write(pixels)
    stream.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)
