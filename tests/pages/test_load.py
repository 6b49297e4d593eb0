import io
import os
import struct
import zlib
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.pages.load import load_pages

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 190, 30), (30, 40, 210), (255, 255, 255)


def corners():
    """An RGB picture 40 x 24 whose corners are red, green, blue and white."""
    pixels = np.full((24, 40, 3), 128, np.uint8)
    pixels[:12, :20], pixels[:12, 20:] = RED, GREEN
    pixels[12:, :20], pixels[12:, 20:] = BLUE, WHITE
    return Image.fromarray(pixels)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def only(source, **options):
    pages = list(load_pages(source, **options))
    assert len(pages) == 1
    return pages[0]


def tones(pixels):
    """The four corners' colours, top-left, top-right, bottom-left, bottom-right."""
    return [tuple(int(v) for v in pixels[r, c]) for r in (3, -4) for c in (3, -4)]


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP", "JPEG", "GIF", "PPM"])
def test_formats_are_told_by_content(tmp_path, kind):
    options = {"quality": 95} | ({"subsampling": 0} if kind == "JPEG" else {})
    path = tmp_path / "picture.txt"
    path.write_bytes(encoded(corners(), kind, **(options if kind in ("JPEG", "WEBP") else {})))
    page = only(path)
    assert page.pixels.shape == (24, 40, 3)
    assert page.pixels.dtype == np.uint8
    for got, wanted in zip(tones(page.pixels), (RED, GREEN, BLUE, WHITE), strict=True):
        assert np.abs(np.subtract(got, wanted)).max() < 16
    assert page.source == str(path)
    assert len(page.sha256) == 64


def test_path_bytes_and_stream_give_the_same_page(tmp_path):
    data = encoded(corners(), "PNG")
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with path.open("rb") as stream:
        pages = [only(path), only(str(path)), only(data), only(stream), only(io.BytesIO(data))]
    assert len({page.sha256 for page in pages}) == 1
    assert all((page.pixels == pages[0].pixels).all() for page in pages)
    assert [page.source for page in pages] == [str(path), str(path), "-", str(path), "-"]
    assert only(data, name="scan 1").source == "scan 1"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(kind, orientation):
    # What a camera stores so that a viewer, applying `orientation`, shows `corners`.
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = corners() if orientation == 1 else corners().transpose(undo[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    page = only(encoded(stored, kind, exif=exif, **options))
    assert page.pixels.shape == (24, 40, 3)
    for got, wanted in zip(tones(page.pixels), (RED, GREEN, BLUE, WHITE), strict=True):
        assert np.abs(np.subtract(got, wanted)).max() < 40


def test_damaged_exif_does_not_matter():
    page = only(encoded(corners(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12"))
    assert page.pixels.shape == (24, 40, 3)


def ramp(dtype, top):
    return (np.linspace(0, 1, 256) * top).astype(dtype).reshape(1, 256).repeat(4, 0)


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (Image.fromarray(ramp(np.uint8, 255)), "PNG"),
        (Image.fromarray(ramp(np.uint16, 65535)), "PNG"),
        (Image.fromarray(ramp(np.uint16, 65535)), "TIFF"),
        (Image.fromarray(ramp(np.uint16, 4095)), "TIFF"),
        (Image.fromarray(ramp(np.int32, 2**20 - 1)), "TIFF"),
        (Image.fromarray(ramp(np.float32, 1)), "TIFF"),
        (Image.fromarray(ramp(np.float32, 255)), "TIFF"),
    ],
    ids=["8", "16 png", "16 tiff", "12 in 16", "20 in 32", "float 1", "float 255"],
)
def test_every_depth_becomes_the_same_grey(image, kind):
    pixels = only(encoded(image, kind)).pixels
    assert np.abs(pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1
    assert (pixels[..., 0] == pixels[..., 1]).all()


def test_transparent_parts_are_white():
    layer = np.zeros((8, 8, 4), np.uint8)
    layer[:4] = (0, 0, 0, 255)
    for image in (
        Image.fromarray(layer),
        Image.fromarray(layer).convert("LA"),
        Image.fromarray(layer).quantize(4),
    ):
        pixels = only(encoded(image, "PNG")).pixels
        assert pixels[:4].max() < 8
        assert pixels[4:].min() > 247


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "LAB"])
def test_every_mode_is_read(mode):
    image = Image.new("RGB", (16, 16), (255, 255, 255))
    image.paste((0, 0, 0), (0, 0, 8, 16))
    if mode == "LAB":
        image = Image.merge("LAB", [image.convert("L"), *[Image.new("L", (16, 16), 128)] * 2])
    else:
        image = image.convert(mode)
    pixels = only(encoded(image, "JPEG" if mode == "YCbCr" else "TIFF")).pixels
    assert pixels[:, :6].max() < 30
    assert pixels[:, 10:].min() > 225


def tiff(count):
    pages = [Image.new("L", (10 + k, 8), 20 * k) for k in range(count)]
    return encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])


