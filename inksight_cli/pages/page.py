"""A page's picture and its ink, as the rest of the house sees them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from inksight_cli.document import Photo
from inksight_cli.ink.types import Ink, Mask, Pixels


@dataclass(slots=True, eq=False)
class PageImage:
    """One upright page, ready to be looked at.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, EXIF orientation applied.
        source: the file's name as given (``-`` for stdin); number: 1-based page in that file.
        dpi: pixels per inch where the file says so (and it is believable), else None.
        sha256: of the file's bytes.
        notes: sentences for the user that any step has about this page; they become the
            page's warnings.
        photo: what the page was flattened from, None where it is the picture itself.
        zoom: pixels per pixel of the page as it was loaded, across and down
            (`inksight_cli.pages.zoom`).
    """

    pixels: Pixels
    source: str = ""
    number: int = 1
    dpi: float | None = None
    sha256: str = ""
    notes: list[str] = field(default_factory=list)
    photo: Photo | None = None
    zoom: tuple[float, float] = (1.0, 1.0)
    _ink: Ink | None = field(default=None, repr=False)

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def ink(self) -> Ink:
        """The page's ink, found once and kept."""
        if self._ink is None:
            from inksight_cli.ink.find import find_ink

            self._ink = find_ink(self.pixels)
        return self._ink

    def take_off(self, printed: Mask) -> None:
        """Count ``printed`` (H, W) bool as rules: no ink, and painted over where words are cut."""
        ink = self.ink
        self._ink = replace(ink, mask=ink.mask & ~printed, rules=ink.rules | (printed & ink.mask))

    def call_drawn(self, drawn: Mask) -> None:
        """Say that ``drawn`` (H, W) bool of the ink is a drawing's, whatever words it touches."""
        self._ink = replace(self.ink, drawn=drawn)
