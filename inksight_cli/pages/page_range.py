"""Page ranges as people write them: ``3-7,9``, ``-2``, ``5-``."""

from __future__ import annotations

from dataclasses import dataclass

from inksight_cli.errors import UsageError


@dataclass(frozen=True, slots=True)
class PageRange:
    """A set of 1-based page numbers.

    Attributes:
        spans: (first, last), both included; last is None where the span is open.
    """

    spans: tuple[tuple[int, int | None], ...]

    @classmethod
    def parse(cls, text: str) -> PageRange:
        """Read ``3-7,9``; ``-2`` means 1-2 and ``5-`` means from 5 to the end.

        Raises:
            UsageError: the text is no page range.
        """
        return cls(tuple(_span(part, text) for part in text.split(",")))

    def __contains__(self, number: int) -> bool:
        return any(a <= number and (b is None or number <= b) for a, b in self.spans)

    @property
    def last(self) -> int | None:
        """The highest page asked for, None when open."""
        ends = [b for _, b in self.spans]
        return None if None in ends else max(b for b in ends if b is not None)

    def __str__(self) -> str:
        return ",".join(
            str(a) if a == b else f"{a}-{'' if b is None else b}" for a, b in self.spans
        )


def _span(part: str, whole: str) -> tuple[int, int | None]:
    first, dash, last = (piece.strip() for piece in part.partition("-"))
    ok = (first or last) and all(p.isascii() and p.isdigit() for p in (first, last) if p)
    if not ok or len(part) > 20:
        raise _bad(whole)
    start = int(first) if first else 1
    end = (int(last) if last else None) if dash else start
    if start < 1 or (end is not None and end < start):
        raise _bad(whole)
    return start, end


def _bad(text: str) -> UsageError:
    return UsageError(f"'{text}' is not a page range.", "Write pages like 3-7,9 or 5-.")
