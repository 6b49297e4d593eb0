"""Is a converted model the original one? Ask both the same questions, settle what is open.

Stage by stage: the original's answer is judged token by token under each setting of the
undecided switches; the setting that gives the original's own score is the network. Then the
search is settled by answering freely, and the verdict is written into the manifest.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from inksight_cli.bundles import Bundle, Decoding, open_bundle, write_manifest
from inksight_cli.convert.build import (
    Precision,
    Progress,
    convert_model,
    source_hash,
)
from inksight_cli.convert.oracle import OracleAnswer, StableHloOracle
from inksight_cli.convert.report import Inspection
from inksight_cli.convert.retype import JAX
from inksight_cli.convert.runner import Judgement, Runner
from inksight_cli.convert.stages import Question, earlier_stages
from inksight_cli.convert.switches import Switches, decoding_of, hints
from inksight_cli.convert.verdict import DRIFT, Comparison, Verdict, compare
from inksight_cli.engine.protocol import Job
from inksight_cli.engine.request import make_request
from inksight_cli.errors import ModelError

_BEAMS = (0, 1, 2, 4)  # searches to try; 0 is greedy
_EXACT = 0.05  # of the permitted drift: beyond it every other setting is tried as well
_ENOUGH = 0.98  # share of agreeing tokens that identifies a network whose export gives no score


def verify_bundle(
    folder: Path,
    inspection: Inspection,
    jobs: Sequence[Job],
    *,
    progress: Progress | None = None,
) -> Verdict:
    """Compare the bundle in ``folder`` with its SavedModel and write down what was found.

    A switch that was set wrongly is set right, and the bundle built again.

    Raises:
        ModelError: no setting of the switches gives the original's answers.
        MissingBackendError: the oracle's packages are not installed.
    """
    tell = progress or (lambda _what, _done: None)
    bundle = open_bundle(folder)
    check_source(bundle, inspection)
    oracle = StableHloOracle(inspection)
    questions = list(_ask(oracle, bundle, jobs, tell))
    bundle, switches = _settle_network(bundle, inspection, questions, tell)
    tell("choosing the search", 0.8)
    placement, _ = inspection.require()
    said = hints(inspection, placement.sizes).beams
    runner = Runner(bundle)
    verdict = _settle_search(runner, questions, switches, said)
    verdict.stages |= earlier_stages(runner, inspection, questions, switches, verdict)
    verdict.oracle = f"the SavedModel's StableHLO in float32, jax {JAX}"
    record(bundle, verdict)
    tell("done", 1.0)
    if not verdict.passed:
        raise ModelError(f"The converted model is not the original: {verdict.sentence}.")
    return verdict


def check_source(bundle: Bundle, inspection: Inspection) -> None:
    """Check that a bundle was made from this SavedModel.

    Raises:
        ModelError: it was made from other files, or is not a converted model at all.
    """
    made_from = bundle.manifest.measured.get("source_sha256")
    if made_from is None:
        raise ModelError(f"The model {bundle.manifest.name!r} was not converted from a SavedModel.")
    if made_from != source_hash(inspection):
        raise ModelError("The model was converted from other files than these.")


def record(bundle: Bundle, verdict: Verdict, beside: str = "") -> None:
    """Write a verdict, and the search it settled, into the bundle's manifest.

    Args:
        bundle: the model.
        verdict: about it.
        beside: a name under which the details are kept beside those of another oracle.
    """
    manifest = bundle.manifest
    decoding = decoding_of(int(verdict.switches["beams"]))
    data = verdict.as_data()
    measured = {**manifest.measured, **data}
    if beside:
        either = bool(manifest.measured.get("oracle")) and bool(manifest.measured.get("verified"))
        headline = (
            {} if either and verdict.passed else {k: data[k] for k in ("verified", "verdict")}
        )
        measured = {**manifest.measured, **headline, beside: data}
    write_manifest(bundle.folder, replace(manifest, decoding=decoding, measured=measured))


def _ask(
    oracle: StableHloOracle, bundle: Bundle, jobs: Sequence[Job], tell: Progress
) -> Iterator[Question]:
    for index, job in enumerate(jobs):
        tell(f"asking the original ({index + 1} of {len(jobs)})", 0.6 * index / len(jobs))
        request = make_request(bundle, job)
        yield Question(request, oracle.answer(request.prompt, request.pixels))


def _settle_network(
    bundle: Bundle, inspection: Inspection, questions: list[Question], tell: Progress
) -> tuple[Bundle, Switches]:
    """Return a bundle whose network is the original's, built again if need be.

    Raises:
        ModelError: none is.
    """
    now = Switches.from_data(dict(bundle.manifest.measured.get("switches", {})))
    stored: Precision = "fp16" if bundle.manifest.precision == "fp16" else "fp32"
    tell("judging the original's answers", 0.6)
    found = [(_misfit(Runner(bundle), questions), now)]
    if found[0][0] > _EXACT or not _as_the_graph_says(now, inspection):
        for other in _others(now, inspection):
            tell("trying another setting", 0.7)
            with tempfile.TemporaryDirectory(prefix="inksight-") as name:
                convert_model(inspection, Path(name) / "model", switches=other, precision=stored)
                trial = open_bundle(Path(name) / "model")
                found.append((_misfit(Runner(trial), questions), other))
    misfit, best = min(found, key=lambda item: item[0])
    if misfit > 1.0:
        raise ModelError(
            "No setting of the open switches gives the original's answers "
            f"(the nearest is {misfit:.1f} times too far from them).",
            "Please report the output of: inksight models inspect --json",
        )
    if best != now:
        convert_model(inspection, bundle.folder, switches=best, precision=stored)
        bundle = open_bundle(bundle.folder)
    return bundle, best


def _as_the_graph_says(now: Switches, inspection: Inspection) -> bool:
    """Whether the graph names the network's open switches, and just so."""
    placement, _ = inspection.require()
    said = hints(inspection, placement.sizes)
    return (now.image_first, now.exact_gelu) == (said.image_first, said.exact_gelu)


