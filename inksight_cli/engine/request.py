"""From a job to what the graphs take: patch rows, prompt ids, and the ink the pen may touch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inksight_cli.bundles import Bundle
from inksight_cli.document import Mode
from inksight_cli.engine.protocol import Answer, Job
from inksight_cli.errors import UsageError
from inksight_cli.geometry import Affine

_PATCH = 16
_CANVAS = 224
_PLAIN: Mode = "derender"
_SMALLER = 0.8  # of its size: how large a word is when it is asked about once more


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One question to the model.

    Attributes:
        job: whose question it is.
        pixels: (rows * 16, 224, 3) uint8, the patch rows the model looks at.
        first_row: the canvas patch row at which they begin.
        prompt: ids of the question.
        text: what the model read the first time, when this is a second question.
        retried: this is a second question.
        placed: takes the answer's points to the job's canvas, where they are others.
        first: the answer to the first question, to fall back on.
    """

    job: Job
    pixels: NDArray[np.uint8]
    first_row: int
    prompt: tuple[int, ...]
    text: str = ""
    retried: bool = False
    placed: Affine | None = None
    first: Answer | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Pixel rows and prompt tokens: requests of one shape are encoded together."""
        return len(self.pixels), len(self.prompt)

    @property
    def encoded_length(self) -> int:
        """Positions that the encoder makes of it: patches and prompt."""
        return len(self.pixels) // _PATCH * (_CANVAS // _PATCH) + len(self.prompt)

    @property
    def reads(self) -> bool:
        """The answer begins with text."""
        return self.job.mode == "recognize-and-derender" and not self.retried


def make_request(bundle: Bundle, job: Job) -> Request:
    """The first question about a job.

    Raises:
        UsageError: the job's picture has the wrong shape, or asks with a text and has none.
    """
    if job.pixels.shape != (_CANVAS, _CANVAS, 3) or job.pixels.dtype != np.uint8:
        raise UsageError(f"A crop must be 224x224 RGB bytes, not {job.pixels.shape}.")
    pixels, first = _rows(bundle, job.pixels, job.content)
    return Request(job, pixels, first, prompt_ids(bundle, job.mode, job.text))


def _rows(
    bundle: Bundle, pixels: NDArray[np.uint8], content: tuple[int, int, int, int]
) -> tuple[NDArray[np.uint8], int]:
    """Return the patch rows that the model looks at, and the first one's number."""
    first, last = 0, _CANVAS // _PATCH
    if bundle.manifest.crop_rows:
        top, bottom = content[1], content[3]
        first = min(max(top // _PATCH, 0), last - 1)
        last = min(max(-(-bottom // _PATCH), first + 1), last)
    return pixels[first * _PATCH : last * _PATCH], first


def retry(bundle: Bundle, request: Request, text: str) -> Request | None:
    """The plain question after an empty answer; None when that was the question."""
    prompt = prompt_ids(bundle, _PLAIN)
    if request.retried or request.prompt == prompt:
        return None
    return replace(request, prompt=prompt, text=text, retried=True)


def smaller(bundle: Bundle, request: Request, answer: Answer) -> Request:
    """The plain question about a smaller picture, after a bad answer: other pixels, other ink."""
    import cv2

    left, top, right, bottom = request.job.content
    size = max(round(_SMALLER * (right - left)), 1), max(round(_SMALLER * (bottom - top)), 1)
    x, y = (_CANVAS - size[0]) // 2, (_CANVAS - size[1]) // 2
    pixels = np.zeros_like(request.job.pixels)
    part = request.job.pixels[top:bottom, left:right]
    shrunk = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    pixels[y : y + size[1], x : x + size[0]] = shrunk
    rows, first = _rows(bundle, pixels, (x, y, x + size[0], y + size[1]))
    sx, sy = (right - left) / size[0], (bottom - top) / size[1]
    return replace(
        request,
        pixels=rows,
        first_row=first,
        prompt=prompt_ids(bundle, _PLAIN),
        text=answer.text,
        retried=True,
        placed=Affine(sx, 0.0, left - x * sx, 0.0, sy, top - y * sy),
        first=answer,
    )


def prompt_ids(bundle: Bundle, mode: Mode, text: str = "") -> tuple[int, ...]:
    """The ids of a mode's prompt, a text that is too long cut off.

    Raises:
        UsageError: ``derender-with-text`` without a text.
    """
    manifest = bundle.manifest
    if mode == "derender-with-text" and not text:
        raise UsageError("The mode derender-with-text needs the word's text.")
    ids = bundle.vocabulary.encode(manifest.prompts[mode].replace("{text}", text))
    ids = ids[: manifest.prompt_length - manifest.prompt_end]
    return (*ids, *([manifest.end] if manifest.prompt_end else []))
