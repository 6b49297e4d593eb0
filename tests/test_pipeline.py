"""The pipeline: pages stream through in order, and a model's answers find their words."""

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from inksight_cli.api import document_of
from inksight_cli.bundles import find_bundle
from inksight_cli.crew import WORTH_IT
from inksight_cli.detectors.chain import ChainDetector
from inksight_cli.document import Line, Quad, Word
from inksight_cli.engine.protocol import Answer
from inksight_cli.errors import MissingBackendError
from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Box
from inksight_cli.ownership.region import Region
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import Derenderer
from inksight_cli.trace import trace_region
from tests.drawing import pen


def page(words, source):
    """Return a white page with one diagonal stroke per word, and its word boxes."""
    strokes = [[(100 * k + 20, 60), (100 * k + 80, 120)] for k in range(words)]
    shape = (200, max(600, 100 * words))
    pixels = np.full((*shape, 3), 245, np.uint8)
    pixels[pen([*strokes, [(20, 180), (500, 184)]], shape, 4)] = 20
    return PageImage(pixels, source=source)


class Boxes:
    """Finds a word at every hundred pixels where the page has one."""

    name = "fixed"
    summary = "boxes at known places"

    def __init__(self):
        self.seen = []

    def missing(self):
        return None

    def detect(self, page):
        self.seen.append(page.source)
        count = int(page.source)
        quads = [Quad.from_box(Box(100 * k + 15, 55, 100 * k + 85, 125)) for k in range(count)]
        if not quads:
            return []
        whole = Quad.from_box(Box.union([quad.bounds for quad in quads]))
        return [Line([Word(quad, text=f"w{k}") for k, quad in enumerate(quads)], whole)]


class Diagonal:
    """Answers every job with the crop's own diagonal, keeping ``hold`` jobs before answering."""

    name = "diagonal"
    revision_hash = "0" * 64
    order = None
    reads = True
    widest = 0.0

    def __init__(self, hold):
        self.hold = hold
        self.jobs = []

    def run(self, jobs) -> Iterator[Answer]:
        held = []
        for job in jobs:
            self.jobs.append(job)
            held.append(job)
            if len(held) > self.hold:
                yield self.answer(held.pop())  # the newest first: out of order
        yield from (self.answer(job) for job in held)

    @staticmethod
    def answer(job):
        left, top, right, bottom = job.content
        stroke = np.array([(left + 15, top + 15), (right - 15, bottom - 15)], float)
        return Answer(job.key, [stroke], text="read", score=-0.5, tokens=5)


@pytest.mark.parametrize("hold", [0, 1, 3, 100])
def test_pages_come_out_in_order_however_answers_come(hold):
    model = Diagonal(hold)
    counts = [2, 0, 3, 1, 0]
    pages = list(Derenderer(Boxes(), model).pages(page(n, str(n)) for n in counts))
    assert [p.source for p in pages] == [str(n) for n in counts]
    assert [len(list(p.words)) for p in pages] == counts
    for done in pages:
        for k, word in enumerate(done.words):
            (stroke,) = word.strokes
            assert stroke.origin == "model"
            assert np.abs(stroke.points[0] - (100 * k + 20, 60)).max() < 4
            assert np.abs(stroke.points[-1] - (100 * k + 80, 120)).max() < 4
            assert word.quality.score == -0.5
            assert word.quality.traced == 0.0


def test_pages_are_taken_only_as_they_are_needed():
    boxes = Boxes()
    stream = Derenderer(boxes, Diagonal(0)).pages(page(1, "1") for _ in range(100))
    next(stream)
    assert len(boxes.seen) <= 2


def test_without_a_model_all_words_are_traced_and_the_rest_is_drawn():
    (done,) = Derenderer(Boxes()).pages([page(3, "3")])
    for word in done.words:
        assert {stroke.origin for stroke in word.strokes} == {"trace"}
        assert word.quality.ink_explained > 0.99
        assert word.mode is None
    (underline,) = done.drawings
    assert underline.length == pytest.approx(480, abs=8)


