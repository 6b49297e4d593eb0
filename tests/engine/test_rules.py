"""Ink rules: well-formed token orders, and coordinates only near ink."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inksight_cli import tokens as ink
from inksight_cli.engine import Job, load_model
from inksight_cli.engine.rules import REACH, Grammar, ink_rule, near_ink
from tests.engine.tiny import tiny_bundle, tiny_jobs

GRAMMAR = Grammar(vocabulary=480, ink_first=3, end=1)


def job_with_bar() -> Job:
    pixels = np.zeros((224, 224, 3), np.uint8)
    pixels[60:160] = 220
    pixels[100:103, 50:90] = 30
    return Job(0, pixels, (0, 60, 224, 160))


def allowed(newest: int, *, reads: bool = False) -> set[int]:
    scores = np.zeros(GRAMMAR.vocabulary, np.float32)
    ink_rule(GRAMMAR, job_with_bar(), reads=reads)(newest, scores)
    assert set(np.unique(scores)) <= {0.0, -np.inf}
    return set(np.flatnonzero(scores == 0).tolist())


def test_near_ink_is_the_bar_grown() -> None:
    near = near_ink(job_with_bar())
    rows, columns = np.nonzero(near)
    assert (rows.min(), rows.max()) == (100 - REACH, 102 + REACH)
    assert (columns.min(), columns.max()) == (50 - REACH, 89 + REACH)


def test_a_picture_without_ink_restricts_nothing() -> None:
    assert near_ink(Job(0, np.zeros((224, 224, 3), np.uint8), (0, 60, 224, 160))).all()
    assert near_ink(Job(0, np.zeros((224, 224, 3), np.uint8), (0, 60, 0, 60))).all()


def test_token_order() -> None:
    x = {3 + value for value in range(46, 94)}
    y = {3 + 225 + value for value in range(96, 107)}
    stroke = 3 + ink.START
    assert allowed(0) == {stroke}
    assert allowed(stroke) == x
    assert allowed(3 + 70) == y
    assert allowed(3 + 225 + 100) == x | {stroke, 1}
    assert allowed(0, reads=True) == set(range(480)) - set(range(3, stroke))
    assert allowed(470, reads=True) == allowed(0, reads=True)


@pytest.mark.parametrize("batch", [1, 5])
def test_every_point_of_a_ruled_answer_is_near_ink(tmp_path: Path, batch: int) -> None:
    bundle = tiny_bundle(tmp_path)
    jobs = {job.key: job for job in tiny_jobs(10)}
    free = load_model(bundle, batch_size=batch).run(jobs.values())
    assert not all(all_near(jobs[a.key], a.strokes) for a in free)
    for answer in load_model(bundle, batch_size=batch, constrain=True).run(jobs.values()):
        assert answer.strokes
        assert all_near(jobs[answer.key], answer.strokes)


def all_near(job: Job, strokes: list[np.ndarray]) -> bool:
    points = np.concatenate([*strokes, np.zeros((0, 2))]).astype(int)
    return bool(near_ink(job)[points[:, 1], points[:, 0]].all())
