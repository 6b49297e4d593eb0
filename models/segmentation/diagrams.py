"""Diagrams to learn from: words in and against boxes, under circles, in lanes; arrows and signs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.segmentation.crossed import cross_out_corner
from models.segmentation.drawings import doodle, litter, wobbly
from models.segmentation.hands import Hand, Sheet, write_line
from models.segmentation.words import Archive, Floats

UP, DOWN = -np.pi / 2, np.pi / 2


def diagram(rng: np.random.Generator, archive: Archive, size: int) -> Sheet:
    """Draw a diagram: boxes, circles and lanes with words in, under and against them, arrows."""
    sheet, hand = Sheet(size), Hand.of(rng, archive)
    pen = hand.pen * float(np.exp(rng.normal(0, 0.15)))
    litter(sheet, rng, hand.letter)
    spots = _spots(rng, size, hand.letter)
    ends = []
    for x, y in spots:
        size_here = hand.letter * float(np.exp(rng.normal(0, 0.2)))
        hand = replace(hand, letter=float(np.clip(size_here, 6.5, 28)))
        kind = rng.choice(["box", "box", "box", "free", "icon", "icon+text", "lane"])
        if kind == "lane":
            (_lane if rng.random() < 0.5 else _lanes)(sheet, hand, pen, x, y)
        elif kind.startswith("icon"):
            ends.append(_icon(sheet, hand, pen, (x, y), kind.endswith("text")))
        else:
            ends.append(_labelled(sheet, hand, pen, (x, y), kind == "box"))
    for _ in range(int(rng.integers(1, 3)) if rng.random() < 0.3 else 0):
        cross_out_corner(sheet, hand)
    for _ in range(int(rng.integers(0, len(ends) + 2))):
        pick = rng.integers(0, len(ends), 2) if ends else (0, 0)
        if pick[0] != pick[1]:
            _arrow(sheet, hand, pen, ends[pick[0]], ends[pick[1]])
    if rng.random() < 0.3:
        doodle(sheet, hand, pen)
    for _ in range(int(rng.integers(0, 4))):
        a, b = rng.uniform(-0.1, 1.1, (2, 2)) * size
        across = rng.random() < 0.5
        b = np.where([across, not across], b, a + rng.normal(0, 4, 2))
        sheet.drawing.append((wobbly(rng, np.array([a, b]), 0.003), pen))
    return sheet


def _spots(rng: np.random.Generator, size: int, letter: float) -> list[Floats]:
    step = np.array([letter * rng.uniform(11, 18), letter * rng.uniform(7, 12)])
    grid = [
        np.array([x, y])
        for x in np.arange(rng.uniform(-1, 0) * step[0], size + step[0], step[0])
        for y in np.arange(rng.uniform(-1, 0) * step[1], size + step[1], step[1])
    ]
    return [at + rng.normal(0, 0.1, 2) * step for at in grid if rng.random() < 0.75]


def _labelled(sheet: Sheet, hand: Hand, pen: float, at: tuple[float, float], boxed: bool) -> Floats:
    """Write a few short lines, and perhaps a box around them that may touch them."""
    rng, letter = hand.rng, hand.letter
    pitch = letter * float(rng.uniform(1.4, 3.0))
    inks = []
    for row in range(int(rng.integers(1, 4))):
        start = (at[0] + rng.normal(0, 0.8) * letter, at[1] + row * pitch)
        lean = float(rng.normal(0, np.radians(3)))
        inks += write_line(sheet, hand, start, lean, 14 * letter, int(rng.integers(1, 4)))
    if not inks:
        return np.array([at])
    ink = np.concatenate(inks)
    room = letter * rng.uniform(-0.25, 1.5, 4)
    low, high = ink.min(axis=0) - room[:2], ink.max(axis=0) + room[2:]
    if boxed:
        sheet.drawing.append((wobbly(rng, _outline(rng, low, high), 0.004), pen))
    middle = (low + high) / 2
    return np.array(
        [(low[0], middle[1]), (high[0], middle[1]), (middle[0], low[1]), (middle[0], high[1])]
    )


def _outline(rng: np.random.Generator, low: Floats, high: Floats) -> Floats:
    """Return a closed outline: a rectangle, one with round corners, an ellipse, a rhomb."""
    kind = rng.choice(["sharp", "round", "round", "ellipse", "rhomb"])
    middle, half = (low + high) / 2, (high - low) / 2
    t = np.linspace(0, 2 * np.pi, 49) + rng.uniform(0, 6)
    unit = np.stack([np.cos(t), np.sin(t)], axis=1)
    if kind == "ellipse":
        return middle + unit * half * 1.15
    if kind == "rhomb":
        return middle + np.array([(0, -1), (1, 0), (0, 1), (-1, 0), (0, -1)]) * half * 1.35
    if kind == "sharp":
        return middle + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * half
    power = float(rng.uniform(0.25, 0.5))
    return middle + np.sign(unit) * np.abs(unit) ** power * half


def _icon(sheet: Sheet, hand: Hand, pen: float, at: tuple[float, float], labelled: bool) -> Floats:
    """Draw a small symbol, perhaps with words under it."""
    rng = hand.rng
    r = hand.letter * float(rng.uniform(0.8, 2.6))
    t = np.linspace(0, 2 * np.pi * float(rng.choice([1, 1, 2])), 40)
    centre = np.array(at)
    circle = centre + np.stack([np.cos(t), np.sin(t)], axis=1) * r
    rhomb = centre + np.array([(0, -1), (1, 0), (0, 1), (-1, 0), (0, -1)]) * r * 1.2
    sheet_of_paper = (
        centre + np.array([(-0.7, -1), (0.3, -1), (0.7, -0.6), (0.7, 1), (-0.7, 1), (-0.7, -1)]) * r
    )
    outlines = [circle, circle, rhomb, rhomb, sheet_of_paper]
    sheet.drawing.append((wobbly(rng, outlines[int(rng.integers(5))], 0.008), pen))
    inside = 0.5 * r
    signs = {
        "plus": [[(-1, 0), (1, 0)], [(0, -1), (0, 1)]],
        "cross": [[(-1, -1), (1, 1)], [(1, -1), (-1, 1)]],
        "letter": [[(-1, -0.7), (1, -0.7), (1, 0.7), (-1, 0.7), (-1, -0.7), (0, 0.1), (1, -0.7)]],
        "clock": [[(0, 0), (0, -0.9)], [(0, 0), (0.6, 0.3)]],
        "none": [],
    }
    for stroke in signs[str(rng.choice(list(signs)))]:
        sheet.drawing.append((wobbly(rng, centre + np.array(stroke) * inside), pen))
    if labelled:
        top = at[1] + r + hand.letter * float(rng.uniform(1.2, 2.2))
        _labelled(sheet, hand, pen, (at[0] - r * float(rng.uniform(0, 2.5)), top), False)
    return np.array([centre + (r, 0), centre - (r, 0), centre + (0, r), centre - (0, r)])


def _lane(sheet: Sheet, hand: Hand, pen: float, x: float, y: float) -> None:
    """Draw two long upright lines with words between them that run up (or down) the page."""
    rng, letter = hand.rng, hand.letter
    if rng.random() < 0.4:
        hand = replace(hand, spread=float(rng.uniform(0, 0.7)))
    wide = letter * float(rng.uniform(2.2, 4.0))
    reach = letter * float(rng.uniform(8, 25))
    up = rng.random() < 0.85
    base = (
        x + wide * float(rng.uniform(0.55, 0.8)) if up else x + wide * float(rng.uniform(0.2, 0.45))
    )
    write_line(sheet, hand, (base, y), UP if up else DOWN, reach, int(rng.integers(1, 3)))
    for side in (0.0, wide):
        ends = np.array([(x + side, y - 1.2 * reach), (x + side, y + 1.2 * reach)])
        if rng.random() < 0.8:
            sheet.drawing.append((wobbly(rng, ends + rng.normal(0, 2, (2, 2)), 0.003), pen))


def _lanes(sheet: Sheet, hand: Hand, pen: float, x: float, y: float) -> None:
    """Draw two to four narrow lanes side by side, most of them titled in capitals up the page."""
    rng, letter = hand.rng, hand.letter
    if rng.random() < 0.6 and not hand.capitals:
        hand = hand.in_capitals()
    reach = letter * float(rng.uniform(12, 35))
    top, foot = y - reach, y + letter * float(rng.uniform(0.5, 6))
    tall = letter * (1.6 if hand.capitals else 2.1)
    lean = float(rng.normal(0, 0.03))
    whole = float(np.clip(rng.normal(0.8, 0.4), 0.25, 1.0))  # less where a printed grid ran along
    for k in range(int(rng.integers(2, 5)) + 1):
        ends = np.array([(x, foot), (x + lean * reach, top)]) + rng.normal(0, 1.5, (2, 2))
        side = wobbly(rng, ends, 0.003)
        parts = [side[i : i + 4] for i in range(0, len(side) - 1, 3)]
        sheet.drawing += [(part, pen) for part in parts if rng.random() < whole]
        wide = tall * float(rng.uniform(1.0, 1.6))
        at = y - letter * float(rng.uniform(-0.5, 3)) * (k > 0)
        _titles(sheet, hand, pen, (x, wide, at, top), (x + 0.5 * (wide + 0.75 * tall), lean))
        x += wide


def _titles(
    sheet: Sheet,
    hand: Hand,
    pen: float,
    lane: tuple[float, float, float, float],
    base: tuple[float, float],
) -> None:
    """Write titles up a lane (left, width, foot, top), a bar between them; base: x and lean."""
    rng, letter = hand.rng, hand.letter
    left, wide, foot, top = lane
    at = foot
    while at > top:
        start = (base[0] + base[1] * (foot - at), at)
        inks = write_line(sheet, hand, start, UP + base[1], at - top, int(rng.integers(1, 4)))
        if not inks or rng.random() < 0.4:
            break
        at = float(np.concatenate(inks)[:, 1].min()) - letter * float(rng.uniform(0.8, 4))
        across = np.array([(left, at), (left + wide, at)]) + (0, 0.4 * letter)
        sheet.drawing.append((wobbly(rng, across, 0.003), pen))


def _arrow(sheet: Sheet, hand: Hand, pen: float, start: Floats, end: Floats) -> None:
    """Draw an arrow with a corner or two, solid or dashed, that ends at what it points to."""
    rng = hand.rng
    a, b = start[int(rng.integers(len(start)))], end[int(rng.integers(len(end)))]
    corner = np.array([b[0], a[1]]) if rng.random() < 0.5 else np.array([a[0], b[1]])
    path = np.array([a, b] if rng.random() < 0.3 else [a, corner, b])
    path = path[np.r_[True, np.hypot(*np.diff(path, axis=0).T) > 2]]
    if len(path) < 2:
        return
    drawn = wobbly(rng, path, 0.004)
    if rng.random() < 0.25:
        dash = int(rng.integers(2, 4))
        sheet.drawing += [
            (drawn[i : i + dash], pen) for i in range(0, len(drawn) - 1, 2 * dash - 1)
        ]
    else:
        sheet.drawing.append((drawn, pen))
    way = path[-1] - path[-2]
    back = np.arctan2(-way[1], -way[0])
    length = hand.letter * float(rng.uniform(0.5, 1.6))
    spread = float(rng.uniform(0.3, 0.8))
    tips = [b + length * np.array([np.cos(back + s), np.sin(back + s)]) for s in (-spread, spread)]
    head = [tips[0], b, tips[1]] + ([tips[0]] if rng.random() < 0.3 else [])
    sheet.drawing.append((np.array(head), pen))
