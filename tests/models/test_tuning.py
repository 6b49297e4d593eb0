"""A reader tuned to a hand: the same network in PyTorch, the command on a folder of pages."""

import json
import subprocess

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from inksight_cli.document import Document, Line, Page, Stroke, Word  # noqa: E402
from inksight_cli.formats.json import JsonFormat  # noqa: E402
from inksight_cli.formats.protocol import WriteOptions  # noqa: E402
from inksight_cli.geometry import Box, Quad  # noqa: E402
from inksight_cli.learning.network import Network, constants, rewritten, with_more  # noqa: E402
from inksight_cli.learning.tune import Known, read_errors, tuned  # noqa: E402
from inksight_cli.reading.network import SHIPPED, ReaderModel, read_model  # noqa: E402
from tests.commands.conftest import command  # noqa: E402


@pytest.fixture(scope="module")
def shipped():
    return read_model(SHIPPED)


def written(text):
    """A hand of its own: every character a row of strokes that its number says."""
    strokes, x = [], 0.0
    for character in text:
        for bit in range(7):
            high = 40.0 if ord(character) >> bit & 1 else 16.0
            strokes.append(np.array([[x, 0], [x + 4, high]], float))
            x += 7
        x += 14
    return strokes


WORDS = ["abba", "dada", "ab", "ada", "bad", "dab", "add", "baba", "dad", "abad"]


def test_pytorch_computes_what_the_graph_does_and_back(shipped):
    drawing = (np.random.default_rng(0).random((40, 90)) > 0.8).astype(np.uint8) * 255
    network = Network(constants(shipped.graph)).eval()
    picture = torch.zeros(1, 1, 40, 96)
    picture[0, 0, :, :90] = torch.from_numpy(drawing / np.float32(255))
    with torch.no_grad():
        scores, lengths = network(picture, torch.tensor([90]))
    (told,) = shipped.read([drawing])
    assert np.abs(scores[0, : int(lengths[0])].numpy() - told).max() < 1e-3
    again = ReaderModel(rewritten(shipped.graph, network.arrays()), shipped.symbols, {})
    assert np.abs(again.read([drawing])[0] - told).max() < 1e-5
    more = rewritten(shipped.graph, with_more(network.arrays(), 2))
    (wider,) = ReaderModel(more, shipped.symbols + "жд", {}).read([drawing])
    assert wider.shape[1] == told.shape[1] + 2
    assert (wider[:, :-2].argmax(axis=1) == told.argmax(axis=1)).all()


def test_a_strange_hand_is_learned_with_letters_that_were_unknown(shipped):
    known = [Known(written(w), w.replace("d", "ж")) for w in WORDS * 3]
    before = read_errors(shipped, known)
    better = tuned(shipped, known, known, rounds=12)
    after = read_errors(better, known)
    assert better.symbols == shipped.symbols + "ж"
    assert after.edits < 0.7 * before.edits


def run(folder, *arguments):
    """Run the installed command in a folder."""
    asked = [command(), "models", "train", "reader", *map(str, arguments)]
    return subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=300)


def test_the_command_makes_a_reader_of_corrected_pages(tmp_path):
    quad = Quad.from_box(Box(0, 0, 90, 40))
    words = [Word(quad, text=w, strokes=[Stroke(s) for s in written(w)]) for w in WORDS * 2]
    page = Page(width=400, height=100, lines=[Line(words, quad)])
    (tmp_path / "pages").mkdir()
    with (tmp_path / "pages" / "a.json").open("wb") as stream:
        JsonFormat().write(Document([page]), stream, WriteOptions())
    ran = run(tmp_path, "--pages", "pages", "-o", "mine", "--rounds", 2)
    assert ran.returncode == 0, ran.stderr
    assert "16 words to learn from, 4 held back" in ran.stderr
    assert "% of the characters held back are wrong" in ran.stderr
    made = read_model(tmp_path / "mine")
    assert made.name == "mine"
    assert json.dumps(made.about["held"]) == "4"
    assert (tmp_path / "mine" / "MODEL_CARD.md").read_text().startswith("# mine")


def test_a_folder_without_words_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    ran = run(tmp_path, "--pages", "empty", "-o", "mine")
    assert (ran.returncode, "fewer than 10 words" in ran.stderr) == (2, True)
    assert not (tmp_path / "mine").exists()
