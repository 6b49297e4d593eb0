"""The recipe of the network that tells scripts, and a product that computes the same."""

import numpy as np
import pytest

from inksight_cli.looks.drawing import HEIGHT
from inksight_cli.looks.network import KINDS, SCRIPTS, read_looks
from models.looks.generate import save, unpacked
from models.looks.hands import scribble, side_by_side
from models.looks.samples import distorted, spoiled
from models.looks.texts import line


def test_texts_are_in_their_script():
    from inksight_cli.scripts import script_of_text

    rng = np.random.default_rng(0)
    for script in ("cyrillic", "greek", "hebrew", "arabic", "devanagari", "hangul"):
        assert script_of_text(" ".join(line(script, rng, 6))) == script
    assert script_of_text("".join(line("han", rng, 6))) in ("han", "kana")


def test_lines_are_distorted_and_spoiled_but_stay_lines():
    rng = np.random.default_rng(1)
    dots = np.column_stack([np.arange(0, 400, 0.7), 8 * np.sin(np.arange(0, 400, 0.7) / 7)])
    for _ in range(10):
        other = spoiled(distorted(dots, rng), rng)
        assert len(other) > 0.5 * len(dots)
        assert np.isfinite(other).all()
        assert 150 < np.ptp(other[:, 0]) < 1200
        assert len(scribble(rng)) > 5


def test_words_stand_side_by_side_in_one_size():
    rng = np.random.default_rng(2)
    small, large = ([np.array([(0.0, 0.0), (s, s), (2 * s, 0.0)])] for s in (3.0, 300.0))
    dots = side_by_side([small, large], rng, gap=4.0)
    gap = np.diff(np.sort(dots[:, 0])).argmax()
    left, right = np.split(dots[np.argsort(dots[:, 0])], [gap + 1])
    assert 0.5 < np.ptp(left[:, 1]) / np.ptp(right[:, 1]) < 2


def test_samples_come_back_from_their_file(tmp_path):
    rng = np.random.default_rng(3)
    rows = [((rng.random((HEIGHT, w)) * 255).astype(np.uint8), "han", "font") for w in (9, 70)]
    save(tmp_path / "t1.npz", rows)
    drawings, kinds, sources = unpacked(tmp_path / "t1.npz")
    assert all((a == b).all() for a, (b, _, _) in zip(drawings, rows, strict=True))
    assert (kinds, sources) == (["han", "han"], ["font", "font"])


def test_the_product_computes_what_was_trained(tmp_path):
    torch = pytest.importorskip("torch")
    from models.looks.export import export
    from models.looks.network import Looks
    from models.looks.train import answers, number, shown

    assert number("hebrew", True) == SCRIPTS.index("hebrew") + len(SCRIPTS)
    assert number("none", True) == KINDS - 1
    torch.manual_seed(0)
    network = Looks()
    with torch.no_grad():
        for weight in network.parameters():
            weight += 0.05 * torch.randn(weight.shape)
    rng = np.random.default_rng(4)
    drawings = [(rng.random((HEIGHT, w)) * 255).astype(np.uint8) for w in (30, 64, 333)]
    export(network, tmp_path / "looks.npz")
    said = read_looks(tmp_path / "looks.npz").look(drawings)
    assert np.abs(said - answers(network, drawings)).max() < 0.05
    upright = {shown(drawings[0], "thai", rng)[1] for _ in range(30)}
    assert upright == {SCRIPTS.index("thai"), SCRIPTS.index("thai") + len(SCRIPTS)}
