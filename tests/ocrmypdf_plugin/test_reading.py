"""What the engine tells OCRmyPDF of single pictures."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from inksight_cli.document import Line, Page, Word
from inksight_cli.geometry import Box, Quad
from inksight_cli.ocrmypdf_plugin.reading import InksightEngine
from inksight_cli.ocrmypdf_plugin.tree import ocr_tree, plain_text
from tests.helpers.pictures import written

OPTIONS = SimpleNamespace(jobs=1)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Four lines of writing on a sheet."""
    sheet = np.full((640, 1000, 3), 250, np.uint8)
    for row, text in enumerate(
        ["the garden gate", "tulips and beans", "old pear tree", "blue shed"]
    ):
        line = written(text, seed=row)[:, :900]
        sheet[60 + 130 * row : 190 + 130 * row, 50 : 50 + line.shape[1]] = line
    path = tmp_path_factory.mktemp("engine") / "page.png"
    Image.fromarray(sheet).save(path, dpi=(150, 150))
    return path


def test_words_come_with_boxes_and_text(page):
    tree, text = InksightEngine.generate_ocr(page, OPTIONS, 2)
    assert (tree.ocr_class, tree.page_number) == ("ocr_page", 2)
    assert tree.dpi == pytest.approx(150, abs=0.1)
    assert (tree.bbox.width, tree.bbox.height) == (1000, 640)
    assert len(tree.lines) == len(text.splitlines()) == 4
    assert [word.text for word in tree.words] == text.split()
    assert sum(word in text for word in ("garden", "tulips", "beans", "pear", "tree", "shed")) >= 4


@pytest.mark.parametrize("turned", [90, 270])
def test_a_turned_page_is_known(page, tmp_path, turned):
    with Image.open(page) as image:
        image.rotate(-turned, expand=True).save(tmp_path / "turned.png")
    told = InksightEngine.get_orientation(tmp_path / "turned.png", OPTIONS)
    assert told.angle == turned and told.confidence > 2


def test_a_page_with_nothing_on_it_has_no_orientation(tmp_path):
    Image.new("RGB", (300, 200), "white").save(tmp_path / "empty.png")
    assert InksightEngine.get_orientation(tmp_path / "empty.png", OPTIONS) == (0, 0.0)
    tree, text = InksightEngine.generate_ocr(tmp_path / "empty.png", OPTIONS)
    assert (tree.children, text) == ([], "")


def test_the_skew_told_levels_the_page(page, tmp_path):
    with Image.open(page) as image:
        image.rotate(-3, fillcolor="white").save(tmp_path / "askew.png")
    assert InksightEngine.get_deskew(tmp_path / "askew.png", OPTIONS) == pytest.approx(3, abs=0.3)


def line_at(angle, text="two words"):
    along = np.array([math.cos(angle), math.sin(angle)])
    down = np.array([-along[1], along[0]])
    start = np.array([300.0, 300.0])
    corners = [start, start + 200 * along, start + 200 * along + 40 * down, start + 40 * down]
    quad = Quad.from_points(corners)
    return Line([Word(quad, part, 0.5) for part in text.split()], quad)


def test_a_slanting_line_has_a_baseline_and_a_turned_one_an_angle():
    lines = [line_at(0.1), line_at(math.pi / 2), line_at(math.pi), line_at(0, "")]
    tree = ocr_tree(Page(600, 600, lines), 0)
    slant, side, over = tree.lines
    assert slant.baseline.slope == pytest.approx(math.tan(0.1))
    assert (side.baseline, side.textangle) == (None, pytest.approx(-90))
    assert abs(over.textangle) == pytest.approx(180)
    # The baseline starts a fifth of the line's height above its lower edge.
    at_left = slant.bbox.bottom + slant.baseline.intercept
    assert at_left == pytest.approx(300 + 40 * math.cos(0.1) - 8, abs=0.5)


def test_boxes_outside_the_page_are_cut_and_keep_an_inside():
    quad = Quad.from_box(Box(-50, 90, 20, 400))
    away = Quad.from_box(Box(500, 500, 600, 600))
    page = Page(100, 100, [Line([Word(quad, "a"), Word(away, "b")], quad)])
    for element in (*ocr_tree(page, 0).words, *ocr_tree(page, 0).lines):
        box = element.bbox
        assert 0 <= box.left < box.right <= 100 and 0 <= box.top < box.bottom <= 100
    assert plain_text(page) == "a b"
