"""Boxes that are given, in a file or as the whole picture, instead of found."""

from inksight_cli.detectors.boxes.detector import BoxesDetector
from inksight_cli.detectors.boxes.whole import WholeDetector

__all__ = ["BoxesDetector", "WholeDetector"]
