"""Print told from handwriting, and left out where that is asked for (``--skip-printed``)."""

from inksight_cli.detectors.printed.skip import SkipPrinted

__all__ = ["SkipPrinted"]
