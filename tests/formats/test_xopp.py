"""Notebooks of Xournal++, opened by Xournal++ itself."""

import gzip
import shutil
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from hypothesis import given, settings

from inksight_cli.document import Document, Page, Stroke
from tests.formats.written import page_of_ink, save, written
from tests.helpers.documents import documents, sample
from tests.helpers.rasters import alike, drawn_by_us, ink_of, run

needs_xournalpp = pytest.mark.skipif(not shutil.which("xournalpp"), reason="no xournalpp")


def root_of(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(gzip.decompress(data))


@needs_xournalpp
def test_xournalpp_draws_what_we_draw(tmp_path):
    page = page_of_ink()
    picture = tmp_path / "page.png"
    call = ("xournalpp", f"--create-img={picture}", f"--export-png-width={page.width}")
    run(*call, save(tmp_path, "xopp"))
    drawn = ink_of(picture, (page.width, page.height))
    assert alike(drawn, drawn_by_us(page)) >= 0.995


@needs_xournalpp
def test_xournalpp_shows_the_photo_below_the_ink(tmp_path):
    picture = tmp_path / "page.png"
    path = save(tmp_path, "xopp", photo="behind")
    run("xournalpp", f"--create-img={picture}", "--export-png-width=800", path)
    shown = cv2.imread(str(picture))
    assert np.abs(shown[300, 8].astype(int) - 40).max() < 6
    assert np.abs(shown[300, 780].astype(int) - 210).max() < 6
    grey = cv2.cvtColor(shown, cv2.COLOR_BGR2GRAY)
    ink = drawn_by_us(page_of_ink())
    assert np.median(grey[ink]) < 90


@needs_xournalpp
def test_xournalpp_opens_dots_and_many_pages(tmp_path):
    path = save(tmp_path, "xopp", sample(3))
    run("xournalpp", f"--create-pdf={tmp_path / 'out.pdf'}", path)
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")


@given(document=documents())
@settings(max_examples=20, deadline=None)
def test_any_document_obeys_the_rules_of_the_format(document):
    data = written(document, "xopp")
    assert data == written(document, "xopp")
    root = root_of(data)
    assert (root.tag, root.get("fileversion")) == ("xournal", "4")
    assert len(root.findall("page")) == max(len(document.pages), 1)
    strokes = list(root.iter("stroke"))
    assert len(strokes) == sum(1 for page in document.pages for _ in page.strokes)
    for stroke in strokes:
        points = np.array(stroke.text.split(), dtype=float).reshape(-1, 2)
        widths = [float(width) for width in stroke.get("width").split()]
        assert len(points) >= 2
        assert len(widths) in (1, len(points))
        assert min(widths) > 0
        assert len(stroke.get("color")) == 9


def test_strokes_lie_where_they_lay():
    page = Page(200, 100, drawings=[Stroke([(10, 20), (30.5, 40)], [3, 3], "#112233")], dpi=144)
    element = root_of(written(Document([page]), "xopp")).find("page")
    assert (element.get("width"), element.get("height")) == ("100", "50")
    stroke = element.find("layer[@name='drawings']/stroke")
    assert stroke.text == "5 10 15.25 20"
    assert stroke.attrib == {
        "tool": "pen",
        "color": "#112233ff",
        "width": "1.5",
        "capStyle": "round",
    }


def test_rnote_finds_a_width_for_every_point():
    """It takes the widths after the first one, and drops points without."""
    page = Page(100, 100, drawings=[Stroke([(0, 0), (10, 0), (20, 0)], [2, 4, 6])], dpi=72)
    stroke = next(root_of(written(Document([page]), "xopp")).iter("stroke"))
    assert stroke.text == "0 0 10 0 20 0 20 0"
    assert stroke.get("width") == "4 3 5 6"


def test_it_says_what_it_was_made_from(tmp_path):
    from inksight_cli.commands.targets import made_from

    assert made_from(save(tmp_path, "xopp")) == {b"ab" * 32}


def test_sources_cannot_break_the_comment():
    document = sample()
    document.pages[0].sha256 = "a--->" * 3
    assert root_of(written(document, "xopp")).find("page") is not None
