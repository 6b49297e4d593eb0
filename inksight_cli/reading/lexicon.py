"""A person's own list of words: names and terms that a reader should expect."""

from __future__ import annotations

from pathlib import Path

from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.files import read_regular

KNOWN = 3.0
"""Log of how much likelier a text is that is on the list."""
_LARGEST = 1 << 26  # bytes
_SIGNS = ".,;:!?'\"()[]{}«»“”‘’…-"


class Lexicon:
    """Words, one a line; signs around them and their capitals do not matter."""

    def __init__(self, words: frozenset[str]) -> None:
        self.words = words

    @classmethod
    def read(cls, path: Path) -> Lexicon:
        """Read a list.

        Raises:
            UsageError: it is no text in UTF-8, or has no words.
            UnreadableInputError: there is no such file.
        """
        try:
            text = read_regular(path, _LARGEST).decode("utf-8-sig")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UnreadableInputError(f"'{path}' cannot be read: {reason}.") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"'{path}' is not text in UTF-8: {error.reason}.") from error
        words = frozenset(plain(line) for line in text.splitlines()) - {""}
        if not words:
            raise UsageError(f"'{path}' has no words.", "Write one word a line.")
        return cls(words)

    def __call__(self, text: str) -> float:
        """Return `KNOWN` for a text on the list, else 0."""
        return KNOWN if plain(text) in self.words else 0.0


def plain(text: str) -> str:
    """Return a word as it is looked up."""
    return text.strip().strip(_SIGNS).casefold()
