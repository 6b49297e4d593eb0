"""Many units of input through one pipeline: a broken one is told and the others go on."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

from inksight_cli.errors import InksightError, UnreadableInputError, exhausted

if TYPE_CHECKING:
    from inksight_cli.document import Page

_log = logging.getLogger(__name__)

U = TypeVar("U")
"""What is loaded at once: an input, or a page of one."""


class Pipeline(Protocol):
    """Whatever turns pictures into pages, in order, taking pictures as it needs them."""

    def pages(self, images: Iterable[Any]) -> Iterator[Page]:
        """Yield a page for every image."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PageDone(Generic[U]):
    """A page came out of the pipeline."""

    unit: U
    image: Any
    page: Page


@dataclass(frozen=True, slots=True, eq=False)
class Failed(Generic[U]):
    """A unit, or one of its pages, failed."""

    unit: U
    error: InksightError


@dataclass(frozen=True, slots=True)
class Finished(Generic[U]):
    """All pages of a unit have been seen."""

    unit: U


Event: TypeAlias = PageDone[U] | Failed[U] | Finished[U]


@dataclass(slots=True, eq=False)
class _Waiting(Generic[U]):
    unit: U
    image: Any


class Batch(Generic[U]):
    """Feeds the pages of all units to the pipeline as one stream.

    Args:
        pipeline: may take pictures ahead of the pages it returns; keeps their order.
        load: opens a unit.
        many: whether other units go on when one fails in a way nobody foresaw.
    """

    def __init__(self, pipeline: Pipeline, load: Callable[[U], Iterator[Any]], many: bool) -> None:
        self._pipeline = pipeline
        self._load = load
        self._many = many
        self._queue: deque[_Waiting[U] | Failed[U] | Finished[U]] = deque()

    def run(self, units: Iterable[U]) -> Iterator[Event[U]]:
        """Yield what happens, unit by unit in order; every unit ends with `Finished`.

        Raises:
            InksightError: what concerns all units: a missing backend, a broken model.
        """
        images = self._feed(units)
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

    def _feed(self, units: Iterable[U]) -> Iterator[Any]:
        for unit in units:
            try:
                for image in self._load(unit):
                    self._queue.append(_Waiting(unit, image))
                    yield image
            except Exception as error:
                self._queue.append(Failed(unit, self._judge(error)))
            self._queue.append(Finished(unit))

    def _told(self) -> Iterator[Event[U]]:
        """Yield what stands in the queue before the next picture awaited."""
        while self._queue and not isinstance(self._queue[0], _Waiting):
            event = self._queue.popleft()
            assert not isinstance(event, _Waiting)
            yield event

    def _matched(self, page: Page) -> PageDone[U]:
        waiting = self._queue.popleft()
        assert isinstance(waiting, _Waiting)
        return PageDone(waiting.unit, waiting.image, page)

    def _one_by_one(self) -> Iterator[Event[U]]:
        while self._queue:
            event = self._queue.popleft()
            if not isinstance(event, _Waiting):
                yield event
                continue
            try:
                for page in self._pipeline.pages([event.image]):
                    yield PageDone(event.unit, event.image, page)
            except Exception as error:
                yield Failed(event.unit, self._judge(error))

    def _judge(self, error: Exception) -> InksightError:
        """Return the error of one unit; raise what concerns all of them.

        In a batch a defect of ours costs one page, not the night's work.
        """
        _log.debug("a page failed", exc_info=error)
        if isinstance(error, UnreadableInputError):
            return error
        if (out_of := exhausted(error)) is not None:
            return out_of
        if isinstance(error, InksightError) or not self._many:
            raise error
        return InksightError(f"Unexpected {type(error).__name__}: {error}.")
