"""OCRmyPDF itself gives a scan of handwriting a layer of text, by name and by plug-in."""

import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from tests.helpers.shown import run

PAGE = Path(__file__).parents[2] / "examples" / "page.jpg"
DPI = 150


def ocrmypdf(*arguments):
    command = [sys.executable, "-m", "ocrmypdf", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)


@pytest.fixture(scope="module")
def searchable(tmp_path_factory):
    """The example page as a PDF with its text."""
    folder = tmp_path_factory.mktemp("ocr")
    out = folder / "out.pdf"
    options = ("--plugin", "inksight_ocr", "--image-dpi", DPI, "--output-type", "pdf")
    done = ocrmypdf(*options, "--optimize", 0, "--sidecar", folder / "out.txt", PAGE, out)
    assert done.returncode == 0, done.stderr
    return out


def test_words_are_found_in_the_pdf(searchable):
    text = run("pdftotext", "-layout", searchable, "-")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert len(lines) == 8
    for word in ("Garden", "tulips", "twelve", "bench", "weather", "dill", "Paint", "ladder"):
        assert word in text
    sidecar = searchable.with_name("out.txt").read_text()
    assert sidecar.split() == text.split()


def test_words_lie_where_they_are_written(searchable):
    boxes = run("pdftotext", "-bbox", searchable, "-")
    found = re.search(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">tulips', boxes
    )
    left, top, right, bottom = (float(edge) / 72 * DPI for edge in found.groups())
    # On the picture "tulips" is written at x 470..595, y 155..230.
    assert left == pytest.approx(470, abs=15) and right == pytest.approx(595, abs=15)
    assert 130 < top < 180 and 200 < bottom < 255


def test_the_scan_is_untouched(searchable):
    with pikepdf.open(searchable) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        assert image.read_raw_bytes() in PAGE.read_bytes()
        assert "inksight" in str(pdf.docinfo["/Creator"])


def test_a_scanned_pdf_by_the_engines_name(tmp_path, searchable):
    scan = tmp_path / "scan.pdf"
    with pikepdf.open(searchable) as pdf:
        pdf.save(scan)
    out = tmp_path / "out.pdf"
    done = ocrmypdf("--ocr-engine", "inksight", "--redo-ocr", "--output-type", "pdf", scan, out)
    assert done.returncode == 0, done.stderr
    assert "tulips" in run("pdftotext", out, "-")


def test_without_being_asked_for_it_is_not_used():
    from ocrmypdf._plugin_manager import get_plugin_manager

    options = type("Options", (), {"ocr_engine": "auto"})()
    assert "inksight" not in str(get_plugin_manager([]).get_ocr_engine(options=options))
    named = type("Options", (), {"ocr_engine": "inksight"})()
    assert "inksight" in str(get_plugin_manager([]).get_ocr_engine(options=named))
    assert "inksight" in str(get_plugin_manager(["inksight_ocr"]).get_ocr_engine(options=options))
