"""Many inputs through one pipeline: a broken one is reported and the others go on."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from inksight_cli.errors import InksightError, UnreadableInputError, exhausted

if TYPE_CHECKING:
    from inksight_cli.document import Page

_log = logging.getLogger(__name__)


class Pipeline(Protocol):
    """Whatever turns pictures into pages, in order, taking pictures as it needs them."""

    def pages(self, images: Iterable[Any]) -> Iterator[Page]:
        """Yield a page for every image."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PageDone:
    """A page came out of the pipeline."""

    source: str
    image: Any
    page: Page


@dataclass(frozen=True, slots=True, eq=False)
class Failed:
    """An input, or one of its pages, failed; nothing of it should be written."""

    source: str
    error: InksightError


@dataclass(frozen=True, slots=True)
class Finished:
    """All pages of an input have been seen."""

    source: str


Event = PageDone | Failed | Finished


@dataclass(slots=True, eq=False)
class _Waiting:
    source: str
    image: Any


class Batch:
    """Feeds the pages of all inputs to the pipeline as one stream.

    Args:
        pipeline: may take pictures ahead of the pages it returns; keeps their order.
        load: opens an input.
        many: whether other inputs go on when one fails in a way nobody foresaw.
    """

    def __init__(
        self, pipeline: Pipeline, load: Callable[[str], Iterator[Any]], many: bool
    ) -> None:
        self._pipeline = pipeline
        self._load = load
        self._many = many
        self._queue: deque[_Waiting | Failed | Finished] = deque()

    def run(self, sources: Iterable[str]) -> Iterator[Event]:
        """Yield what happens, input by input in order; every input ends with `Finished`.

        Raises:
            InksightError: what concerns all inputs: a missing backend, a broken model.
        """
        images = self._feed(sources)
        while True:
            try:
                for page in self._pipeline.pages(images):
                    yield from self._told()
                    yield self._matched(page)
                    yield from self._told()
                break
            except Exception as error:
                self._judge(error)
                # The pipeline may have looked ahead: only one by one do we learn whose it is.
                yield from self._one_by_one()
        yield from self._told()

    def _feed(self, sources: Iterable[str]) -> Iterator[Any]:
        for source in sources:
            try:
                for image in self._load(source):
                    self._queue.append(_Waiting(source, image))
                    yield image
            except Exception as error:
                self._queue.append(Failed(source, self._judge(error)))
            self._queue.append(Finished(source))

    def _told(self) -> Iterator[Event]:
        """Yield what stands in the queue before the next picture awaited."""
        while self._queue and not isinstance(self._queue[0], _Waiting):
            event = self._queue.popleft()
            assert not isinstance(event, _Waiting)
            yield event

    def _matched(self, page: Page) -> PageDone:
        waiting = self._queue.popleft()
        assert isinstance(waiting, _Waiting)
        return PageDone(waiting.source, waiting.image, page)

    def _one_by_one(self) -> Iterator[Event]:
        while self._queue:
            event = self._queue.popleft()
            if not isinstance(event, _Waiting):
                yield event
                continue
            try:
                for page in self._pipeline.pages([event.image]):
                    yield PageDone(event.source, event.image, page)
            except Exception as error:
                yield Failed(event.source, self._judge(error))

    def _judge(self, error: Exception) -> InksightError:
        """Return the error of one input; raise what concerns all of them.

        In a batch a defect of ours costs one input, not the night's work.
        """
        _log.debug("an input failed", exc_info=error)
        if isinstance(error, UnreadableInputError):
            return error
        if (out_of := exhausted(error)) is not None:
            return out_of
        if isinstance(error, InksightError) or not self._many:
            raise error
        return InksightError(f"Unexpected {type(error).__name__}: {error}.")
