"""Files made to take all time and memory, and files that end too soon."""

import io
import os
import resource
import time

import numpy as np
import pytest
from PIL import Image

from inksight_cli.errors import UnreadableInputError
from inksight_cli.pages import load, pdf_process
from inksight_cli.pages.load import load_pages, page_numbers
from inksight_cli.pages.pixels import to_rgb
from inksight_cli.pages.tiff import walk
from tests.helpers.pictures import written
from tests.pages.test_documents import pdf


def tiff(pages, compression=None):
    frames = [Image.fromarray(page) for page in pages]
    stream = io.BytesIO()
    frames[0].save(stream, "TIFF", save_all=True, append_images=frames[1:], compression=compression)
    return stream.getvalue()


def six(compression=None):
    return tiff(
        [written(word) for word in ["one", "two", "three", "four", "five", "six"]], compression
    )


def form_loop() -> bytes:
    """A PDF whose form draws itself twice."""
    form = b"/F Do /F Do"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] /Contents 5 0 R"
        b" /Resources << /XObject << /F 4 0 R >> >> >>",
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 72 72] /Length %d"
        b" /Resources << /XObject << /F 4 0 R >> >> >>\nstream\n%s\nendstream" % (len(form), form),
        b"<< /Length 5 >>\nstream\n/F Do\nendstream",
    ]
    out = b"%PDF-1.4\n"
    for number, body in enumerate(bodies, 1):
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return out + b"trailer << /Root 1 0 R /Size 6 >>\n%%EOF"


def test_a_pdf_that_draws_itself_ends_one_process_and_no_more(monkeypatch):
    pytest.importorskip("pypdfium2")
    monkeypatch.setattr(pdf_process, "MEMORY", 3 << 28)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(UnreadableInputError, match="cannot be drawn within"):
        list(load_pages(form_loop(), name="a.pdf", dpi=72))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < pdf_process.SECONDS + 3
    assert len(list(load_pages(pdf(), dpi=72))) == 1


def test_time_and_patience_are_bounded(monkeypatch):
    pytest.importorskip("pypdfium2")
    monkeypatch.setattr(pdf_process, "WAITED", 0)
    with pytest.raises(UnreadableInputError, match="cannot be opened"):
        list(load_pages(pdf(), name="a.pdf"))


def test_without_a_process_pdfs_are_drawn_here(monkeypatch):
    pytest.importorskip("pypdfium2")
    (alone,) = load_pages(pdf(), dpi=72)
    monkeypatch.setattr("sys.executable", "")
    (here,) = load_pages(pdf(), dpi=72)
    assert np.array_equal(alone.pixels, here.pixels)


def test_no_process_is_left_behind():
    pytest.importorskip("pypdfium2")
    pages = load_pages(pdf([(72, 72)] * 3), dpi=72)
    next(pages)
    pages.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_picture_with_a_pdfs_mark_in_it_is_a_picture():
    stream = io.BytesIO()
    Image.fromarray(written("ink")).save(stream, "JPEG", comment=b"%PDF-1.4")
    assert b"%PDF-" in stream.getvalue()[:1024]
    (page,) = load_pages(stream.getvalue())
    assert page.pixels.shape == written("ink").shape


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_a_cut_chain_of_pages_is_told_before_any_page(compression):
    data = six(compression)
    assert (walk(data).count, walk(data).whole) == (6, True)
    cut = data[: int(len(data) * 0.7)]
    with pytest.raises(UnreadableInputError, match="breaks off after page") as caught:
        next(load_pages(cut, name="a.tif"))
    there = int(caught.value.remedy.rsplit("-", 1)[1])
    assert 2 <= there <= 5
    pages = list(load_pages(cut, name="a.tif", pages=f"1-{there - 1}"))
    assert len(pages) == there - 1 and not pages[0].notes


def test_a_chain_that_goes_round_or_away_is_damaged():
    data = bytearray(six())
    second = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[second : second + 2], "little")
    at = second + 2 + 12 * entries
    for place in (second, len(data) + 5):
        data[at : at + 4] = place.to_bytes(4, "little")
        assert walk(bytes(data)).whole is False
        with pytest.raises(UnreadableInputError, match="breaks off after page 1"):
            list(load_pages(bytes(data), name="a.tif"))


def test_damaged_fax_strips_are_a_warning():
    page = written("a long line of ink").max(axis=2) > 127
    data = bytearray(tiff([page], "group4"))
    data[len(data) // 2 :] = bytes(255 - b for b in data[len(data) // 2 :])
    start = bytearray(tiff([page], "group4"))
    for at in range(8, len(start)):  # the first place where libtiff complains, not Pillow
        data = bytearray(start)
        data[at] ^= 0x3C
        try:
            (found,) = load_pages(bytes(data), name="a.tif")
        except UnreadableInputError:
            continue
        if found.notes:
            break
    assert "its decoder says: Fax4Decode" in found.notes[0]


def test_libtiff_says_nothing_on_stderr_itself(capfd):
    test_damaged_fax_strips_are_a_warning()
    assert capfd.readouterr().err == ""


def test_many_pages_take_as_long_as_they_are_many():
    blank = np.full((8, 8), 255, np.uint8)

    def seconds(count):
        data = tiff([blank] * count)
        began = time.process_time()
        assert sum(1 for _ in load_pages(data)) == count
        return time.process_time() - began

    assert seconds(1000) < max(40 * seconds(100), 3.0)
    assert page_numbers(tiff([blank] * 3)) == [1, 2, 3]


def test_more_pages_than_a_book_has_are_refused(monkeypatch):
    monkeypatch.setattr("inksight_cli.pages.raster.MOST_PAGES", 4)
    with pytest.raises(UnreadableInputError, match="more than 4 pages"):
        next(load_pages(six(), name="a.tif"))


def test_a_file_of_holes_is_not_read(tmp_path):
    path = tmp_path / "s.png"
    with path.open("wb") as stream:
        stream.truncate(load.MOST_BYTES + 1)
    with pytest.raises(UnreadableInputError, match="more than 1024 MB"):
        next(load_pages(path))


def test_samples_of_16_bits_need_little_more_than_themselves():
    values = np.random.default_rng(1).integers(0, 4000, (1500, 40)).astype(np.uint16)
    values[-1, -1] = 4095
    expected = np.clip(values * (255 / 4095) + 0.5, 0, 255).astype(np.uint8)
    assert np.array_equal(to_rgb(Image.fromarray(values))[..., 0], expected)
