"""The recipe of reading: what the head on the encoder is asked, and how its answer is read."""

import pytest

pytest.importorskip("torch")

import torch

from models.training import vocabulary as v
from models.training.model import Nano
from models.training.reading import BLANK, CLASSES, read, reading_loss
from models.training.size import GRID, Size
from models.training.weights import READER, from_plain, to_plain


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
