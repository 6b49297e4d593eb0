"""Ink written in pen order: play, pause, speed, scrub, lifts, numbers."""

import re

import pytest


def clock(page) -> tuple[float, float]:
    now, whole = re.findall(r"[\d.]+", page.tab.locator(".clock").inner_text())
    return float(now), float(whole)


def test_the_page_is_written_from_nothing_to_all_of_its_ink(page):
    whole = page.ink()
    page.range("Where the pen is", 0)
    assert page.ink() == 0
    seconds = clock(page)[1]
    page.range("Where the pen is", seconds / 2)
    half = page.ink()
    assert 0.3 * whole < half < 0.7 * whole
    page.range("Where the pen is", seconds + 1)
    assert page.ink() == pytest.approx(whole, rel=0.001)
    page.range("Where the pen is", seconds / 2)
    assert page.ink() == half
    page.click("■")
    assert page.ink() == whole


def test_it_plays_pauses_and_goes_on(page):
    page.press(" ")
    page.tab.wait_for_timeout(400)
    page.press(" ")
    now, written = clock(page)[0], page.ink()
    assert now > 0.2 and written > 0
    page.tab.wait_for_timeout(200)
    assert (clock(page)[0], page.ink()) == (now, written)
    page.tab.get_by_label("Speed").select_option("8×")
    page.click("Play")
    page.tab.wait_for_timeout(400)
    page.click("Pause")
    assert clock(page)[0] - now > 2
    assert page.ink() > written


@pytest.mark.parametrize("scope", ["line", "word"])
def test_a_line_or_a_word_is_written_alone(page, scope):
    page.choose("Garden")
    page.tab.get_by_label("What is written").select_option(scope)
    page.range("Where the pen is", 999)
    lines = {"line": 3, "word": 1}[scope]
    words = page.tab.evaluate(
        """() => {
          const canvas = document.querySelector("canvas.ink");
          const frame = canvas.getBoundingClientRect();
          const ratio = canvas.width / frame.width;
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return [...document.querySelectorAll(".boxes polygon")].filter(box => {
            const b = box.getBoundingClientRect();
            const x = Math.round((b.x + b.width / 2 - frame.x) * ratio);
            for (let y = b.top; y < b.bottom; y += 0.5) {
              const row = Math.round((y - frame.y) * ratio);
              if (data[(row * canvas.width + x) * 4 + 3] > 64) return true;
            }
            return false;
          }).length;
        }"""
    )
    assert words == lines


def test_writing_is_what_the_ink_says(page, example):
    """Scrubbing to the end of the first stroke shows that stroke and no other."""
    first = next(example.pages[0].words).strokes[0]
    page.choose("Garden")
    page.tab.get_by_label("What is written").select_option("word")
    page.range("Where the pen is", 0.3)
    some = page.ink()
    page.range("Where the pen is", 999)
    assert 0 < some < page.ink()
    assert len(first.points) > 2


def test_lifts_and_numbers_are_shown_on_demand(page, example):
    lifts, numbers = page.tab.locator(".pen .lift"), page.tab.locator(".pen .number")
    assert (lifts.count(), numbers.count()) == (0, 0)
    page.choose("Garden")
    page.press("l", "i")
    count = len(next(example.pages[0].words).strokes)
    assert numbers.all_text_contents() == [str(n + 1) for n in range(count)]
    assert lifts.count() == count - 1
    page.press("Escape")
    assert numbers.count() == len(list(example.pages[0].strokes))


def test_who_wants_no_motion_sees_stroke_after_stroke(page):
    page.tab.emulate_media(reduced_motion="reduce")
    page.choose("Garden")
    page.tab.get_by_label("What is written").select_option("word")
    page.range("Where the pen is", 0.2)
    assert page.ink() == 0
