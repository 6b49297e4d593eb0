"""A SentencePiece model as data: its pieces, and the ids that matter to ink.

Source: sentencepiece `sentencepiece_model.proto`. Only the pieces are read here; splitting text
into pieces is left to the sentencepiece library.
"""

from __future__ import annotations

from dataclasses import dataclass

from inksight_cli.convert.saved_model import SavedModel
from inksight_cli.convert.wire import Message
from inksight_cli.errors import ModelError
from inksight_cli.tokens import COUNT

_KINDS = {1: "normal", 2: "unknown", 3: "control", 4: "user-defined", 5: "unused", 6: "byte"}
_ALGORITHMS = {1: "unigram", 2: "bpe", 3: "word", 4: "char"}


@dataclass(frozen=True, slots=True)
class TextVocabulary:
    """What a SentencePiece model says about itself.

    Attributes:
        model: the serialized model, as the library loads it.
        ids: piece -> id; algorithm: ``unigram``, ``bpe``, ...
        kinds: how many pieces of each kind there are.
        start, end, unknown, pad: ids; -1 where there is none.
    """

    model: bytes
    ids: dict[str, int]
    algorithm: str
    kinds: dict[str, int]
    start: int
    end: int
    unknown: int
    pad: int

    @property
    def ink(self) -> tuple[int, ...]:
        """The ids of ``<ink_token_0>`` ... in order, as far as they are there."""
        names = (f"<ink_token_{i}>" for i in range(COUNT))
        return tuple(self.ids[name] for name in names if name in self.ids)

    def first_ink(self) -> int:
        """Return the id of ink token 0.

        Raises:
            ModelError: the 451 ink tokens are not there, or not in one run.
        """
        ink = self.ink
        if len(ink) != COUNT:
            raise ModelError(f"The vocabulary holds {len(ink)} of the {COUNT} ink tokens.")
        if ink != tuple(range(ink[0], ink[0] + COUNT)):
            raise ModelError("The ink tokens do not have consecutive ids, which is not supported.")
        return ink[0]


def read_vocabulary(data: bytes) -> TextVocabulary:
    """Read a serialized SentencePiece model.

    Raises:
        ModelError: it is damaged.
    """
    model = Message(data)
    ids: dict[str, int] = {}
    kinds: dict[str, int] = {}
    for index, piece in enumerate(model.messages(1)):
        ids[piece.text(1)] = index
        kind = _KINDS.get(piece.integer(3, 1), "other")
        kinds[kind] = kinds.get(kind, 0) + 1
    if not ids:
        raise ModelError("The model's SentencePiece vocabulary is empty: it is damaged.")
    trainer = model.message(2)
    algorithm = _ALGORITHMS.get(trainer.integer(3, 1), "unknown")
    unknown, start, end, pad = (
        _id(trainer.integer(number, default))
        for number, default in ((40, 0), (41, 1), (42, 2), (43, 2**64 - 1))
    )
    return TextVocabulary(data, ids, algorithm, kinds, start, end, unknown, pad)


def find_vocabularies(model: SavedModel) -> list[TextVocabulary]:
    """Return the distinct SentencePiece models in the graph (they are attributes of ops)."""
    found: dict[bytes, None] = {}
    for _, node in model.with_op("SentencepieceOp"):
        if "model" in node.attributes:
            found[bytes(node.attributes["model"].view(2))] = None
    return [read_vocabulary(data) for data in found if data]


def _id(value: int) -> int:
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value >> 31 else value
