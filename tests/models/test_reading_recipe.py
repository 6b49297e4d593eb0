"""The recipe of reading: what the head on the encoder is asked, and how its answer is read."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from models.training import vocabulary as v
from models.training.batches import collate
from models.training.model import Nano
from models.training.reading import BLANK, CLASSES, read, reading_loss
from models.training.samples import Example
from models.training.size import GRID, Size
from models.training.weights import READER, from_plain, to_plain


def example(text):
    ink = np.array([v.STROKE, v.X0 + 3, v.Y0 + 5])
    return Example(np.zeros((32, v.CANVAS), np.uint8), 4, ink, text)


@pytest.mark.parametrize("mode", ["derender", "recognize_and_derender", "recognize"])
def test_a_batch_knows_its_texts(mode):
    batch = collate((0, 0), mode, [example("Ink"), example("a")])
    assert batch.text.tolist() == [v.encode_text("Ink"), [*v.encode_text("a"), 0, 0]]


def test_nothing_is_to_be_read_where_the_prompt_tells_the_text():
    assert collate((0, 0), "with_text", [example("Ink")]).text.shape == (1, 0)


def certain(*classes):
    """Logits that leave no doubt about the class of each step, (1, steps, CLASSES)."""
    return 50.0 * torch.nn.functional.one_hot(torch.tensor([classes]), CLASSES).float()


def classes_of(text):
    return [i - v.CHARACTER0 + 1 for i in v.encode_text(text)]


def test_repeats_are_one_letter_unless_a_blank_parts_them():
    s, e = classes_of("se")
    answer = certain(s, s, BLANK, e, e, BLANK, e, BLANK)
    assert read(answer) == ["see"]
    assert float(reading_loss(answer, torch.tensor([v.encode_text("see")]))) < 1e-3
    assert float(reading_loss(answer, torch.tensor([v.encode_text("sea")]))) > 10


def test_texts_of_several_lengths_count_by_their_letters():
    (a,) = classes_of("a")
    both = torch.cat([certain(a, BLANK, BLANK, BLANK), certain(a, BLANK, a, BLANK)])
    targets = torch.tensor([[*v.encode_text("a"), v.START], v.encode_text("aa")])
    assert float(reading_loss(both, targets)) < 1e-3


def test_a_word_longer_than_its_steps_teaches_nothing():
    logits = certain(BLANK, BLANK).requires_grad_()
    reading_loss(logits, torch.tensor([v.encode_text("three")])).backward()
    assert not logits.grad.any()


def test_the_head_is_kept_with_the_weights_and_a_new_one_made_without():
    size = Size(width=16, heads=1, feed_forward=16, encoder_layers=1, decoder_layers=1)
    model = Nano(size)
    memory = torch.randn(2, 3 * GRID, size.width)
    plain = to_plain(model)
    back = from_plain(plain, size)
    assert torch.equal(back.reader(memory), model.reader(memory))
    assert back.reader(memory).shape == (2, 56, CLASSES)
    graphs = {name: array for name, array in plain.items() if not name.startswith(READER)}
    assert from_plain(graphs, size).reader(memory).shape == (2, 56, CLASSES)
