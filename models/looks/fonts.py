"""Lines set in handwriting fonts, thinned to dots as the eyes' centre lines are.

FONTS folders hold `@fontsource` packages (README.md names them). A script's text is shaped by
Pillow's raqm; Han and Hangul, whose fonts come in a hundred slices, are set character by character.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from inksight_cli.geometry import Points
from inksight_cli.scripts import SQUARED, script_of
from inksight_cli.trace.skeleton import thin
from models.looks.texts import CLOSE, line

SUBSETS = {
    "latin": ("latin",),
    "cyrillic": ("cyrillic",),
    "greek": ("greek",),
    "hebrew": ("hebrew",),
    "arabic": ("arabic",),
    "devanagari": ("devanagari",),
    "bengali": ("bengali",),
    "thai": ("thai",),
}
PRINTED = (
    *("noto-", "ubuntu", "gfs-", "alegreya", "vollkorn", "gentium", "heebo", "assistant"),
    *("frank-ruhl", "suez", "varela", "rubik", "amiri", "cairo", "vazirmatn", "el-messiri"),
    *("lalezar", "tajawal", "hind", "mukta", "halant", "khand", "yantramanav", "martel", "baloo"),
    *("karma", "sarabun", "kanit", "prompt", "k2d", "bai-", "anuphan", "ibm-", "gowun"),
    *("nanum-myeongjo", "comfortaa", "lobster"),
)
"""Fonts for print; all others are as of a hand."""
KOREAN = (
    "nanum-",
    "gaegu",
    "hi-melody",
    "poor-story",
    "gamja-",
    "east-sea-",
    "single-day",
    "gowun-",
)
MANY_SLICES = 20  # of a font with Han or Hangul
OFTEN = 4  # times: so much oftener is a handwriting font drawn than one for print
HELD = {
    "latin": {"homemade-apple", "playwrite-vn", "reenie-beanie"},
    "cyrillic": {"bad-script", "pangolin"},
    "greek": {"mynerve"},
    "hebrew": {"solitreo", "assistant"},
    "arabic": {"playpen-sans-arabic", "scheherazade-new"},
    "devanagari": {"kalam", "khand"},
    "bengali": {"hind-siliguri"},
    "thai": {"sriracha", "k2d"},
    "han": {"long-cang", "zen-kurenaido"},
    "hangul": {"gaegu"},
}
"""Kept for validation."""


class Fonts:
    """Sets lines of a script; ``held``: in the fonts kept for validation."""

    def __init__(self, folders: Sequence[Path], *, held: bool) -> None:
        self.packages: dict[str, list[Path]] = {}
        every = sorted(p for folder in folders for p in folder.glob("*") if (p / "files").is_dir())
        for script in HELD:
            self.packages[script] = [
                p for p in every if _has(p, script) and (p.name in HELD[script]) == held
            ]

    def draw(self, script: str, rng: np.random.Generator, count: int) -> Points | None:
        """Return the dots of a line of ``count`` words, None where a font lacks its letters."""
        packages = self.packages[script]
        weight = np.array([1.0 if p.name.startswith(PRINTED) else OFTEN for p in packages])
        package = packages[rng.choice(len(packages), p=weight / weight.sum())]
        em = int(rng.integers(44, 72))
        words = line(script, rng, count)
        if script in ("han", "hangul"):
            picture = _in_slices(package, script, words, em, rng)
        else:
            picture = _shaped(package, script, words, em, rng)
        if picture is None:
            return None
        y, x = np.nonzero(thin(np.asarray(picture) > 110))
        return np.column_stack([x, y]) + 0.5 if len(x) > 8 else None


def _has(package: Path, script: str) -> bool:
    if script in SUBSETS:
        return any(_files(package, subset) for subset in SUBSETS[script])
    if len(_slices(package)) < MANY_SLICES:
        return False
    return package.name.startswith(KOREAN) == (script == "hangul")


def _files(package: Path, subset: str) -> list[Path]:
    return sorted(package.glob(f"files/*-{subset}-[3-7]00-normal.woff2"))


@cache
def _cover(path: Path) -> frozenset[str]:
    return frozenset(map(chr, TTFont(path, lazy=True).getBestCmap()))


@cache
def _slices(package: Path) -> list[tuple[Path, str]]:
    """Return the numbered slices of a package, each with the characters that it may have."""
    found = []
    for name, ranges in json.loads((package / "unicode.json").read_text()).items():
        path = package / "files" / f"{package.name}-{name.strip('[]')}-400-normal.woff2"
        if name.startswith("[") and path.exists():
            own = "".join(c for c in _listed(ranges) if script_of(c) in SQUARED)
            if own:
                found.append((path, own))
    return found


def _listed(ranges: str) -> Iterator[str]:
    """Yield the characters of ``U+4E00-4E02,U+4E08``."""
    for part in ranges.replace("U+", "").split(","):
        first, _, last = part.strip().partition("-")
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


@cache
def _slice_of(package: Path) -> dict[str, Path]:
    return {c: path for path, own in _slices(package) for c in own}


@cache
def _font(path: Path, em: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), em)


def _shaped(
    package: Path, script: str, words: list[str], em: int, rng: np.random.Generator
) -> Image.Image | None:
    files = [f for subset in SUBSETS[script] for f in _files(package, subset)]
    path = files[rng.integers(len(files))]
    cover = _cover(path)
    words = ["".join(c for c in word if c in cover) for word in words]
    close = script in CLOSE and rng.random() < 0.7
    text = ("" if close else " " if rng.random() < 0.6 else "  ").join(filter(None, words))
    if not any(script_of(c) == script for c in text):
        return None
    font = _font(path, em)
    left, top, right, bottom = font.getbbox(text)
    if right - left > 4000:
        return None
    picture = Image.new("L", (int(right - left) + 16, int(bottom - top) + 16))
    ImageDraw.Draw(picture).text((8 - left, 8 - top), text, fill=255, font=font)
    return picture


def _in_slices(
    package: Path, script: str, words: list[str], em: int, rng: np.random.Generator
) -> Image.Image | None:
    where = _slice_of(package)
    blank = " " if script == "hangul" else ""
    text = blank.join(words)
    if rng.random() < 0.2:  # any characters, as frequent ones are few
        _, own = _slices(package)[rng.integers(len(_slices(package)))]
        text = "".join(own[k] for k in rng.integers(len(own), size=2 * len(text)))
    known = [c for c in text if c == " " or (c in where and c in _cover(where[c]))]
    known = [c for c in known if c == " " or (script_of(c) == "hangul") == (script == "hangul")]
    if sum(c != " " for c in known) < max(0.4 * len(text), 1):
        return None
    picture = Image.new("L", (int(len(known) * 1.2 * em) + 32, 2 * em))
    pen, draw, room = 16.0, ImageDraw.Draw(picture), rng.uniform(-0.04, 0.15) * em
    for c in known:
        if c == " ":
            pen += 0.4 * em
            continue
        font = _font(where[c], em)
        at = (pen, 1.4 * em + rng.normal(0, 0.03) * em)
        draw.text(at, c, fill=255, font=font, anchor="ls")
        pen += font.getlength(c) + room
    return picture
