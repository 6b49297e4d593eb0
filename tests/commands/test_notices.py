"""What must be told before pictures leave the machine."""

from inksight_cli.commands.notices import notices
from tests.helpers.pictures import save, save_pages


def test_a_detector_that_sends_pictures_away_says_so_in_a_chain_too():
    alone = list(notices("cloud-vision", {}, lambda: 2000))
    assert "leave this machine" in alone[0]
    assert "2000 pages are 2000 units" in alone[1]
    assert "at most 3.00 USD" in alone[1]
    assert list(notices("embedded,cloud-vision", {}, lambda: 2000)) == alone


def test_local_detectors_have_nothing_to_say():
    def count():
        raise AssertionError("pages are counted for those who charge only")

    assert list(notices("embedded,tesseract", {}, count)) == []


def test_the_pages_to_come_are_counted(tmp_path):
    from inksight_cli.commands.loader import Loader

    save_pages(tmp_path / "three.tif", ["a", "b", "c"])
    save(tmp_path / "one.png")
    (tmp_path / "broken.png").write_bytes(b"none")
    paths = [str(tmp_path / name) for name in ("three.tif", "one.png", "broken.png", "missing")]
    assert Loader().count(paths) == 5  # what is broken may be a page
    assert Loader(pages="2-").count(paths) == 2
    assert Loader(pages="2-").numbers(paths[0]) == [2, 3]
    assert Loader().numbers(paths[3]) == []