def test_tiff_pages_in_order_and_by_range():
    assert [p.width for p in load_pages(tiff(5))] == [10, 11, 12, 13, 14]
    chosen = list(load_pages(tiff(5), pages="2-3,5"))
    assert [(p.number, p.width) for p in chosen] == [(2, 11), (3, 12), (5, 14)]
    with pytest.raises(UnreadableInputError, match="no page 7"):
        list(load_pages(tiff(5), pages="7"))


def test_films_and_previews_are_one_page():
    frames = [Image.new("RGB", (8, 8), (k, 0, 0)) for k in (0, 90, 180)]
    film = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert only(film).pixels[0, 0, 0] < 10


@pytest.mark.parametrize(
    ("dpi", "size", "believed"),
    [((300, 300), 2480, 300), ((72, 72), 3000, None), ((96, 96), 900, None),
     ((1, 1), 900, None), ((300, 150), 900, None), ((300, 300), 40, None)],
)  # fmt: skip
def test_dpi_is_kept_where_believable(dpi, size, believed):
    page = only(encoded(Image.new("L", (size, 8)), "PNG", dpi=dpi))
    assert page.dpi == (pytest.approx(believed, rel=0.01) if believed else None)


def failing(tmp_path, data, name="page.jpg", **options):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableInputError) as caught:
        list(load_pages(path, **options))
    text = str(caught.value)
    assert str(path) in text
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_broken_files_are_named_with_one_sentence(tmp_path):
    jpeg = encoded(corners().resize((400, 300)), "JPEG")
    assert "0 bytes" in failing(tmp_path, b"")
    assert "damaged" in failing(tmp_path, jpeg[: len(jpeg) // 2])
    assert "damaged" in failing(tmp_path, jpeg[:4])
    assert "text" in failing(tmp_path, b"Dear diary,\nnothing happened.\n", "page.png")
    assert "XML or SVG" in failing(tmp_path, b"<svg xmlns='x'></svg>")
    assert "none of JPEG" in failing(tmp_path, bytes(range(256)) * 20)
    assert "damaged" in failing(tmp_path, encoded(corners(), "PNG")[:60])


def test_what_is_no_file(tmp_path):
    with pytest.raises(UnreadableInputError, match="There is no file"):
        list(load_pages(tmp_path / "none.jpg"))
    with pytest.raises(UnreadableInputError, match="is a folder"):
        list(load_pages(tmp_path))
    with pytest.raises(UnreadableInputError, match="is a device"):
        list(load_pages("/dev/zero"))
    with pytest.raises(UnreadableInputError, match="cannot be read"):
        list(load_pages("a\0b.png"))
    with pytest.raises(UsageError, match="text stream"):
        list(load_pages(io.StringIO("x")))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encoded(corners(), "PNG"))
    path.chmod(0)
    with pytest.raises(UnreadableInputError, match="permission denied"):
        list(load_pages(path))


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path):
    text = failing(tmp_path, encoded(corners(), "PNG"), max_pixels=900)
    assert "40 x 24" in text
    assert "--max-pixels 960" in text
    bomb = bytearray(encoded(Image.new("1", (8, 8)), "PNG"))
    bomb[16:24] = struct.pack(">II", 60_000, 60_000)
    bomb[29:33] = struct.pack(">I", zlib.crc32(bomb[12:29]))
    limit = Image.MAX_IMAGE_PIXELS
    assert "--max-pixels" in failing(tmp_path, bytes(bomb))
    assert limit == Image.MAX_IMAGE_PIXELS
    with pytest.raises(UsageError):
        list(load_pages(bytes(bomb), max_pixels=0))


SAMPLES = [encoded(corners(), kind) for kind in ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF")]


@settings(max_examples=300)
@given(
    sample=st.sampled_from(SAMPLES),
    cut=st.floats(0, 1),
    noise=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
)
def test_damaged_bytes_never_raise_anything_else(sample, cut, noise):
    data = bytearray(sample[: int(len(sample) * (1 - cut / 3))])
    for place, value in noise:
        data[int(place * (len(data) - 1))] = value
    try:
        for page in load_pages(bytes(data), max_pixels=100_000):
            assert page.pixels.ndim == 3
    except UnreadableInputError as error:
        assert "'-'" in str(error)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_random_bytes_are_unreadable(data):
    with pytest.raises(UnreadableInputError):
        list(load_pages(data))


@pytest.mark.parametrize(("dpi", "good"), [(9.99, False), (10, True), (4800, True), (4801, False)])
def test_the_limits_of_the_resolution(dpi, good):
    with nullcontext() if good else pytest.raises(UsageError, match="between 10 and 4800"):
        list(load_pages(encoded(corners(), "PNG"), dpi=dpi))


@pytest.mark.parametrize(("pixels", "error"), [(0, UsageError), (959, UnreadableInputError)])
def test_the_limits_of_the_pixels(pixels, error):
    with pytest.raises(error):
        list(load_pages(encoded(corners(), "PNG"), max_pixels=pixels))
    assert list(load_pages(encoded(corners(), "PNG"), max_pixels=40 * 24))
