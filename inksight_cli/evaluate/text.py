"""Reading measured: edit distance and character error rate."""

from __future__ import annotations

from collections.abc import Iterable

from inksight_cli.errors import MissingBackendError


def edit_distance(a: str, b: str) -> int:
    """Fewest insertions, deletions and substitutions from `a` to `b` (Levenshtein 1966).

    Raises:
        MissingBackendError: the package ``rapidfuzz`` is not installed.
    """
    try:
        from rapidfuzz.distance import Levenshtein
    except ImportError as error:
        raise MissingBackendError(
            "The package rapidfuzz is missing.", "pip install 'inksight-cli[bench]'"
        ) from error
    return Levenshtein.distance(a, b)


def character_error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Edits per true character over all (truth, read) pairs; may exceed 1. 0 for no truth."""
    edits = length = 0
    for truth, read in pairs:
        edits += edit_distance(truth, read)
        length += len(truth)
    return edits / length if length else 0.0
