"""The reader's recipe: spelling, letters set to words, and a product that computes the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.reading.drawing import HEIGHT
from inksight_cli.reading.network import read_model
from models.reader.alphabet import LATIN, Alphabet, spell
from models.reader.hands import Letters, Words
from models.reader.samples import needed, spoiled
from models.reader.texts import dressed, number
from models.training.corpus import held_out

EUROPE = (
    "Příliš žluťoučký kůň úpěl ďábelské ódy. Zażółć gęślą jaźń! Árvíztűrő tükörfúrógép; "
    "Fährst du über Öland? Ça va, œuvre, Ñandú, coração, İstanbul'da ağaç, șapte țări, "
    "Šiaulių ąžuolas, ķiršu ēna, þjóð ætíð, røde pærer på ø, Nguyễn Thị Phượng 12,50 € (±3 %)"
)


def test_the_alphabet_spells_europe_and_has_no_symbol_twice():
    alphabet = Alphabet()
    assert len(set(LATIN)) == len(LATIN) == len(alphabet) - 1
    assert alphabet.knows(EUROPE)
    numbers = alphabet.encode(EUROPE)
    assert min(numbers) > 0
    assert "".join(LATIN[k - 1] for k in numbers) == spell(EUROPE)
    assert not alphabet.knows("漢")


def archive(folder, name, rows):
    """Write an archive of strokes: (text, writer), each a bar that leans more the later it is."""
    paths = [np.array([[0, 0], [400 + 10 * k, 4095]], np.int32) for k in range(len(rows))]
    points = np.concatenate(paths)
    np.savez(
        folder / f"{name}.npz",
        deltas=np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int32)).astype(np.int16),
        stroke_ends=np.arange(1, len(rows) + 1) * 2,
        sample_ends=np.arange(1, len(rows) + 1),
        text=np.array([text for text, _ in rows]),
        writer=np.array([writer for _, writer in rows]),
    )


def test_held_out_writers_never_teach(tmp_path):
    writers = [f"w{k}" for k in range(200)]
    held = {writer for writer in writers if held_out(writer)}
    assert held
    archive(tmp_path, "unipen_words", [("word", writer) for writer in writers])
    letters = "abcdefghijklmnopqrst"
    archive(tmp_path, "unipen_chars", [(c, w) for w in writers[:60] for c in letters])
    words = Words(tmp_path, Alphabet())
    assert {words.archive.writer[i] for i in words.kept} == set(writers) - held
    judged = Words(tmp_path, Alphabet(), validation=True)
    assert {judged.archive.writer[i] for i in judged.kept} == held
    taught = {Letters(tmp_path).archive.writer[i] for i in Letters(tmp_path).all}
    assert taught == set(writers[:60]) - held
    rng = np.random.default_rng(0)
    written = Letters(tmp_path).write("bad hat", rng)
    assert (written.text, len(written.strokes)) == ("bad hat", 6)
    left = [stroke[:, 0].min() for stroke in written.strokes]
    assert left == sorted(left)
    phrase = words.phrase(rng, 3)
    assert phrase.text == "word word word"


@given(st.lists(st.integers(1, 4), max_size=8))
def test_what_is_alike_needs_a_column_more(symbols):
    path = []
    for symbol in symbols:
        path += [0, symbol] if path and path[-1] == symbol else [symbol]
    assert needed(symbols) == len(path)


@given(st.integers(0, 2**31))
def test_what_is_written_can_be_spelled_and_drawn(seed):
    rng = np.random.default_rng(seed)
    alphabet = Alphabet()
    assert alphabet.knows(number(rng))
    assert alphabet.knows(dressed("straße", rng))
    drawing = spoiled([np.array([[0.0, 0.0], [50.0, 90.0], [90.0, 10.0]])], rng)
    assert drawing.shape[0] == HEIGHT
    assert drawing.any()


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """A small network of training with its norms moved, and the product's copy of it."""
    torch = pytest.importorskip("torch")
    from models.reader.export import export
    from models.reader.network import Reader, Size

    torch.manual_seed(0)
    network = Reader(Size(9, width=16, blocks=2, stem=(4, 4, 8))).eval()
    for norm in network.stem.norms:
        norm.running_mean.normal_(0, 0.1)
        norm.running_var.uniform_(0.5, 2)
    place = tmp_path_factory.mktemp("reader") / "reader.npz"
    export(network, "abcdefgh", {"name": "small"}, place, half=False)
    return network, read_model(place)


def drawings():
    rng = np.random.default_rng(0)
    widths = [9, 31, 33, 64, 70, 90, 95, 96, 97, 120, 130, 200, 300, *range(50, 64)]
    return [(rng.random((HEIGHT, w)) * 255).astype(np.uint8) for w in widths]


def test_the_product_computes_what_training_does(networks):
    torch = pytest.importorskip("torch")
    network, model = networks
    assert (model.symbols, model.name) == ("abcdefgh", "small")
    for drawing, scores in zip(drawings(), model.read(drawings()), strict=True):
        wide = 400  # padded far more than the product does
        picture = torch.zeros(1, 1, HEIGHT, wide)
        picture[0, 0, :, : drawing.shape[1]] = torch.from_numpy(drawing / np.float32(255))
        with torch.no_grad():
            said, _, lengths = network(picture, torch.tensor([drawing.shape[1]]))
        truth = torch.log_softmax(said, -1)[0, : int(lengths[0])].numpy()
        assert np.allclose(scores, truth, atol=1e-4)


def test_a_reading_is_the_same_to_the_bit_alone_and_in_any_batch(networks):
    _, model = networks
    together = model.read(drawings())
    backwards = model.read(drawings()[::-1])[::-1]
    for drawing, scores, again in zip(drawings(), together, backwards, strict=True):
        assert np.array_equal(model.read([drawing])[0], scores)
        assert np.array_equal(again, scores)


def test_a_run_learns_goes_on_and_ends_when_its_rate_has_fallen(tmp_path):
    pytest.importorskip("torch")
    from models.reader.network import Size
    from models.reader.train import Run, batches

    size = Size(9, width=16, blocks=1, stem=(4, 4, 8), dropout=0.0)
    pool = [(drawing, [1 + k % 8]) for k, drawing in enumerate(drawings())]
    assert sorted(len(own) for batch in batches(pool) for _, own in batch) == [1] * len(pool)
    run = Run(tmp_path, size, 0.1, False)
    losses = [run.learn(pool[:4]) for _ in range(20)]
    assert losses[-1] < 0.8 * losses[0]
    run.save()
    (tmp_path / "decay").write_text("8")
    again = Run(tmp_path, size, 0.1, False)
    assert (again.step, again.words) == (20, 80)
    assert not again.ended
    again.learn(pool[:4])
    again.learn(pool[:4])
    assert again.ended
    assert (tmp_path / "stable.pt").exists()
