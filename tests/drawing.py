"""Pages and ink that tests draw themselves."""

import cv2
import numpy as np

from inksight_cli.ownership.region import Region


def pen(strokes, shape, width=3.0):
    """Return (h, w) bool: ``strokes`` drawn with a round pen, pixel centres at halves."""
    scale = 8
    canvas = np.zeros((shape[0] * scale, shape[1] * scale), np.uint8)
    for stroke in strokes:
        path = np.rint(np.asarray(stroke, float) * scale).astype(np.int32).reshape(-1, 1, 2)
        if len(path) == 1:
            cv2.circle(canvas, tuple(path[0, 0].tolist()), round(width * scale / 2), 255, -1)
        else:
            cv2.polylines(canvas, [path], False, 255, round(width * scale))
    small = cv2.resize(canvas, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return small > 127


def region(strokes, shape=(80, 200), width=3.0, left=0, top=0):
    """Return a region of ink drawn by ``strokes`` in the region's own coordinates."""
    return Region(pen(strokes, shape, width), left, top)


def arc(cx, cy, radius, start, end, count=40):
    """Return points on a circle from angle ``start`` to ``end`` in degrees, y down."""
    t = np.deg2rad(np.linspace(start, end, count))
    return np.stack([cx + radius * np.cos(t), cy + radius * np.sin(t)], axis=1)


def nearest(points, path):
    """Return for each of ``points`` the distance to the polyline ``path``."""
    from inksight_cli.polylines import resample

    dense = resample(np.asarray(path, float), 0.25)
    return np.array([np.hypot(*(dense - p).T).min() for p in np.asarray(points, float)])
