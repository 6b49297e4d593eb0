"""Runs model bundles on onnxruntime: encoder once per word, cached decoder, slots refilled.

Heavy imports happen when a model is opened.
"""

from __future__ import annotations

from inksight_cli.engine.model import OnnxInkModel, load_model
from inksight_cli.engine.protocol import Answer, InkModel, Job
from inksight_cli.engine.stream import Counts

__all__ = ["Answer", "Counts", "InkModel", "Job", "OnnxInkModel", "load_model"]
