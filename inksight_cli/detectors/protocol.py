"""What a word detector is.

A detector looks at one page and returns lines of words without strokes, in reading order. It
registers under the entry-point group ``inksight.detectors`` as a class; built-ins and plug-ins
do it alike. Making an instance is cheap and never fails for what is missing on the machine:
`Detector.missing` tells, and names the line that installs it; models load at the first page.

Beside what the protocol asks for, a class may have ``notice`` (what to tell before it is used),
``cost(pages)`` (the warning before that many pages are sent) and ``given`` (what a user must hand
to it, where the machine itself lacks nothing).
"""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from inksight_cli.document import Line
from inksight_cli.pages.page import PageImage


@runtime_checkable
class Detector(Protocol):
    """Finds the words of a page."""

    name: ClassVar[str]
    """The registered name, as ``--detector`` takes it."""

    summary: ClassVar[str]
    """One line for ``--help`` and ``inksight doctor``."""

    def missing(self) -> str | None:
        """Return None when ready, else what is missing and the line that installs it."""
        ...

    def detect(self, page: PageImage) -> list[Line]:
        """Return the page's lines of words, in reading order, quads in page pixels.

        Raises:
            MissingBackendError: something this detector needs is not there.
            UnreadableInputError: boxes given by the user do not fit this page.
        """
        ...
