"""``--detector a,b``: one detector after the other, until one works."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from inksight_cli.document import Line
from inksight_cli.errors import InksightError, MissingBackendError, UsageError
from inksight_cli.pages.page import PageImage

if TYPE_CHECKING:
    from inksight_cli.detectors.protocol import Detector


class ChainDetector:
    """Tries its detectors in order; a page is given to the first that works.

    Attributes:
        failures: (name, reason) of every detector that failed at the last page, in order.
        used: the name of the detector that found the last page's words.
    """

    name: ClassVar[str] = "chain"
    summary: ClassVar[str] = "several detectors, tried in order until one works"

    def __init__(
        self, detectors: Sequence[Detector], broken: Sequence[tuple[str, str]] = ()
    ) -> None:
        self.detectors = tuple(detectors)
        self.broken = tuple(broken)
        self.failures: list[tuple[str, str]] = list(broken)
        self.used = ""

    @classmethod
    def of(cls, names: Sequence[str], options: dict[str, Any]) -> ChainDetector:
        """Make the detectors called ``names``; each takes the options it knows.

        Raises:
            UsageError: none of them knows one of the options.
        """
        from inksight_cli.detectors import GROUP, known_options
        from inksight_cli.plugins import find

        made: list[Detector] = []
        broken: list[tuple[str, str]] = []
        left = set(options)
        for name in names:
            try:
                kind = find(GROUP, name, "detector")
            except MissingBackendError as error:
                broken.append((name, str(error)))
                continue
            mine = known_options(kind) & set(options)
            left -= mine
            made.append(kind(**{key: options[key] for key in mine}))
        if left and not broken:
            raise UsageError(f"None of the detectors {', '.join(names)} takes {min(left)!r}.")
        return cls(made, broken)

    def missing(self) -> str | None:
        """Return None when at least one is ready, else what each of them misses."""
        reasons = list(self.broken)
        for detector in self.detectors:
            reason = detector.missing()
            if reason is None:
                return None
            reasons.append((detector.name, reason))
        return _told(reasons)

    def detect(self, page: PageImage) -> list[Line]:
        """Return the lines of the first detector that works.

        Raises:
            MissingBackendError: none worked; the sentence gives the reason of each.
        """
        self.failures, self.used = list(self.broken), ""
        for detector in self.detectors:
            reason = detector.missing()
            if reason is None:
                try:
                    lines = detector.detect(page)
                except UsageError:
                    raise
                except InksightError as error:
                    reason = str(error)
                else:
                    self.used = detector.name
                    if self.failures:
                        page.notes.append(f"words by {self.used}; {_told(self.failures)}")
                    return lines
            self.failures.append((detector.name, reason))
        raise MissingBackendError(f"No detector works: {_told(self.failures)}")


def _told(reasons: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"{name}: {reason}" for name, reason in reasons)
