"""PDF files, judged by poppler, MuPDF and qpdf."""

import shutil
import subprocess

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inksight_cli.document import Document, Line, Page, Stroke, Word
from inksight_cli.formats.pdf_text import _empty_font
from inksight_cli.geometry import Box, Quad
from tests.formats.written import page_of_ink, photo_of, save, written
from tests.helpers.documents import documents, sample
from tests.helpers.rasters import alike, drawn_by_us, ink_of, run

TOOLS = ("pdftotext", "pdftoppm", "qpdf", "mutool")
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason="poppler-utils, qpdf or mupdf-tools is not there"
)


def by_poppler(path, name="poppler"):
    run("pdftoppm", "-r", "150", "-png", "-singlefile", path, path.with_name(name))
    return path.with_name(f"{name}.png")


def by_mupdf(path):
    picture = path.with_name("mupdf.png")
    run("mutool", "draw", "-q", "-r", "150", "-o", picture, path)
    return picture


@pytest.mark.parametrize("own", [{}, {"ink": "annotations"}], ids=["drawn", "annotations"])
@pytest.mark.parametrize("draw", [by_poppler, by_mupdf])
def test_programs_draw_what_we_draw(tmp_path, draw, own):
    page = page_of_ink()
    drawn = ink_of(draw(save(tmp_path, "pdf", **own)), (page.width, page.height))
    assert alike(drawn, drawn_by_us(page)) >= 0.995


def test_the_photo_lies_behind_or_in_front(tmp_path):
    ink = drawn_by_us(page_of_ink())
    for photo, dark in (("behind", True), ("front", False)):
        shown = cv2.imread(str(by_poppler(save(tmp_path, "pdf", photo=photo))))
        assert np.abs(shown[300, 8].astype(int) - 40).max() < 4
        assert (np.median(shown[ink]) < 120) == dark
    assert photo_of(page_of_ink()) in written(Document([page_of_ink()]), "pdf", photo="front")


def read_by_poppler(path) -> list[str]:
    return run("pdftotext", "-raw", path, "-").decode().replace("\f", "").splitlines()


def read_by_mupdf(path) -> list[str]:
    text = run("mutool", "draw", "-q", "-F", "text", path).decode()
    return [line.strip() for line in text.splitlines() if line.strip(" \n\f")]


@pytest.mark.parametrize("read", [read_by_poppler, read_by_mupdf])
def test_the_text_is_read_line_by_line(tmp_path, read):
    lines = [line.text for line in page_of_ink().lines]
    assert read(save(tmp_path, "pdf")) == lines


def test_words_lie_on_their_boxes(tmp_path):
    found = run("pdftotext", "-bbox", save(tmp_path, "pdf"), "-").decode()
    boxes = [line.split('"')[1::2] for line in found.splitlines() if "<word " in line]
    scale = 72 / 150
    words = list(page_of_ink().words)
    assert len(boxes) == len(words)
    for box, word in zip(np.array(boxes, dtype=float), words, strict=True):
        wanted = np.array([word.box.left, word.box.top, word.box.right, word.box.bottom]) * scale
        assert np.abs(box - wanted).max() < 0.5


def page_saying(*texts: str) -> Document:
    """A page with a line for every text, a word for every part of it, as their scripts run."""
    lines = []
    for row, text in enumerate(texts):
        parts = text.split(" ")
        rightwards = ord(max(text)) not in range(0x590, 0x700)
        boxes = [
            Box(100 + 300 * k, 100 + 90 * row, 360 + 300 * k, 150 + 90 * row) for k in range(9)
        ]
        places = boxes[: len(parts)] if rightwards else boxes[: len(parts)][::-1]
        words = [
            Word(Quad.from_box(b), t, strokes=[Stroke([(b.left, b.bottom), (b.right, b.bottom)])])
            for b, t in zip(places, parts, strict=True)
        ]
        lines.append(Line(words, Quad.from_box(Box(100, 100 + 90 * row, 2700, 150 + 90 * row))))
    return Document([Page(2800, 200 + 90 * len(texts), lines, dpi=200)])


SCRIPTS = ("Grüße, naïve café", "Привет мир", "漢字 仮名", "नमस्ते", "𝒜𝓃 😀 𐍈", "№5 x²")


@pytest.mark.parametrize("read", [read_by_poppler, read_by_mupdf])
def test_every_script_is_read(tmp_path, read):
    assert read(save(tmp_path, "pdf", page_saying(*SCRIPTS))) == list(SCRIPTS)


def test_what_runs_from_the_right_is_found_as_it_is_read(tmp_path):
    path = save(tmp_path, "pdf", page_saying("שלום עולם", "مرحبا"))
    text = run("pdftotext", "-raw", path, "-").decode()
    for word in ("שלום", "עולם", "مرحبا"):
        assert word in text


def test_text_can_be_left_out(tmp_path):
    import io

    from inksight_cli.formats import find_writer
    from inksight_cli.formats.protocol import WriteOptions

    stream = io.BytesIO()
    find_writer("pdf").write(Document([page_of_ink()]), stream, WriteOptions(text=False))
    path = tmp_path / "mute.pdf"
    path.write_bytes(stream.getvalue())
    assert read_by_poppler(path) == []


def test_turned_words_are_read(tmp_path):
    corners = [(300, 500), (300, 200), (360, 200), (360, 500)]  # upwards
    word = Word(Quad.from_points(corners), "upwards", strokes=[Stroke([(330, 480), (330, 220)])])
    document = Document([Page(800, 600, [Line([word], word.quad)], dpi=150)])
    assert read_by_poppler(save(tmp_path, "pdf", document)) == ["upwards"]


def test_pages_of_several_sizes(tmp_path):
    document = Document([*sample(2).pages, page_of_ink()])
    path = save(tmp_path, "pdf", document)
    told = run("pdfinfo", "-f", "1", "-l", "3", path).decode()
    assert "Page 3 size: 384 x 288 pts" in " ".join(told.split())


@given(document=documents(), own=st.sampled_from([{}, {"ink": "annotations"}]))
@example(document=Document([]), own={})
@settings(max_examples=15, deadline=None)
def test_any_document_is_a_sound_file(tmp_path_factory, document, own):
    data = written(document, "pdf", **own)
    assert data == written(document, "pdf", **own)
    path = tmp_path_factory.mktemp("pdf") / "any.pdf"
    path.write_bytes(data)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_font_is_one_that_freetype_opens():
    from io import BytesIO

    from PIL import ImageFont

    font = ImageFont.truetype(BytesIO(_empty_font()), 100)
    assert font.getlength("a") == 50


def test_it_says_what_it_was_made_from(tmp_path):
    from inksight_cli.commands.targets import made_from

    assert made_from(save(tmp_path, "pdf")) == {b"ab" * 32}
