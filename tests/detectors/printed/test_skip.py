"""Print and stamps left out, writing kept. Printed with the font that Pillow brings along."""

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from examples.script import Hand
from inksight_cli.detectors import find_detector, who_found
from inksight_cli.detectors.boxes.boxfile import write_boxes
from inksight_cli.detectors.printed.skip import SWITCH, SkipPrinted, likeliest, prior
from inksight_cli.document import Line, Page, Word
from inksight_cli.geometry import Box, Quad
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import Derenderer

LABELS = ("Name of applicant", "Date and place", "Insurance number")
ENTRIES = ("Martin Gray", "Sunday morning", "seven hundred")


class Known:
    """Finds the words where they were put."""

    name = "known"
    summary = "words at known places"

    def __init__(self, lines):
        self.lines = lines

    def missing(self):
        return None

    def detect(self, page):
        return self.lines


@pytest.fixture(scope="module")
def form():
    """A form's pixels, its lines of words, and which of them were printed."""
    image = Image.new("RGB", (1100, 500), (250, 250, 250))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=36)
    hand = Hand(2.4, np.random.default_rng(3))
    strokes, lines, printed = [], [], []
    for row, (label, entry) in enumerate(zip(LABELS, ENTRIES, strict=True)):
        x, y, words = 40.0, 110 + 120 * row, []
        for word in label.split():
            draw.text((x, y), word, fill=(30, 30, 30), font=font, anchor="ls")
            box = Box(*(float(v) for v in draw.textbbox((x, y), word, font=font, anchor="ls")))
            words.append(Word(Quad.from_box(box), word, 0.9))
            x += font.getlength(word + " ")
        printed += [True] * len(words)
        x += 40
        for word in entry.split():
            drawn, end = hand.write(word, x, y)
            box = Box.around(np.concatenate(drawn)).grown(2)
            words.append(Word(Quad.from_box(box), word, 0.8))
            printed.append(False)
            strokes, x = strokes + drawn, end + 35
        lines.append(Line(words, Quad.from_box(Box.union(w.box for w in words))))
    draw.rectangle((700, 420, 1000, 480), outline=(160, 30, 40), width=4)
    draw.text((850, 450), "RECEIVED", fill=(160, 30, 40), font=font, anchor="mm")
    stamp = Quad.from_box(Box(*draw.textbbox((850, 450), "RECEIVED", font=font, anchor="mm")))
    lines.append(Line([Word(stamp, "RECEIVED", 0.9)], stamp))
    printed.append(True)
    pixels = np.array(image)
    fixed = [np.round(stroke * 16 - 8).astype(np.int32) for stroke in strokes]
    cv2.polylines(pixels, fixed, False, (30, 40, 110), 4, cv2.LINE_AA, 4)
    return pixels, lines, printed


def test_print_goes_and_writing_stays(form):
    pixels, lines, printed = form
    page = PageImage(pixels)
    left = SkipPrinted(Known(lines)).detect(page)
    words = [word for line in lines for word in line.words]
    kept = [word for line in left for word in line.words]
    true = [word for word, out in zip(words, printed, strict=True) if not out]
    assert kept == true
    assert page.notes == [f"{sum(printed)} printed words were left out"]
    for line in left:
        assert line.quad.bounds.iou(Box.union(word.box for word in line.words)) > 0.999


def _by_line(lines, printed):
    ends = np.cumsum([len(line.words) for line in lines])
    return np.split(np.array(printed), ends[:-1])


def test_printed_ink_is_in_no_word_no_drawing_and_no_crop(form):
    pixels, lines, printed = form
    (done,) = Derenderer(SkipPrinted(Known(lines))).pages([PageImage(pixels)])
    words = [word for line in lines for word in line.words]
    for word, out in zip(words, printed, strict=True):
        inside = word.box.grown(-1)
        for stroke in done.strokes:
            x, y = stroke.points.T
            hits = (x > inside.left) & (x < inside.right) & (y > inside.top) & (y < inside.bottom)
            assert not (out and hits.any())
    # The stamp's frame went with its word; nothing else was on the page.
    assert done.drawings == []


def test_a_page_of_writing_alone_is_left_as_it_is(form):
    pixels, lines, printed = form
    only = [
        Line([w for w, out in zip(line.words, outs, strict=True) if not out], line.quad)
        for line, outs in zip(lines, _by_line(lines, printed), strict=True)
    ][:3]
    page = PageImage(pixels)
    before = page.ink.mask.copy()
    assert SkipPrinted(Known(only)).detect(page) is only
    assert page.notes == []
    assert np.array_equal(page.ink.mask, before)


def test_any_detector_can_be_asked_to(form, tmp_path):
    pixels, lines, printed = form
    path = tmp_path / "boxes.json"
    with path.open("wb") as stream:
        write_boxes([Page(1100, 500, lines)], stream)
    detector = find_detector("boxes,whole", boxes=path, skip_printed=True)
    assert detector.missing() is None
    left = detector.detect(PageImage(pixels))
    assert sum(len(line.words) for line in left) == len(printed) - sum(printed)
    assert who_found(detector) == "boxes"
    assert (
        find_detector("whole", skip_printed=True).detect(PageImage(np.full_like(pixels, 255))) == []
    )


@given(st.lists(st.floats(-6, 6), min_size=1, max_size=7))
def test_the_likeliest_states_are_the_best_of_all(scores):
    def worth(states):
        changes = sum(a != b for a, b in itertools.pairwise(states))
        return sum(s for s, on in zip(scores, states, strict=True) if on) - SWITCH * changes

    best = max(worth(states) for states in itertools.product((False, True), repeat=len(scores)))
    assert worth(likeliest(np.array(scores), SWITCH).tolist()) == pytest.approx(best)


def test_a_form_has_more_print_than_a_letter():
    assert prior(0.0) == prior(0.1) == 0
    assert 0 < prior(0.2) < prior(0.3) == prior(0.9) < 1
