"""Ink beside the true pen path: figures for anybody's engine, and a picture of the worst."""

import json

import numpy as np
import pytest

from inksight_cli.api import write
from inksight_cli.document import Document, Line, Page, Stroke, Word
from inksight_cli.geometry import Box, Quad
from tests.drawing import arc


def ink(shift=(0.0, 0.0), words=3, reverse=False):
    lines = []
    for k in range(words):
        ring = arc(40 + 100 * k, 50, 25, 0, 340) + shift
        tail = np.array([(70 + 100 * k, 20), (70 + 100 * k, 80)]) + shift
        strokes = [Stroke(s[::-1] if reverse else s) for s in (ring, tail)]
        quad = Quad.from_box(Box(10 + 100 * k, 15, 80 + 100 * k, 85))
        lines.append(Line([Word(quad, text=f"w{k}", strokes=strokes)], quad))
    return Document([Page(400, 120, lines)])


@pytest.mark.parametrize("ending", ["json", "inkml"])
def test_the_same_ink_is_perfect(inksight, tmp_path, ending):
    write(ink(), tmp_path / f"true.{ending}")
    ran = inksight("evaluate", "ink", f"true.{ending}", f"true.{ending}", "--json")
    assert ran.code == 0, ran.err
    total = json.loads(ran.out)["total"]
    assert (total["words"], total["f1"], total["aiou"], total["ldtw"]) == (3, 1, 1, 0)
    assert (total["lifts_extra"], total["lifts_missing"]) == (0, 0)


def test_folders_of_other_ink_and_a_picture_of_the_worst(inksight, tmp_path):
    for name in ("true", "mine"):
        (tmp_path / name).mkdir()
    write(ink(), tmp_path / "true" / "a.inkml")
    write(ink((1.0, 1.0), words=2, reverse=True), tmp_path / "mine" / "a.json")
    ran = inksight("evaluate", "ink", "true", "mine", "--worst", "worst.png")
    assert ran.code == 0, ran.err
    said = dict(line.split() for line in ran.out.decode().splitlines() if len(line.split()) == 2)
    assert (said["words"], said["empty"], said["direction"]) == ("3", "1", "0")
    assert 0.5 < float(said["f1"]) < 0.67
    assert (tmp_path / "worst.png").read_bytes().startswith(b"\x89PNG")
    assert inksight("evaluate", "ink", "true", "true/a.inkml").code == 2
