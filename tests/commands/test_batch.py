"""A stream of inputs through a pipeline that looks ahead, with failures anywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.commands.batch import Batch, Failed, Finished, PageDone
from inksight_cli.document import Page
from inksight_cli.errors import InksightError, ModelError, UnreadableInputError
from inksight_cli.pages.page import PageImage

BLANK = np.zeros((2, 2, 3), np.uint8)


class Ahead:
    """Takes pictures ``ahead`` of the pages it returns; fails at those called ``bad``."""

    def __init__(self, ahead: int, error: type[Exception] = UnreadableInputError) -> None:
        self.ahead = ahead
        self.error = error

    def pages(self, images):
        taken = []
        for image in images:
            if image.source.startswith("bad"):
                raise self.error("these boxes do not fit")
            taken.append(image)
            if len(taken) > self.ahead:
                yield self.page(taken.pop(0))
        for image in taken:
            yield self.page(image)

    def page(self, image):
        return Page(2, 2, source=image.source, number=image.number)


def load(source):
    """``good-3`` has three pages; ``torn-2`` breaks after two; ``none`` cannot be opened."""
    kind, _, count = source.partition("-")
    if kind == "none":
        raise UnreadableInputError("no such file")
    for number in range(1, int(count) + 1):
        yield PageImage(BLANK, source=source, number=number)
    if kind == "torn":
        raise UnreadableInputError("it ends early")


names = st.sampled_from(["good", "bad", "torn", "none"])


@given(st.lists(st.tuples(names, st.integers(1, 3)), max_size=8), st.integers(0, 5))
def test_every_input_is_told_once_in_order_with_all_its_pages(kinds, ahead):
    sources = [f"{kind}-{count}" for kind, count in kinds]
    events = list(Batch(Ahead(ahead), load, many=True).run(sources))
    assert [event.unit for event in events if isinstance(event, Finished)] == sources
    at = 0
    for source in sources:
        mine = []
        while not isinstance(events[at], Finished):
            mine.append(events[at])
            at += 1
        at += 1
        kind, _, count = source.partition("-")
        assert all(event.unit == source for event in mine)
        pages = [event.page.number for event in mine if isinstance(event, PageDone)]
        failures = [event for event in mine if isinstance(event, Failed)]
        assert pages == ([] if kind in ("bad", "none") else list(range(1, int(count) + 1)))
        assert bool(failures) == (kind != "good")
        images = [event.image for event in mine if isinstance(event, PageDone)]
        assert [image.number for image in images] == pages


def test_a_broken_model_ends_the_run():
    with pytest.raises(ModelError):
        list(Batch(Ahead(0, ModelError), load, many=True).run(["good-1", "bad-1"]))


def test_a_defect_costs_one_input_of_a_batch():
    events = list(Batch(Ahead(2, ZeroDivisionError), load, many=True).run(["bad-1", "good-1"]))
    assert isinstance(events[0], Failed)
    assert type(events[0].error) is InksightError
    assert isinstance(events[2], PageDone)


def test_a_defect_with_a_single_input_is_shown_as_it_is():
    with pytest.raises(ZeroDivisionError):
        list(Batch(Ahead(0, ZeroDivisionError), load, many=False).run(["bad-1"]))


def test_pictures_are_let_go():
    """A long document never lies in memory: at most the pictures looked ahead at are kept."""
    import weakref

    alive = weakref.WeakSet()

    class Tracked(PageImage):
        __slots__ = ("__weakref__",)

    def pages(source):
        for number in range(1, 30):
            image = Tracked(BLANK, source=source, number=number)
            alive.add(image)
            yield image
            del image

    for event in Batch(Ahead(2), pages, many=True).run(["good-29"]):
        del event
        assert len(alive) <= 5
