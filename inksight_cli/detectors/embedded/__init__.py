"""The detector that is built in: RapidOCR's lines, a small network's words, the ink itself.

`models/segmentation` trains what lies here as `words.onnx`.
"""

from inksight_cli.detectors.embedded.detector import EmbeddedDetector

__all__ = ["EmbeddedDetector"]
