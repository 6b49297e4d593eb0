"""The real docTR where torch is installed, and what is said where it is not."""

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.detectors import find_detector
from inksight_cli.detectors.doctr import _readable, _word, grown
from inksight_cli.errors import MissingBackendError
from inksight_cli.geometry import Affine, Box, Quad
from inksight_cli.pages.page import PageImage

ARCH = "db_mobilenet_v3_large"
needs_doctr = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("doctr")), reason="the extra doctr is not installed"
)


@pytest.fixture(scope="module")
def torchvision():
    """torchvision beside a torch of another build: its C++ operators are declared by name."""
    torch = pytest.importorskip("torch")
    library = torch.library.Library("torchvision", "FRAGMENT")
    for _ in range(30):
        try:
            import torchvision
        except RuntimeError as error:
            name = str(error).split("operator torchvision::")[1].split()[0]
            library.define(f"{name}(Tensor dets, Tensor scores, float threshold) -> Tensor")
        else:
            yield torchvision
            return
    pytest.fail("torchvision does not load")


@pytest.fixture(scope="module")
def weights(torchvision, tmp_path_factory):
    """An untrained DBNet, made to see text everywhere (or nowhere), saved to a file."""
    import torch
    from doctr.models import detection

    def save(everywhere):
        model = detection.__dict__[ARCH](pretrained=False, pretrained_backbone=False)
        last = model.prob_head[-1]
        with torch.no_grad():
            last.weight.zero_()
            last.bias.fill_(6.0 if everywhere else -6.0)
        path = tmp_path_factory.mktemp("doctr") / f"{everywhere}.pt"
        torch.save(model.state_dict(), path)
        return path

    return save


def page(height=120, width=200):
    return PageImage(np.full((height, width, 3), 255, dtype=np.uint8))


@needs_doctr
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rotated", [True, False])
def test_the_real_doctr_offline(weights, rotated):
    detector = find_detector("doctr", weights=weights(True), arch=ARCH, rotated=rotated)
    assert detector.missing() is None
    (line,) = detector.detect(page())
    (word,) = line.words
    # The whole picture is text: the word covers it, and is grown by a tenth.
    assert word.box.iou(Box(0, 0, 200, 120)) > 0.6
    assert word.quad.bounds.center == pytest.approx((100, 60), abs=8)
    assert word.text == "" and word.confidence > 0.9


@needs_doctr
@pytest.mark.filterwarnings("ignore")
def test_a_page_without_words(weights):
    assert find_detector("doctr", weights=weights(False), arch=ARCH).detect(page()) == []


@needs_doctr
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("content", [b"", b"no weights at all", b"PK\x03\x04 cut off"])
def test_broken_weights(torchvision, tmp_path, content):
    path = tmp_path / "broken.pt"
    path.write_bytes(content)
    with pytest.raises(MissingBackendError, match=r"broken\.pt do not load"):
        find_detector("doctr", weights=path, arch=ARCH).detect(page())


@needs_doctr
@pytest.mark.filterwarnings("ignore")
def test_weights_of_another_architecture(weights):
    with pytest.raises(MissingBackendError, match="do not load as db_resnet50"):
        find_detector("doctr", weights=weights(True), arch="db_resnet50").detect(page())


@needs_doctr
@pytest.mark.filterwarnings("ignore")
def test_unknown_architecture(torchvision, weights):
    with pytest.raises(MissingBackendError, match="'db_unheard'"):
        find_detector("doctr", weights=weights(True), arch="db_unheard").detect(page())


@pytest.mark.parametrize("gone", ["torch", "doctr"])
def test_missing_packages_are_named(monkeypatch, gone):
    monkeypatch.setattr(
        "inksight_cli.detectors.doctr.find_spec", lambda name: None if name == gone else object()
    )
    detector = find_detector("doctr")
    assert "inksight-cli[doctr]" in detector.missing()
    with pytest.raises(MissingBackendError) as error:
        detector.detect(page())
    assert error.value.exit_code == 4


def test_missing_weights_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr("inksight_cli.detectors.doctr.find_spec", lambda name: object())
    monkeypatch.setenv("DOCTR_CACHE_DIR", str(tmp_path))
    assert "db_resnet50" in find_detector("doctr").missing()
    assert "none.pt" in find_detector("doctr", weights=tmp_path / "none.pt").missing()
    assert find_detector("doctr", download=True).missing() is None
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "db_resnet50-79bd7d70.pt").touch()
    assert find_detector("doctr").missing() is None


@given(
    degrees=st.integers(-44, 44),
    start=st.integers(0, 3),
    mirrored=st.booleans(),
    length=st.integers(40, 200),
)
def test_any_order_of_corners_reads_the_least_turned_way(degrees, start, mirrored, length):
    turn = Affine(1, 0, 300, 0, 1, 300) @ Affine.rotation(float(np.radians(degrees)))
    true = turn(Quad.from_box(Box(-length / 2, -15, length / 2, 15)).points)
    given_corners = np.roll(true, start, axis=0)[:: -1 if mirrored else 1]
    quad = _readable(given_corners)
    assert np.degrees(quad.angle) == pytest.approx(degrees, abs=1e-6)
    assert quad.size == pytest.approx((length * 1.1, 33))
    assert quad.points.mean(axis=0) == pytest.approx([300, 300])


def test_tall_boxes_run_up_the_page():
    quad = _readable(Quad.from_box(Box(10, 10, 40, 200)).points)
    assert np.degrees(quad.angle) == pytest.approx(-90)


def test_grown_keeps_the_middle():
    box = grown(Quad.from_box(Box(10, 20, 110, 60)), 0.1).bounds
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((5, 18, 115, 62))


@pytest.mark.parametrize(("score", "confidence"), [(-0.2, 0), (0, 0), (0.7, 0.7), (1, 1), (1.2, 1)])
def test_a_confidence_is_a_share(score, confidence):
    word = _word(np.array([0.1, 0.2, 0.9, 0.8, score]), page())
    assert word.confidence == pytest.approx(confidence)
