"""Tuning: halves measured apart, the fastest pair that is near enough, remembered and used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.bundles import Bundle, Tuned, find_tuned, fit, halves, places
from inksight_cli.bundles import tuned as memory
from inksight_cli.commands.models_tune import tune
from inksight_cli.convert.quantise import quantise_bundle
from inksight_cli.engine import load_model
from inksight_cli.errors import ModelError, OutputError
from inksight_cli.speed.tune import Half, choose, measure_halves, rank
from tests.engine.tiny import tiny_bundle, tiny_jobs

JOBS = tiny_jobs(6)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("tune") / "tiny"
    found = tiny_bundle(folder)
    for precision in ("w8", "int8", "int8-kv8"):
        found = quantise_bundle(found, precision, folder, default=False)
    return found


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "user_cache_path", lambda *_, **__: tmp_path / "cache")


def test_every_pair_that_fits_runs(bundle: Bundle) -> None:
    """An encoder of one precision and a decoder of another are one model."""
    both = load_model(bundle, precision="int8+w8", device="cpu")
    assert both.precision == "int8+w8"
    assert len(list(both.run(JOBS))) == len(JOBS)
    variants = bundle.manifest.variants
    assert bundle.variant("int8+w8").encoder == variants["int8"].encoder
    assert bundle.variant("int8+w8").decoder == variants["w8"].decoder


def test_an_encoder_of_float32_costs_nothing_with_its_own_decoder(bundle: Bundle) -> None:
    plain, named = (
        list(load_model(bundle, precision=p, device="cpu").run(tiny_jobs(4)))
        for p in ("w8", "w8+w8")
    )
    assert [a.tokens for a in plain] == [a.tokens for a in named]


@pytest.mark.parametrize(
    ("wanted", "says"),
    [("fp32+w9", "no precision 'w9'"), ("int8-kv8+w8", "do not fit"), ("fp32+int8-kv8", "not fit")],
)
def test_pairs_that_do_not_fit_are_refused(bundle: Bundle, wanted: str, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        load_model(bundle, precision=wanted)


SPEEDS = st.floats(0.01, 1e4)
NAMES = ("fp32", "w8", "int8", "w8-kv8", "int8-kv8")


@given(st.fixed_dictionaries({name: st.builds(Half, SPEEDS, SPEEDS) for name in NAMES}))
def test_pairs_are_ranked_by_the_time_a_word_takes(found: dict[str, Half]) -> None:
    pairs = rank(found, 150)
    assert len({pair.precision for pair in pairs}) == len(pairs) == 3 * 3 + 2 * 2
    assert all(fit(*halves(pair.precision)) for pair in pairs)
    seconds = [pair.encoder_ms / 1e3 + 150 / pair.tokens_per_second for pair in pairs]
    assert seconds == sorted(seconds)
    first = halves(pairs[0].precision)
    for encoder, decoder in (("fp32", "fp32"), ("int8", "w8"), ("w8-kv8", "int8-kv8")):
        other = found[encoder].encoder_ms / 1e3 + 150 / found[decoder].tokens_per_second
        assert seconds[0] <= other, first


def test_of_equally_fast_pairs_float32_comes_first() -> None:
    assert rank({"w8": Half(1, 1), "fp32": Half(1, 1)})[0].precision == "fp32"


def test_the_first_pair_that_is_near_enough_is_taken(bundle: Bundle) -> None:
    pairs = [Tuned("int8+w8"), Tuned("w8"), Tuned("fp32"), Tuned("int8")]
    told: list[str] = []
    anything = choose(bundle, pairs, JOBS, 0.0, told.append)
    assert anything.words == len(JOBS)
    assert anything.precision in ("int8+w8", "w8", "fp32")  # a toy may lose a word's ink
    exact = choose(bundle, pairs, JOBS, 1.1, told.append)
    assert (exact.precision, exact.words, exact.close) == ("fp32", len(JOBS), len(JOBS))
    assert told[0].startswith("int8+w8: ") and told[-1].startswith("w8: ")


def test_every_precision_is_measured_in_a_process_of_its_own(bundle: Bundle) -> None:
    told: list[str] = []
    found = measure_halves(bundle, 2, told.append, repeats=1)
    assert set(found) == set(bundle.manifest.variants)
    assert all(half.encoder_ms > 0 and half.tokens_per_second > 0 for half in found.values())
    assert len(told) == len(found)


def test_what_was_found_is_used_until_it_is_forgotten(bundle: Bundle) -> None:
    assert find_tuned(bundle) is None
    path = memory.remember(bundle, Tuned("int8+w8", 1.5, 100.0, 20, 19))
    assert find_tuned(bundle) == Tuned("int8+w8", 1.5, 100.0, 20, 19)
    assert load_model(bundle, device="cpu").precision == "int8+w8"
    assert load_model(bundle, device="cpu", precision="fp32").precision == "fp32"
    assert json.loads(path.read_text())["model"] == bundle.manifest.name
    assert memory.forget(bundle) and not memory.forget(bundle)
    assert load_model(bundle, device="cpu").precision == "fp32"


def test_another_processor_is_asked_anew(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.remember(bundle, Tuned("w8"))
    monkeypatch.setattr(memory, "processor_key", lambda: "another")
    assert find_tuned(bundle) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "{}",
        '{"precision": "w9", "encoder_ms": 1, "tokens_per_second": 1, "words": 1, "close": 1}',
        '{"precision": "../x", "encoder_ms": 1, "tokens_per_second": 1, "words": 1, "close": 1}',
        '{"precision": "w8", "encoder_ms": "x", "tokens_per_second": 1, "words": 1, "close": 1}',
        '{"precision": "w8", "encoder_ms": 1, "tokens_per_second": 1, "words": 1e999, "close": 1}',
        "[" * 9000,
    ],
)
def test_a_broken_memory_is_no_memory(bundle: Bundle, text: str) -> None:
    path = memory.remember(bundle, Tuned("w8"))
    path.write_text(text)
    assert find_tuned(bundle) is None
    assert load_model(bundle, device="cpu").precision == "fp32"


def test_a_cache_that_cannot_be_written_is_said(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in its place")
    with pytest.raises(OutputError, match="cannot be written"):
        memory.remember(bundle, Tuned("w8"))


@pytest.mark.parametrize(("found", "copied"), [("fp32", False), ("fp32+w8", True)])
def test_a_shipped_model_is_copied_only_if_it_has_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str, copied: bool
) -> None:
    """A copy would hide the newer model that the next version ships."""
    tiny_bundle(tmp_path / "shipped" / "tiny")
    monkeypatch.setattr(places, "shipped_folders", lambda: [tmp_path / "shipped"])
    monkeypatch.setenv("INKSIGHT_MODELS", str(tmp_path / "mine"))
    monkeypatch.setattr("inksight_cli.speed.tune.choose", lambda *_: Tuned(found))
    tune("tiny", None, "w8", 2, 0.95, forget=False)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["tiny"] * copied
    assert load_model("tiny", device="cpu").precision == found
    assert sorted(path.name for path in (tmp_path / "shipped" / "tiny").iterdir()) == sorted(
        ["decoder.onnx", "encoder.onnx", "manifest.json", "vocabulary.json"]
    )
