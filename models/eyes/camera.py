"""From layers to a picture: inks on paper, in some light, through some camera."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.eyes.layers import Layers
from models.eyes.surface import beside, light, noise, paper, texture

Floats = NDArray[np.float32]
KINDS = ("written", "drawn", "printed", "ruled")
INKS = ("printed", "drawn", "written")  # in the order in which they come on the sheet


@dataclass(frozen=True)
class Conditions:
    """How a scene is to look; None: anything.

    Attributes:
        hard: textured paper, faint ink; dark: light ink on a dark board.
        low: how many times too small the picture is taken; other: whether the sheet's other
            side shines through; table: whether more than the sheet is seen.
    """

    hard: bool
    dark: bool
    low: float
    other: bool
    table: bool

    @classmethod
    def any(cls, rng: np.random.Generator) -> Conditions:
        """Return conditions as they come."""
        return cls(
            hard=bool(rng.random() < 0.4),
            dark=bool(rng.random() < 0.17),
            low=float(rng.uniform(1, 2.6)) if rng.random() < 0.35 else 1.0,
            other=bool(rng.random() < 0.3),
            table=bool(rng.random() < 0.24),
        )


def picture(
    layers: Layers, behind: Layers | None, how: Conditions, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], dict[str, Floats]]:
    """Return a photo (side, side, 3) uint8 of a scene, and the truth about it, 0..1 each.

    Args:
        layers: what is on the sheet.
        behind: what is on its other side.
        how: the conditions.
        rng: for all the rest.
    """
    side = layers.side
    size = (side, side)
    truth = {
        name: cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        for name, plane in layers.planes.items()
    }
    sheet = paper(rng, side, how.hard, how.dark)
    sign = 1.0 if how.dark else -1.0
    least = 0.13 if how.hard else 0.22
    contrast = float(np.exp(rng.uniform(np.log(least), np.log(0.9))))
    much = dict.fromkeys(INKS, contrast)
    much["printed"] = float(rng.uniform(0.15, 0.9))
    if rng.random() < 0.3:  # Sketches are paler than the writing beside them now and then.
        much["drawn"] = float(rng.uniform(0.15, 0.9))
    if behind is not None:
        own = [much[kind] for kind in INKS if truth[kind].any()]
        sheet = _shining(sheet, behind, sign * min(0.6 * min(own, default=0.35), 0.38), rng)
    sheet = _highlighted(sheet, truth, rng) if rng.random() < 0.08 else sheet
    margin = truth.pop("margin")
    for rules in (truth["ruled"], margin):
        sheet = _ruled(sheet, rules, sign, contrast, rng)
    truth["ruled"] = np.maximum(truth["ruled"], margin)
    pale = truth.pop("pale")
    for kind in INKS:
        cover = _worn(truth[kind], rng) if kind != "printed" else truth[kind]
        cover = cover * (1 - pale) if kind == "written" else cover
        sheet = _inked(sheet, cover, sign * much[kind], rng)
    for _ in range(int(rng.integers(1, 5)) if rng.random() < 0.1 else 0):
        _hole(sheet, truth, rng)
    if how.table:
        outside, looks = beside(rng, side)
        sheet = sheet * (1 - outside[..., None]) + looks * outside[..., None]
        truth = {name: plane * (1 - outside) for name, plane in truth.items()}
    return _taken(sheet * light(rng, side), how.low, rng), truth


def _ruled(
    sheet: Floats, rules: Floats, sign: float, contrast: float, rng: np.random.Generator
) -> Floats:
    """Print rules: mostly paler than the pen, grey or of any colour, the print worn at times."""
    dark = np.clip(contrast * np.exp(rng.uniform(np.log(0.12), np.log(1.1))), 0.03, 0.8)
    color = np.ones(3, np.float32) if rng.random() < 0.4 else rng.uniform(0.2, 1, 3)
    if rng.random() < 0.3:
        grain = cv2.GaussianBlur(noise(rng, len(rules), len(rules)), (0, 0), rng.uniform(0.5, 2))
        rules = rules * np.clip(0.8 + rng.uniform(0.1, 0.4) * grain / (grain.std() + 1e-6), 0, 1)
    return sheet + rules[..., None] * (sign * dark * color).astype(np.float32)


def _inked(sheet: Floats, cover: Floats, much: float, rng: np.random.Generator) -> Floats:
    """Put ink of one colour on the sheet."""
    base = float(np.median(sheet[::8, ::8]))
    color = np.full(3, np.clip(base + much, 0, 1), np.float32)
    if rng.random() < 0.6:
        color += rng.normal(0, 0.12, 3).astype(np.float32)
    return sheet * (1 - cover[..., None]) + np.clip(color, 0, 1) * cover[..., None]


def _worn(cover: Floats, rng: np.random.Generator) -> Floats:
    """Return ink as a pen leaves it: mottled ballpoint, pencil and chalk grain, dry places."""
    side, how = len(cover), rng.random()
    if how < 0.2:  # ballpoint: blotches along the line, a pale middle
        blotch = cv2.GaussianBlur(noise(rng, side, side), (0, 0), rng.uniform(0.8, 2.2))
        blotch /= blotch.std() + 1e-6
        cover = cover * np.clip(0.72 + rng.uniform(0.1, 0.35) * blotch, 0.1, 1)
    elif how < 0.32:  # pencil, chalk
        cover = cover * np.clip(1 - rng.uniform(0.2, 0.8) * np.abs(texture(rng, side)), 0.1, 1)
    if rng.random() < 0.18:  # faded ink: parts of every letter are nearly gone
        faded = 0.65 + rng.uniform(0.2, 0.5) * noise(rng, side, rng.uniform(20, 70))
        cover = cover * np.clip(faded, 0.15, 1)
    elif rng.random() < 0.25:  # the pressure varies
        cover = cover * np.clip(0.75 + 0.3 * noise(rng, side, 9), 0.3, 1)
    return cover


def _shining(sheet: Floats, behind: Layers, most: float, rng: np.random.Generator) -> Floats:
    """Let the other side's ink shine through: mirrored, blurred, paler than ink of this side.

    ``most`` bounds its depth: were it as dark as this side's ink, nobody could tell the two apart.
    """
    side = behind.side
    ink = np.max([behind.planes[kind] for kind in INKS], axis=0)
    small = cv2.resize(ink, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    soft = cv2.GaussianBlur(small[:, ::-1], (0, 0), rng.uniform(0.5, 3.0))
    color = np.ones(3) if rng.random() < 0.6 else rng.uniform(0.4, 1, 3)
    deep = most * np.exp(rng.uniform(np.log(0.15), 0)) * color
    return sheet + soft[..., None] * deep.astype(np.float32)


def _highlighted(sheet: Floats, truth: dict[str, Floats], rng: np.random.Generator) -> Floats:
    """Draw a highlighter over some of it: colour, no ink."""
    side = len(sheet)
    band = np.zeros((side, side), np.float32)
    y, thick = rng.uniform(0, side), rng.uniform(10, 40)
    ends = rng.uniform(-0.2, 1.2, 2) * side
    cv2.line(band, (int(ends[0]), int(y)), (int(ends[1]), int(y + 8)), 1.0, int(thick), cv2.LINE_AA)
    color = rng.choice([0.2, 0.6, 1.0], 3).astype(np.float32)
    return sheet * (1 - band[..., None] * (1 - color) * rng.uniform(0.3, 0.9))


def _hole(sheet: Floats, truth: dict[str, Floats], rng: np.random.Generator) -> None:
    """Punch a hole, drop a stain or a blob: no ink is there."""
    side = len(sheet)
    at, radius = rng.uniform(0, side, 2), np.exp(rng.uniform(np.log(4), np.log(60)))
    disc = np.zeros((side, side), np.float32)
    cv2.circle(disc, (int(at[0]), int(at[1])), int(radius), 1.0, -1, cv2.LINE_AA)
    disc = cv2.GaussianBlur(disc, (0, 0), rng.uniform(0.4, 3))
    how = rng.random()
    if how < 0.25:  # a ring: its rim alone
        disc = np.abs(disc - cv2.erode(disc, np.ones((5, 5))))
    elif how < 0.55:  # a crescent: the shadow on one side of a hole
        dx, dy = np.rint(rng.normal(0, 0.12, 2) * radius + rng.choice([-1, 1], 2))
        disc = np.clip(disc - np.roll(disc, (int(dy), int(dx)), (0, 1)), 0, 1)
    much = rng.uniform(0.3, 1.0)
    sheet *= 1 - (disc * much)[..., None]
    sheet += (disc * much * rng.uniform(0, 0.8))[..., None]
    for plane in truth.values():
        plane *= 1 - np.clip(2 * disc * much, 0, 1)


def _taken(scene: Floats, low: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return what a camera, a scanner or a screenshot makes of a scene."""
    side = len(scene)
    small = max(int(side / low), 16)
    taken = cv2.resize(scene, (small, small), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.7:
        blur = np.exp(rng.uniform(np.log(0.3), np.log(1.9))) / low**0.5
        taken = cv2.GaussianBlur(taken, (0, 0), blur)
    if rng.random() < 0.25:  # sharpened by the phone
        taken = taken + rng.uniform(0.3, 1.5) * (taken - cv2.GaussianBlur(taken, (0, 0), 1.2))
    grain = rng.normal(0, rng.uniform(0, 0.04), taken.shape).astype(np.float32)
    if rng.random() < 0.4:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.8)
    gain = rng.uniform(0.75, 1.15)
    coded = np.clip((taken * gain + grain) * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.55:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))]
        coded = cv2.imdecode(cv2.imencode(".jpg", coded, quality)[1], cv2.IMREAD_COLOR)
    if small == side:
        return np.asarray(coded, np.uint8)
    how = cv2.INTER_CUBIC if rng.random() < 0.7 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(coded, (side, side), interpolation=how), np.uint8)
