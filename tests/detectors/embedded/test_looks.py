"""Pages in scripts that nobody reads: their words, the right way up, in the right order."""

from pathlib import Path

import cv2
import numpy as np

from inksight_cli.detectors import find_detector
from inksight_cli.detectors.scripts import in_script
from inksight_cli.pages.page import PageImage

PAGES = Path(__file__).parents[2] / "looks"


def page_of(name):
    grey = cv2.imread(str(PAGES / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    return PageImage(np.repeat(grey[..., None], 3, axis=2))


def lines_of(image, script=""):
    found = find_detector("embedded", script=script).detect(image)
    return in_script(found, script, image)


def test_words_of_a_script_that_is_not_read():
    lines = lines_of(page_of("hebrew"))
    assert [(line.script, line.script_given) for line in lines] == [("hebrew", False)] * 3
    assert [len(line.words) for line in lines] == [3, 3, 3]
    assert {word.text for line in lines for word in line.words} == {""}
    assert max(abs(word.quad.angle) for line in lines for word in line.words) < 0.3
    for line in lines:
        lefts = [word.box.left for word in line.words]
        assert lefts == sorted(lefts, reverse=True)


def test_a_page_of_hebrew_on_its_head():
    upright = page_of("hebrew")
    turned = PageImage(np.ascontiguousarray(upright.pixels[::-1, ::-1]))
    lines = lines_of(turned)
    assert [line.script for line in lines] == ["hebrew"] * 3
    for line in lines:
        assert abs(abs(line.quad.angle) - np.pi) < 0.3
        lefts = [word.box.left for word in line.words]
        assert lefts == sorted(lefts)


def test_what_the_user_says_comes_first():
    lines = lines_of(page_of("hebrew"), "latin")
    assert {(line.script, line.script_given) for line in lines} == {("latin", True)}


def test_a_latin_page_is_as_it_reads():
    lines = lines_of(page_of("latin"))
    assert {line.script for line in lines} == {"latin"}
    assert sum(len(line.words) for line in lines) > 10
