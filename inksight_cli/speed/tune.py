"""Which graphs of a model are the fastest on this processor without changing its ink too much.

Encoder and decoder are measured apart and chosen apart: kernels for products of bytes that are
good at many rows (the encoder's) may be poor at one (the decoder's), and other processors have
other kernels. Pairs are asked from the fastest on whether their ink is near float32's, and the
first that is near enough is taken. Rounding, too, depends on the processor, so both are found here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

from inksight_cli.bundles import Bundle, Tuned, fit, halves
from inksight_cli.bundles.bundle import EXACT
from inksight_cli.convert.cost import Cost, answers_of, cost_of
from inksight_cli.engine import Job
from inksight_cli.speed.measure import Plan, measure
from inksight_cli.speed.workload import MEAN

_TOKENS = 64

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Half:
    """How fast one precision's graphs are: milliseconds a word, and tokens a second."""

    encoder_ms: float
    tokens_per_second: float


def measure_halves(bundle: Bundle, batch: int, tell: Tell, repeats: int = 3) -> dict[str, Half]:
    """Measure every precision that the bundle has, each in a process of its own.

    Args:
        bundle: the model.
        batch: words decoded side by side.
        tell: is told what was found.
        repeats: runs of each; medians count.

    Raises:
        InksightError: graphs cannot be run here.
    """
    tokens = min(_TOKENS, bundle.manifest.max_length)
    found = {}
    for precision in bundle.manifest.variants:
        plan = Plan(bundle, "", [precision], [batch], "cpu", None, 1, repeats, tokens)
        result = measure(plan, precision, batch)
        half = Half(result["encoder_ms"]["median"], result["decode_tokens_per_second"]["median"])
        tell(
            f"{precision}: encoder {half.encoder_ms:.0f} ms a word,"
            f" decoder {half.tokens_per_second:.0f} tokens/s"
        )
        found[precision] = half
    return found


def rank(found: dict[str, Half], tokens: float = MEAN) -> list[Tuned]:
    """Every pair that fits together, the fastest for words of so many tokens first.

    Of equally fast ones float32 comes first: it costs nothing.
    """
    pairs = [
        Tuned(e if e == d else f"{e}+{d}", found[e].encoder_ms, found[d].tokens_per_second)
        for e, d in itertools.product(found, found)
        if fit(e, d)
    ]

    def seconds(pair: Tuned) -> tuple[float, int]:
        rounded = sum(half not in EXACT for half in halves(pair.precision))
        return pair.encoder_ms / 1e3 + tokens / max(pair.tokens_per_second, 1e-9), rounded

    return sorted(pairs, key=seconds)


def choose(
    bundle: Bundle, pairs: list[Tuned], jobs: list[Job], allowed: float, tell: Tell
) -> Tuned:
    """The first pair that leaves enough words as float32 draws them.

    Args:
        bundle: has them all.
        pairs: as `rank` sorts them; float32's is among them.
        jobs: words to compare.
        allowed: share of them that must stay within 1 canvas pixel.
        tell: is told what each pair that was tried costs.

    Raises:
        ModelError: the bundle lacks float32 graphs.
    """
    exact = answers_of(bundle, bundle.exact, jobs)
    for pair in pairs:
        if pair.precision == bundle.exact:
            return replace(pair, words=len(jobs), close=len(jobs))
        cost = cost_of(exact, answers_of(bundle, pair.precision, jobs))
        tell(f"{pair.precision}: {cost.close} of {cost.words} words within 1 pixel of float32's")
        if _near(cost, allowed):
            return replace(pair, words=cost.words, close=cost.close)
    raise AssertionError("float32 is among the pairs")


def _near(cost: Cost, allowed: float) -> bool:
    return cost.close >= allowed * cost.words and not cost.emptied
