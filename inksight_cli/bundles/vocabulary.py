"""How a model writes text as token ids: nano by character, small-p by SentencePiece."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from inksight_cli.bundles.schema import MOST_TEXT, check_characters, read_json
from inksight_cli.errors import MissingBackendError, ModelError
from inksight_cli.files import read_regular

# What mT5-style training puts before an answer; bookkeeping, not text.
_SENTINEL = re.compile(r"</?extra_id_\d+>|</?s>|<pad>")


class TextVocabulary(Protocol):
    """Text to ids and back; ids that are not text are skipped on the way back."""

    def encode(self, text: str) -> list[int]:
        """Ids of `text`."""
        ...

    def decode(self, ids: Iterable[int]) -> str:
        """The text among `ids`."""
        ...


@dataclass(frozen=True, slots=True)
class CharacterVocabulary:
    """One id per character, and words like ``<derender>`` with an id of their own.

    Attributes:
        characters: in id order; first: the id of the first.
        special: ids of words that stand for themselves.
        unknown: the id of every other character.
    """

    characters: str
    first: int
    special: Mapping[str, int]
    unknown: int

    def encode(self, text: str) -> list[int]:
        """Ids of `text`; a special word is one id, a character out of the table is unknown."""
        ids: list[int] = []
        words = "|".join(map(re.escape, self.special)) or r"(?!)"
        for part in re.split(f"({words})", text):
            if part in self.special:
                ids.append(self.special[part])
            else:
                ids += [self._character(character) for character in part]
        return ids

    def _character(self, character: str) -> int:
        at = self.characters.find(character)
        return self.unknown if at < 0 else self.first + at

    def decode(self, ids: Iterable[int]) -> str:
        """The characters among `ids`."""
        places = (index - self.first for index in ids)
        text = "".join(self.characters[at] for at in places if 0 <= at < len(self.characters))
        return text.strip()

    def to_json(self) -> str:
        """The text of the vocabulary file."""
        data = {
            "characters": self.characters,
            "first": self.first,
            "special": dict(self.special),
            "unknown": self.unknown,
        }
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def load(cls, path: Path) -> CharacterVocabulary:
        """Read a vocabulary file.

        Raises:
            ModelError: it cannot be read or is not one.
        """
        try:
            text = read_regular(path, MOST_TEXT).decode("utf-8")
            return cls(**check_characters(read_json(text)))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(f"{path} is not a character vocabulary: {error}.") from error


class SentencePieceVocabulary:
    """T5's text pieces; ids beyond the model's own (ink, sentinels) are not text."""

    def __init__(self, path: Path) -> None:
        try:
            from sentencepiece import SentencePieceProcessor
        except ImportError as error:
            raise MissingBackendError(
                "This model's text needs the package sentencepiece.",
                "pip install 'inksight-cli[convert]'",
            ) from error
        try:
            self._pieces = SentencePieceProcessor(model_file=str(path))
        except (OSError, RuntimeError) as error:
            raise ModelError(f"{path} is not a SentencePiece model: {error}.") from error

    def encode(self, text: str) -> list[int]:
        """Ids of `text`, without an end token."""
        return list(self._pieces.encode(text))

    def decode(self, ids: Iterable[int]) -> str:
        """The text among `ids`, without sentinels."""
        known = self._pieces.get_piece_size()
        text = self._pieces.decode([int(i) for i in ids if 0 <= i < known])
        return " ".join(_SENTINEL.sub("", text).split())


def load_vocabulary(kind: str, path: Path) -> TextVocabulary:
    """Open the vocabulary file of a bundle.

    Raises:
        ModelError: the file is missing, damaged, or of an unknown kind.
        MissingBackendError: it needs a package that is not installed.
    """
    if kind == "characters":
        return CharacterVocabulary.load(path)
    if kind == "sentencepiece":
        return SentencePieceVocabulary(path)
    raise ModelError(f"The tokenizer {kind!r} is unknown.")
