"""What goes into an ink model and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Mode, Status
from inksight_cli.geometry import Points

if TYPE_CHECKING:
    from inksight_cli.pen_order import Hand


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One word to derender.

    Attributes:
        key: the caller's own name for it, returned with the answer.
        pixels: (224, 224, 3) uint8 RGB, the crop on its black canvas.
        content: (left, top, right, bottom) of the crop on the canvas in whole pixels.
        mode: how to ask; text: the word, for ``derender-with-text``.
        expected_length: a guess of the answer's length in tokens (from the ink's length), used
            only to order the queue; 0 when unknown.
    """

    key: object
    pixels: NDArray[np.uint8]
    content: tuple[int, int, int, int]
    mode: Mode = "derender"
    text: str = ""
    expected_length: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the model said about one word.

    Attributes:
        key: the job's.
        strokes: each (N, 2) float64 in canvas pixels, pen order; empty when it gave none.
        text: what the model read, when asked to; else empty.
        score: mean log-probability per token.
        tokens: how many it took, the end token included.
        truncated: the answer hit the model's length limit; retried: it was asked again.
        status: what it is worth by itself; whether it lies on the ink only the page tells.
    """

    key: object
    strokes: list[Points] = field(default_factory=list)
    text: str = ""
    score: float = 0.0
    tokens: int = 0
    truncated: bool = False
    retried: bool = False
    status: Status = "ok"


class InkModel(Protocol):
    """A model that turns crops into strokes; answers come in any order, one for each job.

    `run` pulls jobs lazily and holds only as many as it has slots (plus a bounded queue), so
    the stream may span any number of pages.
    """

    name: str
    revision_hash: str

    @property
    def order(self) -> Hand | None:
        """What writes the ink in its answers' place; None: its own paths are laid on the ink."""
        ...

    @property
    def reads(self) -> bool:
        """Whether its reading of a word is to be believed over the detector's."""
        ...

    @property
    def widest(self) -> float:
        """How many times as wide as high a crop may be; 0 for any: wider words come in tiles."""
        ...

    def run(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """Yield an answer for every job, as soon as it is known."""
        ...
