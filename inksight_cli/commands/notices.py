"""What a user must be told before a detector is used: where pictures go, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inksight_cli.detectors.protocol import Detector


def notices(detector: Detector, pages: Callable[[], int]) -> Iterator[str]:
    """Yield the sentences of a detector, and of every detector in a chain, that has some.

    A detector that sends pictures away says so in its ``notice``; one that bills them has a
    ``cost``, and only then the pages are counted.
    """
    for each in getattr(detector, "detectors", (detector,)):
        notice: str = getattr(each, "notice", "")
        if notice:
            yield notice
        if hasattr(each, "cost"):
            yield each.cost(pages())
