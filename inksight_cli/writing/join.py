"""Two paths made one: the pen runs on, its direction and its bend unbroken.

Source: the quintic with position, first and second derivative given at both ends (Farouki,
"Pythagorean-Hodograph Curves", 2008, on Hermite data).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.polylines import path_length, resample

_STEP = 0.03  # bodies between points
_LEAST, _SLOPE = 0.10, 0.5  # bodies of each path that the curve takes the place of; for each apart
_MOST = 0.4  # of a path
_LOOK = 0.16  # bodies over which direction and bend are taken
_BEND = 4.0  # a body: the sharpest bend that is kept

Vector = NDArray[np.float64]


def join(first: Points, second: Points) -> Points:
    """Return the path that runs through ``first`` and on into ``second``, both in bodies."""
    apart = float(np.hypot(*(second[0] - first[-1])))
    give = _LEAST + _SLOPE * apart
    a, b = _shortened(first, give), _shortened(second[::-1], give)
    (way, bend), (back, other) = _leaving(a), _leaving(b)
    span = b[-1] - a[-1]
    length = float(np.hypot(*span))
    if length < 1e-6:
        return np.concatenate([a, b[::-1][1:]])
    curve = _quintic(a[-1], b[-1], way * length, -back * length, bend * length, -other * length)
    if path_length(curve) > 2.5 * length:  # it would loop
        curve = np.array([a[-1], b[-1]])
    return np.concatenate([a, curve[1:-1], b[::-1]])


def _shortened(path: Points, by: float) -> Points:
    """Return a path evenly stepped, without its last piece."""
    even = resample(path, _STEP)
    steps = min(round(by / _STEP), int(_MOST * len(even)))
    return even[: len(even) - steps] if steps else even


def _leaving(path: Points) -> tuple[Vector, float]:
    """Return the direction in which a path ends, and how it bends there (radians a body)."""
    count = max(round(_LOOK / _STEP), 1)
    tail = path[-(2 * count + 1) :]
    if len(tail) < 2:
        return np.array([1.0, 0.0]), 0.0
    half = len(tail) // 2
    early, late = _unit(tail[half] - tail[0]), _unit(tail[-1] - tail[half])
    turn = float(np.arctan2(early[0] * late[1] - early[1] * late[0], early @ late))
    bend = float(np.clip(turn / max(0.5 * path_length(tail), 1e-6), -_BEND, _BEND))
    angle = 0.5 * bend * 0.5 * path_length(tail)
    c, s = np.cos(angle), np.sin(angle)  # on to the very end
    return np.array([c * late[0] - s * late[1], s * late[0] + c * late[1]]), bend


def _unit(vector: Vector) -> Vector:
    return vector / max(float(np.hypot(*vector)), 1e-9)


def _quintic(
    start: Vector, end: Vector, go: Vector, come: Vector, bend: float, other: float
) -> Points:
    """Return points of the quintic from ``start`` to ``end``.

    Args:
        start: where it begins.
        end: where it ends.
        go: its first derivative at the start.
        come: at the end.
        bend: how far ``go`` turns on its way, in radians.
        other: how far ``come`` does.
    """
    t = np.linspace(0, 1, 12)[:, None]
    accelerate = bend * np.array([-go[1], go[0]])
    brake = other * np.array([-come[1], come[0]])
    t3, t4, t5 = t**3, t**4, t**5
    return (
        (1 - 10 * t3 + 15 * t4 - 6 * t5) * start
        + (t - 6 * t3 + 8 * t4 - 3 * t5) * go
        + (0.5 * t**2 - 1.5 * t3 + 1.5 * t4 - 0.5 * t5) * accelerate
        + (0.5 * t3 - t4 + 0.5 * t5) * brake
        + (-4 * t3 + 7 * t4 - 3 * t5) * come
        + (10 * t3 - 15 * t4 + 6 * t5) * end
    )
