"""Wide and narrow words of one page through the converted replica, and what its original says."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from inksight_cli.convert.verify import verify_bundle
from inksight_cli.document import STATUSES, Line, Word
from inksight_cli.engine import load_model
from inksight_cli.geometry import Box, Quad
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import Derenderer
from tests.drawing import pen

WIDE, NARROW = Box(20, 50, 540, 120), Box(600, 30, 640, 170)


class TwoWords:
    """Finds a wave eight times as wide as high, and a hook three times as high as wide."""

    name = "two"

    def missing(self):
        return None

    def detect(self, page):
        quads = [Quad.from_box(box) for box in (WIDE, NARROW)]
        return [Line([Word(quad, text="ink")], quad) for quad in quads]


def page():
    x, y = np.linspace(40, 520, 200), np.linspace(45, 155, 60)
    wave = np.stack([x, 85 + 28 * np.sin(x / 12)], axis=1)
    hook = np.stack([615 + 12 * np.sin(y / 30), y], axis=1)
    pixels = np.full((200, 680, 3), 245, np.uint8)
    pixels[pen([wave, hook], pixels.shape[:2], 4)] = 20
    return PageImage(pixels, source="1")


def derendered(bundle, batch_size):
    """The two words, and the questions that were asked about them."""
    model = load_model(bundle, batch_size=batch_size, device="cpu")
    asked, run = [], model.run

    def recorded(jobs):
        return run(asked.append(job) or job for job in jobs)

    model.run = recorded
    (done,) = Derenderer(TwoWords(), model).pages([page()])
    return list(done.words), asked


@pytest.fixture(scope="module")
def both(converted):
    return derendered(converted, 16)


def shape(job):
    left, top, right, bottom = job.content
    return (right - left) / (bottom - top)


def test_no_question_is_wider_than_small_p_learned(both):
    words, asked = both
    wide = [job for job in asked if shape(job) > 1]
    (narrow,) = [job for job in asked if shape(job) <= 1]
    assert len(wide) >= 4 and max(map(shape, wide)) <= 2.1
    assert shape(narrow) < 0.6
    assert len(words) == 2


def test_the_original_answers_every_tile_alike(both, converted, inspection, tmp_path):
    _, asked = both
    bundle = tmp_path / "small-p"
    shutil.copytree(converted, bundle)
    few = [asked[0], asked[len(asked) // 2], asked[-1]]
    verdict = verify_bundle(bundle, inspection, [replace(j, key=i) for i, j in enumerate(few)])
    assert verdict.sentence == "3 of 3 answers are the original's, token for token"


def test_all_ink_of_both_words_comes_out_once(both):
    """The replica's weights are random: what it draws lies off the ink, which is traced instead."""
    words, _ = both
    for word, length in zip(words, (840, 125), strict=True):
        assert word.quality.ink_explained > 0.95
        assert sum(stroke.length for stroke in word.strokes) == pytest.approx(length, rel=0.15)
        assert word.quality.status in STATUSES


def test_ink_of_tiles_does_not_depend_on_what_is_decoded_beside_them(both, converted):
    words, _ = both
    alone, _ = derendered(converted, 1)
    for word, other in zip(words, alone, strict=True):
        assert len(word.strokes) == len(other.strokes)
        for stroke, same in zip(word.strokes, other.strokes, strict=True):
            assert np.array_equal(stroke.points, same.points)
