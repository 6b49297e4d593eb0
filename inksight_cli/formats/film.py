"""Films of a page, a line or a word being written: APNG and GIF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, ClassVar

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Document, Page
from inksight_cli.formats.colors import ground_of
from inksight_cli.formats.pace import SPEED, Written, written
from inksight_cli.formats.part import LINE, WORD, part_of
from inksight_cli.formats.protocol import Amount, Option, WriteOptions, only_page

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH = Amount("width", "of the picture, in pixels", 800, 16, 4000)
_RATE = 12.5  # pictures in a second; GIF counts in hundredths
_MOST = 400  # pictures: all are in memory until the file is written
_HOLD = 2.0  # seconds for which the last picture stays
_INKS, _SHADES = 8, 16
_FINER = 3  # times: what is drawn so much larger has smooth edges
_LARGEST = 4.0  # times as large as the page
_SHIFT = 4


class _Film:
    name: ClassVar[str]
    pages: ClassVar[bool] = False
    options: ClassVar[tuple[Option, ...]] = (SPEED, LINE, WORD, WIDTH)

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``.

        Raises:
            UsageError: the document has not exactly one page, or an option makes no sense.
        """
        page = part_of(only_page(document, "A film"), options)
        strokes = written(page, options)
        lasts = strokes[-1].end if strokes else 0.0
        step = max(1 / _RATE, lasts / _MOST)
        first, *rest = _pictures(page, strokes, step, WIDTH.of(options))
        durations = [round(1000 * step)] * len(rest) + [round(1000 * _HOLD)]
        made = document.provenance
        self._save(first, rest, durations, made.maker if made.generated else "", stream)

    def _save(
        self, first: Image, rest: list[Image], durations: list[int], said: str, stream: BinaryIO
    ) -> None:
        raise NotImplementedError


class ApngFormat(_Film):
    """Animated PNG."""

    name: ClassVar[str] = "apng"
    suffixes: ClassVar[tuple[str, ...]] = (".apng",)
    summary: ClassVar[str] = "a film of the ink being written, as animated PNG; one page a file"

    def _save(
        self, first: Image, rest: list[Image], durations: list[int], said: str, stream: BinaryIO
    ) -> None:
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        if said:
            info.add_text("Software", said)
        first.save(
            stream, "PNG", save_all=True, append_images=rest, duration=durations, loop=0,
            pnginfo=info,
        )  # fmt: skip


class GifFormat(_Film):
    """Animated GIF."""

    name: ClassVar[str] = "gif"
    suffixes: ClassVar[tuple[str, ...]] = (".gif",)
    summary: ClassVar[str] = "a film of the ink being written, as GIF; one page a file"

    def _save(
        self, first: Image, rest: list[Image], durations: list[int], said: str, stream: BinaryIO
    ) -> None:
        first.save(
            stream, "GIF", save_all=True, append_images=rest, duration=durations, loop=0,
            optimize=False, disposal=1, **({"comment": said} if said else {}),
        )  # fmt: skip


def _pictures(page: Page, strokes: list[Written], step: float, width: float) -> Iterator[Image]:
    """Yield pictures with the same few colours: so nothing but new ink differs."""
    from PIL import Image

    colors = Image.new("P", (1, 1))
    colors.putpalette(_palette(page))
    for frame in _frames(page, strokes, step, width):
        yield Image.fromarray(frame).quantize(palette=colors, dither=Image.Dither.NONE)


def _palette(page: Page) -> list[int]:
    """Return the ground and the commonest inks, each in shades from one to the other."""
    lengths: Counter[str] = Counter()
    for stroke in page.strokes:
        lengths[stroke.color] += round(stroke.length) + 1
    inks = [_rgb(color) for color, _ in lengths.most_common(_INKS)] or [(0, 0, 0)]
    share = np.linspace(0, 1, _SHADES)[:, None]
    shades = [(1 - share) * _ground(page) + share * ink for ink in inks]
    return [int(value) for value in np.rint(np.concatenate(shades)).ravel()]


def _frames(
    page: Page, strokes: list[Written], step: float, width: float
) -> Iterator[NDArray[np.uint8]]:
    """Yield pictures (H, W, 3), RGB, ``step`` seconds apart; the last one has all ink."""
    import cv2

    scale = min(width / page.width, _LARGEST)
    size = max(round(page.width * scale), 1), max(round(page.height * scale), 1)
    canvas = np.empty((size[1] * _FINER, size[0] * _FINER, 3), np.uint8)
    canvas[:] = _ground(page)

    def small() -> NDArray[np.uint8]:
        return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

    yield small()
    now = step
    for one in strokes:
        done = 0
        while True:
            until = min(int(np.searchsorted(one.times, now)), len(one.times) - 1)
            _draw(canvas, one, done, until, scale * _FINER)
            done = until
            if one.end <= now:
                break
            yield small()
            now += step
    yield small()


def _draw(canvas: NDArray[np.uint8], one: Written, first: int, last: int, scale: float) -> None:
    import cv2

    points = np.rint((one.points[first : last + 1] * scale - 0.5) * 2**_SHIFT).astype(np.int32)
    widths = np.maximum(np.rint(one.widths[first : last + 1] * scale), 1).astype(int).tolist()
    color = _rgb(one.stroke.color)
    for a, b, width in zip(points[:-1].tolist(), points[1:].tolist(), widths, strict=False):
        cv2.line(canvas, a, b, color, width, cv2.LINE_8, _SHIFT)


def _ground(page: Page) -> tuple[int, int, int]:
    return _rgb(ground_of(page) or "#ffffff")


def _rgb(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[k : k + 2], 16) for k in (1, 3, 5))
    return red, green, blue
