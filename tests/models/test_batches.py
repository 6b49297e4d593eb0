"""Batches of training words: what is asked, and what is to be read."""

import numpy as np
import pytest

from models.training import vocabulary as v
from models.training.batches import Mix, collate, pool
from models.training.samples import MODES, Example, Word, ask


def example(*texts):
    inks = [np.array([v.STROKE, v.X0 + 3 + 9 * i, v.Y0 + 5]) for i in range(len(texts))]
    return Example(np.zeros((32, v.CANVAS), np.uint8), 4, tuple(map(Word, texts, inks)))


@pytest.mark.parametrize("mode", ["derender", "recognize_and_derender", "recognize"])
def test_a_batch_knows_its_texts(mode):
    batch = collate((0, 0), mode, [example("Ink"), example("a")])
    assert batch.text.tolist() == [v.encode_text("Ink"), [*v.encode_text("a"), 0, 0]]


def test_nothing_is_to_be_read_where_the_prompt_tells_the_text():
    assert collate((0, 0), "with_text", [example("Ink")]).text.shape == (1, 0)


class Endless:
    """Draws the same word again and again, and the same two."""

    def draw(self, rng, strength):
        return example("Ink")

    def draw_pair(self, rng, strength):
        return example("two", "words")


@pytest.mark.parametrize("wanted", range(len(MODES)))
def test_the_shares_say_what_is_asked(wanted, monkeypatch):
    monkeypatch.setattr("models.training.batches.POOL", 256)
    shares = np.eye(len(MODES))[wanted]
    batches = pool(Endless(), 1, 0, Mix(shares))
    question, _ = ask(MODES[wanted], "Ink", example("Ink").ink)
    assert sum(len(batch.prompt) for batch in batches) == 256
    for batch in batches:
        assert (batch.prompt[:, : len(question)] == question).all()
        assert (batch.prompt_length == len(question)).all()


def test_of_two_words_the_told_one_is_drawn_alone(monkeypatch):
    monkeypatch.setattr("models.training.batches.POOL", 64)
    for batch in pool(Endless(), 1, 0, Mix(pairs=1.0, pair_shares=(0, 0, 1, 0))):
        told = [v.decode_text(prompt) for prompt in batch.prompt]
        starts = [answer[1] - v.X0 for answer in batch.targets]
        assert told == ["two", "words"] * (len(told) // 2)
        assert starts == [3, 12] * (len(told) // 2)


def test_without_a_told_text_both_words_are_drawn():
    batch = collate((0, 0), "recognize_and_derender", [example("two", "words")])
    text, two, words = v.encode_text("two words"), *(w.ink for w in example("two", "words").words)
    assert batch.targets[0, : len(text) + 7].tolist() == [*text, *two, *words, v.END]
