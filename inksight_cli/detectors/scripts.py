"""In which script each line is written: as the user says, as it looks, or as it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from inksight_cli.document import Line, Word
from inksight_cli.looks.ink import centre_lines, dots_in
from inksight_cli.looks.page import tell
from inksight_cli.pages.page import PageImage
from inksight_cli.scripts import RIGHT_TO_LEFT, may_be_in, script_of_text

READ_WITH_LATIN = {"latin", "han", "kana"}
"""Scripts whose lines are read whole, Latin words among them too."""


def in_script(lines: Iterable[Line], asked: str = "", page: PageImage | None = None) -> list[Line]:
    """Return lines that know their script, words that run to the left in reading order.

    Args:
        lines: as a detector found them, words from left to right or in reading order, and with
            their script where it looked for that.
        asked: the script of all lines; "": as each one looks or reads. What was read in another
            script than that was guessed, and is forgotten.
        page: on which they lie; lines without a text are looked at there.
    """
    told = []
    for line in lines if asked or page is None else _as_they_look(list(lines), page):
        script = asked or line.script or script_of_text(line.text)
        unread = asked or (line.script if line.script not in READ_WITH_LATIN else "")
        words = [_without_guess(word, unread) for word in line.words] if unread else line.words
        if script in RIGHT_TO_LEFT:
            words = sorted(words, key=lambda word: -_place(word, line))
        told.append(replace(line, words=words, script=script, script_given=bool(asked)))
    return told


def _as_they_look(lines: list[Line], page: PageImage) -> list[Line]:
    """Return lines, those without script and letters in the script that their ink tells."""
    read = [line.script or script_of_text(line.text) for line in lines]
    if all(read):
        return lines
    known = ["han" if script == "kana" else script for script in read]
    there = centre_lines(page.ink)
    dots = [
        np.concatenate([dots_in(word.quad, there) for word in line.words] or [np.empty((0, 2))])
        for line in lines
    ]
    looks = tell(dots, [line.quad.angle for line in lines], known).lines
    return [
        line if script or look.script in ("", "latin") else replace(line, script=look.script)
        for line, script, look in zip(lines, read, looks, strict=True)
    ]


def _without_guess(word: Word, script: str) -> Word:
    return word if may_be_in(word.text, script) else replace(word, text="", confidence=None)


def _place(word: Word, line: Line) -> float:
    """Return how far along its line a word's middle is."""
    along = np.cos(line.quad.angle), np.sin(line.quad.angle)
    return float(word.quad.points.mean(axis=0) @ along)
