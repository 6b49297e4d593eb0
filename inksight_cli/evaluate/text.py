"""Reading measured: edit distance and character error rate."""

from __future__ import annotations

from collections.abc import Iterable


def edit_distance(a: str, b: str) -> int:
    """Fewest insertions, deletions and substitutions from `a` to `b` (Levenshtein 1966)."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]


def character_error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Edits per true character over all (truth, read) pairs; may exceed 1. 0 for no truth."""
    edits = length = 0
    for truth, read in pairs:
        edits += edit_distance(truth, read)
        length += len(truth)
    return edits / length if length else 0.0
