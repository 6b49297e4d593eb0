"""The language of a page, guessed from words that may be misread."""

import pickle

import pytest

from inksight_cli.reading.guess import Guess, guess

pytest.importorskip("wordfreq")
SYMBOLS = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("the quick brewn fox junps over that lazi dog and runs", "en"),
        ("je pcssède comme valeurs la scmme de dix mille francs", "fr"),
        ("ich hahe gestern mit meinem Bruder üher das Haus gesprcchen", "de"),
        ("příliš žlutý kůň a jeho pán šli dcmů", "cs"),
        ("đường này không có ngưòi", "vi"),
    ],
)
def test_misread_words_still_tell_their_language(text, code):
    assert guess(text.split()) == code


def test_of_nothing_nothing_is_guessed():
    assert guess([]) is None
    assert guess(["xqzt", "vvkrw", "42", "a"]) is None
    assert Guess(SYMBOLS)(["xqzt"]) is None


def test_a_guess_expects_its_language_and_ones_own_words_and_travels_to_workers():
    hearing = pickle.loads(pickle.dumps(Guess(SYMBOLS, ("zorblat",))))
    alone, french = hearing([]), hearing(["je", "suis", "avec", "vous"])
    assert alone.language.chance("zorbla", "t") > alone.language.chance("zorbla", "x")
    assert french.language.chance("ave", "c") > alone.language.chance("ave", "c")
