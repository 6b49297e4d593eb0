"""The benchmark: fixed work is fixed, figures add up, the race is fair, no asserts on speed."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pytest

from inksight_cli.bundles import Bundle
from inksight_cli.convert.graph import ModelSpec, build_graphs
from inksight_cli.engine.request import make_request
from inksight_cli.errors import InksightError, MissingBackendError, UsageError
from inksight_cli.speed.machine import describe_machine, read_bandwidth
from inksight_cli.speed.measure import (
    Plan,
    Worker,
    measure,
    ratios,
    report,
    run,
    spread,
    streamed_bytes,
)
from inksight_cli.speed.shapes import shaped_bundle, small_p_weights
from inksight_cli.speed.table import describe
from inksight_cli.speed.workload import (
    ForcedModel,
    answer_lengths,
    cache_bytes_per_token,
    make_jobs,
)
from tests.engine.tiny import SPEC, tiny_bundle, tiny_weights


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return tiny_bundle(tmp_path_factory.mktemp("bench") / "tiny")


def test_lengths_are_like_real_words() -> None:
    lengths = np.array(answer_lengths(4000, 1024))
    assert abs(lengths.mean() - 150) < 5 and abs(lengths.std() - 80) < 8
    assert answer_lengths(10, 1024) == answer_lengths(10, 1024)
    assert max(answer_lengths(100, 60)) == 60


def test_forced_answers_are_as_long_as_asked(bundle: Bundle) -> None:
    lengths = [5, 48, 17, 30, 8, 9, 40]
    model = ForcedModel(bundle, batch_size=3)
    answers = list(model.run(make_jobs(lengths)))
    assert sorted(a.tokens for a in answers) == sorted(lengths)
    assert all(a.tokens == a.key for a in answers)
    assert model.counts.rows_run == sum(lengths)


@pytest.mark.parametrize("batch", [4, 16])
def test_slots_are_busy_on_real_lengths(bundle: Bundle, batch: int) -> None:
    """Guesses are off by a quarter; a stream of 40 words per slot keeps 90 % of slots useful."""
    model = ForcedModel(bundle, batch_size=batch)
    lengths = [1 + length // 10 for length in answer_lengths(40 * batch, 470)]
    for _ in model.run(make_jobs(lengths)):
        pass
    assert model.counts.slot_efficiency >= 0.9


def test_one_setting_in_its_own_process(bundle: Bundle) -> None:
    plan = Plan(bundle, "", ["fp32"], [2], threads=1, words=2, repeats=1)
    result = measure(plan, "fp32", 2)
    assert result["words"] == 4
    assert result["rows_run"] == result["tokens"] == sum(answer_lengths(4, SPEC.max_length))
    assert 0 < result["slot_efficiency"] <= 1
    assert result["peak_memory_mb"] > 10
    found = report(plan, [result], [])
    assert json.loads(json.dumps(found))["machine"]["cores"] >= 1
    text = describe(found)
    assert "tiny" in text and "| fp32 | 2 |" in text
    assert "not measured here" in text and "139.14" in text


def test_the_memory_measured_is_the_process_own() -> None:
    """Whoever starts a process may have held much more: that is not the process's."""
    size = "print(peak_memory() or 0)"
    code = f"from inksight_cli.speed.machine import peak_memory; {size}"
    ballast = np.ones(400 << 17)  # 400 MB
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert int(done.stdout) < 200 << 20 < ballast.nbytes
    assert sys.platform == "win32" or int(done.stdout) > 5 << 20


def test_the_extra_has_all_that_the_benchmark_imports() -> None:
    """What its files import, lazily or not, comes with the package or with ``[bench]``."""
    root = Path(__file__).parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["bench"]
    there = {re.split("[><=,;]", need)[0] for need in asked}
    house = root / "inksight_cli"
    files = [*house.glob("speed/*.py"), *house.glob("convert/graph/*.py")]
    files += [house / "convert" / "quantise.py", house / "evaluate" / "text.py"]
    missing = set()
    for file in files:
        theirs = imported(ast.parse(file.read_text())) - sys.stdlib_module_names
        for name in theirs - {"inksight_cli"}:
            names = {each.lower() for each in packages_distributions().get(name, [name])}
            missing |= set() if there & names else {name}
    assert missing == set()


