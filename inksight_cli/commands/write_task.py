"""What ``write`` does: texts become pages of ink, which go into formats as any others do."""

from __future__ import annotations

from inksight_cli import __version__
from inksight_cli.commands.convert_task import ConvertTask, InkLoader, InkPage
from inksight_cli.commands.ink_encoder import amount_of_ink
from inksight_cli.commands.inputs import STDIN
from inksight_cli.commands.loader import stdin
from inksight_cli.document import Document, Page
from inksight_cli.errors import UnreadableInputError
from inksight_cli.files import read_regular
from inksight_cli.writing.hand import Hand
from inksight_cli.writing.page import write_text

_LARGEST = 1 << 22  # bytes: a thousand pages


class TextLoader(InkLoader):
    """Opens texts as pages of ink.

    Args:
        hand: who writes.
        paper: its size's name; seed: of all that differs from time to time.
    """

    def __init__(self, hand: Hand, paper: str, seed: int) -> None:
        super().__init__(None)
        self.endings = (".txt",)
        self._hand, self._paper, self._seed = hand, paper, seed

    def _read(self, source: str) -> Document:
        if self._last[0] != source:
            text = read_text(source)
            document = write_text(
                text,
                self._hand,
                paper=self._paper,
                seed=self._seed,
                source=source,
                version=__version__,
            )
            self._last = source, document
        return self._last[1]

    def origins(self, source: str) -> set[bytes]:
        """Return nothing: there was no picture."""
        return set()


def read_text(source: str) -> str:
    """Return a text: a file's, or stdin's.

    Raises:
        UnreadableInputError: it is none in UTF-8, or empty.
    """
    try:
        plain = stdin() if source == STDIN else read_regular(source, _LARGEST)
        text = plain.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableInputError(f"Cannot read '{source}': {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableInputError(f"'{source}' is no text in UTF-8.") from error
    if not text.strip():
        raise UnreadableInputError(f"'{source}' holds no text.")
    return text


class WriteTask(ConvertTask):
    """Writes pages of ink that nobody wrote; there is no photo of them."""

    def picture(self, image: InkPage) -> None:
        """Return nothing."""

    def describe(self, page: Page) -> dict[str, object]:
        """Return how much ink there is, and what the hand could not write."""
        return amount_of_ink(page) | {"warnings": page.warnings}
