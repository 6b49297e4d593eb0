"""Lines know their script; words that run to the left come in reading order."""

import pytest

from inksight_cli.detectors import find_detector
from inksight_cli.detectors.scripts import in_script
from inksight_cli.document import Line, Word
from inksight_cli.geometry import Box, Quad


def line(*texts):
    words = [
        Word(Quad.from_box(Box(60 * k, 10, 60 * k + 50, 40)), text, 0.5)
        for k, text in enumerate(texts)
    ]
    return Line(words, Quad.from_box(Box(0, 10, 60 * len(texts), 40)))


@pytest.mark.parametrize(
    ("texts", "script"),
    [
        (("good", "day"), "latin"),
        (("今", "日", "は"), "han"),
        (("12", "3"), ""),
        (("Да", "a"), "cyrillic"),
    ],
)
def test_the_text_tells_the_script(texts, script):
    (told,) = in_script([line(*texts)])
    assert (told.script, told.script_given) == (script, False)
    assert [word.text for word in told.words] == list(texts)


def test_words_run_to_the_left_in_hebrew_whichever_way_they_came():
    one, other = line("שלום", "עולם"), line("שלום", "עולם")
    other.words.reverse()
    for told in in_script([one, other]):
        assert told.script == "hebrew"
        assert [word.box.left for word in told.words] == [60, 0]


def test_what_was_guessed_in_another_script_is_forgotten():
    (told,) = in_script([line("p3", "12", "ub")], "arabic")
    assert [word.text for word in told.words] == ["", "12", ""]
    assert [word.box.left for word in told.words] == [120, 60, 0]
    assert (told.script, told.script_given) == ("arabic", True)
    (told,) = in_script([line("今", "は")], "kana")
    assert told.text == "今は"


def test_only_detectors_that_ask_are_told():
    assert find_detector("embedded", script="han").script == "han"  # type: ignore[attr-defined]
    assert find_detector("whole", script="han").name == "whole"