def _others(now: Switches, inspection: Inspection) -> Iterator[Switches]:
    placement, _ = inspection.require()
    scalings = (True, False) if placement.sizes.tied else (now.scaled_logits,)
    for first, exact, scaled in itertools.product((True, False), (False, True), scalings):
        other = now.changed(image_first=first, exact_gelu=exact, scaled_logits=scaled)
        if other != now:
            yield other


def _misfit(runner: Runner, questions: list[Question]) -> float:
    """Return how far a network is from the original; up to 1 is rounding."""
    worst = 0.0
    for question in questions:
        judgement = runner.judge(question.request, question.answer.tokens)
        drift = _drift(judgement, question.answer)
        miss = (1 - judgement.agreement) / (1 - _ENOUGH) if drift is None else drift / DRIFT
        worst = max(worst, miss)
    return worst


def _drift(judgement: Judgement, answer: OracleAnswer) -> float | None:
    """Return the difference per token to the original's score, whichever way that is scaled."""
    if answer.score is None:
        return None
    length = max(len(answer.tokens), 1)
    scaled = judgement.total / _penalty(length)
    return min(abs(judgement.total - answer.score), abs(scaled - answer.score)) / length


def _penalty(length: int) -> float:
    """T5X's length penalty of a finished answer, at its default exponent."""
    return float(((5.0 + length) / 6.0) ** Decoding().alpha)


def _settle_search(
    runner: Runner, questions: list[Question], switches: Switches, said: int | None
) -> Verdict:
    """Return the verdict under the search that gives the original's answers best.

    Several may; then what the graph said is believed, and without that word the choice is open.
    """
    judged = [(q, runner.judge(q.request, q.answer.tokens)) for q in questions]
    tried = []
    others = {*_BEAMS, switches.beams} - {said}
    for beams in [*([said] if said is not None else []), *sorted(others)]:
        decoding = decoding_of(beams)
        compared = [_compare(runner, *item, decoding) for item in judged]
        misfit = max(_score_misfit(*item, decoding) for item in judged) > DRIFT
        tried.append((-sum(item.identical for item in compared), misfit, beams, compared))
        if beams == said and not misfit and all(item.identical for item in compared):
            break  # the graph's word and the answers agree
    best = min((count, misfit) for count, misfit, _, _ in tried)
    equal = {beams: compared for count, misfit, beams, compared in tried if (count, misfit) == best}
    chosen = next((b for b in (said, switches.beams) if b in equal), None)
    chosen = min(equal) if chosen is None else chosen
    verdict = Verdict("", equal[chosen], switches.changed(beams=chosen).as_data())
    if len(equal) > 1 and chosen != said:
        names = ", ".join(f"beams={beams}" if beams else "greedy" for beams in equal)
        verdict.undecided.append(f"search: {names} give the same answers to these questions")
    return verdict


def _score_misfit(question: Question, judgement: Judgement, decoding: Decoding) -> float:
    """Return how far the original's score is from what this search would report, per token."""
    answer = question.answer
    if answer.score is None:
        return 0.0
    total = judgement.total
    if decoding.search == "beam" and answer.ended:
        total /= _penalty(len(answer.tokens))
    return abs(total - answer.score) / max(len(answer.tokens), 1)


def _compare(
    runner: Runner, question: Question, judgement: Judgement, decoding: Decoding
) -> Comparison:
    ours = runner.answer(question.request, decoding)
    first_ink = runner.bundle.manifest.ink_first
    drift = _drift(judgement, question.answer)
    return compare(question.mode, question.answer.tokens, ours.tokens, judgement, drift, first_ink)
