"""What a user must be told before a detector is used: where pictures go, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from inksight_cli.detectors import find_detector


def notices(name: str, options: Mapping[str, Any], pages: Callable[[], int]) -> Iterator[str]:
    """Yield the sentences of a detector, and of every detector in a chain, that has some.

    A detector that sends pictures away says so in its ``notice``; one that bills them has a
    ``cost``, and only then the pages are counted.
    """
    detector = find_detector(name, **options)
    for each in getattr(detector, "detectors", (detector,)):
        notice: str = getattr(each, "notice", "")
        if notice:
            yield notice
        if hasattr(each, "cost"):
            yield each.cost(pages())
