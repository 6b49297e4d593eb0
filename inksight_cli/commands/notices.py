"""What a user must be told before a detector is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inksight_cli.detectors.protocol import Detector


def notices(detector: Detector) -> Iterator[str]:
    """Yield the sentences of a detector, and of every detector in a chain, that has some.

    A detector that sends pictures away says so in its ``notice``.
    """
    for each in getattr(detector, "detectors", (detector,)):
        notice: str = getattr(each, "notice", "")
        if notice:
            yield notice
