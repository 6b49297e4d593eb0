"""What must be told before pictures leave the machine."""

from inksight_cli.commands.notices import notices
from inksight_cli.detectors import find_detector


def test_a_detector_that_sends_pictures_away_says_so_in_a_chain_too():
    (alone,) = notices(find_detector("cloud-vision"))
    assert "leave this machine" in alone
    assert list(notices(find_detector("embedded,cloud-vision"))) == [alone]


def test_local_detectors_have_nothing_to_say():
    assert list(notices(find_detector("embedded,tesseract"))) == []
