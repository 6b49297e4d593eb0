"""Detectors by name, chains, and plug-ins that break."""

from importlib.metadata import EntryPoint

import numpy as np
import pytest

from inksight_cli import plugins
from inksight_cli.detectors import available, find_detector, registry
from inksight_cli.detectors.chain import ChainDetector
from inksight_cli.detectors.protocol import Detector
from inksight_cli.errors import MissingBackendError, UnreadableInputError, UsageError

BUILT_IN = {"boxes", "embedded", "tesseract", "whole"}


@pytest.fixture
def broken_plugin(monkeypatch):
    """A stranger's detector whose module does not import."""
    real = plugins._entries("inksight.detectors")
    entry = EntryPoint("stranger", "no_such_package.detector:Detector", "inksight.detectors")
    monkeypatch.setattr(plugins, "_entries", lambda group: {**real, "stranger": entry})


def test_built_ins_are_registered_and_follow_the_protocol():
    assert set(available()) >= BUILT_IN
    for name in BUILT_IN:
        detector = find_detector(name)
        assert isinstance(detector, Detector)
        assert detector.name == name and detector.summary


def test_unknown_detector_lists_the_names():
    with pytest.raises(UsageError) as error:
        find_detector("kraken")
    assert all(name in str(error.value) for name in BUILT_IN)


@pytest.mark.parametrize("name", ["", " , "])
def test_no_name(name):
    with pytest.raises(UsageError, match="No detector named"):
        find_detector(name)


def test_unknown_option_is_named():
    with pytest.raises(UsageError, match="'whole' takes no option 'psm'"):
        find_detector("whole", psm=3)


def test_broken_plugin_stops_nobody(broken_plugin):
    assert "stranger" in available()
    assert "no_such_package" in registry().broken["stranger"]
    assert set(registry().loaded) >= BUILT_IN
    assert find_detector("whole").name == "whole"
    with pytest.raises(MissingBackendError, match="no_such_package"):
        find_detector("stranger")


def test_chain_uses_the_first_that_works_and_tells_of_the_others(broken_plugin, inked):
    mask = np.zeros((40, 60), dtype=bool)
    mask[10:20, 15:30] = True
    chain = find_detector("stranger,boxes,whole")
    assert isinstance(chain, ChainDetector)
    assert chain.missing() is None
    lines = chain.detect(inked(mask))
    assert chain.used == "whole" and len(lines) == 1
    assert [name for name, _ in chain.failures] == ["stranger", "boxes"]
    assert "--boxes" in chain.failures[1][1]


def test_chain_in_which_nothing_works_gives_every_reason(tmp_path, inked):
    page = inked(np.zeros((10, 10), dtype=bool))
    chain = find_detector("boxes,tesseract", boxes=tmp_path / "none.json", tessdata=tmp_path / "x")
    assert "none.json" in chain.missing() and "tessdata" not in chain.missing()
    with pytest.raises(MissingBackendError) as error:
        chain.detect(page)
    assert "none.json" in str(error.value) and "No detector works" in str(error.value)


def test_chain_with_an_option_that_none_takes():
    with pytest.raises(UsageError, match="'color'"):
        find_detector("whole,embedded", color="red")


def test_chain_with_an_unknown_name():
    with pytest.raises(UsageError, match="kraken"):
        find_detector("whole,kraken")


def test_whole_page_is_the_box_of_its_ink(inked):
    mask = np.zeros((50, 80), dtype=bool)
    mask[10:20, 15:30] = True
    mask[40, 70] = True
    (line,) = find_detector("whole").detect(inked(mask))
    box = line.words[0].box
    assert (box.left, box.top, box.right, box.bottom) == (15, 10, 71, 41)


def test_whole_page_without_ink(inked):
    assert find_detector("whole").detect(inked(np.zeros((5, 5), dtype=bool))) == []


def test_a_broken_boxes_file_in_a_chain_falls_through(tmp_path, inked):
    broken = tmp_path / "boxes.json"
    broken.write_text("{")
    mask = np.ones((5, 5), dtype=bool)
    chain = find_detector("boxes,whole", boxes=broken)
    assert len(chain.detect(inked(mask))) == 1
    with pytest.raises(UnreadableInputError):
        find_detector("boxes", boxes=broken).detect(inked(mask))
