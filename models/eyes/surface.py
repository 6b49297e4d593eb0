"""What a scene lies on: paper, its texture and light, tables around the sheet."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def noise(rng: np.random.Generator, side: int, cells: float) -> Floats:
    """Return smooth noise (side, side), about N(0, 1), with so many cells across."""
    n = max(2, int(cells))
    coarse = rng.standard_normal((n, n)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC))


def texture(rng: np.random.Generator, side: int) -> Floats:
    """Return one of several textures (side, side), mean 0, deviation 1."""
    make = rng.choice([_octaves, _grain, _wood, _streaks, _cloth, _stones, _fibres])
    made = make(rng, side)
    return np.asarray((made - made.mean()) / (made.std() + 1e-6), np.float32)


def _octaves(rng: np.random.Generator, side: int) -> Floats:
    fall = rng.uniform(0.4, 1.3)
    return np.sum([noise(rng, side, c) * c**-fall for c in (2, 4, 8, 16, 32, 64, 128)], axis=0)


def _grain(rng: np.random.Generator, side: int) -> Floats:
    return cv2.GaussianBlur(noise(rng, side, side), (0, 0), rng.uniform(0.5, 3))


def _ways(rng: np.random.Generator, side: int) -> tuple[Floats, Floats]:
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    a = rng.uniform(0, np.pi)
    return x * np.cos(a) + y * np.sin(a), y * np.cos(a) - x * np.sin(a)


def _wood(rng: np.random.Generator, side: int) -> Floats:
    u, _ = _ways(rng, side)
    u = u + noise(rng, side, rng.integers(3, 9)) * rng.uniform(0, 12)
    rings = np.sin(u * rng.uniform(0.05, 1.2)) + 0.5 * np.sin(u * rng.uniform(0.2, 2))
    return rings + 0.4 * cv2.GaussianBlur(noise(rng, side, side), (0, 0), 1)


def _streaks(rng: np.random.Generator, side: int) -> Floats:
    """Grain of wood as short dark strokes that all run one way."""
    made = noise(rng, side, 12) * rng.uniform(0, 1)
    way, spread = rng.uniform(0, np.pi), rng.uniform(0.01, 0.15)
    for _ in range(int(rng.integers(60, 500))):
        x, y = rng.uniform(0, side, 2)
        a, long = way + rng.normal(0, spread), rng.uniform(4, 90)
        end = int(x + long * np.cos(a)), int(y + long * np.sin(a))
        thick, tone = int(rng.choice([1, 1, 2, 3])), float(-rng.uniform(0.5, 4))
        cv2.line(made, (int(x), int(y)), end, tone, thick, cv2.LINE_AA)
    return cv2.GaussianBlur(made, (0, 0), rng.uniform(0.4, 1.2))


def _cloth(rng: np.random.Generator, side: int) -> Floats:
    u, v = _ways(rng, side)
    pitch = rng.uniform(0.3, 1.6)
    threads = np.sin(u * pitch) * np.sin(v * pitch * rng.uniform(0.7, 1.3))
    return threads + rng.uniform(0.1, 0.8) * noise(rng, side, side // 2)


def _stones(rng: np.random.Generator, side: int) -> Floats:
    clouds = np.sum([noise(rng, side, c) * c**-0.6 for c in (12, 24, 48)], axis=0)
    return np.tanh(4 * (clouds - rng.uniform(-0.5, 0.8)))


def _fibres(rng: np.random.Generator, side: int) -> Floats:
    made = np.zeros((side, side), np.float32)
    for _ in range(int(rng.integers(50, 400))):
        x, y = rng.uniform(0, side, 2)
        a, long = rng.uniform(0, 6.3), rng.uniform(3, 50)
        end = int(x + long * np.cos(a)), int(y + long * np.sin(a))
        cv2.line(made, (int(x), int(y)), end, float(rng.normal()), 1, cv2.LINE_AA)
    return cv2.GaussianBlur(made, (0, 0), 0.7)


def paper(rng: np.random.Generator, side: int, hard: bool, dark: bool) -> Floats:
    """Return bare paper (side, side, 3), 0..1, in even light; ``dark``: a blackboard, a screen."""
    base = rng.uniform(0.02, 0.3) if dark else rng.uniform(0.5, 1.0)
    tint = rng.normal(0, 0.10 if hard else 0.04, 3)
    made = np.full((side, side, 3), base, np.float32) + tint.astype(np.float32)
    made += (noise(rng, side, rng.integers(2, 5)) * rng.uniform(0, 0.06))[..., None]
    much = np.exp(rng.uniform(np.log(0.008), np.log(0.12))) if hard else rng.uniform(0, 0.015)
    if rng.random() < 0.8:
        color = (1 + rng.normal(0, 0.2, 3)).astype(np.float32)
        made += (texture(rng, side) * much)[..., None] * color
    return made


def light(rng: np.random.Generator, side: int) -> Floats:
    """Return the light (side, side, 1) on a scene: a gradient, and edges of shadows and folds."""
    made = 1 + noise(rng, side, 2) * rng.uniform(0, 0.12)
    for _ in range(int(rng.choice([0, 1, 2], p=[0.65, 0.25, 0.1]))):
        u, _ = _ways(rng, side)
        u = u + noise(rng, side, 3) * rng.uniform(0, 25)
        at, soft = rng.uniform(u.min(), u.max()), rng.uniform(1, 40)
        if rng.random() < 0.3:  # a fold: a narrow valley
            made *= 1 - rng.uniform(0.05, 0.3) * np.exp(-(((u - at) / rng.uniform(1, 8)) ** 2))
        else:
            fall = 1 / (1 + np.exp(np.clip((u - at) / soft, -30, 30)))
            made *= 1 - rng.uniform(0.1, 0.55) * fall
    return np.asarray(made, np.float32)[..., None]


def beside(rng: np.random.Generator, side: int) -> tuple[Floats, Floats]:
    """Return what is not the sheet: where (side, side) 0..1, and its looks (side, side, 3)."""
    u, v = _ways(rng, side)
    at = np.quantile(u, rng.uniform(0.02, 0.6))
    outside = 1 / (1 + np.exp(np.clip((u - at - rng.normal(0, 0.01) * v) / 0.7, -30, 30)))
    tone = rng.uniform(0.05, 0.8)
    looks = np.full((side, side, 3), tone, np.float32) + rng.normal(0, 0.12, 3).astype(np.float32)
    looks += (texture(rng, side) * rng.uniform(0.02, 0.2))[..., None]
    if rng.random() < 0.5:  # the sheet's shadow beside its edge, or a binding
        gap = np.exp(-np.abs(u - at) / rng.uniform(1, 14)) * rng.uniform(0.3, 1)
        looks *= (1 - gap)[..., None]
    for _ in range(int(rng.integers(0, 4))):  # edges of boards, pens, cables
        where = rng.uniform(0, side, 4).astype(int)
        color = rng.uniform(0, 1, 3).tolist()
        cv2.line(looks, where[:2].tolist(), where[2:].tolist(), color, int(rng.integers(1, 9)))
    return np.asarray(outside, np.float32), looks
