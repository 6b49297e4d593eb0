"""The whole engine on a toy bundle: the same bits however words are batched, and few runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inksight_cli.bundles import Bundle, Decoding
from inksight_cli.engine import Answer, Job, OnnxInkModel, load_model
from inksight_cli.engine.request import make_request
from inksight_cli.engine.search import Decoded, Greedy
from inksight_cli.errors import UsageError
from tests.engine.tiny import SPEC, tiny_bundle, tiny_jobs

JOBS = tiny_jobs(24)


def by_key(answers: Iterator[Answer]) -> list[tuple[Any, ...]]:
    """Answers in a form that compares to the last bit, in order of their keys."""
    return sorted(
        (a.key, a.score, a.tokens, a.truncated, a.text, [s.tolist() for s in a.strokes])
        for a in answers
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def beams(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Bundle]:
    folder = tmp_path_factory.mktemp("beams")

    def make(count: int) -> Bundle:
        return tiny_bundle(folder / str(count), decoding=Decoding(search="beam", beams=count))

    return make


@pytest.fixture(scope="module")
def alone(bundle: Bundle) -> list[tuple[Any, ...]]:
    """Every word decoded by itself."""
    return by_key(load_model(bundle, batch_size=1, threads=1).run(JOBS))


def test_toy_answers_are_worth_comparing(alone: list[tuple[Any, ...]]) -> None:
    lengths = [answer[2] for answer in alone]
    assert len(set(lengths)) > 5
    assert any(answer[3] for answer in alone) and not all(answer[3] for answer in alone)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(
    batch=st.integers(1, 30),
    threads=st.integers(1, 2),
    order=st.permutations(range(len(JOBS))),
)
def test_same_bits_whatever_the_batch_and_the_neighbours(
    bundle: Bundle, alone: list[tuple[Any, ...]], batch: int, threads: int, order: list[int]
) -> None:
    model = load_model(bundle, batch_size=batch, threads=threads)
    assert by_key(model.run([JOBS[i] for i in order])) == alone


@pytest.mark.parametrize("count", [1, 2, 3])
def test_beams_have_the_same_bits_too(beams: Callable[[int], Bundle], count: int) -> None:
    bundle = beams(count)
    alone = by_key(load_model(bundle, batch_size=1).run(JOBS[:12]))
    assert by_key(load_model(bundle, batch_size=5).run(JOBS[:12])) == alone


def test_room_that_grows_changes_no_bit(
    bundle: Bundle, alone: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inksight_cli.engine.slots._FIRST_CAPACITY", 5)
    assert by_key(load_model(bundle, batch_size=7).run(JOBS)) == alone


def test_no_row_runs_for_nothing(bundle: Bundle) -> None:
    """Greedy rows computed = tokens given out: no padded slot ever runs."""
    model = load_model(bundle, batch_size=6)
    list(model.run(JOBS))
    counts = model.counts
    assert counts.rows_run == counts.tokens
    assert counts.words == len(JOBS) and counts.retries == 0
    assert counts.encoder_runs <= 12
    assert counts.slot_efficiency == counts.tokens / (6 * counts.decoder_runs)


def test_longest_guess_first_needs_fewer_steps(bundle: Bundle) -> None:
    """With true guesses, the long words start first and the tail is short."""
    plain = load_model(bundle, batch_size=4)
    lengths = {answer.key: answer.tokens for answer in plain.run(JOBS)}
    rising = sorted(JOBS, key=lambda job: lengths[job.key])
    efficiency = []
    for known in (False, True):
        model = load_model(bundle, batch_size=4)
        guess = [replace(j, expected_length=lengths[j.key] if known else 0) for j in rising]
        list(model.run(guess))
        efficiency.append(model.counts.slot_efficiency)
    assert efficiency[1] > efficiency[0]
    assert efficiency[1] > 0.9


def test_the_stream_is_pulled_a_window_at_a_time(bundle: Bundle) -> None:
    pulled = 0

    def stream() -> Iterator[Job]:
        nonlocal pulled
        for job in tiny_jobs(400):
            pulled += 1
            yield job

    model = load_model(bundle, batch_size=2)
    next(model.run(stream()))
    assert pulled <= 2 * 4


def test_no_jobs_no_answers(bundle: Bundle) -> None:
    assert list(load_model(bundle).run([])) == []


def test_answers_carry_their_truth(bundle: Bundle) -> None:
    for answer in load_model(bundle).run(JOBS):
        assert answer.tokens == SPEC.max_length or not answer.truncated
        assert answer.score < 0
        assert not answer.retried
        for stroke in answer.strokes:
            assert stroke.shape[1] == 2 and stroke.min() >= 0 and stroke.max() <= 224


def test_an_empty_answer_is_asked_again_with_the_plain_prompt(tmp_path: Path) -> None:
    """A text prompt that makes this toy stop at once: all second questions run together."""
    bundle = tiny_bundle(tmp_path)
    jobs = [replace(job, mode="recognize-and-derender") for job in JOBS]
    model = load_model(bundle, batch_size=8)
    answers = list(model.run(jobs))
    retried = [answer for answer in answers if answer.retried]
    assert len(answers) == len(jobs) and retried
    assert len(retried) == model.counts.retries
    plain = {a.key: a for a in load_model(bundle).run(JOBS)}
    for answer in retried:
        assert [s.tolist() for s in answer.strokes] == [
            s.tolist() for s in plain[answer.key].strokes
        ]


def test_letters_without_end_are_no_reading(bundle: Bundle) -> None:
    job = replace(JOBS[0], mode="recognize-and-derender")
    request, model = make_request(bundle, job), load_model(bundle)
    letters = bundle.vocabulary.encode("aaaa")
    assert model._answer(request, Decoded(letters, -1.0, truncated=True)).text == ""
    assert model._answer(request, Decoded(letters, -1.0, truncated=False)).text == "aaaa"


def test_beam_of_one_is_not_greedy(
    bundle: Bundle, beams: Callable[[int], Bundle], alone: list[tuple[Any, ...]]
) -> None:
    """A second-best end token is kept; the answer is never less likely by T5X's measure."""
    ours = by_key(load_model(beams(1)).run(JOBS))
    assert ours != alone

    def normalised(answer: tuple[Any, ...]) -> float:
        return answer[1] * answer[2] / ((5 + answer[2]) / 6) ** 0.6

    for greedy, beam in zip(alone, ours, strict=True):
        if not greedy[3]:
            assert normalised(beam) >= normalised(greedy) - 1e-9


