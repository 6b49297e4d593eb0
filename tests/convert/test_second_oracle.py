"""Which TensorFlow the original is asked in."""

import pytest

from inksight_cli.convert.second_oracle import doubt


@pytest.mark.parametrize(
    ("version", "doubted"),
    [("2.17.1", False), ("2.17.0-rc1", False), ("2.18.0", True), ("2.16.2", True), ("3.0", True)],
)
def test_a_tensorflow_that_the_original_was_not_made_for_is_doubted(version, doubted):
    assert bool(doubt(version)) == doubted
