import numpy as np
import pytest

from inksight_cli.convert.retype import widened
from inksight_cli.convert.runner import Judgement
from inksight_cli.convert.verdict import Verdict, compare, ink_distance


def judgement(margins):
    logs = np.full(len(margins), -1.0)
    return Judgement(logs, np.zeros(len(margins), np.int64), logs + np.array(margins))


def compared(theirs, ours, margins):
    return compare("derender", theirs, ours, judgement(margins), 0.0, 0)


def test_the_same_tokens_are_identical():
    result = compared((5, 300, 1), [5, 300, 1], [0, 0, 0])
    assert result.identical
    assert result.sound
    assert result.distance == 0.0


def test_a_first_difference_at_a_near_tie_is_sound():
    result = compared((5, 300, 1), [5, 301, 1], [0, 0.01, 0])
    assert not result.identical
    assert (result.same, result.sound) == (1, True)


def test_a_clear_difference_is_not():
    assert not compared((5, 300, 1), [5, 301, 1], [0, 0.5, 0]).sound


def test_an_answer_that_goes_on_is_not():
    assert not compared((5, 300), [5, 300, 7], [0, 0]).sound


def test_a_verdict_needs_every_answer_to_be_sound():
    good = compared((5, 300, 1), [5, 300, 1], [0, 0, 0])
    tie = compared((5, 300, 1), [5, 301, 1], [0, 0.01, 0])
    bad = compared((5, 300, 1), [5, 301, 1], [0, 0.5, 0])
    assert not Verdict("x").passed
    assert Verdict("x", [good, tie]).passed
    assert Verdict("x", [good, tie]).sentence == (
        "1 of 2 answers are the original's, token for token; 1 part from it at a near tie"
    )
    assert not Verdict("x", [good, bad]).passed
    assert "not the same model" in Verdict("x", [good, bad]).sentence


def test_ink_distance_is_that_of_the_nearest_points():
    line = [np.array([[0.0, 0.0], [10.0, 0.0]])]
    assert ink_distance(line, [np.array([[0.0, 3.0], [10.0, 3.0]])]) == 3.0
    assert ink_distance(line, []) is None


def test_bfloat16_constants_keep_their_values_as_float32():
    text = 'a dense<0xFF80> : tensor<bf16> b dense<"0x803F0040"> : tensor<2xbf16> c bf16'
    wide = widened(text)
    assert "bf16" not in wide
    assert "dense<0xFF800000> : tensor<f32>" in wide
    assert 'dense<"0x0000803F00000040"> : tensor<2xf32>' in wide
    assert np.frombuffer(bytes.fromhex("0000803F00000040"), "<f4").tolist() == [1.0, 2.0]


@pytest.mark.parametrize("kind", ["tensor<f32>", "tensor<4xi32>"])
def test_other_constants_stay(kind):
    assert widened(f"dense<0xFF80> : {kind}") == f"dense<0xFF80> : {kind}"
