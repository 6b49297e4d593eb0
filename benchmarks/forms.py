"""Forms of our own making: printed labels, frames and stamps, filled in with a pen.

Every word's place is known, and whether it was printed or written. Labels are set in whatever
TrueType fonts are on the machine (`fonts`), entries come from a hand: our own stroke script's, or
UNIPEN writers' (see `composed_pages`). Text, sizes, frames and what the camera does are drawn by
lot from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.composed_pages import Corpus, _photographed, _placed
from examples.script import Hand
from inksight_cli.geometry import Box

KINDS = ("clean", "photo")
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
LABELS = (
    "Name",
    "First name",
    "Date of birth",
    "Address",
    "Postal code and town",
    "Telephone (day)",
    "Reason for the application",
    "Number of persons",
    "Signature",
    "Account No.",
    "Place, date",
    "Insurance number",
    "Remarks",
)
TITLES = ("Application for a reading room", "Delivery note 2047", "REGISTRATION FORM", "Order")
SMALL_PRINT = (
    "Please fill in with a pen and in capital letters where possible. Fields marked with a star "
    "are needed. We keep your data for two years at most (see section 4, paragraph 12)."
)
STAMPS = ("RECEIVED", "PAID", "COPY", "14 MAY 2024", "Town Library")
ENTRIES = (
    "Martin Gray",
    "Tuesday morning",
    "three boxes",
    "yes please",
    "see the letter",
    "Mill Gate 24",
    "next week",
    "two children",
    "by the gate",
    "red and white",
    "before noon",
    "ask at the desk",
)
Write = Callable[[float, float, float, float], tuple[list[NDArray[np.float64]], list[Box]]]


@dataclass(slots=True, eq=False)
class Form:
    """A form (H, W, 3) uint8 RGB, its printed words and its written ones.

    ``printed_ink`` and ``written_ink`` (H, W) bool say which pixels each covered,
    before the camera.
    """

    pixels: NDArray[np.uint8]
    printed: list[Box] = field(default_factory=list)
    written: list[Box] = field(default_factory=list)
    printed_ink: NDArray[np.bool_] | None = None
    written_ink: NDArray[np.bool_] | None = None


def fonts(family: str) -> list[Path]:
    """Return the upright and slanted faces of ``family`` on this machine, in order of names."""
    files = (path for folder in FOLDERS for path in Path(folder).rglob(f"{family}*.[to]tf"))
    found = {path.name: path for path in files}
    odd = ("Math", "Light", "Thin", "Hairline", "Initials", "SC")  # not what forms are set in
    return [found[name] for name in sorted(found) if not any(part in name for part in odd)]


def own_hand(rng: np.random.Generator) -> Write:
    """Return a writer of our own stroke script."""

    def write(
        x: float, baseline: float, letter: float, room: float
    ) -> tuple[list[NDArray[np.float64]], list[Box]]:
        hand = Hand(letter / 10, rng)
        strokes: list[NDArray[np.float64]] = []
        boxes = []
        for word in str(rng.choice(ENTRIES)).split():
            drawn, end = hand.write(word, x, baseline + float(rng.normal(0, 0.05)) * letter)
            if end > x + room and boxes:
                break
            room -= end - x
            x = end + 1.1 * letter
            strokes += drawn
            boxes.append(Box.around(np.concatenate(drawn)))
        return strokes, boxes

    return write


def unipen_hand(source: Corpus, writers: list[str], rng: np.random.Generator) -> Write:
    """Return a writer who is one of ``writers`` of ``source``."""
    order = rng.permutation(source.by_writer[str(rng.choice(writers))])
    at = 0

    def write(
        x: float, baseline: float, letter: float, room: float
    ) -> tuple[list[NDArray[np.float64]], list[Box]]:
        nonlocal at
        strokes: list[NDArray[np.float64]] = []
        boxes = []
        for _ in range(int(rng.integers(1, 4))):
            index = int(order[at % len(order)])
            at += 1
            drawn = _placed(source.words[index], source.texts[index], letter, x, baseline)
            box = Box.around(np.concatenate(drawn))
            if box.right > x + room:
                break
            room -= box.right - x + 1.5 * letter
            x = box.right + 1.5 * letter
            strokes += drawn
            boxes.append(box)
        return strokes, boxes

    return write


def compose_form(
    write: Write, faces: list[Path], kind: str, seed: int, size: tuple[int, int] = (1654, 2339)
) -> Form:
    """Set a form and fill it in.

    Args:
        write: the hand: (x, baseline, letter height, room) -> strokes and the boxes of words.
        faces: fonts of one family.
        kind: ``clean`` or ``photo`` (shading, grain, a stain, blur, JPEG).
        seed: of everything that is drawn by lot.
        size: (width, height) in pixels.
    """
    rng = np.random.default_rng(seed)
    sheet = _Sheet(size, faces, rng)
    width, height = size
    unit = width / 1654
    letter = float(rng.uniform(13, 22)) * unit
    pen = max(round(letter * float(rng.uniform(0.12, 0.2))), 2)
    x, y = 0.09 * width, 0.08 * height
    sheet.print(str(rng.choice(TITLES)), x, y, 46 * unit, bold=True)
    y += 60 * unit
    y = sheet.paragraph(SMALL_PRINT, x, y, 24 * unit, 0.82 * width) + 90 * unit
    text = float(rng.uniform(24, 40)) * unit
    pitch = max(2.2 * text, 5.2 * letter)
    style = str(rng.choice(["rule", "box", "dots", "none"]))
    strokes: list[NDArray[np.float64]] = []
    while y < 0.86 * height:
        columns = int(rng.integers(1, 3))
        for column in range(columns):
            left = x + column * 0.42 * width
            room = (0.82 if columns == 1 else 0.38) * width
            end = sheet.print(
                str(rng.choice(LABELS)) + str(rng.choice([":", "", "*"])), left, y, text
            )
            start = end + 1.2 * letter
            if left + room - start < 4 * letter:
                continue  # a long label leaves no room
            sheet.frame(style, start - 0.5 * letter, left + room, y, pitch)
            drawn, boxes = write(start, y - 0.1 * letter, letter, left + room - start)
            strokes += drawn
            sheet.form.written += [box.grown(pen / 2) for box in boxes]
        y += pitch
    sheet.stamp(str(rng.choice(STAMPS)), (0.7 * width, 0.93 * height), 52 * unit)
    return sheet.finished(strokes, pen, kind)


class _Sheet:
    """Paper that is printed on."""

    def __init__(self, size: tuple[int, int], faces: list[Path], rng: np.random.Generator) -> None:
        self.form = Form(np.empty(0, np.uint8))
        self._rng = rng
        self._page = Image.new("RGB", size, (250, 250, 250))
        self._draw = ImageDraw.Draw(self._page)
        bold = [face for face in faces if "Bold" in face.name]
        plain = [face for face in faces if "Bold" not in face.name] or faces
        self._plain, self._bold = (
            str(faces[int(rng.integers(len(faces)))]) for faces in (plain, bold or plain)
        )
        self._color = tuple(int(v) for v in rng.choice([(20, 20, 20), (60, 60, 60), (30, 50, 110)]))

    def print(self, text: str, x: float, baseline: float, size: float, bold: bool = False) -> float:
        """Print words from (x, baseline); return where they end."""
        font = ImageFont.truetype(self._bold if bold else self._plain, max(round(size), 8))
        for word in text.split():
            self._word(word, x, baseline, font)
            x += font.getlength(word + " ")
        return x

    def paragraph(self, text: str, x: float, baseline: float, size: float, room: float) -> float:
        """Print words in lines of width ``room``; return the last baseline."""
        font = ImageFont.truetype(self._plain, max(round(size), 8))
        at = x
        for word in text.split():
            if at + font.getlength(word) > x + room:
                at, baseline = x, baseline + 1.5 * size
            self._word(word, at, baseline, font)
            at += font.getlength(word + " ")
        return baseline

    def _word(self, word: str, x: float, baseline: float, font: ImageFont.FreeTypeFont) -> None:
        self._draw.text((x, baseline), word, fill=self._color, font=font, anchor="ls")
        box = self._draw.textbbox((x, baseline), word, font=font, anchor="ls")
        self.form.printed.append(Box(*(float(v) for v in box)))

    def frame(self, style: str, left: float, right: float, baseline: float, pitch: float) -> None:
        """Print what an entry is to be written on or in."""
        low, grey = baseline + 0.12 * pitch, (120, 120, 120)
        if style == "rule":
            self._draw.line((left, low, right, low), fill=grey, width=2)
        elif style == "dots":
            for x in np.arange(left, right, 12):
                self._draw.ellipse((x, low - 1.5, x + 3, low + 1.5), fill=grey)
        elif style == "box":
            top = baseline - 0.62 * pitch
            self._draw.rectangle((left, top, right, baseline + 0.3 * pitch), outline=grey, width=2)

    def stamp(self, text: str, middle: tuple[float, float], size: float) -> None:
        """Stamp a word in a frame, askew and in colour."""
        font = ImageFont.truetype(self._bold, round(size))
        wide = round(font.getlength(text) + 1.2 * size)
        pad = Image.new("L", (wide, round(2 * size)), 0)
        draw = ImageDraw.Draw(pad)
        draw.rectangle((3, 3, wide - 4, round(2 * size) - 4), outline=255, width=5)
        draw.text((wide / 2, size), text, fill=255, font=font, anchor="mm")
        turned = pad.rotate(float(self._rng.uniform(-12, 12)), expand=True, resample=3)
        corner = (round(middle[0] - turned.width / 2), round(middle[1] - turned.height / 2))
        self._page.paste(Image.new("RGB", turned.size, (170, 40, 50)), corner, turned)
        right, low = corner[0] + turned.width, corner[1] + turned.height
        self.form.printed.append(Box(float(corner[0]), float(corner[1]), float(right), float(low)))

    def finished(self, strokes: list[NDArray[np.float64]], pen: int, kind: str) -> Form:
        """Fill in what was written, and take the picture."""
        pixels = np.array(self._page)
        form = self.form
        form.printed_ink = pixels.min(axis=2) < 160
        color = [int(v) for v in self._rng.choice([(25, 25, 30), (30, 40, 120), (70, 70, 75)])]
        fixed = [np.round(stroke * 16 - 8).astype(np.int32) for stroke in strokes]
        over = np.zeros(pixels.shape[:2], np.uint8)
        cv2.polylines(over, fixed, False, 255, pen, cv2.LINE_AA, 4)
        alpha = over[..., None].astype(np.float32) / 255
        pixels = (pixels * (1 - alpha) + np.array(color) * alpha).astype(np.uint8)
        form.written_ink = over > 127
        form.printed_ink &= ~form.written_ink
        form.pixels = _photographed(pixels, self._rng) if kind == "photo" else pixels
        return form
