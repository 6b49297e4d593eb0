"""The one model of a result: Document -> Page -> Line -> Word -> Stroke.

THE coordinate convention, for everything in this package: pixels of the upright page (EXIF
orientation applied, page flattened if it was), x to the right, y down, the origin at the
top-left *corner* of the top-left pixel. The centre of the pixel in row r, column c is therefore
(c + 0.5, r + 0.5). Widths are pixels, times are seconds from the start of the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Box, Points, Quad, as_points
from inksight_cli.homography import Homography
from inksight_cli.polylines import path_length
from inksight_cli.scripts import joined

Origin = Literal["model", "trace"]
Mode = Literal["derender", "recognize-and-derender", "derender-with-text"]
Status = Literal["ok", "empty", "one-point", "repeats", "truncated", "off-ink"]
"""What a model's answer for a word was worth; see `Quality`."""
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(slots=True, eq=False)
class Stroke:
    """One movement of the pen, from pen-down to pen-up.

    Attributes:
        points: (N, 2) float64, N >= 1, in pen order; a dot is a single point.
        widths: (N,) float64, the pen's width at each point in pixels, or None when unknown.
        color: ``#rrggbb``.
        times: (N,) float64 seconds, or None: a photo does not tell them.
        origin: who decided its order and direction: a model (the learned pen order, too), or
            the classical tracer. The centre line is the ink's own either way.
    """

    points: Points
    widths: NDArray[np.float64] | None = None
    color: str = "#000000"
    times: NDArray[np.float64] | None = None
    origin: Origin = "model"

    def __post_init__(self) -> None:
        self.points = as_points(self.points)
        if self.widths is not None:
            self.widths = np.asarray(self.widths, dtype=np.float64).reshape(len(self.points))
        if self.times is not None:
            self.times = np.asarray(self.times, dtype=np.float64).reshape(len(self.points))

    @property
    def length(self) -> float:
        """Length of the path in pixels; 0 for a dot."""
        return path_length(self.points)

    @property
    def width(self) -> float | None:
        """Median width in pixels, or None when unknown."""
        return None if self.widths is None else float(np.median(self.widths))

    @property
    def box(self) -> Box:
        """The smallest box around the points (not around the ink)."""
        return Box.around(self.points)


LOST = "lost-ink"
"""The flag of a word that seems to have lost ink (`inksight_cli.refine.lost`)."""


@dataclass(slots=True)
class Quality:
    """How far a word's strokes can be trusted; every share is 0..1.

    Attributes:
        ink_explained: share of the word's ink pixels covered by its strokes.
        on_ink: share of the strokes' length that lies on ink.
        traced: share of the strokes' length whose origin is the tracer.
        score: mean log-probability per token of the model's answer, None without a model.
        flags: what a reader should know: ``empty`` (the model gave no ink), ``retried``,
            ``truncated`` (the answer hit the length limit), ``off-ink`` (dropped model strokes),
            ``no-ink``, ``lost-ink`` (less ink than was read or seen), ``not-followed`` (the
            model's answer was bad, and the ink was traced in its place).
        status: of the model's answer: ``ok``, ``empty``, ``one-point`` (strokes without any
            length), ``repeats`` (it runs in a circle), ``truncated`` (it hit the length limit),
            ``off-ink`` (most of it lies where there is no ink); None without a model.
    """

    ink_explained: float
    on_ink: float
    traced: float
    score: float | None = None
    flags: tuple[str, ...] = ()
    status: Status | None = None


@dataclass(slots=True)
class Word:
    """One word: where it is, what it says if anybody knows, and its strokes in pen order.

    Attributes:
        quad: the word box, rotated where the text is.
        text: the word as read by the detector or the model; empty when unknown.
        confidence: of who read it, 0..1, or None.
        strokes: in pen order; empty straight from a detector.
        mode: how a model was asked; None for the tracer and straight from a detector.
        quality: None straight from a detector.
        characters: the confidence of every character of the text, 0..1; empty where unknown.
        alternatives: other readings and the first, best first, with their shares; empty unless
            asked for.
    """

    quad: Quad
    text: str = ""
    confidence: float | None = None
    strokes: list[Stroke] = field(default_factory=list)
    mode: Mode | None = None
    quality: Quality | None = None
    characters: tuple[float, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()

    @property
    def box(self) -> Box:
        """The smallest upright box around the word."""
        return self.quad.bounds


@dataclass(slots=True)
class Line:
    """Words of one line of writing, in reading order.

    Attributes:
        words: the line's.
        quad: around them; its first side runs along the text.
        script: "latin", "han", "arabic", ... (`inksight_cli.scripts`); "" where nobody knows.
        script_given: whether the user said so; else it is what the text tells.
    """

    words: list[Word]
    quad: Quad
    script: str = ""
    script_given: bool = False

    @property
    def text(self) -> str:
        """The words' texts, one blank between; none beside Chinese or Japanese characters."""
        return joined(word.text for word in self.words)


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """The picture that a flattened page was made from.

    Attributes:
        width, height: of the upright photo in pixels; dpi: as the file says, or None.
        to_photo: the flat page's coordinates -> the photo's.
    """

    width: int
    height: int
    to_photo: Homography
    dpi: float | None = None


@dataclass(slots=True)
class Page:
    """One page: lines of words in reading order, and drawings.

    Attributes:
        width, height: of the upright picture in pixels.
        dpi: pixels per inch where the file says so, else None.
        source: the file's name as given (``-`` for stdin); number: 1-based page in that file.
        sha256: of the input file's bytes.
        drawings: ink that belongs to no word: underlines, arrows, sketches.
        warnings: sentences for the user.
        detector: the name of the one that found the words.
        photo: what the page was flattened from, None where it is the picture itself.
        paper: its paper's usual colour, ``#rrggbb``, or None where nobody looked.
    """

    width: int
    height: int
    lines: list[Line] = field(default_factory=list)
    drawings: list[Stroke] = field(default_factory=list)
    dpi: float | None = None
    source: str = ""
    number: int = 1
    sha256: str = ""
    warnings: list[str] = field(default_factory=list)
    detector: str = ""
    photo: Photo | None = None
    paper: str | None = None

    @property
    def words(self) -> Iterator[Word]:
        """All words in reading order."""
        for line in self.lines:
            yield from line.words

    @property
    def strokes(self) -> Iterator[Stroke]:
        """All strokes: the words' in reading order, then the drawings'."""
        for word in self.words:
            yield from word.strokes
        yield from self.drawings


GENERATED = "generated handwriting"
"""The `Provenance.mode` of ink that nobody wrote (`inksight_cli.writing`)."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a document; travels in every output.

    ``detector`` names all that found words, in the order of their pages, commas between.
    ``created`` is an ISO 8601 time, or None where output must reproduce byte for byte.
    """

    tool: str = "inksight"
    version: str = ""
    model: str = ""
    model_hash: str = ""
    detector: str = ""
    mode: str = ""
    created: str | None = None

    @property
    def generated(self) -> bool:
        """Whether nobody wrote the ink."""
        return self.mode == GENERATED

    @property
    def maker(self) -> str:
        """The tool; of ink that nobody wrote it says so, in every format."""
        return f"{self.tool}, {self.mode}" if self.generated else self.tool


@dataclass(slots=True)
class Document:
    """Pages in order, and what made them."""

    pages: list[Page]
    provenance: Provenance = field(default_factory=Provenance)
