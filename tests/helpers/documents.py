"""Documents for tests: a fixed one with everything in it, and a hypothesis strategy."""

import numpy as np
from hypothesis import strategies as st

from inksight_cli.document import Document, Line, Page, Photo, Provenance, Quality, Stroke, Word
from inksight_cli.geometry import Box, Quad
from inksight_cli.homography import Homography


def sample(pages: int = 1, created: str | None = None) -> Document:
    """A document with two lines, a rotated quad, odd texts, a dot, widths, times, a drawing."""
    provenance = Provenance("inksight", "0.1.0", "nano", "ab12", "embedded", "derender", created)
    return Document([_page(number) for number in range(1, pages + 1)], provenance)


def _page(number: int) -> Page:
    curve = Stroke(
        [(10, 20), (12.345, 25.678), (30.0, 20)],
        widths=[2.0, 3.456, 2.5],
        color="#1a2b8c",
        origin="trace",
    )
    timed = Stroke([(40, 20.5), (41, 30)], times=[0.0, 0.125])
    dot = Stroke([(50.25, 12)], widths=[4])
    flags = ("retried", "truncated")
    quality = Quality(0.985, 1.0, 0.25, score=-0.125, flags=flags, status="truncated")
    first = Word(
        Quad.from_points([(8, 14), (60, 10), (62, 34), (10, 38)]),
        'a<b & "c" é漢',
        0.875,
        [curve, timed, dot],
        "derender-with-text",
        quality,
    )
    second = Word(Quad.from_box(Box(70, 10, 90, 30)), "", None, [Stroke([(71, 11), (89, 29)])])
    empty = Word(Quad.from_box(Box(10, 50, 30, 60)), "empty", 0.5)
    lines = [
        Line([first, second], Quad.from_box(Box(8, 10, 90, 38))),
        Line([empty], Quad.from_box(Box(10, 50, 30, 60))),
    ]
    drawing = Stroke([(5, 95), (95, 95)], widths=[1.5, 1.5], color="#c00000", origin="trace")
    warnings = ["It is dark.", "It is skewed."]
    return Page(
        100,
        120,
        lines,
        [drawing],
        150.0,
        "scan é.tif",
        number,
        "c0ffee",
        warnings,
        "embedded",
        Photo(210, 250, Homography(np.array([[2, 0.1, 3], [0, 2, 5], [0, 1e-5, 1]]))),
    )


numbers = st.floats(-5000, 5000, allow_nan=False)
shares = st.floats(0, 1)
characters = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
# A text of blanks alone, or one that ends in them, is no text of a word.
texts = characters.map(lambda text: "".join(c for c in text if c.isprintable()).strip())
colors = st.from_regex("#[0-9a-f]{6}", fullmatch=True)


@st.composite
def strokes(draw) -> Stroke:
    points = draw(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6))
    column = st.none() | st.lists(st.floats(0, 100), min_size=len(points), max_size=len(points))
    origin = draw(st.sampled_from(["model", "trace"]))
    return Stroke(points, draw(column), draw(colors), draw(column), origin)


@st.composite
def words(draw) -> Word:
    quality = st.builds(
        Quality,
        shares,
        shares,
        shares,
        st.none() | st.floats(-50, 0),
        st.lists(st.sampled_from(["empty", "retried", "off-ink"]), unique=True).map(tuple),
    )
    mode = st.sampled_from([None, "derender", "recognize-and-derender", "derender-with-text"])
    return Word(
        draw(quads()),
        draw(texts),
        draw(st.none() | shares),
        draw(st.lists(strokes(), max_size=3)),
        draw(mode),
        draw(st.none() | quality),
    )


@st.composite
def quads(draw) -> Quad:
    corners = draw(st.lists(st.tuples(numbers, numbers), min_size=4, max_size=4))
    return Quad.from_points(np.array(corners))


@st.composite
def lines(draw) -> Line:
    script = draw(st.sampled_from([("", False), ("han", False), ("arabic", True)]))
    return Line(draw(st.lists(words(), max_size=2)), draw(quads()), *script)


@st.composite
def photos(draw) -> tuple[tuple[int, int], Homography]:
    """The size of a flat page, and how it lies on a photo: never beyond recognition."""
    size = draw(st.integers(200, 4000)), draw(st.integers(200, 4000))
    shift = st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
    moved = np.array(draw(st.lists(shift, min_size=4, max_size=4)))
    corners = (np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) + moved) * size
    angle = draw(st.floats(-3.2, 3.2))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return size, Homography.between((corners @ turn) * draw(st.floats(0.5, 2)), *size)


def pages() -> st.SearchStrategy[Page]:
    return st.builds(
        Page,
        width=st.integers(1, 20000),
        height=st.integers(1, 20000),
        lines=st.lists(lines(), max_size=2),
        drawings=st.lists(strokes(), max_size=2),
        dpi=st.none() | st.floats(1, 2400),
        source=texts,
        number=st.integers(1, 999),
        sha256=st.sampled_from(["", "ab" * 32]),
        warnings=st.lists(texts.filter(bool), max_size=2),
        detector=texts,
        paper=st.none() | colors,
        photo=st.none()
        | st.builds(
            lambda taken, dpi: Photo(*taken[0], taken[1], dpi),
            photos(),
            st.none() | st.floats(1, 2400),
        ),
    )


def documents() -> st.SearchStrategy[Document]:
    provenance = st.builds(
        Provenance,
        version=texts,
        model=texts,
        model_hash=texts,
        detector=texts,
        mode=texts,
        created=st.none() | st.just("2026-01-02T03:04:05+00:00"),
    )
    return st.builds(Document, st.lists(pages(), max_size=2), provenance)
