"""A small SentencePiece model with the tokens InkSight added to its vocabulary."""

from __future__ import annotations

import io

import sentencepiece

_CORPUS = [
    "Derender the ink.",
    "Recognize and derender.",
    "Derender the ink: hello world",
    "the quick brown fox jumps over the lazy dog",
    "Pack my box with five dozen liquor jugs, 0123456789 Neat: extra",
]


def train_tokenizer(pieces: int, inks: int) -> bytes:
    """Return a serialized model with `inks` ink tokens and two sentinels as whole symbols."""
    stream = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_CORPUS * 20), model_writer=stream, vocab_size=pieces, pad_id=0,
        eos_id=1, unk_id=2, bos_id=-1, hard_vocab_limit=False, minloglevel=2,
        normalization_rule_name="identity", user_defined_symbols=["<extra_id_1>", "<extra_id_0>"]
        + [f"<ink_token_{i}>" for i in range(inks)],
    )  # fmt: skip
    return stream.getvalue()
