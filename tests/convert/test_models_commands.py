import json
import os
import subprocess
import sys

import pytest

INSTALLED = [sys.executable, "-c", "from inksight_cli.commands.app import main; main()", "models"]


def run(*arguments, **variables):
    return subprocess.run(
        [*INSTALLED, *map(str, arguments)], capture_output=True, text=True, check=False,
        env={**os.environ, **variables},
    )  # fmt: skip


def test_inspect_for_people(archive):
    result = run("inspect", archive)
    assert result.returncode == 0, result.stderr
    assert "Variables: 50 mapped, 17 dead, 0 unknown, 0 missing" in result.stdout
    assert "search: beam search, K = 1; encoder: image, then text; gelu: tanh" in result.stdout
    assert "451 ink tokens, ids 5 to 455" in result.stdout
    assert "It can be converted" in result.stdout
    assert "non-commercial" in result.stdout


def test_inspect_for_machines(archive):
    result = run("inspect", archive, "--json")
    assert json.loads(result.stdout)["complete"] is True
    assert result.stderr == ""


def test_convert_and_what_must_be_said(archive, tmp_path):
    result = run("convert", archive, "-o", tmp_path / "model")
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert "non-commercial" in result.stderr
    assert "models verify" in result.stderr
    assert (tmp_path / "model" / "manifest.json").exists()


def test_install_from_a_local_file_twice(archive, tmp_path):
    for _ in range(2):
        result = run(
            "install", "small-p", "--from", archive, "--no-verify", INKSIGHT_MODELS=str(tmp_path)
        )
        assert result.returncode == 0, result.stderr
        assert "not verified" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["small-p"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["inspect", "nowhere"], 3, "There is no file or folder nowhere."),
        (["inspect", __file__], 3, "is neither a folder nor a sound zip."),
        (["convert", "nowhere", "-o", "x"], 3, "There is no file or folder nowhere."),
        (["install", "large"], 2, "There is no way to install 'large'"),
    ],
)
def test_bad_input_is_one_sentence(arguments, code, sentence):
    result = run(*arguments)
    assert result.returncode == code
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_truncated_model_is_named(archive, replica, tmp_path):
    for name in ("saved_model.pb", "variables/variables.index"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((replica / name).read_bytes())
    data = replica / "variables" / "variables.data-00000-of-00001"
    (tmp_path / "variables" / data.name).write_bytes(data.read_bytes()[:-1])
    result = run("convert", tmp_path, "-o", tmp_path / "out")
    assert result.returncode == 5
    assert "the file is truncated" in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_installation_that_was_verified_says_so(archive, tmp_path):
    for _ in range(2):
        result = run("install", "small-p", "--from", archive, INKSIGHT_MODELS=str(tmp_path))
        assert result.returncode == 0, result.stderr
        assert "Verified: 3 of 3 answers are the original's" in result.stderr
    manifest = json.loads((tmp_path / "small-p" / "manifest.json").read_text())
    assert manifest["measured"]["verified"] is True


def test_verify_and_what_it_says(archive, tmp_path):
    assert run("convert", archive, "-o", tmp_path / "model", "-q").returncode == 0
    result = run("verify", tmp_path / "model", "--against", archive, "--json")
    assert result.returncode == 0, result.stderr
    verdict = json.loads(result.stdout)["stablehlo"]
    assert verdict["verified"] is True
    assert [item["identical"] for item in verdict["comparisons"]] == [True] * 3


def test_what_is_not_installed_is_named(archive, tmp_path):
    without = (
        "import sys; sys.modules.update(dict.fromkeys(('jax', 'huggingface_hub', 'tensorflow')))"
    )
    command = [sys.executable, "-c", f"{without}; {INSTALLED[2]}", "models"]

    def run_without(*arguments):
        return subprocess.run(
            [*command, *map(str, arguments)], capture_output=True, text=True, check=False,
            env={**os.environ, "INKSIGHT_MODELS": str(tmp_path)},
        )  # fmt: skip

    assert run_without("install", "small-p", "--from", archive, "-q").returncode == 0
    cases = {
        ("verify", tmp_path / "small-p", "--against", archive): "inksight-cli[oracle]",
        ("verify", tmp_path / "small-p", "--against", archive, "--oracle", "tensorflow"): "[tf]",
        ("install", "small-p"): "huggingface_hub",
    }
    for arguments, remedy in cases.items():
        result = run_without(*arguments)
        assert result.returncode == 4
        assert remedy in result.stderr
        assert "Traceback" not in result.stderr
