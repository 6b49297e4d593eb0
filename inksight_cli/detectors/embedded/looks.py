"""What rows look like: their scripts, and whether the page stands on its head, as the ink tells.

What was read surely is known and is not asked about, but it counts: a row on a page of English
looks Hebrew only if it does so very much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inksight_cli.detectors.embedded.gather import Row
from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.geometry import Quad
from inksight_cli.ink.types import Ink
from inksight_cli.looks.ink import centre_lines, dots_in
from inksight_cli.looks.page import Told, tell
from inksight_cli.scripts import script_of_text

KNOWN, LETTERS = 0.9, 4
"""Confidence with which, and letters of which, a script is known from reading: of Hebrew on its
head the recogniser makes Latin with up to 0.82."""
ON_HEAD = 0.5  # from which probability a line is turned
READ_SCRIPTS = {"", "latin", "han", "kana"}
"""Scripts that the recogniser reads: it tells which way up they stand. "" is what nobody knows."""
STRANGE = {"hebrew", "arabic", "devanagari", "bengali", "thai"}
"""Scripts in which the recogniser finds no letters, and of which the network learned no words."""


def looked_at(rows: Sequence[Row], ink: Ink, asked: str = "") -> list[tuple[Row, str]]:
    """Return rows with the script that their ink tells, each the way up that it looks.

    Latin is what everything else takes for granted: it is told as "", as is what was read surely,
    and what nobody can tell.

    Args:
        rows: of a page that lies as it is read.
        ink: the page's.
        asked: the script of all rows, where the user has said so.
    """
    if asked in READ_SCRIPTS - {""}:
        return [(row, asked) for row in rows]
    known = [] if asked else [_known(row.line) for row in rows]
    # All of them the way round that the page is, however they were read.
    angles = [row.line.quad.angle + np.pi * row.line.is_backward for row in rows]
    lines = centre_lines(ink)  # not only the rows' own: words of Devanagari may lack the line above
    told = tell([dots_in(row.line.quad, lines) for row in rows], angles, known).lines
    scripts = [asked or ("" if look.script == "latin" else look.script) for look in told]
    for k, read in enumerate(known):
        scripts[k] = "" if read else scripts[k]
    return [_as_told(*each) for each in zip(rows, told, scripts, strict=True)]


def _as_told(row: Row, told: Told, script: str) -> tuple[Row, str]:
    """Return a row of a script that is not read the way round that it looks, without its guess."""
    if script in READ_SCRIPTS:
        return row, script
    line = row.line
    if not line.is_tall and line.is_backward != (told.upside_down > ON_HEAD):
        line = replace(line, quad=Quad.from_points(np.roll(line.quad.points, 2, axis=0)))
    if script in STRANGE:
        line = replace(line, characters=(), breaks=())
    return replace(row, line=line), script


def _known(line: RawLine) -> str:
    """Return the script of a line that was read surely, else ""."""
    text = "".join(letter for letter, _ in line.characters)
    sure = line.confidence >= KNOWN and sum(c.isalpha() for c in text) >= LETTERS
    script = script_of_text(text) if sure else ""
    return "han" if script == "kana" else script
