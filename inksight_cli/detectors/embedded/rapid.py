"""RapidOCR, asked for lines: where they are, what they say, and where each letter stands.

RapidOCR (Apache-2.0) carries PP-OCR's detector and recogniser in its wheel. Its lines are good
even on photos of handwriting; its word boxes are guesses and are not used here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.cores import cores, session_options
from inksight_cli.detectors.embedded.reading import RawLine, read_crops
from inksight_cli.geometry import Points, Quad

UPRIGHT_RATIO = 1.5  # RapidOCR turns crops that are taller than this times their width
THREADS = 4  # at most; more than two were never measured
# Longer side of the pictures, in pixels. Lines are found as well in a smaller one, in half of the
# time; small letters are read in a larger one.
FIND_SIDE, READ_SIDE = 1152, 1600
LOADERS = ("_load_det_model", "_load_rec_model")
"""Methods of RapidOCR that load its networks when they are first used."""
TABLE, USED = "default_models.yaml", ("onnxruntime", "model_routes")
"""RapidOCR's table of models, and what of it is used."""


@cache
def engine() -> Any:  # noqa: ANN401
    """Return the one RapidOCR of this process: quiet, bounded threads, nothing downloaded."""
    with _only_what_is_used():
        from rapidocr import RapidOCR

    reader = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.return_word_box": True,
            # The picture comes in at the scale the detector is to see.
            "Det.limit_type": "max",
            "Det.limit_side_len": 100_000,
        }
    )
    for name in LOADERS:
        setattr(reader, name, _sleeping_threads()(getattr(reader, name)))
    return reader


@contextmanager
def _sleeping_threads() -> Iterator[None]:
    """RapidOCR's table of options has no word for how threads wait: its sessions get ours.

    Its own have a thread for every core of the machine, each tied to one core: two processes side
    by side then wait for the same core.
    """
    from rapidocr.inference_engine.onnxruntime import main as sessions

    ask: Any = vars(sessions)["SessionOptions"]
    vars(sessions)["SessionOptions"] = partial(session_options, min(cores(), THREADS))
    try:
        yield
    finally:
        vars(sessions)["SessionOptions"] = ask


@contextmanager
def _only_what_is_used() -> Iterator[None]:
    """RapidOCR reads its table of all engines' models twice while it is imported, 0.2 s each.

    libyaml reads it, once, and what other engines have is left out.
    """
    import yaml
    from omegaconf import OmegaConf

    @cache
    def quickly(path: Path) -> Any:  # noqa: ANN401
        if path.name != TABLE:
            return load(path)
        table = yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return OmegaConf.create({key: table[key] for key in USED if key in table})

    load = OmegaConf.load
    OmegaConf.load = staticmethod(quickly)  # type: ignore[method-assign]
    try:
        yield
    finally:
        OmegaConf.load = staticmethod(load)  # type: ignore[method-assign]


def read_lines(pixels: NDArray[np.uint8]) -> list[RawLine]:
    """Return the lines of a page (H, W, 3) RGB."""
    reader = engine()
    corners = _find(reader, pixels)
    picture = _shrunk(pixels, READ_SIDE)
    there = (corners * _ratio(picture, pixels)).astype(np.float32)
    crops = reader.crop_text_regions(picture, there)
    return read_crops(reader, crops, list(map(_turned, corners, crops)))


def read_quads(
    pixels: NDArray[np.uint8], quads: Sequence[Quad], others: Sequence[RawLine]
) -> list[RawLine]:
    """Return what RapidOCR reads in ``quads`` of a page; they may come back turned round.

    ``others`` are lines of the page that have been read.
    """
    import cv2

    scale = min(1.0, READ_SIDE / max(pixels.shape))
    crops = []
    for quad in quads:
        size = [max(round(side * scale), 4) for side in quad.size]
        corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
        way = cv2.getPerspectiveTransform(quad.points.astype(np.float32), corners)
        border = cv2.BORDER_REPLICATE
        crop = cv2.warpPerspective(pixels, way, size, flags=cv2.INTER_AREA, borderMode=border)
        crops.append(np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), dtype=np.uint8))
    return read_crops(engine(), crops, [quad.points for quad in quads], others)


def read_pictures(pictures: Sequence[NDArray[np.uint8]]) -> list[str]:
    """Return what RapidOCR reads in pictures (h, w, 3) RGB, the way round they are."""
    import cv2

    flipped = [np.asarray(cv2.cvtColor(p, cv2.COLOR_RGB2BGR), np.uint8) for p in pictures]
    return list(engine().recognize_txt(flipped).txts)


def _find(reader: Any, pixels: NDArray[np.uint8]) -> Points:  # noqa: ANN401
    """Return the corners (N, 4, 2) of the lines of a page, in its pixels."""
    from rapidocr.main import RapidOCRError

    picture, record = _shrunk(pixels, FIND_SIDE), {}  # type: NDArray[np.uint8], dict[str, Any]
    try:
        _, found = reader.detect_and_crop(picture, record)
    except RapidOCRError:
        return np.empty((0, 4, 2))
    padding = record.get("padding_1", {"top": 0, "left": 0})
    corners = found.boxes.astype(np.float64) - (padding["left"], padding["top"])
    return np.asarray(corners / _ratio(picture, pixels))


def _shrunk(pixels: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """Return a page (H, W, 3) RGB as BGR, its longer side at most ``longest``."""
    import cv2

    scale = min(1.0, longest / max(pixels.shape))
    size = [max(round(side * scale), 32) for side in pixels.shape[1::-1]]
    shrunk = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(shrunk, cv2.COLOR_RGB2BGR), dtype=np.uint8)


def _ratio(picture: NDArray[np.uint8], pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return how many pixels of ``picture`` one of ``pixels`` is, (across, down)."""
    return np.divide(picture.shape[1::-1], pixels.shape[1::-1])


def _turned(corners: Points, crop: NDArray[np.uint8]) -> Points:
    # RapidOCR turns tall crops a quarter counter-clockwise: text then runs downwards.
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    tall = max(sides[1], sides[3]) >= UPRIGHT_RATIO * max(sides[0], sides[2])
    turned = crop.shape[1] > crop.shape[0]
    return np.roll(corners, -1, axis=0) if tall and turned else corners
