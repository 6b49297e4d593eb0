"""In which script each line is written: as the user says, or as it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from inksight_cli.document import Line, Word
from inksight_cli.scripts import RIGHT_TO_LEFT, may_be_in, script_of_text


def in_script(lines: Iterable[Line], asked: str = "") -> list[Line]:
    """Return lines that know their script, words that run to the left in reading order.

    Args:
        lines: as a detector found them, words from left to right or in reading order.
        asked: the script of all lines; "": as each one reads. What was read in another script
            than the one asked for was guessed, and is forgotten.
    """
    told = []
    for line in lines:
        script = asked or script_of_text(line.text)
        words = [_without_guess(word, asked) for word in line.words] if asked else line.words
        if script in RIGHT_TO_LEFT:
            words = sorted(words, key=lambda word: -_place(word, line))
        told.append(replace(line, words=words, script=script, script_given=bool(asked)))
    return told


def _without_guess(word: Word, script: str) -> Word:
    return word if may_be_in(word.text, script) else replace(word, text="", confidence=None)


def _place(word: Word, line: Line) -> float:
    """Return how far along its line a word's middle is."""
    along = np.cos(line.quad.angle), np.sin(line.quad.angle)
    return float(word.quad.points.mean(axis=0) @ along)
