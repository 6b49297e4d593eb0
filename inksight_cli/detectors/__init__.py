"""Word detectors, and how to get one by name.

Built-ins and strangers' plug-ins register alike under the entry-point group
``inksight.detectors`` (see `inksight_cli.detectors.protocol`).
"""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

from inksight_cli import plugins
from inksight_cli.errors import UsageError

if TYPE_CHECKING:
    from inksight_cli.detectors.protocol import Detector

GROUP = "inksight.detectors"


def available() -> list[str]:
    """Return the names of all registered detectors, imported or not, in alphabetical order."""
    return plugins.names(GROUP)


def registry() -> plugins.Registry:
    """Import every registered detector and tell apart what loaded and what did not."""
    return plugins.registry(GROUP)


def find_detector(
    name: str,
    *,
    skip_printed: bool = False,
    script: str = "",
    **options: Any,  # noqa: ANN401
) -> Detector:
    """Return a detector by name; ``a,b`` gives a chain that tries one after the other.

    Args:
        name: a registered name, or several separated by commas.
        skip_printed: leave out words that were printed, and their ink.
        script: in which the pages are written, for detectors that ask; "": as it reads.
        options: what to hand to the detectors; in a chain, each takes those it knows.

    Raises:
        UsageError: an unknown name, or an option that no detector of that name takes.
        MissingBackendError: the only detector named is a plug-in that cannot be imported.
    """
    if skip_printed:
        from inksight_cli.detectors.printed.skip import SkipPrinted

        return SkipPrinted(find_detector(name, script=script, **options))
    wanted = [part.strip() for part in name.split(",") if part.strip()]
    if not wanted:
        raise UsageError(f"No detector named; it is one of {', '.join(available())}.")
    if script and any("script" in known_options(k) for n, k in _kinds() if n in wanted):
        options["script"] = script
    if len(wanted) == 1:
        return _make(wanted[0], options)
    from inksight_cli.detectors.chain import ChainDetector

    unknown = [each for each in wanted if each not in available()]
    if unknown:
        plugins.find(GROUP, unknown[0], "detector")
    return ChainDetector.of(wanted, options)


def _make(name: str, options: dict[str, Any]) -> Detector:
    kind = plugins.find(GROUP, name, "detector")
    surplus = sorted(set(options) - known_options(kind))
    if surplus:
        raise UsageError(
            f"The detector {name!r} takes no option {surplus[0]!r}.", _who_takes(surplus)
        )
    made: Detector = kind(**options)
    return made


def _who_takes(options: list[str]) -> str | None:
    """Return how to ask for the detectors that take all of ``options``."""
    takers = [name for name, kind in _kinds() if set(options) <= known_options(kind)]
    return f"These do: {', '.join(f'--detector {name}' for name in takers)}." if takers else None


def _kinds() -> list[tuple[str, type[Any]]]:
    return list(registry().loaded.items())


def who_found(detector: Detector) -> str:
    """Return the name of the detector that found the last page's words: of a chain, the used."""
    return str(getattr(detector, "used", "")) or detector.name


def known_options(kind: type[Any]) -> set[str]:
    """Return the names of the options that a detector class takes."""
    return set(signature(kind).parameters)
