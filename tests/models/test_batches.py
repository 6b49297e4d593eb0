"""Batches of training words: what is asked, and what is to be read."""

import numpy as np
import pytest

from models.training import vocabulary as v
from models.training.batches import collate, pool
from models.training.samples import MODES, Example, ask


def example(text):
    ink = np.array([v.STROKE, v.X0 + 3, v.Y0 + 5])
    return Example(np.zeros((32, v.CANVAS), np.uint8), 4, ink, text)


@pytest.mark.parametrize("mode", ["derender", "recognize_and_derender", "recognize"])
def test_a_batch_knows_its_texts(mode):
    batch = collate((0, 0), mode, [example("Ink"), example("a")])
    assert batch.text.tolist() == [v.encode_text("Ink"), [*v.encode_text("a"), 0, 0]]


def test_nothing_is_to_be_read_where_the_prompt_tells_the_text():
    assert collate((0, 0), "with_text", [example("Ink")]).text.shape == (1, 0)


class Endless:
    """Draws the same word again and again."""

    def draw(self, rng, strength):
        return example("Ink")


@pytest.mark.parametrize("wanted", range(len(MODES)))
def test_the_shares_say_what_is_asked(wanted, monkeypatch):
    monkeypatch.setattr("models.training.batches.POOL", 256)
    shares = np.eye(len(MODES))[wanted]
    batches = pool(Endless(), 1, 0, shares)
    question, _ = ask(MODES[wanted], "Ink", example("Ink").ink)
    assert sum(len(batch.prompt) for batch in batches) == 256
    for batch in batches:
        assert (batch.prompt[:, : len(question)] == question).all()
        assert (batch.prompt_length == len(question)).all()
