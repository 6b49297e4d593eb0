"""Letters with marks made of plain ones: é is an e with a stroke above, where nobody wrote an é."""

from __future__ import annotations

import unicodedata

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.writing.hand import Letter

_ABOVE = 0.3  # bodies of white between a letter and its mark
_LINE = np.linspace(-1, 1, 7)
_ARC = np.linspace(0, np.pi, 9)
_ROUND = np.linspace(0, 2 * np.pi, 13)
MARKS: dict[str, list[Points]] = {
    "\u0300": [np.array([[-0.2, -0.3], [0.12, 0.0]])],
    "\u0301": [np.array([[0.2, -0.3], [-0.12, 0.0]])],
    "\u0302": [np.array([[-0.25, 0.0], [0.0, -0.28], [0.25, 0.0]])],
    "\u0303": [np.stack([0.3 * _LINE, -0.12 - 0.08 * np.sin(np.pi * _LINE)], axis=1)],
    "\u0304": [np.array([[-0.28, -0.1], [0.28, -0.1]])],
    "\u0306": [np.stack([-0.25 * np.cos(_ARC), -0.22 + 0.22 * np.sin(_ARC)], axis=1)],
    "\u0307": [np.array([[0.0, -0.05], [0.02, 0.0]])],
    "\u0308": [np.array([[-0.2, -0.05], [-0.18, 0.0]]), np.array([[0.2, -0.05], [0.22, 0.0]])],
    "\u030a": [np.stack([0.17 * np.sin(_ROUND), -0.17 - 0.17 * np.cos(_ROUND)], axis=1)],
    "\u030b": [
        np.array([[0.05, -0.3], [-0.15, 0.0]]),
        np.array([[0.35, -0.3], [0.15, 0.0]]),
    ],
    "\u030c": [np.array([[-0.25, -0.28], [0.0, 0.0], [0.25, -0.28]])],
    "\u0327": [np.array([[0.0, 0.0], [0.0, 0.15], [0.14, 0.25], [0.05, 0.38], [-0.12, 0.36]])],
    "\u0328": [np.array([[0.1, 0.0], [-0.05, 0.2], [0.02, 0.35], [0.18, 0.32]])],
}
"""Strokes of a mark, in bodies; x from the letter's middle, y from where the mark's foot stands."""
_BELOW = {"\u0327", "\u0328"}


def parts(letter: str) -> tuple[str, str] | None:
    """Return a letter's plain one and its marks, None where it has none that can be made."""
    base, *marks = list(unicodedata.normalize("NFD", letter))
    return (base, "".join(marks)) if marks and all(mark in MARKS for mark in marks) else None


def marked(plain: Letter, marks: str, slant: float) -> Letter:
    """Return a letter with marks; a dot of its own goes.

    Args:
        plain: the letter without.
        marks: Unicode's combining characters.
        slant: how far the hand leans.
    """
    paths = list(plain.paths)
    if plain.text in "ij" and not set(marks) <= _BELOW:
        paths = [path for path in paths if path[:, 1].max() > -1.0] or paths
    after = plain.after if plain.after is None or plain.after < len(paths) else None
    points = np.concatenate(paths)
    upright = points[:, 0] + slant * points[:, 1]
    middle, foot = (upright.min() + upright.max()) / 2, points[:, 1].min() - _ABOVE
    for mark in marks:
        below = mark in _BELOW
        for path in MARKS[mark]:
            placed = path + np.array([middle, 0.0 if below else foot])
            placed[:, 0] -= slant * placed[:, 1]
            paths.append(placed)
        if not below:
            foot -= 0.45
    text = unicodedata.normalize("NFC", plain.text + marks)
    return Letter(text, paths, plain.before, after, plain.good)
