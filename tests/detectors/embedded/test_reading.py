"""Lines are read the way round that their page is written; the recogniser here says what it is
told to."""

from types import SimpleNamespace

import numpy as np
import pytest

from inksight_cli.detectors.embedded.reading import read_crops

LEVEL = np.array([(0, 0), (100, 0), (100, 20), (0, 20)], dtype=float)
UP = np.array([(0, 100), (0, 0), (20, 0), (20, 100)], dtype=float)


class Recogniser:
    """Answers by what is written on the left end of a crop: a number of one of ``texts``."""

    def __init__(self, *texts):
        self.texts, self.asked = texts, 0

    def recognize_txt(self, crops):
        said = [self.texts[crop[0, 0, 0]] for crop in crops]
        self.asked += len(crops)
        columns = [[[*range(len(text))]] for text, _ in said]
        return SimpleNamespace(
            txts=[text for text, _ in said],
            scores=[score for _, score in said],
            word_results=[SimpleNamespace(word_cols=c, line_txt_len=len(c[0])) for c in columns],
        )


def crop(left, right):
    pixels = np.zeros((20, 100, 3), dtype=np.uint8)
    pixels[:, :50], pixels[:, 50:] = left, right
    return pixels


def read(reader, *lines):
    """Read lines, each (left, right, corners); return their texts and whether they were turned."""
    crops, corners = [crop(a, b) for a, b, _ in lines], [c for _, _, c in lines]
    found = read_crops(reader, crops, corners)
    return [
        ("".join(c for c, _ in line.characters), not np.allclose(line.quad.points, c))
        for line, c in zip(found, corners, strict=True)
    ]


def test_a_line_alone_is_read_as_it_lies_unless_the_other_way_is_much_better():
    reader = Recogniser(("hook", 0.4), ("-1004", 0.5))
    assert read(reader, (0, 1, LEVEL)) == [("hook", False)]
    reader = Recogniser(("0o4", 0.4), ("hook", 0.95))
    assert read(reader, (0, 1, LEVEL)) == [("hook", True)]


def test_a_line_runs_as_the_others_do_unless_it_is_read_surely():
    reader = Recogniser(("longandsure", 0.9), ("hook", 0.36), ("-1004", 0.69), ("against", 0.9))
    lines = read(reader, (0, 0, LEVEL), (1, 2, LEVEL), (1, 3, LEVEL))
    assert lines == [("longandsure", False), ("hook", False), ("against", True)]
    assert reader.asked == 3 + 2


def test_unsure_readings_of_many_lines_do_not_stand_a_page_on_its_head():
    reader = Recogniser(("3yx", 0.6), ("longletters", 0.69), ("beNapb", 0.0), ("hepyxo", 0.84))
    lines = [(0, 1, LEVEL)] * 3 + [(2, 3, LEVEL)]
    assert read(reader, *lines)[:3] == [("3yx", False)] * 3


def test_letters_read_upside_down_alone_and_unsurely_stay_where_they_are():
    texts = ("", 0.0), ("He bep", 0.7)
    (line,) = read_crops(Recogniser(*texts), [crop(0, 1)], [LEVEL])
    assert not line.is_backward
    assert "".join(c for c, _ in line.characters) == "pebeH"
    assert line.breaks == (False, False, False, True, False)
    assert [p for _, p in line.characters] == sorted(p for _, p in line.characters)


def test_of_a_page_upside_down_what_seemed_sure_is_read_the_other_way_as_well():
    reader = Recogniser(("poo", 0.3), ("goodwords", 0.95), ("S0S", 0.82), ("505", 0.6))
    lines = read(reader, (0, 1, LEVEL), (0, 1, LEVEL), (2, 3, LEVEL))
    assert lines == [("goodwords", True), ("goodwords", True), ("505", True)]
    assert reader.asked == 3 + 2 + 1


@pytest.mark.parametrize(
    ("along", "against", "text"),
    [
        (("hook", 0.5), ("-1004", 0.84), "hook"),
        (("hook", 0.7), ("-1004", 0.95), "hook"),
        (("h", 0.5), ("V", 0.95), "h"),
        (("MX", 0.3), ("kW", 0.97), "kW"),
        (("", 0.0), ("7", 0.3), "7"),
    ],
)
def test_what_runs_against_its_page_is_read_so_only_where_that_is_much_better(along, against, text):
    reader = Recogniser(("longandsure", 0.9), along, against)
    assert read(reader, (0, 0, LEVEL), (1, 2, LEVEL))[1] == (text, text == against[0])


@pytest.mark.parametrize("better", [0, 1])
def test_what_runs_up_and_what_runs_down_the_page_count_alike(better):
    texts = [("stu", 0.75), ("mps", 0.5), ("no", 0.62), ("ou", 0.6)]
    reader = Recogniser(*texts)
    ends = (0, 1) if better == 0 else (1, 0)
    lines = read(reader, (*ends, UP), (2, 3, UP), (3, 2, UP))
    turned = better == 1
    assert lines[0] == ("stu", turned)
    assert [t for _, t in lines] == [turned] * 3


def test_lines_read_before_say_how_the_page_runs():
    (known,) = read_crops(Recogniser(("all of it", 0.9)), [crop(0, 0)], [LEVEL])
    texts = ("722777", 0.84), ("upside", 0.59)
    (alone,) = read_crops(Recogniser(*texts), [crop(1, 0)], [LEVEL])
    assert alone.is_backward
    (line,) = read_crops(Recogniser(*texts), [crop(1, 0)], [LEVEL], [known])
    assert not line.is_backward
    assert "".join(c for c, _ in line.characters) == "upside"


def test_nothing_to_read():
    assert read_crops(Recogniser(), [], []) == []
