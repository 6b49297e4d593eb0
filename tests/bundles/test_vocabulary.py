"""Text vocabularies: characters, and SentencePiece pieces."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.bundles import CharacterVocabulary
from inksight_cli.bundles.vocabulary import SentencePieceVocabulary, load_vocabulary
from inksight_cli.errors import ModelError

LETTERS = "abc é"
VOCABULARY = CharacterVocabulary(LETTERS, 10, {"<derender>": 5}, 2)


def test_special_words_are_one_id() -> None:
    assert VOCABULARY.encode("<derender>ab!") == [5, 10, 11, 2]
    assert VOCABULARY.encode("<derende>") == [2, 2, 2, 2, 2, 2, 2, 2, 2]
    assert VOCABULARY.encode("") == []


@given(st.text(LETTERS))
def test_known_text_round_trip(text: str) -> None:
    ids = VOCABULARY.encode(text)
    assert VOCABULARY.decode(ids) == text.strip()
    assert VOCABULARY.decode([*ids, 1, 3, 5, 99]) == text.strip()


def test_vocabulary_file_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.json"
    path.write_text(VOCABULARY.to_json(), encoding="utf-8")
    assert load_vocabulary("characters", path) == VOCABULARY


BROKEN = [
    None,
    "{",
    "[" * 100_000,
    '{"letters": 1}',
    '{"characters": 3, "first": 1, "special": {}, "unknown": 2}',
    '{"characters": "ab", "first": "1", "special": {}, "unknown": 2}',
    '{"characters": "ab", "first": 1, "special": [], "unknown": 2}',
    '{"characters": "ab", "first": 1, "special": {"x": "y"}, "unknown": 2}',
    '{"characters": "ab", "first": 1e300, "special": {}, "unknown": 2}',
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_vocabulary_file(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "vocabulary.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ModelError, match="not a character vocabulary"):
        load_vocabulary("characters", path)


def test_pieces_and_sentinels(tmp_path: Path) -> None:
    sentencepiece = pytest.importorskip("sentencepiece")
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("Derender the ink.\nRecognize and derender.\nthe quick brown fox\n" * 20)
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus),
        model_prefix=str(tmp_path / "pieces"),
        vocab_size=30,
        user_defined_symbols=["<extra_id_0>"],
        minloglevel=9,
    )
    pieces = SentencePieceVocabulary(tmp_path / "pieces.model")
    ids = pieces.encode("Derender the ink.")
    assert pieces.decode(ids) == "Derender the ink."
    assert pieces.decode([*pieces.encode("<extra_id_0> the fox"), 60, 32_000]) == "the fox"
    (tmp_path / "bad.model").write_bytes(b"?")
    with pytest.raises(ModelError, match="not a SentencePiece model"):
        load_vocabulary("sentencepiece", tmp_path / "bad.model")