def test_the_batch_halves_when_memory_runs_out(
    bundle: Bundle, alone: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = Greedy.advance
    steps = 0

    def short_of_memory(self: Greedy, lanes: int) -> list[int]:
        nonlocal steps
        steps += 1
        if lanes > 3 and steps > 7:
            raise RuntimeError("Failed to allocate memory for requested buffer")
        return advance(self, lanes)

    monkeypatch.setattr(Greedy, "advance", short_of_memory)
    model = load_model(bundle, batch_size=13)
    assert by_key(model.run(JOBS)) == alone
    assert model.notes == [
        "Memory ran out: going on with 6 words at a time.",
        "Memory ran out: going on with 3 words at a time.",
    ]


def test_other_failures_are_not_swallowed(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Greedy, lanes: int) -> list[int]:
        raise RuntimeError("something else")

    monkeypatch.setattr(Greedy, "advance", broken)
    with pytest.raises(RuntimeError, match="something else"):
        list(load_model(bundle).run(JOBS))


def test_a_stream_that_fails_is_not_taken_for_a_short_batch(bundle: Bundle) -> None:
    """Running out of memory while pages are read must not end in pages silently left out."""

    def stream() -> Iterator[Job]:
        yield from JOBS[:20]
        raise MemoryError

    with pytest.raises(MemoryError):
        list(load_model(bundle, batch_size=2).run(stream()))


def test_encoder_batches_halve_too(
    bundle: Bundle, alone: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_model(bundle)
    run = model._encoder._run

    def short_of_memory(requests: Any) -> Any:
        if len(requests) > 1:
            raise MemoryError
        return run(requests)

    monkeypatch.setattr(model._encoder, "_run", short_of_memory)
    assert by_key(model.run(JOBS)) == alone
    assert model.counts.encoder_runs == len(JOBS)


def test_cuda_that_is_not_there_is_said(bundle: Bundle) -> None:
    import onnxruntime as ort

    if "CUDAExecutionProvider" in ort.get_available_providers():
        pytest.skip("this onnxruntime has CUDA")
    model = load_model(bundle, device="cuda")
    assert model.device == "cpu"
    assert "CUDA was asked for" in model.notes[0]
    assert load_model(bundle, device="auto").notes == []


@pytest.mark.parametrize(
    "job",
    [
        replace(JOBS[0], pixels=np.zeros((10, 10, 3), np.uint8)),
        replace(JOBS[0], mode="derender-with-text"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(bundle: Bundle, job: Job) -> None:
    with pytest.raises(UsageError):
        list(load_model(bundle).run([job]))


def test_model_names_its_bundle(bundle: Bundle) -> None:
    model = load_model(str(bundle.folder))
    assert isinstance(model, OnnxInkModel)
    assert (model.name, model.revision_hash) == ("tiny", bundle.manifest.revision_hash)
