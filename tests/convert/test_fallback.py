import sys

import pytest

from inksight_cli.api import open_model
from inksight_cli.convert import fallback
from inksight_cli.convert.oracle import OracleAnswer
from inksight_cli.convert.retype import retype
from inksight_cli.engine import load_model
from inksight_cli.errors import MissingBackendError


@pytest.fixture
def original(monkeypatch, archive, answers):
    """The original as an ink model, its recorded answers found by their prompts."""
    by_prompt = {tuple(a["prompt"]): a for a in answers[:3]}

    class Recorded:
        def __init__(self, inspection):
            pass

        def answer(self, prompt, pixels):
            said = by_prompt[prompt]
            return OracleAnswer(tuple(said["tokens"]), said["score"], said["tokens"][-1] == 1)

    monkeypatch.setattr(fallback, "StableHloOracle", Recorded)
    return open_model(f"stablehlo:{archive}")


def test_the_original_draws_what_the_converted_model_draws(original, converted, jobs):
    ours = {answer.key: answer for answer in load_model(converted).run(jobs[:3])}
    theirs = {answer.key: answer for answer in original.run(jobs[:3])}
    assert ours.keys() == theirs.keys()
    for key, answer in ours.items():
        assert answer.text == theirs[key].text
        assert answer.retried == theirs[key].retried
        assert [s.tolist() for s in answer.strokes] == [s.tolist() for s in theirs[key].strokes]


def test_an_unpacked_zip_lives_as_long_as_its_model(original):
    folder = original.folder
    assert (folder / "saved_model.pb").exists()


def test_without_jax_the_line_that_installs_it_is_named(archive, jobs, monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(MissingBackendError, match=r"inksight-cli\[oracle\]"):
        next(iter(open_model(f"stablehlo:{archive}").run(jobs)))
    with pytest.raises(MissingBackendError, match="jax"):
        retype(b"")