@pytest.mark.parametrize("model", [None, Diagonal(5)])
def test_the_ink_is_the_same_however_many_lay_it(model):
    counts = [4 * WORTH_IT, 2, 3 * WORTH_IT + 1]

    def ink(workers):
        derenderer = Derenderer(Boxes(), model, "recognize-and-derender", workers=workers)
        document = document_of(derenderer, derenderer.pages(page(n, str(n)) for n in counts))
        stream = io.BytesIO()
        find_writer("json").write(document, stream, WriteOptions())
        return stream.getvalue()

    assert ink(3) == ink(1)


def test_the_text_goes_with_the_question_only_where_it_is_asked_for():
    model = Diagonal(0)
    list(Derenderer(Boxes(), model, "derender-with-text").pages([page(2, "2")]))
    assert [(job.mode, job.text) for job in model.jobs] == [
        ("derender-with-text", "w0"),
        ("derender-with-text", "w1"),
    ]
    model = Diagonal(0)
    (done,) = Derenderer(Boxes(), model, "recognize-and-derender").pages([page(2, "2")])
    assert [job.text for job in model.jobs] == ["", ""]
    assert [word.text for word in done.words] == ["read", "read"]


def test_a_model_that_does_not_read_leaves_the_detectors_text():
    model = Diagonal(0)
    model.reads = False
    (done,) = Derenderer(Boxes(), model, "recognize-and-derender").pages([page(2, "2")])
    assert [word.text for word in done.words] == ["w0", "w1"]


def test_every_page_says_who_found_its_words():
    class Second(Boxes):
        name = "second"

    class First(Boxes):
        name = "first"

        def detect(self, page):
            if page.source == "2":
                raise MissingBackendError("There is no first.")
            return super().detect(page)

    derenderer = Derenderer(ChainDetector([First(), Second()]), Diagonal(100))
    document = document_of(derenderer, derenderer.pages(page(n, str(n)) for n in (1, 2, 1)))
    assert [p.detector for p in document.pages] == ["first", "second", "first"]
    assert document.provenance.detector == "first,second"
    assert "There is no first." in document.pages[1].warnings[0]


def test_an_empty_page_says_so():
    (done,) = Derenderer(Boxes()).pages([page(0, "0")])
    assert list(done.words) == []
    assert done.warnings
    assert done.drawings


class Texts(Boxes):
    """Words that say something."""

    def __init__(self, text):
        super().__init__()
        self.text = text

    def detect(self, image):
        lines = super().detect(image)
        for line in lines:
            for word in line.words:
                word.text = self.text
        return lines


@pytest.mark.parametrize(
    ("text", "script", "asked"), [("田", "", 1), ("day", "", 0), ("7", "han", 0)]
)
def test_characters_in_squares_are_written_by_a_hand_of_their_own(text, script, asked):
    order, calls = find_bundle().pen_order, []

    def squares():
        calls.append(text)
        return order

    derenderer = Derenderer(Texts(text), order=order, squares=squares, script=script)
    done = list(derenderer.pages([page(2, "2"), page(1, "1")]))
    assert len(calls) == asked
    assert all(word.strokes[0].origin == "model" for each in done for word in each.words)
    assert {line.script for each in done for line in each.lines} == {
        script or {"田": "han"}.get(text, "latin")
    }
    tracer = Derenderer(Texts(text), squares=squares)
    assert list(tracer.pages([page(1, "1")])) and tracer.squares is None


class Tracer(Diagonal):
    """Answers with the centre lines of the dark on its crop; ``spoil`` may change the answer."""

    def __init__(self, widest=0.0, spoil=lambda job, answer: answer):
        super().__init__(0)
        self.widest = widest
        self.spoil = spoil

    def answer(self, job):
        left, top, right, bottom = job.content
        dark = np.zeros((224, 224), bool)
        dark[top:bottom, left:right] = job.pixels[top:bottom, left:right].max(axis=2) < 120
        strokes = trace_region(Region(dark, 0, 0), 3.0)
        text = "whole" if job.mode == "recognize-and-derender" else ""
        return self.spoil(job, Answer(job.key, strokes, text=text, score=-1.0, tokens=9))


