"""Inputs as they should not be, through the whole command: one sentence, the right code."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inksight_cli.api import derender
from inksight_cli.errors import UnreadableInputError
from inksight_cli.pages.load import load_pages
from tests.commands.conftest import QUICK, is_result
from tests.helpers.pictures import save, save_pages, written
from tests.pages.test_documents import LOCKED, encoded, pdf


def png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def promising(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be ``width`` x ``height`` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def half_a_tiff(folder: Path) -> bytes:
    data = save_pages(folder / "whole.tif", ["one", "two"]).read_bytes()
    return data[: int(len(data) * 0.6)]


CASES = {
    "truncated HEIC called .jpg": (lambda _: encoded("HEIF")[:300], "is damaged"),
    "truncated AVIF": (lambda _: encoded("AVIF")[:300], "is damaged"),
    "encrypted PDF": (lambda _: pdf(encrypt=LOCKED), "is encrypted"),
    "PDF without pages": (lambda _: pdf([]), "no pages"),
    "a PDF's head": (lambda _: pdf()[:40], "is damaged"),
    "PDF as large as a wall": (lambda _: pdf([(14_000, 14_000)]), "Lower --dpi"),
    "PNG of 40 000 000 000 pixels": (lambda _: promising(200_000, 200_000), "--max-pixels"),
    "PNG that breaks its promise": (lambda _: promising(400, 400), "is damaged"),
    "zip": (lambda _: b"PK\x03\x04" + bytes(range(256)), "is none of JPEG"),
}


@pytest.mark.parametrize(("make", "says"), CASES.values(), ids=CASES.keys())
def test_one_sentence_and_code_3_and_nothing_written(inksight, tmp_path, make, says):
    pytest.importorskip("pypdfium2")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "page.jpg").write_bytes(make(tmp_path))
    ran = inksight("derender", "page.jpg", "-o", "ink/", "--format", "json", *QUICK, cwd=folder)
    assert ran.code == 3
    assert says in ran.err
    assert "Traceback" not in ran.err
    first, *rest = ran.err.strip().split("\n")
    assert first.startswith("inksight: ") and first.count(". ") == 0 and len(rest) <= 1
    assert not list((folder / "ink").glob("*"))


def test_in_a_batch_the_good_ones_are_done(inksight, tmp_path):
    pytest.importorskip("pypdfium2")
    save(tmp_path / "a.png")
    (tmp_path / "b.pdf").write_bytes(pdf(encrypt=LOCKED))
    (tmp_path / "c.jpg").write_bytes(b"")
    save(tmp_path / "d.png")
    ran = inksight("derender", "a.png", "b.pdf", "c.jpg", "d.png", "-o", "ink/", *QUICK)
    assert ran.code == 7
    assert sorted(path.name for path in (tmp_path / "ink").iterdir() if is_result(path)) == [
        "a.svg",
        "d.svg",
    ]
    assert "'b.pdf' is encrypted" in ran.err and "'c.jpg' is empty" in ran.err


SMALL = {
    "one white pixel": np.full((1, 1, 3), 255, np.uint8),
    "one black pixel": np.zeros((1, 1, 3), np.uint8),
    "a row": np.zeros((1, 3000, 3), np.uint8),
    "a column": np.full((3000, 1, 3), 200, np.uint8),
    "four pixels": np.array([[[0] * 3, [255] * 3], [[255] * 3, [0] * 3]], np.uint8),
    "all black": np.zeros((80, 90, 3), np.uint8),
}


@pytest.mark.parametrize("detector", ["embedded", "whole"])
@pytest.mark.parametrize("pixels", SMALL.values(), ids=SMALL.keys())
def test_pictures_with_nothing_to_read_give_an_empty_page(detector, pixels):
    (page,) = derender(
        png(pixels), model="trace", detector=detector, flatten="auto", skip_printed=True
    ).pages
    assert (page.height, page.width) == pixels.shape[:2]
    assert list(page.words) == [] and list(page.strokes) == []
    assert page.warnings == ["no words were found on this page"]


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**31))
@settings(max_examples=25)
def test_no_few_pixels_make_it_fall_over(width, height, seed):
    pixels = np.random.default_rng(seed).choice([0, 128, 255], (height, width, 3)).astype(np.uint8)
    (page,) = derender(png(pixels), model="trace", detector="whole", flatten="auto").pages
    assert (page.width, page.height) == (width, height)


@pytest.mark.parametrize("orientation", [0, 9, 77, 65535])
def test_an_orientation_that_does_not_exist_is_none(orientation):
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(written("ink")).save(stream, "PNG", exif=exif)
    (page,) = load_pages(stream.getvalue())
    assert np.array_equal(page.pixels, written("ink"))


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@given(cut=st.floats(0, 1), noise=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255))))
@settings(max_examples=25)
def test_damaged_phone_pictures_never_raise_anything_else(kind, cut, noise):
    whole = encoded(kind)
    data = bytearray(whole[: max(int(len(whole) * (1 - cut / 2)), 1)])
    for place, value in noise:
        data[int(place * (len(data) - 1))] = value
    try:
        pages = list(load_pages(bytes(data), name="x", max_pixels=100_000))
    except UnreadableInputError as error:
        assert "'x'" in str(error)
    else:
        assert len(pages) == 1


def test_the_page_before_a_broken_one_stays(inksight, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "page.tif").write_bytes(half_a_tiff(tmp_path))
    for ending, left in (("svg", ["page.page-1.svg"]), ("json", [])):
        out = folder / ending
        ran = inksight(
            "derender", "page.tif", "-o", f"{out}/", "--format", ending, *QUICK, cwd=folder
        )
        assert ran.code == 3
        assert "is damaged" in ran.err
        assert [path.name for path in out.iterdir()] == left
