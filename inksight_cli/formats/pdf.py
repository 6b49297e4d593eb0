"""PDF: ink as vectors, what it says as invisible text over it, the photo if it is asked for.

Every page has its own size; one whose resolution nobody knows fits on A4. Ink is written in the
page's pixels, as all formats write it, and a matrix lays it on the sheet.
"""

from __future__ import annotations

import io
from typing import BinaryIO, ClassVar

from inksight_cli.document import Document, Page
from inksight_cli.formats.colors import ground_of
from inksight_cli.formats.numbers import texts
from inksight_cli.formats.pdf_file import PdfFile, text_string
from inksight_cli.formats.pdf_ink import ROUND, Sheet, drawn, ink_annotations
from inksight_cli.formats.pdf_text import TextFont, invisible
from inksight_cli.formats.protocol import Choice, Option, WriteOptions
from inksight_cli.formats.sizes import points_per_pixel

PHOTO = Choice("photo", "the photo behind the ink, or in front of it", ("off", "behind", "front"))
INK = Choice("ink", "drawn on the page, or to be edited", ("drawn", "annotations"))
LARGEST = 14_400.0
"""Points of a side that every program shows (ISO 32000-1, annex C)."""


class PdfFormat:
    """The document as pages to be read, printed and searched."""

    name: ClassVar[str] = "pdf"
    suffixes: ClassVar[tuple[str, ...]] = (".pdf",)
    summary: ClassVar[str] = "pages to print and to search: vector ink, its text invisible on it"
    pages: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (PHOTO, INK)

    def wants_picture(self, options: WriteOptions) -> bool:
        """Whether the photo is shown."""
        return PHOTO.of(options) != "off"

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write ``document``; without pages there is an empty one, for a PDF file has some."""
        file, font = PdfFile(), TextFont()
        tree, letters = file.reserve(), file.reserve()
        pages = document.pages or [Page(1240, 1754)]
        kids = [_page(file, page, tree, letters, font, options) for page in pages]
        numbers = " ".join(f"{kid} 0 R" for kid in kids)
        file.put(tree, f"<< /Type /Pages /Count {len(kids)} /Kids [{numbers}] >>")
        file.put(letters, f"<< /T {font.add(file)} 0 R >>")
        root = file.add(f"<< /Type /Catalog /Pages {tree} 0 R >>")
        file.write(stream, root, file.add(_info(document)))


def _page(
    file: PdfFile, page: Page, tree: int, letters: int, font: TextFont, options: WriteOptions
) -> int:
    scale = min(points_per_pixel(page), LARGEST / max(page.width, page.height))
    sheet = Sheet(page.width, page.height, scale)
    inked = INK.of(options) == "drawn"
    # Without text nothing is asked of the font, but every page may name it.
    resources = f"/Font {letters} 0 R"
    content = [f"{sheet.matrix} cm", ROUND]
    layers = [drawn(page.strokes, options.precision)] if inked else []
    photo = PHOTO.of(options)
    if options.picture and photo != "off":
        resources += f" /XObject << /P {_photo(file, options.picture(page))} 0 R >>"
        shown = f"q {page.width} 0 0 -{page.height} 0 {page.height} cm /P Do Q"
        layers.insert(0 if photo == "behind" else len(layers), shown)
    elif ground := ground_of(page):
        channels = texts([c / 255 for c in bytes.fromhex(ground[1:])], 3)
        layers.insert(0, f"{' '.join(channels)} rg 0 0 {page.width} {page.height} re f")
    content += layers
    if options.text:
        said = [piece for line in page.lines for piece in invisible(line, font, options.precision)]
        content += ["BT 3 Tr", *said, "ET"] if said else []
    stream = file.stream("\n".join(content).encode("ascii"))
    width, height = texts([page.width * scale, page.height * scale], 3)
    notes = "" if inked else ink_annotations(file, page, sheet, options.text, options.precision)
    annots = f" /Annots [{notes}]" if notes else ""
    return file.add(
        f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {width} {height}]"
        f" /Resources << {resources} >> /Contents {stream} 0 R{annots} >>"
    )


def _photo(file: PdfFile, jpeg: bytes) -> int:
    from PIL import Image

    with Image.open(io.BytesIO(jpeg)) as picture:
        width, height = picture.size
        colors = {"L": "/DeviceGray", "RGB": "/DeviceRGB"}[picture.mode]
    entries = (
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8"
        f" /ColorSpace {colors} /Filter /DCTDecode"
    )
    return file.stream(jpeg, entries, packed=False)


def _info(document: Document) -> str:
    """Return where the document comes from; its pictures' hashes stand among the keywords."""
    made = document.provenance
    hashes = dict.fromkeys(page.sha256 for page in document.pages if page.sha256)
    facts = {
        "Title": document.pages[0].source if document.pages else "",
        "Creator": f"{made.maker} {made.version}".strip(),
        "Subject": f"model {made.model} {made.model_hash}".strip() if made.model else "",
    }
    entries = [f"/{name} {text_string(text)}" for name, text in facts.items() if text]
    plain = [digest for digest in hashes if digest.isalnum() and digest.isascii()]
    if plain:
        entries.append(f"/Keywords ({', '.join(f'sha256: {digest}' for digest in plain)})")
    if made.created:
        entries.append(f"/CreationDate {text_string(_date(made.created))}")
    return f"<< {' '.join(entries)} >>"


def _date(iso: str) -> str:
    """Return an ISO 8601 time in UTC as PDF writes times."""
    digits = "".join(character for character in iso[:19] if character.isdigit())
    return f"D:{digits}Z"