def imported(tree: ast.Module) -> set[str]:
    lines = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [a.name for n in lines if isinstance(n, ast.Import) for a in n.names]
    names += [n.module or "" for n in lines if isinstance(n, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


def test_a_device_that_is_not_the_cpu_is_in_the_table(bundle: Bundle) -> None:
    plan = Plan(bundle, "", ["fp32"], [1], device="cuda", threads=1, words=2, repeats=1, tokens=3)
    (result,) = run(plan)
    found = report(plan, [result], [])
    if result["device"] == "cpu":  # no CUDA here: said, and nothing is moved anywhere
        assert any("CUDA" in note for note in result["notes"])
        assert result["bytes_moved_per_token"] == 0 and result["share_of_bandwidth_limit"] > 0
        assert "| precision |" in describe(found)
    result["device"] = "cuda, cpu"
    assert "| cuda, cpu | fp32 | 1 |" in describe(found)


def test_a_worker_that_fails_says_why(bundle: Bundle) -> None:
    with pytest.raises(InksightError, match="no precision 'w8'"):
        Worker(Plan(bundle, "", ["fp32"], [1]).setting("w8", 1))


def test_streamed_bytes_are_the_matrices(bundle: Bundle) -> None:
    d, f, inner = SPEC.width, SPEC.feed_forward, SPEC.inner
    layer = 4 * d * inner + 2 * d * inner + 3 * d * f
    expected = SPEC.decoder_layers * layer + d * (SPEC.vocabulary + 449) + 49 * 4 * d
    assert streamed_bytes(bundle, "fp32") == 4 * expected


def test_matrices_stored_in_halves_are_read_whole(bundle: Bundle, tmp_path: Path) -> None:
    half = tiny_bundle(tmp_path)
    build_graphs(SPEC, tiny_weights(), half.folder, half=True)
    assert streamed_bytes(half, "fp32") == streamed_bytes(bundle, "fp32")


def test_bytes_per_token_are_the_keys_and_values(bundle: Bundle) -> None:
    """Two layers of keys and values; a canvas row of patches is 14 positions."""
    jobs = make_jobs([3, 5])
    position = 2 * SPEC.decoder_layers * SPEC.inner * 4
    encoded = [make_request(bundle, job).encoded_length for job in jobs]
    assert all((length - 1) % 14 == 0 for length in encoded)  # one prompt token
    read = 3 * encoded[0] + 5 * encoded[1] + (1 + 2 + 3) + (1 + 2 + 3 + 4 + 5)
    assert cache_bytes_per_token(ForcedModel(bundle), jobs) == position * read / 8


def test_every_answer_as_long_as_said(bundle: Bundle) -> None:
    plan = Plan(bundle, "", ["fp32"], [2], threads=1, words=2, repeats=1, tokens=7)
    result = measure(plan, "fp32", 2)
    assert (result["words"], result["tokens"], result["decoder_runs"]) == (4, 28, 14)
    found = report(plan, [result], [])
    assert "Every answer has 7 tokens. A page has 150 words." in describe(found)
    assert result["pages_per_second"]["median"] < result["words_per_second"]["median"] / 100


def test_ratios_compare_like_with_like() -> None:
    rows = [
        {"engine": "inksight w8", "batch": 1, "decode_tokens_per_second": spread([90, 100, 110])},
        {"engine": "pytorch float32", "batch": 1, "decode_tokens_per_second": spread([25])},
        {"engine": "pytorch float32", "batch": 4, "decode_tokens_per_second": spread([50])},
    ]
    assert ratios(rows) == {"inksight w8 / pytorch float32, batch 1": 4.0}


def test_the_race_is_a_table_of_its_own() -> None:
    rows = [
        {"engine": "inksight w8", "batch": b, "decode_tokens_per_second": spread([b * 10.0])}
        for b in (1, 4)
    ]
    plan = {
        "model": "random", "shape": "small-p", "threads": 2, "results": [], "compared": rows,
        "machine": {"cpu": "a cpu", "gpu": None, "versions": {"torch": "2"}},
        "published_tokens_per_second": {"T4": 47.14},
    }  # fmt: skip
    text = describe(plan)
    assert "| inksight w8 | 10 | 40 |" in text
    assert "precision" not in text and "random weights of small-p's shape" in text


def test_random_weights_fill_a_whole_model(tmp_path: Path) -> None:
    small = ModelSpec(
        vision="vit", width=64, heads=1, feed_forward=96, encoder_layers=1, decoder_layers=1,
        vocabulary=100, max_length=20, prompt_length=8, vit_width=64, vit_heads=1, vit_layers=1,
    )  # fmt: skip
    assert len(build_graphs(small, small_p_weights(small), tmp_path)) == 2


def test_unknown_shape(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is small-p"):
        shaped_bundle("large", [], tmp_path)


def test_machine_is_described() -> None:
    machine = describe_machine()
    assert machine["cpu"] and machine["versions"]["onnxruntime"]
    assert read_bandwidth(1, repeats=1) > 1e6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--batch", "0"], "whole numbers"),
        (["--batch", "x"], "whole numbers"),
        (["--device", "tpu"], "no device 'tpu'"),
        (["--compare"], "Add --shape small-p"),
        (["--tokens", "0"], "--tokens"),
        (["--against", "int8"], "not 'int8'"),
        (["--model", "nowhere"], "no model 'nowhere'"),
    ],
)
def test_command_refuses(arguments: list[str], said: str) -> None:
    code = "from inksight_cli.commands.app import main; main()"
    command = [sys.executable, "-c", code, "bench", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (2, 5)
    assert said in done.stderr and "Traceback" not in done.stderr


def test_command_measures(bundle: Bundle, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    code = "from inksight_cli.commands.app import main; main()"
    arguments = ["--model", str(bundle.folder), "--batch", "1,2", "--repeats", "1"]
    done = subprocess.run(
        [sys.executable, "-c", code, "bench", *arguments, "--words", "1", "--json", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text())
    assert [r["batch"] for r in found["results"]] == [1, 2]
    assert "share_of_bandwidth_limit" in found["results"][0]
    assert "| fp32 | 1 |" in done.stdout


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is installed")
def test_a_race_without_pytorch_says_what_to_install(bundle: Bundle) -> None:
    setting = Plan(bundle, "", [""], [1]).setting("", 1)
    with pytest.raises(MissingBackendError, match="needs torch") as caught:
        Worker({**setting, "engine": "pytorch", "kind": "float32"})
    assert caught.value.remedy == "pip install 'inksight-cli[bench]'"
