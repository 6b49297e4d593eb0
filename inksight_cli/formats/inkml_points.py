"""The numbers inside an InkML ``trace``.

Source: InkML, section 3.2.1: points are parted by commas, values by white space or by their own
signs. A value may follow ``!`` (as it is), ``'`` (difference) or ``"`` (difference of the
difference); the mark holds for its channel until another comes. ``*`` repeats the number.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from inksight_cli import incoming

_MOST = 1e15
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_VALUE = re.compile(rf"\s*([!'\"]?)\s*({_NUMBER}|\*)")


def parse_trace(text: str, channels: int) -> NDArray[np.float64]:
    """Return the values of a trace as (N, channels), N >= 1.

    Raises:
        ValueError: the text does not follow the grammar, or a point has other channels.
    """
    points = [point for point in text.strip().strip(",").split(",") if point.strip()]
    if not re.search("[!'\"*]", text):
        values = np.array([point.split() for point in points], dtype=np.float64)
    else:
        values = _differences([_VALUE.findall(point) for point in points], channels)
    if values.ndim != 2 or not len(values) or values.shape[1] < channels:
        raise ValueError(f"a trace has no points of {channels} values")
    return incoming.numbers(values[:, :channels], "numbers of a trace", -_MOST, _MOST)


def _finite(text: str) -> float:
    # Of times, too, which count from 1970 in some files.
    return incoming.number(text, "number", -_MOST, _MOST)


def _differences(points: list[list[tuple[str, str]]], channels: int) -> NDArray[np.float64]:
    rows = np.zeros((len(points), channels))
    marks = ["!"] * channels
    given = [0.0] * channels
    value = np.zeros(channels)
    speed = np.zeros(channels)
    for row, point in enumerate(points):
        if len(point) < channels:
            raise ValueError(f"point {row + 1} of a trace has fewer than {channels} values")
        for channel, (mark, number) in enumerate(point[:channels]):
            marks[channel] = mark or marks[channel]
            given[channel] = given[channel] if number == "*" else _finite(number)
            before = value[channel]
            if marks[channel] == "!":
                value[channel] = given[channel]
            elif marks[channel] == "'":
                value[channel] += given[channel]
            else:
                value[channel] += speed[channel] + given[channel]
            speed[channel] = value[channel] - before if row else 0.0
        rows[row] = value
    return rows