class Wide(Boxes):
    """Finds one word, a wave eight times as wide as high."""

    def detect(self, page):
        quad = Quad.from_box(Box(20, 50, 540, 120))
        return [Line([Word(quad, text="wave")], quad)]


def wave():
    x = np.linspace(40, 520, 200)
    path = np.stack([x, 85 + 28 * np.sin(x / 12)], axis=1)
    pixels = np.full((200, 600, 3), 245, np.uint8)
    pixels[pen([path], pixels.shape[:2], 4)] = 20
    return PageImage(pixels, source="1"), path


def test_a_wide_word_is_asked_in_tiles_and_comes_out_as_one_stroke():
    image, path = wave()
    model = Tracer(widest=2.0)
    (done,) = Derenderer(Wide(), model).pages([image])
    assert len(model.jobs) > 3
    assert {job.mode for job in model.jobs} == {"derender"}
    for job in model.jobs:
        left, top, right, bottom = job.content
        assert right - left <= 2.2 * (bottom - top)
    (word,) = done.words
    (stroke,) = word.strokes
    assert stroke.origin == "model"
    assert stroke.length == pytest.approx(np.hypot(*np.diff(path, axis=0).T).sum(), rel=0.03)
    assert (word.quality.status, word.quality.score) == ("ok", -1.0)


def test_a_wide_words_text_is_read_off_the_whole_word():
    image, _ = wave()
    model = Tracer(widest=2.0)
    (done,) = Derenderer(Wide(), model, "recognize-and-derender").pages([image])
    modes = [job.mode for job in model.jobs]
    assert modes.count("recognize-and-derender") == 1
    assert [word.text for word in done.words] == ["whole"]
    narrow = Tracer()
    list(Derenderer(Wide(), narrow, "recognize-and-derender").pages([image]))
    assert [job.mode for job in narrow.jobs] == ["recognize-and-derender"]


def astray(job, answer):
    strokes = [stroke * (1, 0) + (0, 2) for stroke in answer.strokes]
    return replace(answer, strokes=[np.array([(2.0, 2.0), (222.0, 2.0)])] + strokes)


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda job, answer: answer, "ok"),
        (lambda job, answer: replace(answer, strokes=[], status="empty"), "empty"),
        (lambda job, answer: replace(answer, truncated=True, status="truncated"), "truncated"),
        (astray, "off-ink"),
    ],
)
def test_every_word_says_what_its_answer_was_worth(spoil, status):
    for on_bad in ("keep", "trace"):
        derenderer = Derenderer(Boxes(), Tracer(spoil=spoil), on_bad=on_bad)
        (done,) = derenderer.pages([page(2, "2")])
        for word in done.words:
            assert word.quality.status == status
            traced = on_bad == "trace" or status in ("empty", "off-ink")
            followed = status == "ok" or not traced
            assert {stroke.origin for stroke in word.strokes} == {"model" if followed else "trace"}
            assert word.quality.ink_explained > 0.99
            told = "not-followed" in word.quality.flags
            assert told == (on_bad == "trace" and status not in ("ok", "empty"))


def test_a_bad_tile_is_traced_and_the_others_are_followed():
    image, _ = wave()
    bad = []

    def spoil(job, answer):
        bad.append(job)
        return replace(answer, status="truncated") if len(bad) == 2 else answer

    (done,) = Derenderer(Wide(), Tracer(2.0, spoil), on_bad="trace").pages([image])
    (word,) = done.words
    assert word.quality.status == "truncated"
    assert len(word.strokes) <= 2  # the ink of that tile lengthens a neighbour's, or is its own
    assert word.quality.ink_explained > 0.99
