"""The real Tesseract, and what it says when something is missing."""

import os
from shutil import which

import pytest

from inksight_cli.detectors import find_detector
from inksight_cli.errors import MissingBackendError, UsageError
from inksight_cli.pages.page import PageImage

needs_tesseract = pytest.mark.skipif(which("tesseract") is None, reason="tesseract not installed")


@needs_tesseract
def test_words_of_a_printed_page(blank, write):
    pixels = blank(220, 700)
    true = [write(pixels, "brave", 30, 80), write(pixels, "world", 230, 80)]
    below = write(pixels, "again", 30, 180)
    lines = find_detector("tesseract", psm=6).detect(PageImage(pixels))
    assert [[word.text for word in line.words] for line in lines] == [["brave", "world"], ["again"]]
    for word, box in zip(lines[0].words + lines[1].words, [*true, below], strict=True):
        assert word.box.iou(box) > 0.7
        assert 0 <= word.confidence <= 1
    assert "OMP_THREAD_LIMIT" not in os.environ


@needs_tesseract
def test_missing_language_is_named_with_its_package():
    detector = find_detector("tesseract", languages="eng+chi_sim")
    if detector.missing() is None:
        pytest.skip("chi_sim is installed here")
    assert "'chi_sim'" in detector.missing()
    assert "apt-get install tesseract-ocr-chi-sim" in detector.missing()


@needs_tesseract
def test_tessdata_folder(tmp_path, blank):
    assert "no folder" in find_detector("tesseract", tessdata=tmp_path / "none").missing()
    detector = find_detector("tesseract", tessdata=tmp_path)
    assert "'eng'" in detector.missing() and str(tmp_path) in detector.missing()
    with pytest.raises(MissingBackendError, match="'eng'"):
        detector.detect(PageImage(blank(50, 50)))


@needs_tesseract
def test_a_page_that_takes_too_long(blank, write):
    pixels = blank(220, 700)
    write(pixels, "brave world", 30, 80)
    with pytest.raises(MissingBackendError, match="longer than"):
        find_detector("tesseract", timeout=0.01).detect(PageImage(pixels))


def test_missing_program_is_named_with_its_package(monkeypatch, blank):
    monkeypatch.setenv("PATH", "/nowhere")
    detector = find_detector("tesseract")
    assert "apt-get install tesseract-ocr" in detector.missing()
    with pytest.raises(MissingBackendError) as error:
        detector.detect(PageImage(blank(50, 50)))
    assert error.value.exit_code == 4


@pytest.mark.parametrize("psm", [-1, 0, 2, 14])
def test_modes_that_find_no_words(psm):
    with pytest.raises(UsageError, match="3 to 13"):
        find_detector("tesseract", psm=psm)
