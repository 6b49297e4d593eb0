"""Letters that a hand lacks: made with marks, borrowed, spelled otherwise, or told."""

import string

import numpy as np
import pytest

from inksight_cli.errors import ModelError
from inksight_cli.writing.borrow import Lender, kinds
from inksight_cli.writing.complete import completed, letters_of
from inksight_cli.writing.cut import slant_of
from inksight_cli.writing.hand import Letter
from inksight_cli.writing.learn import is_read
from inksight_cli.writing.marks import MARKS, marked, parts


def test_every_letter_that_is_lent_reads_as_itself(hand, model):
    lender = Lender(hand, kinds())
    letters = [each for c in string.ascii_letters + string.digits for each in lender.lend(c)]
    assert {letter.text for letter in letters} == set(string.ascii_letters + string.digits)
    assert np.mean(is_read(letters, model)) > 0.9
    assert lender.lend("日") == []


def test_what_is_lent_leans_as_the_hand_does(hand):
    lender = Lender(hand, kinds())
    paths = [path for c in "HNMDBEFKI" for each in lender.lend(c) for path in each.paths]
    assert abs(slant_of(paths) - hand.style.slant) < 0.15
    bottoms = [np.concatenate(each.paths)[:, 1].max() for c in "HNMD" for each in lender.lend(c)]
    assert np.abs(bottoms).max() < 0.25


def test_a_hand_made_whole(hand):
    whole = completed(hand, "éZ—日a")
    assert (whole.borrowed, whole.missing) == (["-", "Z"], ["日"])
    assert whole.spelled == {"—": "-", "日": ""}
    made = {word[0].text for word in whole.hand.words[len(hand.words) :]}
    assert made == {"é", "Z", "-"}


@pytest.mark.parametrize("mark", sorted(MARKS))
def test_marks_stand_off_their_letter(mark):
    plain = Letter("o", [np.array([[0.0, 0.0], [0.5, -1.0], [1.0, 0.0]])], True, 0)
    made = marked(plain, mark, 0.3)
    assert parts(made.text) in (("o", mark), None) and made.before and made.after == 0
    y = np.concatenate(made.paths[1:])[:, 1]
    assert (y >= -0.01).all() or (y < -1.1).all()


def test_a_marked_i_loses_its_dot():
    stem, dot = np.array([[0.0, -1.0], [0.0, 0.0]]), np.array([[0.0, -1.5]])
    made = marked(Letter("i", [stem, dot]), "\u0301", 0.0)
    assert made.text == "í" and len(made.paths) == 2
    assert marked(Letter("i", [stem, dot]), "\u0328", 0.0).text == "į"


def test_composed_letters():
    assert letters_of("e\u0301a\u20dd") == ["é", "a\u20dd"]


def test_a_damaged_file_is_told(tmp_path):
    (tmp_path / "letters.npz").write_bytes(b"PK\x03\x04broken")
    with pytest.raises(ModelError, match=r"letters\.npz"):
        kinds(tmp_path / "letters.npz")
