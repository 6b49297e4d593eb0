import builtins
import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from inksight_cli.errors import MissingBackendError, UnreadableInputError, UsageError
from inksight_cli.pages.load import load_pages


def pdf(sizes=((144, 72),), extra=b"", encrypt=b""):
    """Return a PDF with a black square of one inch at the top-left corner of every page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = b" ".join(b"%d 0 R" % (3 + 2 * k) for k in range(len(sizes)))
    objects.append(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(sizes)))
    for k, (width, height) in enumerate(sizes):
        drawn = b"0 g 0 %d 72 72 re f" % (height - 72)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R %s >>"
            % (width, height, 4 + 2 * k, extra)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + b"trailer << /Root 1 0 R /Size %d %s >>\nstartxref\n%d\n%%%%EOF" % (
        size,
        encrypt,
        start,
    )


LOCKED = (
    b"/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"
    b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b">"
    b" /U <" + b"42" * 32 + b"> >>"
)


def test_pdf_pages_are_drawn_at_the_dpi_asked_for():
    pytest.importorskip("pypdfium2")
    for dpi in (72, 150):
        (page,) = load_pages(pdf(), name="a.pdf", dpi=dpi)
        assert page.pixels.shape == (dpi, 2 * dpi, 3)
        assert page.dpi == dpi
        assert page.pixels[3:-3, 3 : dpi - 3].max() == 0
        assert page.pixels[:, dpi + 3 :].min() == 255
    assert next(load_pages(pdf())).pixels.shape == (300, 600, 3)


def test_pdf_pages_by_range_and_turned():
    pytest.importorskip("pypdfium2")
    five = pdf([(72 + k, 72) for k in range(5)])
    chosen = list(load_pages(five, pages="2,4-", dpi=72))
    assert [(p.number, p.width) for p in chosen] == [(2, 73), (4, 75), (5, 76)]
    (turned,) = load_pages(pdf(extra=b"/Rotate 90"), dpi=72)
    assert turned.pixels.shape == (144, 72, 3)


def broken(data, **options):
    with pytest.raises(UnreadableInputError) as caught:
        list(load_pages(data, name="a.pdf", **options))
    assert "'a.pdf'" in str(caught.value)
    return str(caught.value)


def test_pdfs_that_cannot_be_read_say_why():
    pytest.importorskip("pypdfium2")
    assert "encrypted" in broken(pdf(encrypt=LOCKED))
    assert "damaged" in broken(pdf()[:60])
    assert "damaged" in broken(b"%PDF-1.7\n")
    assert "no pages" in broken(pdf([]))
    assert "no page 3" in broken(pdf(), pages="3")
    assert "--dpi" in broken(pdf([(14_400, 14_400)]))
    with pytest.raises(UsageError, match="--dpi"):
        list(load_pages(pdf(), dpi=0))


@settings(max_examples=80)
@given(cut=st.floats(0, 1), noise=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255))))
def test_damaged_pdfs_never_raise_anything_else(cut, noise):
    pytest.importorskip("pypdfium2")
    whole = pdf([(72, 72)] * 2)
    data = bytearray(whole[: int(len(whole) * (1 - cut / 2))])
    for place, value in noise:
        data[int(place * (len(data) - 1))] = value
    with contextlib.suppress(UnreadableInputError):
        list(load_pages(bytes(data), dpi=36, max_pixels=100_000))


def half():
    pixels = np.full((32, 64, 3), 255, np.uint8)
    pixels[:, :32] = 0
    return Image.fromarray(pixels)


def encoded(kind):
    buffer = io.BytesIO()
    if kind == "HEIF":
        pillow_heif = pytest.importorskip("pillow_heif")
        pillow_heif.from_pillow(half()).save(buffer, quality=90)
    else:
        if not features.check("avif"):
            pytest.skip("this Pillow has no AVIF")
        half().save(buffer, "AVIF", quality=90)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_phone_pictures_are_opened_as_what_they_are(tmp_path, kind):
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(kind))
    (page,) = load_pages(path)
    assert page.pixels.shape == (32, 64, 3)
    assert page.pixels[:, :28].max() < 30
    assert page.pixels[:, 36:].min() > 225
    with pytest.raises(UnreadableInputError, match="damaged"):
        list(load_pages(encoded(kind)[:200]))
    with pytest.raises(UnreadableInputError, match="--max-pixels"):
        list(load_pages(path, max_pixels=100))


@pytest.mark.parametrize(
    ("package", "data", "extra"),
    [
        ("pypdfium2", b"%PDF-1.7\n", "inksight-cli[pdf]"),
        ("pillow_heif", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "inksight-cli[heic]"),
    ],
)
def test_a_missing_extra_is_named_with_its_line(monkeypatch, package, data, extra):
    real = builtins.__import__

    def without(name, *rest, **named):
        if name.split(".")[0] == package:
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingBackendError) as caught:
        list(load_pages(data))
    assert extra in str(caught.value)
