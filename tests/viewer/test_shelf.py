"""Documents between files and the browser; the photos they were made from."""

import hashlib
import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from inksight_cli.document import Document, Page, Photo
from inksight_cli.errors import OutputError, UnreadableInputError
from inksight_cli.homography import Homography
from inksight_cli.pages.again import find_photo
from inksight_cli.viewer.photos import PhotoKey, Photos, file_of
from inksight_cli.viewer.shelf import UNSAVED, ChangedError, Shelf, Volume, encoded
from tests.helpers.documents import sample
from tests.viewer.conftest import written


def shelf_of(path, document=None):
    return Shelf([Volume(path, path.name, 1, document)])


def test_a_file_that_is_saved_unchanged_is_the_same_to_the_byte(tmp_path):
    path = tmp_path / "page.json"
    path.write_bytes(written(sample(), "json", precision=4))
    before, shelf = path.read_bytes(), shelf_of(path)
    document, version = shelf.load(0)
    assert shelf.save(0, encoded(document), version) == version
    assert path.read_bytes() == before == (tmp_path / "page.json.bak").read_bytes()


def test_a_new_document_is_saved_once_and_then_has_a_version(tmp_path):
    path = tmp_path / "new.json"
    shelf = shelf_of(path, sample())
    assert shelf.version(0) == UNSAVED
    version = shelf.save(0, encoded(sample()), UNSAVED)
    assert shelf.version(0) == version != UNSAVED
    with pytest.raises(ChangedError):
        shelf.save(0, encoded(sample()), UNSAVED)


def test_what_cannot_be_written_leaves_all_as_it_was(tmp_path):
    path = tmp_path / "page.json"
    path.write_bytes(encoded(sample()))
    (tmp_path / "page.json.bak").mkdir()
    shelf = shelf_of(path)
    with pytest.raises(OutputError):
        shelf.save(0, encoded(Document([Page(1, 1)])), shelf.version(0))
    assert path.read_bytes() == encoded(sample())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["page.json", "page.json.bak"]


@pytest.fixture
def photo(tmp_path):
    """A picture with a red spot at (30, 20), and a page that was made from it."""
    pixels = np.full((60, 90, 3), 255, np.uint8)
    pixels[15:25, 25:35] = (0, 0, 255)
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), pixels)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Page(90, 60, source="elsewhere/photo.png", sha256=digest), tmp_path


def test_a_photo_is_found_beside_its_document_by_its_hash(photo):
    page, folder = photo
    assert find_photo(page, folder).pixels[20, 30].tolist() == [255, 0, 0]
    with pytest.raises(UnreadableInputError, match="was changed"):
        find_photo(replace(page, sha256="0" * 64), folder)
    with pytest.raises(UnreadableInputError):
        find_photo(page, folder / "other")


def test_a_flattened_page_shows_its_photo_flat(photo):
    page, folder = photo
    shift = Homography(np.array([[1.0, 0, 10], [0, 1, 5], [0, 0, 1]]))
    flat = replace(page, width=60, height=40, photo=Photo(90, 60, shift))
    pixels = find_photo(flat, folder).pixels
    assert pixels.shape == (40, 60, 3)
    assert pixels[15, 20].tolist() == [255, 0, 0] and pixels[15, 40].tolist() == [255, 255, 255]
    keys = {PhotoKey(page, folder), PhotoKey(flat, folder), PhotoKey(replace(page), folder)}
    assert len(keys) == 2


def test_pictures_are_kept_and_made_small(photo):
    page, folder = photo
    photos = Photos()
    first = photos.of(PhotoKey(page, folder))
    assert photos.of(PhotoKey(replace(page, lines=[]), folder)) is first
    small = cv2.imdecode(np.frombuffer(file_of(first, 45), np.uint8), cv2.IMREAD_COLOR)
    assert small.shape == (30, 45, 3)


def test_names_that_are_no_utf_8_are_kept(tmp_path):
    document = sample()
    document.pages[0].source = "caf\udce9.jpg"
    shelf = shelf_of(tmp_path / "page.json", document)
    shelf.save(0, encoded(document), UNSAVED)
    assert (
        json.loads((tmp_path / "page.json").read_bytes())["pages"][0]["source"] == "caf\udce9.jpg"
    )
