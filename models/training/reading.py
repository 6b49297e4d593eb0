"""Reading beside drawing: a CTC head on the encoder, for training only.

Alone, a decoder that sees six letters among a hundred ink tokens learns to spell words that are
not in the picture long before it learns where to look. Connectionist temporal classification
(Graves et al. 2006) needs no alignment and reaches the encoder directly; training both together
is the hybrid of Watanabe et al. 2017. The bundle has no such head: the decoder reads.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training import vocabulary as v
from models.training.size import GRID, Size

BLANK = 0
CLASSES = 1 + v.SIZE - v.CHARACTER0
STEPS = 4
"""Steps per patch column: 56 for a canvas, 4 px each."""


class Reader(nn.Module):
    """Scores of characters from left to right, each column's patch rows mixed by attention."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.row = nn.Linear(size.width, 1)
        self.inner = nn.Linear(size.width, STEPS * size.width)
        self.out = nn.Linear(size.width, CLASSES)
        self._start_blank()

    @torch.no_grad()
    def _start_blank(self) -> None:
        """Begin with mostly blanks: first steps from an even chance would shake the encoder."""
        self.out.weight.mul_(0.1)
        self.out.bias.zero_()
        self.out.bias[BLANK] = 6.0

    def forward(self, memory: Tensor) -> Tensor:
        """The encoded patches (B, rows * GRID, D), no prompt, to (B, 56, CLASSES) logits."""
        patches = memory.unflatten(1, (-1, GRID))
        weights = torch.softmax(self.row(patches), 1)
        columns = (weights * patches).sum(1)
        steps = self.inner(columns).unflatten(2, (STEPS, -1)).flatten(1, 2)
        return self.out(functional.gelu(steps))


def reading_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean CTC loss per character.

    Args:
        logits: (B, steps, CLASSES) floats.
        targets: (B, L) character ids of the vocabulary, padded with `START`.
    """
    lengths = (targets >= v.CHARACTER0).sum(1)
    labels = (targets - v.CHARACTER0 + 1).clamp(min=0)
    steps = torch.full_like(lengths, logits.shape[1])
    log = torch.log_softmax(logits.float(), -1).transpose(0, 1)
    # A word with more letters than steps has no path: infinite, and nothing to learn from.
    each = functional.ctc_loss(
        log, labels, steps, lengths, BLANK, reduction="none", zero_infinity=True
    )
    return each.sum() / lengths.sum().clamp(min=1)


@torch.no_grad()
def read(logits: Tensor) -> list[str]:
    """The likeliest class of every step, repeats joined and blanks dropped."""
    words = []
    for row in logits.argmax(-1).tolist():
        kept = [c for i, c in enumerate(row) if c != BLANK and (i == 0 or row[i - 1] != c)]
        words.append(v.decode_text([c - 1 + v.CHARACTER0 for c in kept]))
    return words
