"""Reading measured: edit distance, character and word error rates, what is taken for what.

Texts are compared as Unicode's composed form (NFC), by code points; any run of white space
(line ends, too) is one blank, and none counts at the ends.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from inksight_cli.errors import MissingBackendError


def _levenshtein() -> ModuleType:
    try:
        from rapidfuzz.distance import Levenshtein
    except ImportError as error:
        raise MissingBackendError(
            "The package rapidfuzz is missing.", "pip install 'inksight-cli[evaluate]'"
        ) from error
    return Levenshtein


def edit_distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Fewest insertions, deletions and substitutions from `a` to `b` (Levenshtein 1966).

    Raises:
        MissingBackendError: the package ``rapidfuzz`` is not installed.
    """
    return int(_levenshtein().distance(a, b))


def character_error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Edits per true character over all (truth, read) pairs; may exceed 1. 0 for no truth."""
    edits = length = 0
    for truth, read in pairs:
        edits += edit_distance(truth, read)
        length += len(truth)
    return edits / length if length else 0.0


def plain(text: str, *, case: bool = True, signs: bool = True) -> str:
    """Return a text as it is compared.

    Args:
        text: any.
        case: whether capitals matter.
        signs: whether punctuation (Unicode's categories P) matters.
    """
    text = unicodedata.normalize("NFC", text)
    if not signs:
        text = "".join(" " if unicodedata.category(c)[0] == "P" else c for c in text)
    return " ".join((text if case else text.casefold()).split())


@dataclass(slots=True)
class Errors:
    """Edits counted, of one text or of many.

    Attributes:
        edits: of characters; characters: true ones.
        word_edits: of words; words: true ones.
        confusions: how often a true character was read as another; "" stands for none.
    """

    edits: int = 0
    characters: int = 0
    word_edits: int = 0
    words: int = 0
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def cer(self) -> float:
        """Edits per true character; without any, 0 where nothing was read and else 1."""
        return self.edits / self.characters if self.characters else float(self.edits > 0)

    @property
    def wer(self) -> float:
        """Edits of words per true word; without any, as `cer`."""
        return self.word_edits / self.words if self.words else float(self.word_edits > 0)

    def __iadd__(self, other: Errors) -> Errors:
        """Count another text's as well."""
        self.edits += other.edits
        self.characters += other.characters
        self.word_edits += other.word_edits
        self.words += other.words
        self.confusions.update(other.confusions)
        return self


def errors(truth: str, read: str) -> Errors:
    """Return what is wrong with a text, both as `plain` returns them.

    Raises:
        MissingBackendError: the package ``rapidfuzz`` is not installed.
    """
    steps = _levenshtein().editops(truth, read)
    confusions = Counter(
        (
            "" if step.tag == "insert" else truth[step.src_pos],
            "" if step.tag == "delete" else read[step.dest_pos],
        )
        for step in steps
    )
    said, true = read.split(), truth.split()
    return Errors(len(steps), len(truth), edit_distance(true, said), len(true), confusions)
