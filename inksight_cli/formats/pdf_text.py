"""Invisible text: what a page says, laid over its ink to be searched, marked and copied.

Words are set, one by one, in a font whose every glyph is empty and half as wide as high, stretched
to their boxes (as Tesseract and OCRmyPDF do). The font knows the characters that occur, of
all of Unicode; what they are is said by its ToUnicode table alone.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

import numpy as np

from inksight_cli.document import Line, Word
from inksight_cli.formats.numbers import texts
from inksight_cli.formats.pdf_file import PdfFile

_NO_TEXT = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff]")
_MOST = 0xFFF0  # characters of a font; two bytes tell them apart
_ONE = 0x10000  # 1.0 in TrueType
_LEAST = 0.01  # pixels: text of no size is no text to readers
_BLANK = 30  # percent of a glyph's width: 0.15 of the height
_BLOCK = 100  # characters that one piece of a table may hold


class TextFont:
    """The font of a document's invisible text; it learns characters as they are set."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def coded(self, text: str) -> str:
        """Return ``text`` as a string of a page's content."""
        return "<" + "".join(f"{self._number(character):04x}" for character in text) + ">"

    def _number(self, character: str) -> int:
        if character not in self._numbers and len(self._numbers) > _MOST:
            character = "\ufffd"
        return self._numbers.setdefault(character, len(self._numbers) + 1)

    def add(self, file: PdfFile) -> int:
        """Add the font to ``file``, with all characters so far, and return its number."""
        program = _empty_font()
        inner = file.stream(program, f"/Length1 {len(program)}")
        descriptor = file.add(
            "<< /Type /FontDescriptor /FontName /Glyphless /Flags 5 /FontBBox [0 0 500 1000]"
            " /ItalicAngle 0 /Ascent 1000 /Descent -1 /CapHeight 1000 /StemV 80"
            f" /FontFile2 {inner} 0 R >>"
        )
        glyphs = file.stream(bytes(2 * (len(self._numbers) + 1)))
        descendant = file.add(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Glyphless /DW 500"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /FontDescriptor {descriptor} 0 R /CIDToGIDMap {glyphs} 0 R >>"
        )
        meaning = file.stream(self._meaning().encode("ascii"))
        return file.add(
            "<< /Type /Font /Subtype /Type0 /BaseFont /Glyphless /Encoding /Identity-H"
            f" /DescendantFonts [{descendant} 0 R] /ToUnicode {meaning} 0 R >>"
        )

    def _meaning(self) -> str:
        """Return the table from numbers to characters (Adobe Technical Note 5411)."""
        pairs = [
            f"<{number:04x}> <{character.encode('utf-16-be').hex()}>"
            for character, number in self._numbers.items()
        ]
        blocks = [pairs[k : k + _BLOCK] for k in range(0, len(pairs), _BLOCK)]
        tables = [
            f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
        ]
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
            + "\n".join(tables)
            + "\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        )


def invisible(line: Line, font: TextFont, precision: int) -> Iterator[str]:
    """Yield the pieces of content that set the words of ``line``, in pixels, y down."""
    for word in line.words:
        text = _NO_TEXT.sub(" ", word.text).strip()
        if text:
            yield _word(word, text, font, precision)


def _word(word: Word, text: str, font: TextFont, precision: int) -> str:
    _, _, bottom_right, bottom_left = word.quad.points
    along = bottom_right - bottom_left
    width = max(float(np.hypot(*along)), _LEAST)
    x, y = along / width if width > _LEAST else (1.0, 0.0)
    height = max(word.quad.size[1], _LEAST)
    turn = texts([x, y, y, -x], 6)
    place = texts(bottom_left, precision)
    size, stretch = texts([height, 100 * width / (0.5 * height * len(text))], 3)
    # Characters stand from left to right in the file, as in print; readers turn them themselves.
    shown = font.coded(_from_the_left(text))
    # The blank keeps readers from joining words (OCRmyPDF#224); it is narrow, for one that
    # reaches into the next word makes MuPDF begin a line.
    matrix, blank = " ".join([*turn, *place]), font.coded(" ")
    return f"/T {size} Tf {stretch} Tz {matrix} Tm {shown} Tj {_BLANK} Tz {blank} Tj"


def _from_the_left(text: str) -> str:
    return text[::-1] if _RIGHT_TO_LEFT.search(text) else text


def _empty_font() -> bytes:
    """Return a TrueType font of one glyph without an outline, half an em wide."""
    box = (0, 0, 500, 1000)
    tables = {
        b"glyf": bytes(4),
        b"head": struct.pack(
            ">4I2H2Q4h2H3h", _ONE, _ONE, 0, 0x5F0F3CF5, 0, 1000, 0, 0, *box, 0, 8, 2, 0, 0
        ),
        b"hhea": struct.pack(">I3hH11hH", _ONE, 1000, 0, 0, 500, *[0] * 11, 1),
        b"hmtx": struct.pack(">Hh", 500, 0),
        b"loca": struct.pack(">2H", 0, 0),
        b"maxp": struct.pack(">I14H", _ONE, 1, *[0] * 13),
    }
    directory, body = struct.pack(">I4H", _ONE, len(tables), 64, 2, 32), b""
    start = len(directory) + 16 * len(tables)
    for tag, data in tables.items():
        padded = data + bytes(-len(data) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += tag + struct.pack(">3I", total, start + len(body), len(data))
        body += padded
    return directory + body
