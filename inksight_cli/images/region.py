"""A patch of ink cut out of a page: what the tracer and the refiner work on."""

from __future__ import annotations

from dataclasses import dataclass

from inksight_cli.geometry import Box
from inksight_cli.images.page import Mask


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Ink pixels of one owner.

    Attributes:
        mask: (h, w) bool, True where there is ink of this owner.
        left, top: page coordinates of the mask's top-left corner, whole pixels.
    """

    mask: Mask
    left: int
    top: int

    @property
    def box(self) -> Box:
        """The region's frame in page pixels."""
        height, width = self.mask.shape
        return Box(self.left, self.top, self.left + width, self.top + height)

    @property
    def area(self) -> int:
        """Number of ink pixels."""
        return int(self.mask.sum())
