"""Real lines for the reader: traced by the product, aligned with their text, cut at their white."""

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.reading.drawing import HEIGHT
from models.reader.alphabet import Alphabet
from models.reader.lines import (
    RealLine,
    Traced,
    aligned,
    chosen,
    framed,
    ink_of,
    save,
    white,
)
from models.reader.pieces import Lines, between
from models.reader.samples import Samples, Shares, needed

PAPER, INK = 235, 40


def picture():
    """Two zigzags and white between: 64 rows, as the archives of lines have them."""
    drawn = np.full((64, 300, 3), PAPER, np.uint8)
    for left in (10, 190):
        path = [(left + 12 * k, 20 + 24 * (k % 2)) for k in range(8)]
        cv2.polylines(drawn, [np.array(path)], False, (INK,) * 3, 3, cv2.LINE_AA)
    return drawn


def archive(folder, name="train-000.npz"):
    """Write an archive with one line of two words, cut between them."""
    words = [np.array([[0.0, 0.0], [40.0, 30.0]]), np.array([[80.0, 0.0], [160.0, 30.0]])]
    line = RealLine(b"", "ab cd", "someone", "7")
    save(folder / name, [Traced(line, words, [(60.0, 2)])])


def test_what_is_traced_of_a_line_lies_on_its_ink():
    strokes = ink_of(picture(), 1.0)
    points = np.concatenate(strokes)
    again = np.zeros(framed(picture()).shape[:2], np.uint8)
    for stroke in strokes:
        cv2.polylines(again, [np.round(stroke).astype(np.int32)], False, 255, 6)
    ink = framed(picture())[..., 0] < 120
    assert (again[ink] > 0).mean() > 0.9
    assert not (again[:, 130:190] > 0).any()
    assert np.ptp(points[:, 0]) == pytest.approx(264, abs=8)


def test_an_alignment_tells_from_where_to_where_each_symbol_is_read():
    scores = np.full((9, 4), -9.0, np.float32)
    for column, number in enumerate([0, 1, 1, 0, 1, 2, 0, 0, 3]):
        scores[column, number] = -0.1
    assert aligned(scores, [1, 1, 2, 3]).tolist() == [[1, 2], [4, 4], [5, 5], [8, 8]]
    assert aligned(scores[1:2], [1]).tolist() == [[0, 0]]


@given(st.lists(st.integers(1, 3), min_size=1, max_size=5), st.integers(0, 2**31))
def test_an_alignment_keeps_the_order_of_its_symbols(symbols, seed):
    columns = needed(symbols) + 3
    scores = np.log(np.random.default_rng(seed).dirichlet(np.ones(4), columns))
    spans = aligned(scores.astype(np.float32), symbols)
    assert (spans[:, 0] <= spans[:, 1]).all()
    assert (spans[1:, 0] > spans[:-1, 1]).all()


def test_words_are_cut_at_white_or_where_only_a_rule_goes_through():
    drawing = np.zeros((HEIGHT, 60), np.uint8)
    drawing[5:35, :20] = drawing[5:35, 32:] = 255
    assert white(drawing, 15, 40) == pytest.approx(26, abs=0.5)
    drawing[30:32] = 255
    assert white(drawing, 15, 40) == pytest.approx(26, abs=0.5)
    drawing[5:35, 26:30] = 255
    assert white(drawing, 15, 40) is None


@given(st.integers(0, 2**31), st.lists(st.floats(-5, 105), max_size=4))
def test_pieces_of_a_line_are_all_its_ink(seed, cuts):
    rng = np.random.default_rng(seed)
    strokes = [rng.uniform(0, 100, (int(n), 2)) for n in rng.integers(2, 9, 3)]
    edges = [-np.inf, *sorted(cuts), np.inf]

    def length(pieces):
        return sum(float(np.hypot(*np.diff(piece, axis=0).T).sum()) for piece in pieces)

    parts = [between(strokes, a, b) for a, b in itertools.pairwise(edges)]
    assert sum(map(length, parts)) == pytest.approx(length(strokes), rel=1e-6)
    for part, a, b in zip(parts, edges[:-1], edges[1:], strict=True):
        assert all(a - 1e-3 <= x <= b + 1e-3 for piece in part for x in piece[:, 0])


def test_a_word_or_a_whole_line_is_drawn_from_an_archive(tmp_path):
    archive(tmp_path)
    lines = Lines(tmp_path, "train", Alphabet())
    (whole,) = lines.whole()
    rng = np.random.default_rng(0)
    drawn = {w.text: np.concatenate(w.strokes) for w in (lines.draw(rng, 9) for _ in range(40))}
    assert drawn.keys() == {"ab", "cd", "ab cd"} and whole.text == "ab cd"
    assert drawn["ab"][:, 0].max() <= 8 * 60 <= drawn["cd"][:, 0].min()
    archive(tmp_path, "train-001.npz")
    archive(tmp_path, "val-000.npz")
    lines.refresh()
    assert len(lines) == 2


def test_lines_are_chosen_by_split_and_source(tmp_path):
    content, ends = b"", []
    for value in range(6):
        _, coded = cv2.imencode(".webp", np.full((64, 80), 40 * value, np.uint8))
        content += coded.tobytes()
        ends.append(len(content))
    np.savez(
        tmp_path / "some_lines.npz",
        image=np.frombuffer(content, np.uint8),
        ends=np.array(ends),
        text=np.array(list("abcdef")),
        repo=np.array(["one", "one", "two", "one", "Tables_decennales", "two"]),
        writer=np.array(["w"] * 6),
        split=np.array(["train"] * 5 + ["test"]),
    )
    found = chosen(tmp_path, "train", 2)
    assert {line.text for line in found} <= set("abcd") and len(found) == 3
    assert all(line.picture.shape == (64, 80, 3) for line in found)
    assert [line.text for line in chosen(tmp_path, "test", 9)] == ["f"]


def test_samples_come_from_real_lines_too(tmp_path, monkeypatch):
    monkeypatch.setattr("models.reader.samples.Texts", lambda _: None)  # reads lists for 30 s
    monkeypatch.setattr("models.reader.samples.LINES", 1)
    bars = np.array([[0, 0], [400, 4095]], np.int32)
    for name, text in (("unipen_words", "word"), ("unipen_chars", "a"), ("stroke_fonts", "a")):
        np.savez(
            tmp_path / f"{name}.npz",
            deltas=np.diff(bars, axis=0, prepend=np.zeros((1, 2), np.int32)).astype(np.int16),
            stroke_ends=np.array([2]),
            sample_ends=np.array([1]),
            text=np.array([text]),
            writer=np.array(["w1"]),
            advance=np.array([500.0]),
        )
    archive(tmp_path)
    samples = Samples(tmp_path, None, Alphabet(), tmp_path)
    samples.shares = Shares(lines=1.0)
    seen = {tuple(samples.draw(rng)[1]) for rng in map(np.random.default_rng, range(30))}
    assert seen == {tuple(samples.alphabet.encode(text)) for text in ("ab", "cd", "ab cd")}
