"""A sheet to copy by hand, so that a hand gets all its letters; and the copy's words put right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher

import numpy as np

from inksight_cli.document import Document, Line, Page, Word
from inksight_cli.writing.hand import Hand, Style
from inksight_cli.writing.page import write_text

TEXT = "\n\n".join(
    " ".join(part.split())
    for part in (
        """The quick brown fox jumps over the lazy dog; my jazzy vixen begs for quiet. Sphinx of
        black quartz, judge my vow! Pack my box with five dozen liquor jugs. How vexingly quick
        daft zebras jump: just six of them, exactly at a quarter to ten. "Who was it?" she asked
        (very softly). "I don't know", said her well-known half-brother, "but it's odd".""",
        """Anna, Ben, Clara, David, Emma, Frank, Greta, Hugo, Ida, Jonas, Kim, Lukas, Maria, Nina,
        Otto, Paula, Quinn, Rosa, Samuel, Tilda, Umar, Vera, Walter, Xenia, Yusuf, Zoe. Berlin,
        Cairo, Delhi, Exeter, Hanoi, Jakarta, Kyiv, Lima, Oslo, Quito, Utrecht, York, Zagreb.""",
        """Call 0163 927 458 or 5920 674 183 between 7 and 9; room 206 costs 35 a night, 48 for two.
        Every morning the people of the village went down to the river, where the water was still
        and the boats were waiting. Nothing had changed there for many years, though nobody could
        say exactly why; perhaps they only wanted it so. We thanked them, took our things and
        left.""",
    )
)
"""Every letter of English text at least three times, capitals, figures and signs at least once."""
_STYLE = Style(body=1.9, pen=0.16, color="#606060", leading=3.4, rise_spread=0.0, waver=0.0,
               ragged=0.0, left=0.08, right=0.08)  # fmt: skip
_ALIKE = 0.4  # of their letters that a word and what was read of it must share
_GAP = 0.7  # what a word costs that has no partner


def sheet(version: str = "") -> Document:
    """Return a page that says what to copy, in letters that are nobody's."""
    document = write_text(TEXT, Hand([], _STYLE), source="sheet", version=version)
    for page in document.pages:
        page.warnings = []  # all of its letters are borrowed
    return document


def with_text(pages: Iterable[Page], text: str) -> list[Page]:
    """Return pages whose words say what is known to be written on them.

    The words of all pages and of the text are laid beside each other in their order, so that they
    differ least; a word without a partner says nothing.

    Args:
        pages: as they were read, in order.
        text: what they say.
    """
    kept, known = list(pages), text.split()
    words = [word for page in kept for word in page.words]
    said = _partners([word.text for word in words], known)
    texts = {id(word): text for word, text in zip(words, said, strict=True)}

    def told(word: Word) -> Word:
        return replace(word, text=texts[id(word)], confidence=None, characters=(), alternatives=())

    def lined(line: Line) -> Line:
        return replace(line, words=[told(word) for word in line.words])

    return [replace(page, lines=[lined(line) for line in page.lines]) for page in kept]


def _partners(read: list[str], known: list[str]) -> list[str]:
    """Return for every word that was read the known one beside it, or nothing."""
    costs = np.zeros((len(read) + 1, len(known) + 1))
    costs[:, 0], costs[0, :] = _GAP * np.arange(len(read) + 1), _GAP * np.arange(len(known) + 1)
    apart = np.array([[_apart(a, b) for b in known] for a in read]).reshape(len(read), len(known))
    for i in range(1, len(read) + 1):
        for j in range(1, len(known) + 1):
            beside = costs[i - 1, j - 1] + apart[i - 1, j - 1]
            costs[i, j] = min(beside, costs[i - 1, j] + _GAP, costs[i, j - 1] + _GAP)
    found, i, j = [""] * len(read), len(read), len(known)
    while i and j:
        if costs[i, j] == costs[i - 1, j - 1] + apart[i - 1, j - 1]:
            i, j = i - 1, j - 1
            if apart[i, j] < 1 - _ALIKE:
                found[i] = known[j]
        elif costs[i, j] == costs[i - 1, j] + _GAP:
            i -= 1
        else:
            j -= 1
    return found


def _apart(a: str, b: str) -> float:
    """Return 0 for equal words, 1 for words without a letter in common."""
    return 1 - SequenceMatcher(None, a.lower(), b.lower(), autojunk=False).ratio()
