"""The words that wait: longest guess first within a bounded look-ahead, encoded in batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from inksight_cli.engine.encode import Encoded, Encoder
from inksight_cli.engine.request import Request


class Queue:
    """Hands out encoded words one at a time; pulls the stream only a window at a time.

    A window is used up before the next one is pulled, so no word waits for ever behind longer
    ones, and the pictures of a page are let go once its words are done.

    Args:
        requests: the stream, of any length.
        encoder: what encodes them.
        window: how many words are held and sorted at most.
    """

    def __init__(self, requests: Iterator[Request], encoder: Encoder, window: int) -> None:
        self._requests = requests
        self._encoder = encoder
        self._window = window
        self._waiting: list[Request] = []
        self._ready: deque[Encoded] = deque()
        self._again: list[Request] = []

    def put_back(self, word: Encoded) -> None:
        """Return a word that has to start anew; it comes next."""
        self._ready.appendleft(word)

    def ask_again(self, request: Request) -> None:
        """Add a second question: it waits until it can be asked together with others."""
        self._again.append(request)

    def take(self, *, idle: bool) -> Encoded | None:
        """The next word, or None when there is none at present.

        Args:
            idle: nothing else is running, so second questions need not wait for company.
        """
        if not self._ready:
            self._fill(idle=idle)
        return self._ready.popleft() if self._ready else None

    def _fill(self, *, idle: bool) -> None:
        """Encode the first waiting word and those of its shape that follow."""
        if not self._waiting:
            for request in self._requests:
                self._waiting.append(request)
                if len(self._waiting) >= self._window:
                    break
            if self._waiting or idle:
                self._waiting += self._again
                self._again = []
            self._waiting.sort(key=lambda request: -request.job.expected_length)
        if self._waiting:
            shape = self._waiting[0].shape
            alike = [r for r in self._waiting if r.shape == shape][: self._encoder.batch]
            self._ready.extend(self._encoder.encode(alike))
            chosen = set(map(id, alike))
            self._waiting = [r for r in self._waiting if id(r) not in chosen]
