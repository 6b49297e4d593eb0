"""Batches of training words: what is asked, and what is to be read."""

import numpy as np
import pytest

from models.training import vocabulary as v
from models.training.batches import collate
from models.training.samples import Example


def example(text):
    ink = np.array([v.STROKE, v.X0 + 3, v.Y0 + 5])
    return Example(np.zeros((32, v.CANVAS), np.uint8), 4, ink, text)


@pytest.mark.parametrize("mode", ["derender", "recognize_and_derender", "recognize"])
def test_a_batch_knows_its_texts(mode):
    batch = collate((0, 0), mode, [example("Ink"), example("a")])
    assert batch.text.tolist() == [v.encode_text("Ink"), [*v.encode_text("a"), 0, 0]]


def test_nothing_is_to_be_read_where_the_prompt_tells_the_text():
    assert collate((0, 0), "with_text", [example("Ink")]).text.shape == (1, 0)
