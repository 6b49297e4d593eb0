"""Photos of handwritten pages become digital ink: strokes in pen order, word by word."""

__version__ = "0.1.0"
