import cv2
import numpy as np
import pytest

from inksight_cli.ink.find import find_ink
from inksight_cli.ink.network import Look
from tests.helpers.written_pages import (
    cursive,
    draw,
    photo,
    precision_recall,
    ruled,
    shadow,
    writing,
)

SHAPE = (600, 800)


@pytest.fixture(scope="module")
def ink():
    return draw(writing(*SHAPE), SHAPE)


CONDITIONS = {
    "clean": {},
    "blue": {"color": (45, 60, 165)},
    "red": {"color": (200, 45, 55)},
    "pencil": {"color": (170, 170, 172)},
    "faint": {"color": (205, 205, 205)},
    "brown paper": {"paper": (200, 175, 140), "color": (60, 80, 150)},
    "chalk": {"paper": (40, 60, 50), "color": (230, 230, 230)},
    "shadow": {"light": shadow(SHAPE)},
    "noise": {"noise": 12.0},
    "bad jpeg": {"quality": 35},
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_ink_is_told_from_paper(ink, name):
    found = find_ink(photo(ink, **CONDITIONS[name]))
    precision, recall = precision_recall(found.mask, ink > 0.5)
    assert precision > (0.97 if name == "shadow" else 0.99)
    assert recall > 0.99


@pytest.mark.parametrize(("middle", "ruled", "whole"), [(200, 0, 1), (0, 0, 2), (200, 200, 2)])
def test_a_faint_place_belongs_to_a_stroke_by_its_centre_line_unless_it_is_a_rule(
    monkeypatch, middle, ruled, whole
):
    planes = {name: np.zeros((40, 120), np.uint8) for name in ("drawn", "printed", "ruled")}
    cover, line = planes["drawn"].copy(), planes["drawn"].copy()
    cover[19:22, 10:110], line[20, 10:110] = 255, 255
    cover[19:22, 55:65], line[20, 55:65], planes["ruled"][19:22, 55:65] = 60, middle, ruled
    look = Look(cover=cover, middle=line, **planes)
    monkeypatch.setattr("inksight_cli.ink.find.look_at", lambda _: look)
    mask = find_ink(np.where(cover[..., None] > 0, 40, 250).repeat(3, axis=2).astype(np.uint8)).mask
    assert cv2.connectedComponents(mask.astype(np.uint8))[0] - 1 == whole


def test_strokes_keep_their_full_body(ink):
    for width in (2.5, 4.0, 7.0):
        cover = draw(writing(*SHAPE, pitch=130, size=75), SHAPE, width)
        found = find_ink(photo(cover))
        assert found.mask.sum() == pytest.approx((cover > 0.5).sum(), rel=0.1)
        assert found.pen_width == pytest.approx(width, abs=1.0)


RULES = {
    "lines": (ruled(SHAPE), (150, 175, 220), (35, 35, 45)),
    "lines as dark as the pen": (ruled(SHAPE), (60, 60, 80), (35, 35, 45)),
    "grid": (ruled(SHAPE, pitch=42, width=1.6, grid=True), (160, 175, 200), (35, 35, 45)),
    "pencil on lines": (ruled(SHAPE, pitch=55), (150, 175, 220), (150, 150, 150)),
}


@pytest.mark.parametrize("name", RULES)
def test_rules_go_and_letters_that_cross_them_stay_whole(ink, name):
    cover, tone, pen = RULES[name]
    found = find_ink(photo(ink, rules=cover, rule_color=tone, color=pen))
    truth = ink > 0.5
    precision, recall = precision_recall(found.mask, truth)
    assert precision > 0.93
    assert recall > 0.98
    alone = (cover > 0.5) & (ink == 0)
    assert (found.rules & alone).sum() > 0.6 * alone.sum()
    assert not (found.mask & found.rules).any()


@pytest.mark.parametrize("lean", [0.0, 0.02, 0.06])
def test_a_rule_does_not_fill_the_letters_it_runs_through(lean):
    around = np.linspace(0, 2 * np.pi, 24)
    ring = np.stack([6 * np.cos(around), 7 * np.sin(around)], axis=1)
    places = [(x, y) for y in range(60, 540, 60) for x in range(50, 760, 30)]
    cover = draw([ring + place for place in places], SHAPE)
    lines = ruled(SHAPE, width=2.5, lean=lean)
    grey = {"paper": (170, 170, 170), "rules": lines, "rule_color": (110, 110, 110)}
    found = find_ink(photo(cover, **grey, noise=8.0, quality=50))
    eyes = draw([np.array([place]) for place in places], SHAPE, width=7.0) > 0.5
    assert (found.mask & eyes).sum() < 0.03 * eyes.sum()
    precision, recall = precision_recall(found.mask, cover > 0.5)
    assert precision > 0.98
    assert recall > 0.98


def test_pencil_far_from_dark_ink_stays_on_lined_paper():
    cover = draw(writing(600, 560), SHAPE)
    note = draw([cursive(650, y, 110, 30, 8) for y in range(70, 560, 75)], SHAPE)
    pencil = photo(note, color=(150, 150, 150), rules=ruled(SHAPE), rule_color=(150, 175, 220))
    found = find_ink(np.minimum(pencil, photo(cover)))
    _, recall = precision_recall(found.mask, np.maximum(cover, note) > 0.5)
    assert recall > 0.98


def test_lines_of_a_pen_are_no_rules_beside_paler_ones():
    """Frames and arrows that follow the lines of squared paper: only their ink tells them apart."""
    table = [[(100, y), (700, y)] for y in (120, 260, 330, 520)]
    table += [[(x, 120), (x, 520)] for x in (100, 260, 700)]
    words = [cursive(x, y, 100, 30, 7) for x in (120, 300, 480) for y in (200, 300, 440)]
    cover = draw(table + words, SHAPE)
    grid = ruled(SHAPE, pitch=42, width=1.6, grid=True)
    found = find_ink(photo(cover, rules=grid, rule_color=(160, 175, 200)))
    precision, recall = precision_recall(found.mask, cover > 0.5)
    assert recall > 0.95
    assert precision > 0.95


def test_dark_surroundings_are_not_ink(ink):
    page = photo(ink)
    table = np.random.default_rng(0).normal(22, 6, (760, 1000, 3)).clip(0, 255).astype(np.uint8)
    table[80:680, 100:900] = page
    found = find_ink(table)
    truth = np.zeros((760, 1000), bool)
    truth[80:680, 100:900] = ink > 0.5
    precision, recall = precision_recall(found.mask, truth)
    assert precision > 0.98
    assert recall > 0.98


def test_paper_is_the_page_without_its_ink(ink):
    light = shadow(SHAPE)
    found = find_ink(photo(ink, light=light, noise=0))
    expected = 242 * light
    paper = found.paper_at(slice(0, SHAPE[0]), slice(0, SHAPE[1]))
    assert np.abs(paper[..., 1] - expected).mean() < 4


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 3), (17, 300), (300, 300)])
@pytest.mark.parametrize("tone", [0, 128, 255])
def test_empty_pages_of_any_size_have_no_ink(shape, tone):
    found = find_ink(np.full((*shape, 3), tone, np.uint8))
    assert found.mask.shape == found.rules.shape == found.strength.shape == shape
    assert found.paper_at(slice(0, shape[0]), slice(0, shape[1])).shape == (*shape, 3)
    assert not found.mask.any()
    assert found.pen_width >= 1


def test_noise_alone_is_no_ink():
    grain = np.random.default_rng(1).normal(220, 10, (400, 500, 3)).clip(0, 255).astype(np.uint8)
    assert find_ink(grain).mask.mean() < 0.001


def test_what_shines_through_from_the_other_side_is_no_ink_and_pencil_is():
    front = draw([cursive(60, y, 250, 34, 14) for y in (90, 250, 410)], SHAPE)
    behind = draw([cursive(420, y, 300, 34, 16) for y in (120, 280, 440)], SHAPE)
    pencil = draw([cursive(60, y, 250, 34, 14) for y in (170, 330, 490)], SHAPE)
    page = np.minimum(photo(front), photo(behind, color=(215, 213, 210)))
    page = np.minimum(page, photo(pencil, color=(150, 150, 150)))
    found = find_ink(page)
    assert (found.mask & (behind > 0.5)).sum() < 0.1 * (behind > 0.5).sum()
    _, recall = precision_recall(found.mask, np.maximum(front, pencil) > 0.5)
    assert recall > 0.97
