"""A network that knows: maps of letters and drawings that the test has drawn itself."""

import numpy as np

from inksight_cli.detectors.embedded.segmentation import Maps
from inksight_cli.geometry import Box

CELL = 2


def maps_of(mask, cores, drawing=None):
    """What a network would say that knows: cells of 2 x 2 pixels, cores as boxes in pixels."""
    height, width = mask.shape[0] // CELL, mask.shape[1] // CELL
    ink = mask.reshape(height, CELL, width, CELL).mean(axis=(1, 3)).astype(np.float32)
    core = np.full((height, width), 0.02, np.float32)
    for left, top, right, bottom in cores:
        core[top // CELL : bottom // CELL, left // CELL : right // CELL] = 0.95
    writing = np.full((height, width), 0.9, np.float32)
    if drawing is not None:
        writing[drawing[::CELL, ::CELL]] = 0.1
    return Maps(ink, writing, core, (CELL, CELL))


def letters(mask, left, top, count):
    for i in range(count):
        mask[top : top + 20, left + 12 * i : left + 12 * i + 6] = True


CORES = [(20, 42, 74, 58), (120, 42, 186, 58)]


def boxes(fragments):
    return sorted(
        (Box.around(f.points).grown(0.5) for f in fragments), key=lambda b: (b.left, b.top)
    )
