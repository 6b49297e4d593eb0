import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.flatten.corners import find_corners
from inksight_cli.flatten.sheet import flatten_page
from inksight_cli.flatten.skew import find_skew
from inksight_cli.homography import Homography
from inksight_cli.pages.load import load_pages
from inksight_cli.pages.page import PageImage
from tests.helpers.written_pages import draw, photo, precision_recall, ruled, writing

SHAPE = (600, 800)
TABLE = (900, 1200)
CORNERS = np.array([[180, 110], [1060, 150], [1010, 800], [130, 760]], float)


@pytest.fixture(scope="module")
def ink():
    return draw(writing(*SHAPE), SHAPE)


def laid_out(page, corners, table=45, size=TABLE):
    """Return a photo of ``page`` on a dark table, its corners at ``corners``."""
    height, width = page.shape[:2]
    to_photo = Homography.between(corners, width, height)
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    matrix = np.linalg.inv(half) @ to_photo.matrix @ half
    rng = np.random.default_rng(2)
    around = np.clip(rng.normal(table, 6, (*size, 3)), 0, 255).astype(np.uint8)
    seen = cv2.warpPerspective(np.full_like(page, 255), matrix, size[::-1])
    drawn = cv2.warpPerspective(page, matrix, size[::-1])
    return np.where(seen > 127, drawn, around), to_photo


def test_a_sheet_on_a_table_is_found_and_pulled_straight(ink):
    picture, to_photo = laid_out(photo(ink), CORNERS)
    found = find_corners(picture)
    assert np.abs(found - CORNERS).max() < 3
    flat = flatten_page(PageImage(picture, source="a.jpg", number=2, dpi=300, sha256="ab"))
    assert (flat.source, flat.number, flat.sha256) == ("a.jpg", 2, "ab")
    assert flat.dpi is None
    # The ink lies where the true page has it, once both are mapped to the photo.
    height, width = flat.pixels.shape[:2]
    back = to_photo.inverse()(
        flat.photo.to_photo([[0, 0], [width, 0], [width, height], [0, height]])
    )
    assert np.abs(back - [[0, 0], [800, 0], [800, 600], [0, 600]]).max() < 4
    rows, columns = np.nonzero(flat.ink.mask)
    true = to_photo.inverse()(flat.photo.to_photo(np.stack([columns + 0.5, rows + 0.5], 1)))
    truth = cv2.dilate((ink > 0.5).astype(np.uint8), np.ones((5, 5)))
    x, y = true.astype(int).T
    inside = (x >= 0) & (x < 800) & (y >= 0) & (y < 600)
    assert truth[y[inside], x[inside]].mean() > 0.97
    assert inside.mean() > 0.99


def test_nothing_is_flattened_where_no_edge_is_seen(ink):
    page = PageImage(photo(ink))
    assert find_corners(page.pixels) is None
    flat = flatten_page(page)
    assert flat is page
    assert flat.photo is None


def test_off_changes_nothing(ink):
    page = PageImage(laid_out(photo(ink), CORNERS)[0])
    assert flatten_page(page, "off") is page


@pytest.mark.parametrize(
    "corners",
    [
        [(500, 100), (900, 500), (420, 860), (300, 400)],  # far from any page's shape, but four
        [(60, 60), (200, 60), (200, 160), (60, 160)],  # too small
    ],
)
def test_small_patches_are_no_sheet(ink, corners):
    picture, _ = laid_out(photo(ink), np.array(corners, float))
    found = find_corners(picture)
    assert found is None or cv2.contourArea(found.astype(np.float32)) > 0.25 * 900 * 1200 * 0.95


def test_a_round_sheet_is_left_alone():
    picture = np.full((900, 1200, 3), 40, np.uint8)
    cv2.ellipse(picture, (600, 450), (500, 400), 0, 0, 360, (240, 240, 240), -1)
    assert find_corners(picture) is None


def turned(page, degrees):
    matrix = cv2.getRotationMatrix2D((400, 300), -degrees, 1)  # OpenCV turns the other way
    return cv2.warpAffine(page, matrix, (800, 600), borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("degrees", [-5, -1.5, 2, 6])
@pytest.mark.parametrize("with_rules", [False, True])
def test_slight_rotation_is_levelled(ink, degrees, with_rules):
    rules = ruled(SHAPE, lean=0.0) if with_rules else None
    page = PageImage(turned(photo(ink, rules=rules), degrees))
    assert np.rad2deg(find_skew(page.pixels)) == pytest.approx(degrees, abs=0.3)
    flat = flatten_page(page)
    _, recall = precision_recall(flat.ink.mask, ink > 0.5)
    assert recall > 0.8
    assert abs(np.rad2deg(find_skew(flat.pixels))) < 0.3
    assert flat.photo.to_photo([[400, 300]]) == pytest.approx(np.array([[400, 300]]))


def test_level_pages_and_drawings_are_not_turned(ink):
    page = PageImage(photo(ink))
    assert find_skew(page.pixels) == 0
    circles = [
        [(x + 60 * np.cos(t), y + 60 * np.sin(t)) for t in np.linspace(0, 6.3, 60)]
        for x, y in ((150, 150), (400, 320), (620, 430), (300, 500))
    ]
    assert flatten_page(PageImage(photo(draw(circles, SHAPE)))).width == 800


numbers = st.floats(-40, 40)


@given(st.lists(st.tuples(numbers, numbers), min_size=4, max_size=4))
def test_homographies_go_there_and_back(shifts):
    corners = np.array([[0, 0], [300, 0], [300, 200], [0, 200]]) + np.array(shifts)
    there = Homography.between(corners, 300, 200)
    assert np.abs(there([[0, 0], [300, 0], [300, 200], [0, 200]]) - corners).max() < 1e-2
    points = np.random.default_rng(0).uniform(0, 200, (20, 2))
    assert np.abs(there.inverse()(there(points)) - points).max() < 1e-3
    assert np.abs((there.inverse() @ there)(points) - points).max() < 1e-3


def test_a_loaded_photo_is_flattened_when_asked(ink, tmp_path):
    picture, _ = laid_out(photo(ink), CORNERS)
    path = tmp_path / "sheet.png"
    cv2.imwrite(str(path), picture[:, :, ::-1])
    (as_it_is,) = load_pages(path)
    flat = flatten_page(as_it_is)
    assert flatten_page(as_it_is, "off") is as_it_is
    assert (as_it_is.width, as_it_is.height) == TABLE[::-1]
    assert flat.width < 1000
    assert flat.sha256 == as_it_is.sha256
