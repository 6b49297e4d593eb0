"""What an answer is worth, and what is asked once more."""

from __future__ import annotations

import numpy as np
import pytest

from inksight_cli.bundles import Bundle
from inksight_cli.engine import load_model
from inksight_cli.engine.request import make_request, smaller
from inksight_cli.engine.status import status_of
from tests.drawing import arc
from tests.engine.tiny import tiny_bundle, tiny_jobs

LINE = np.array([(10.0, 10), (60, 20), (110, 10)])


@pytest.mark.parametrize(
    ("strokes", "truncated", "status"),
    [
        ([LINE], False, "ok"),
        ([], False, "empty"),
        ([], True, "empty"),
        ([np.empty((0, 2))], False, "empty"),
        ([LINE[:1], LINE[1:2]], False, "one-point"),
        ([LINE[:1], LINE], False, "ok"),
        ([LINE], True, "truncated"),
        ([LINE, LINE[::-1], LINE, LINE[::-1]], False, "ok"),  # there and back, twice
        ([LINE] * 3, False, "repeats"),
        ([np.tile(arc(100, 100, 20, 0, 350, 12).round(), (9, 1))], True, "repeats"),
    ],
)
def test_the_status_of_an_answer(strokes, truncated, status):
    assert status_of(strokes, truncated) == status


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return tiny_bundle(tmp_path_factory.mktemp("status") / "tiny")


def test_a_smaller_picture_is_the_same_word_and_its_ink_comes_back_to_its_place(bundle: Bundle):
    job = tiny_jobs(1)[0]
    (answer,) = load_model(bundle).run([job])
    request = smaller(bundle, make_request(bundle, job), answer)
    left, top, right, bottom = job.content
    assert request.placed is not None
    inner = request.placed.inverse()([(left, top), (right, bottom)])
    assert (inner[1] - inner[0]) == pytest.approx(
        0.8 * np.array([right - left, bottom - top]), abs=1
    )
    assert np.abs(inner.mean(axis=0) - 112).max() <= 0.5
    assert request.pixels.shape[1:] == (224, 3)


def test_bad_answers_are_asked_once_more_where_that_is_wanted(bundle: Bundle):
    jobs = tiny_jobs(24)
    plain = {a.key: a for a in load_model(bundle).run(jobs)}
    model = load_model(bundle, again=True)
    answers = {a.key: a for a in model.run(jobs)}
    bad = {key for key, answer in plain.items() if answer.status != "ok"}
    assert bad and model.counts.retries == len(bad)
    assert model.counts.words == len(jobs)
    for key, answer in answers.items():
        assert answer.retried == (key in bad)
        if key not in bad or answer.status != "ok":  # as it was; mended answers are others
            assert [s.tolist() for s in answer.strokes] == [s.tolist() for s in plain[key].strokes]
