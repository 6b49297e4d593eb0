"""Which script a letter is of, and where blanks go."""

import pytest

from inksight_cli.scripts import joined, script_of, squared_share


@pytest.mark.parametrize(
    ("letters", "script"),
    [
        ("aÉß", "latin"),
        ("中々", "han"),
        ("あアーｱ", "kana"),
        ("한글", "hangul"),
        ("Жя", "cyrillic"),
        ("Ωλ", "greek"),
        ("عربي", "arabic"),
        ("אב", "hebrew"),
        ("नम", "devanagari"),
        ("ไทย", "thai"),
        ("09.,。「", ""),
    ],
)
def test_scripts_by_name(letters, script):
    assert {script_of(letter) for letter in letters} == {script}


def test_share_of_squares_counts_letters_and_digits_only():
    assert squared_share("中文。ab") == 0.5
    assert squared_share("...") == 0


def test_no_blanks_beside_characters():
    assert (
        joined(["今", "日", "は", "、", "Tokyo", "Bay", "", "へ", "。"]) == "今日は、Tokyo Bayへ。"
    )
    assert joined(["안녕", "하세요"]) == "안녕 하세요"
    assert joined([]) == ""
